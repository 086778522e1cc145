"""Where the final answer stands in a model's prose."""

from __future__ import annotations

import re

# The last of these wins. What stands behind it, to the end of the line, is the answer.
_MARKED = re.compile(
    r"^\s*#{3,}[ \t]*(?=\S)"
    r"|\\boxed\s*\{"
    r"|\b(?:final|correct|right|best)?[ \t]*(?:answer|result|choice)[ \t]*(?:\([^()\n]{1,20}\))?"
    r"[ \t]*(?:is(?![a-z])|:|=)[ \t]*:?\s*"
    r"|^\s*#*[ \t]*answer[ \t]*:?[ \t]*\n\s*",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\b[A-Za-z]\.)\s+(?=[A-Z0-9(\[\"$€£#*])|\n+")
_CHAT = re.compile(
    r"(?:i hope|hope this|let me know|feel free|if you (?:have|need|would)|please let|note that"
    r"|would you like|glad to|happy to|you're welcome|thank)",
    re.IGNORECASE,
)
# Cut off in the middle of a calculation: what stands there is not the answer.
_CUT = re.compile(r"(?:<<[^<>]*|[=+*/×(:]|\d\s?[-x]|[=\s]\$)\s*\Z")


def marked(text: str) -> str | None:
    """What a cleaned text itself calls its answer, None where it calls nothing so."""
    marks = list(_MARKED.finditer(text))
    if not marks:
        return None
    last = marks[-1]
    rest = text[last.end() :].split("\n", 1)[0]
    if "boxed" in last[0]:
        rest = rest.split("}", 1)[0]
    return rest.strip() or None


def is_strict(text: str) -> bool:
    """Whether its answer stands behind a mark that is for nothing else (####, a box)."""
    return bool(re.search(r"^\s*#{4}[ \t]*\S|\\boxed\s*\{", text, re.MULTILINE))


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without the pleasantries at its end."""
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    while len(parts) > 1 and _CHAT.match(parts[-1]):
        parts.pop()
    return parts


def is_cut_off(text: str) -> bool:
    """Whether the text breaks off within a calculation."""
    return bool(_CUT.search(text.rstrip()[-200:]))
