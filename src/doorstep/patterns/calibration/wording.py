"""How an answer is written: its length and form, and how much it speaks of what was asked."""

from __future__ import annotations

import math
import re

from doorstep.patterns.checks.solution_cues import sentences
from doorstep.patterns.checks.solution_steps import calculations

MAX_TEXT = 12_000  # characters that are looked at, the last ones

_LONG_WORD = re.compile(r"[a-z]{3,}")
_COMMON = frozenset(
    "the and for with his her their its she they that this how many much what will would does did"
    " has have had are was were been from than then each per all total there not".split()
)
_ASKED = re.compile(r"how (?:many|much)\s+(?:more |less |fewer )?(\w+)", re.I)
_NOTED = re.compile(r"<<[^<>]*>>")
_RESULT = re.compile(r"####.*")


def wording_features(question: str, answer: str) -> dict[str, float]:
    """Counts and shares; no word is kept. Empty for an empty answer."""
    if not answer.strip():
        return {}
    question, answer = question[-MAX_TEXT:], answer[-MAX_TEXT:]
    return {**_form(answer), **_coverage(question, answer)}


def _form(answer: str) -> dict[str, float]:
    steps = max(1, len(calculations(answer)))
    letters = len(re.sub(r"[^a-z]", "", _NOTED.sub("", answer.lower())))
    stated = re.search(r"####\s*([^\n]*)", answer)
    said = stated[1] if stated else ""
    return {
        "length": math.log1p(len(answer)),
        "lines": min(answer.strip().count("\n"), 30.0),
        "length a step": math.log1p(len(answer) / steps),
        "prose a step": min(letters / steps / 50, 20.0),
        "notes its calculations": float("<<" in answer),
        "calculates at once": float("<<" in answer.split("\n")[0]),
        "marks its result": float(stated is not None),
        "ends with an empty line": float(answer.endswith("\n\n")),
        "words in its result": float(bool(re.search(r"[A-Za-z]", said))),
        "decimals in its result": float(bool(re.search(r"\.0", said))),
        "says more after its result": _after(answer, stated),
        "begins with a number": float(bool(re.match(r"\s*[$0-9]", answer))),
        "escaped signs": min(answer.count("\\"), 10.0),
        "unknowns": float(bool(re.search(r"\bx\b\s*[=+-]|[0-9][a-z]\b|\blet ", answer, re.I))),
        "explains afterwards": float(bool(re.search(r"explanation|note:", answer, re.I))),
        "concludes": float(bool(re.search(r"therefore|\bso,", answer, re.I))),
        "turns and assumptions": min(len(_TURNS.findall(answer)), 8.0),
    }


_TURNS = re.compile(
    r"\bhowever\b|assum|\bbut\b|cannot|not possible|approximately|round|about", re.I
)


def _after(answer: str, stated: re.Match[str] | None) -> float:
    return math.log1p(len(answer[stated.end() :].strip())) if stated else 0.0


def _coverage(question: str, answer: str) -> dict[str, float]:
    asked = sentences(question)[-1]
    lines = [line for line in _RESULT.sub("", answer).split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    noun = _ASKED.search(asked)
    return {
        "last line speaks of what is asked": _share(_words(asked), _words(last)),
        "speaks of what is asked": _share(_words(asked), _words(answer)),
        "speaks of the question": _share(_words(question), _words(answer)),
        "last line names what is counted": float(
            noun is not None and noun[1].lower().rstrip("s") in last.lower()
        ),
    }


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in _LONG_WORD.findall(text.lower())} - _COMMON


def _share(wanted: set[str], there: set[str]) -> float:
    return len(wanted & there) / max(1, len(wanted))
