# ruff: noqa: E501
"""Prose into sentences, sentences into tokens with slots, tokens into clauses.

A *slot* is a span that stands for something (a time, a device); it becomes one token. A clause
keeps the word that subordinates it, because "before he leaves at 07:00" limits what the main
clause says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from doorstep.household.lexicon import FINITE, HEDGES, PREPOSITIONS, SUBJECTS, SUBORDINATORS

_FLAT = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-",
     "`": "'", "\u200b": " ", "\t": " "}
)  # fmt: skip
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|approx|ca|c|e\.g|i\.e|etc|vs|no|a\.m|p\.m|a|p|min|hrs|resp|re|nov|dec|jan|feb|aug|sept|oct|tel|ext|fig|cf|apt|fl|incl|max|nr|bzw|mme|sr|sra)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…]+[\"')\]]*\s+|;\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,]\d+)?%?|[^\w\s]")
_BREAKS = frozenset(",;:–—()-/")
_STRONG = frozenset(";:–—()")

_PREDICATE = frozenset(
    "must may can cannot can't should shouldn't mustn't shall has have needs need is are was will won't ought had".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is lower case; `slot` names what it stands for ("" for a plain word)."""

    text: str
    start: int
    end: int
    slot: str = ""
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `first` up to `last` (exclusive); `sub` is its subordinating word or ""."""

    first: int
    last: int
    sub: str = ""


def flatten(text: str) -> str:
    """One character for one: typographic quotes and spaces become plain, so that spans hold."""
    return text.translate(_FLAT)


def sentences(text: str) -> list[str]:
    """Sentences of one note. Never splits inside "6.30 p.m." or after an abbreviation."""
    found: list[str] = []
    start = 0
    for m in _END.finditer(text):
        head = text[start : m.start() + 1]
        tail = text[m.end() : m.end() + 1]
        if m[0].startswith(".") and (_ABBREVIATION.search(head) and not tail.isupper()):
            continue
        if m[0].startswith(".") and re.search(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof)\.$", head):
            continue
        found.append(text[start : m.end()].strip())
        start = m.end()
    found.append(text[start:].strip())
    return [s for s in found if re.search(r"\w", s)]


def tokens(text: str, slots: Iterable[tuple[int, int, str]]) -> list[Token]:
    """Words, punctuation and slots of a sentence, in order. Slots must not overlap."""
    made: list[Token] = []
    at = 0
    for start, end, name in [*sorted(slots), (len(text), len(text), "")]:
        for m in _WORD.finditer(text, at, start):
            made.append(Token(m[0].lower(), m.start(), m.end(), "", m[0][:1].isupper()))
        if name:
            made.append(Token(text[start:end].lower(), start, end, name))
        at = max(at, end)
    return made


def clauses(toks: Sequence[Token]) -> list[Clause]:
    """Clauses of a sentence; pieces without a verb or a time join the clause before them."""
    cuts = _cuts(toks)
    pieces = [Clause(a, b, _subordinator(toks, a, b)) for a, b in pairwise(cuts)]
    joined: list[Clause] = []
    for piece in pieces:
        if piece.first == piece.last:
            continue
        if joined and _resumes(toks, piece):
            first = _statement(joined, toks)
            joined[first:] = [Clause(joined[first].first, piece.last, joined[first].sub)]
        elif joined and _belongs(toks, joined[-1], piece):
            joined[-1] = Clause(joined[-1].first, piece.last, joined[-1].sub)
        else:
            joined.append(piece)
    return joined


def _cuts(toks: Sequence[Token]) -> list[int]:
    cuts = [0]
    for i, tok in enumerate(toks):
        if i == 0 or tok.slot:
            continue
        if _restarts(toks, i, cuts[-1]) or (
            (tok.text in _BREAKS and tok.text not in "-/")
            or _opens(toks, i)
            or _coordinates(toks, i, cuts[-1])
        ):
            cuts.append(i)
    return [*cuts, len(toks)]


def _restarts(toks: Sequence[Token], i: int, since: int) -> bool:
    """ "since the wall is thin | it must …": a main clause begins without a comma."""
    if toks[i].text not in ("it", "they", "both", "nothing") or i + 1 >= len(toks) or i - since < 3:
        return False
    modal = toks[i + 1].text in _PREDICATE - {"is", "are", "was", "were", "have", "has"}
    return modal and bool(_subordinator(toks, since, i)) and _verb(toks[since + 1 : i])


def _opens(toks: Sequence[Token], i: int) -> bool:
    """A subordinator that has a clause after it, not just a time ("before 7")."""
    word = toks[i].text
    if word == "by" and [t.text for t in toks[i + 1 : i + 3]] == ["the", "time"]:
        return True
    if word == "that" and i and toks[i - 1].text == "so":
        return False
    if word not in SUBORDINATORS:
        return False
    if word == "as" and (
        toks[i - 1].text in ("such", "same", "as", "soon", "long", "far")
        or (toks[i + 1 : i + 2] and toks[i + 1].text in ("soon", "long", "well", "far", "a"))
    ):
        return bool(toks[i + 1 : i + 2]) and toks[i + 1].text in ("soon", "long")
    rest = toks[i + 1 : _next_break(toks, i + 1)]
    return bool(FINITE.search(" ".join(t.text for t in rest if not t.slot))) and not (
        rest and rest[0].slot in ("TIME", "RANGE")
    )


def _next_break(toks: Sequence[Token], i: int) -> int:
    while i < len(toks) and not (
        toks[i].text in _BREAKS and toks[i].text not in "-/" and not toks[i].slot
    ):
        i += 1
    return i


def _coordinates(toks: Sequence[Token], i: int, since: int) -> bool:
    """ "and", "or", "but" between two statements, not between two devices or times."""
    if toks[i].text not in ("and", "or", "but", "nor", "then", "yet") or i + 1 >= len(toks):
        return False
    left, right = toks[since:i], toks[i + 1 : _next_break(toks, i + 1)]
    after = [t for t in right[:3] if t.text not in ("the", "our", "my", "a", "his", "her", "their")]
    if toks[i - 1].slot == "DEV" and after and after[0].slot == "DEV" and toks[i].text != "but":
        return False
    if toks[i].text == "but":
        return True
    told = _verb(left) or any(t.slot in ("TIME", "RANGE") for t in left)
    if not told:
        return False
    if any(t.slot in ("TIME", "RANGE") for t in left) and any(
        t.slot in ("TIME", "RANGE") for t in right
    ):
        return True
    subject = right[:1] and (
        right[0].text in SUBJECTS or right[0].slot == "DEV" or _verb(right[:1])
    )
    return bool(_verb(right) and (subject or _verb(right[1:3])))


def _verb(toks: Sequence[Token]) -> bool:
    return bool(FINITE.search(" ".join(t.text for t in toks if not t.slot)))


def _subordinator(toks: Sequence[Token], a: int, b: int) -> str:
    for i in range(a, min(b, a + 4)):
        if toks[i].slot:
            return ""
        if toks[i].text == "by" and i + 2 < len(toks) and toks[i + 2].text == "time":
            return "by-the-time"
        if toks[i].text in ("as",) and i + 1 < len(toks) and toks[i + 1].text in ("soon", "long"):
            return "as-" + toks[i + 1].text
        if toks[i].text in SUBORDINATORS and _opens(toks, i):
            return "" if toks[i].text == "so" else toks[i].text
        if toks[i].text not in _BREAKS and toks[i].text not in (
            "and",
            "or",
            "but",
            "only",
            "not",
            "even",
            "just",
        ):
            return ""
    return ""


def _resumes(toks: Sequence[Token], piece: Clause) -> bool:
    """ ", may run between …": the predicate of a statement that a parenthesis broke off."""
    body = [t for t in toks[piece.first : piece.last] if t.slot or t.text not in _BREAKS]
    comma = toks[piece.first].text in (",", ")", "–", "—")
    return comma and len(body) > 1 and not body[0].slot and body[0].text in _PREDICATE


def _statement(joined: Sequence[Clause], toks: Sequence[Token]) -> int:
    """Where the broken-off statement began: the last piece that opens with "and", or the first."""
    for i in range(len(joined) - 1, 0, -1):
        if toks[joined[i].first].text in (";", ":") or toks[joined[i].first].text == "but":
            return i
        if any(t.slot in ("TIME", "RANGE") for t in toks[joined[i - 1].first : joined[i - 1].last]):
            return i
    return 0


def _belongs(toks: Sequence[Token], before: Clause, piece: Clause) -> bool:
    """A piece of nothing but hedges, prepositions and a time, or with neither verb nor time."""
    body = [t for t in toks[piece.first : piece.last] if t.slot or t.text[:1].isalnum()]
    times = [t for t in body if t.slot in ("TIME", "RANGE")]
    if not body:
        return True
    if piece.sub:
        return False
    words = [t for t in body if not t.slot]
    timed_before = any(t.slot in ("TIME", "RANGE") for t in toks[before.first : before.last])
    if times and not any(t.slot == "DEV" for t in body):
        bare = all(t.text in HEDGES or t.text in PREPOSITIONS for t in words)
        return bare and not timed_before
    if times:
        return False
    return not _verb(body) and not (toks[piece.first].text in _STRONG and timed_before)
