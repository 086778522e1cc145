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
_CHANGE = re.compile(
    r"\b((?:up|down|raise|jump(?:ed)?|rose|risen|rises|grew|fell|fallen|drops?|dropped|increased?|decreased?|reduced"
    r"|raised|lowered|changed?|went|gone|cut|moved|postponed|pushed|shifted|rescheduled|brought)\b"
    r"[^.;\n]{0,30}?)\bfrom [^.;\n]{1,30}?(?:\.\d+)? to ",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:before|original(?:ly)?|previous(?:ly)?|used to|earlier|old|at first|increase"
    r"|difference)\b",
    re.IGNORECASE,
)
# Cut off in the middle of a calculation: what stands there is not the answer.
_CUT = re.compile(r"(?:<<[^<>]*|[=+*/×(:]|\d\s?[-x]|(?:=\s?|[A-Za-z]\s)\$)\s*\Z")


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


def last_question(question: str) -> str:
    """The last sentence that asks; without one, the last."""
    parts = sentences(question)
    asked = [part for part in parts if part.endswith("?")]
    return asked[-1] if asked else (parts[-1] if parts else "")


def after_change(text: str, question: str) -> str:
    """Without what was before: "it rose from 9 to 11" is about 11, unless the 9 is asked for."""
    return text if _EARLIER.search(question) else _CHANGE.sub(r"\1 to ", text)


def is_cut_off(text: str) -> bool:
    """Whether the text breaks off within a calculation."""
    return bool(_CUT.search(text.rstrip()[-200:]))
