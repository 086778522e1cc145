"""The marks of keys: where something may stand between two letters of what was sent."""

from __future__ import annotations

SEP = "\x00"  # between the kind and the letters of a placeholder: "_" in any spelling, or nothing
OWN = "\x03"  # before a spelling's own letters: an underscore; "Maya 30" is no spelling of Maya
GAP = "\x01"  # between two words: a blank, a hyphen, a line break
JOIN = "\x02"  # between two groups of a code: a blank, a hyphen, a dot, a slash, or nothing

# Crockford's base 32: https://www.crockford.com/base32.html
DECODED = str.maketrans("OIL", "011")
