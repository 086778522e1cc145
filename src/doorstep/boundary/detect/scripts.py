"""Scripts that nobody can check here: what is written in them counts as private.

The rules and the name model read Latin letters. A name in Arabic, Cyrillic or Han would pass them
all, and so would Latin words in which a few letters are look-alikes. So runs of letters of any
script but the known ones are private as a whole, a sentence at a time, and so are characters
that are letters in disguise: private use, unassigned, tags, Braille, digits of other scripts.
Signs, punctuation, emoji and single Greek letters of formulas pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Finding

# Blocks of the Unicode standard (version 15, Blocks.txt) that hold the letters of a script.
SCRIPTS = {
    "latin": "A-Za-zªµºÀ-\u02ff\u1d00-\u1dbf\u1e00-\u1effⁱⁿₐ-ₜ\u2100-\u218b\u2c60-\u2c7f"
    "\ua720-\ua7ff\uab30-\uab6fﬀ-ﬆＡ-Ｚａ-ｚ",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "cyrillic": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "armenian": "\u0530-\u058fﬓ-ﬗ",
    "hebrew": "\u0590-\u05ffיִ-ﭏ",
    "arabic": "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "devanagari": "\u0900-\u097f\ua8e0-\ua8ff",
    "bengali": "\u0980-\u09ff",
    "gurmukhi": "\u0a00-\u0a7f",
    "gujarati": "\u0a80-\u0aff",
    "tamil": "\u0b80-\u0bff",
    "telugu": "\u0c00-\u0c7f",
    "kannada": "\u0c80-\u0cff",
    "malayalam": "\u0d00-\u0d7f",
    "sinhala": "\u0d80-\u0dff",
    "thai": "\u0e00-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "tibetan": "\u0f00-\u0fff",
    "myanmar": "\u1000-\u109f",
    "georgian": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "ethiopic": "\u1200-\u139f\u2d80-\u2ddf",
    "khmer": "\u1780-\u17ff",
    "hangul": "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc",
    "kana": "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "han": "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af",
}
_DISGUISED = re.compile(  # categories So and Cf that spell text
    "[\u2800-\u28ff\u24b6-\u24e9\U0001f110-\U0001f189\U000e0020-\U000e007e]"
)
_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "Co", "Cn", "Cs"))
_MATHEMATICAL = range(0x1D400, 0x1D800)  # letters in other type, read by nobody as words
_BETWEEN = 4  # characters other than letters that a run goes on over
_GREEK = re.compile(f"[{SCRIPTS['greek']}]")
_WORD = re.compile(r"\w")


class Scripts:
    """Finds runs of letters of scripts other than `known` (names of `SCRIPTS`).

    A word that mixes scripts is private as a whole. Raises ConfigError for a script that is not
    in the list.
    """

    def __init__(self, known: Collection[str] = ("latin",)) -> None:
        for name in known:
            if name not in SCRIPTS:
                raise ConfigError(
                    f"{name!r} is not a script that can be named.",
                    hint=f"There are {', '.join(SCRIPTS)}.",
                )
        self._greek = "greek" in known
        ranges = "".join(SCRIPTS[name] for name in known)
        # Signs and punctuation of common blocks are passed here, before anything slower.
        self._other = re.compile(rf"[^\x00-\x7f\u00a0-\u00bf×÷\u2000-\u2070\u20a0-\u20bf{ranges}]")

    def find(self, text: str) -> list[Finding]:
        if text.isascii():
            return []
        runs: list[tuple[int, int]] = []
        for match in self._other.finditer(text):
            start, end = match.span()
            if runs and runs[-1][1] == start and self._belongs(match.group(), inside=True):
                runs[-1] = (runs[-1][0], end)
            elif self._belongs(match.group(), inside=False):
                runs.append((start, end))
        found = [run for run in _widened(text, runs) if not self._formula(text, *run)]
        return [Finding(*run, "other", "unknown script") for run in _joined(text, found)]

    def _belongs(self, char: str, *, inside: bool) -> bool:
        """Whether the character is a letter nobody can check; marks and joiners inside a run."""
        category = unicodedata.category(char)
        if category in _LETTERS:
            return True
        return bool(_DISGUISED.match(char)) or (inside and category in ("Mn", "Mc", "Me", "Cf"))

    def _formula(self, text: str, start: int, end: int) -> bool:
        """A single Greek letter, a sign of a formula: "σ", "Δt", "𝑥"."""
        letters = [c for c in text[start:end] if c.isalpha() and not c.isascii()]
        if len(letters) != 1 or end - start > 2:
            return False
        return bool(_GREEK.match(letters[0])) or ord(letters[0]) in _MATHEMATICAL


def _widened(text: str, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each run with the rest of its word."""
    wide: list[tuple[int, int]] = []
    for start, end in runs:
        while start and _WORD.match(text, start - 1):
            start -= 1
        while end < len(text) and _WORD.match(text, end):
            end += 1
        if wide and start <= wide[-1][1]:
            wide[-1] = (wide[-1][0], max(end, wide[-1][1]))
        else:
            wide.append((start, end))
    return wide


def _joined(text: str, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs with only a few signs between them are one: how many words it had is private, too."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        before = joined[-1][1] if joined else 0
        if joined and start - before <= _BETWEEN and _no_word(text[before:start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _no_word(gap: str) -> bool:
    return "\n" not in gap and not any(char.isalnum() for char in gap)
