"""What a question looks like: how long, how many numbers, which relations it speaks of.

Some questions are harder than others whatever the answer says. Counts only; no word is kept.
"""

from __future__ import annotations

import math
import re

from doorstep.patterns.checks.solution_cues import sentences
from doorstep.patterns.checks.solution_steps import numbers, spelled

MAX_TEXT = 12_000  # characters that are looked at, the last ones
MOST = 3.0

_RELATIONS = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "percents": r"percent|%",
        "ratios": r"\bratio\b|[0-9]:[0-9]",
        "rates": r"\bper\b|\beach\b|\bevery\b",
        "remainders": r"\bleft\b|\bremain",
        "multiples": r"\btwice\b|\btimes\b|double|triple",
        "comparisons": r"more than|\bless than\b|fewer",
        "averages": r"average|\bmean\b",
        "parts": r"\bhalf\b|third|quarter|fourth|fifth",
        "ages": r"years? old|\bage\b|older|younger",
        "speeds": r"\bmph\b|miles per|speed|\bkm\b",
        "hours": r"\bhours?\b|minutes?",
        "days": r"\bweeks?\b|\bdays?\b|months?",
        "money": r"\$|dollar|cents?",
        "conditions": r"\bif\b",
        "totals": r"total|altogether|combined|in all",
        "changes": r"interest|discount|\btax\b|\btip\b|increase|decrease|profit|loss",
        "others": r"\brest\b|\bother",
        "exceptions": r"\bonly\b|except|\bnot\b",
        "equalities": r"\bsame\b|equal",
        "needs": r"\bneed|require",
        "origins": r"original|initial|at first|start|begin|before",
        "how many": r"how many",
        "differences asked": r"how (?:many|much) (?:more|less|fewer|longer|older)",
    }.items()
}
_WORD = re.compile(r"[a-z]+")
_OPTION = re.compile(r"\n[A-Z][.)] ([^\n]*)")


def question_features(text: str) -> dict[str, float]:
    """Lengths and counts of a question, its options (a choice) apart."""
    text = text[-MAX_TEXT:]
    return {**_lengths(text), **_numbers(text), **_relations(text), **_options(text)}


def _lengths(text: str) -> dict[str, float]:
    words, parts = _WORD.findall(text.lower()), sentences(text)
    return {
        "length": math.log1p(len(text)),
        "sentences": min(len(parts), 30.0),
        "words of its last sentence": min(len(parts[-1].split()), 60.0),
        "letters a word": sum(map(len, words)) / max(1, len(words)),
        "different words": len(set(words)) / max(1, len(words)),
        "names": min(len(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", text))), 12.0),
        "question marks": min(text.count("?"), MOST),
        "blanks": float("___" in text),
        "signs of a formula": math.sqrt(len(re.findall(r"[=^+*/\\]", text))),
        "figures": math.sqrt(len(re.findall(r"[0-9]", text))),
    }


def _numbers(text: str) -> dict[str, float]:
    given = numbers(text)
    return {
        "numbers": min(len(given), 15.0),
        "numbers in words": min(len(spelled(text)), 8.0),
        "decimals": min(sum(value != int(value) for value in given), MOST),
        "fractions": min(len(re.findall(r"[0-9]/[0-9]", text)), MOST),
        "size of its largest number": math.log1p(max(given, default=0)),
        "numbers given twice": min(len(given) - len(set(given)), 4.0),
    }


def _relations(text: str) -> dict[str, float]:
    return {name: min(len(pattern.findall(text)), MOST) for name, pattern in _RELATIONS.items()}


def _options(text: str) -> dict[str, float]:
    options = _OPTION.findall(text)
    if not options:
        return {}
    lengths = [len(option) for option in options]
    return {
        "length of its options": math.log1p(sum(lengths) / len(lengths)),
        "spread of option lengths": math.log1p(max(lengths)) - math.log1p(min(lengths)),
        "options that are numbers": sum(o[:1] in "-$.0123456789" for o in options) / len(options),
        "all or none of the above": float(any("of the above" in o.lower() for o in options)),
        "asked for the exception": float(bool(re.search(r"\b(?:NOT|EXCEPT)\b", text))),
    }
