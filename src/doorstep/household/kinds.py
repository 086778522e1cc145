"""What kind of limit a time in a sentence is: a small linear model over words.

Multinomial logistic regression. The features of one time are the words around it with times and
devices replaced by slots, the classes of the words in its clause (`lexicon`), and a few of the
sentence's structure: the preposition before the time, the word that subordinates its clause, the
verb, negation and tense of the clause that it limits. Trained by `training/kinds/train.py`; here
is inference only, in plain Python.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise

from doorstep.household.lexicon import CLASS_RES, HEDGES, PREPOSITIONS
from doorstep.household.prose import Clause, Token
from doorstep.household.times import TimeMention

SINGLE = ("none", "finish_by", "quiet_by", "quiet_until", "not_before")
RANGE = ("none", "quiet_range", "allowed_range")
LABELS = (*SINGLE, *RANGE[1:])
_VERBS = ("QUIET", "FIN", "START", "RUN", "LEAVE", "EVENT")
_TENSES = ("CANCEL", "PASTMODAL", "MODAL", "PAST", "HABIT", "PASTW")


@dataclass(frozen=True, slots=True)
class Gist:
    """What a clause is about: its word classes, its main verb class, polarity and tense."""

    classes: frozenset[str]
    verb: str
    neg: str
    tense: str
    subject: str


def gist(toks: Sequence[Token], clause: Clause) -> Gist:
    """The gist of one clause of a sentence."""
    body = toks[clause.first : clause.last]
    text = " ".join("_" if t.slot else t.text for t in body)
    classes = frozenset(name for name, rule in CLASS_RES.items() if rule.search(text))
    verb = next((v for v in _VERBS if v in classes), "-")
    tense = next((t for t in _TENSES if t in classes), "PRES")
    subject = next(
        (
            "DEV" if t.slot == "DEV" else "ALL" if t.text in ("nothing", "everything") else
            "IT" if t.text in ("it", "they", "both", "neither", "these") else "WHO"
            for t in body
            if t.slot == "DEV" or t.capital or t.text in _WHO
        ),
        "-",
    )  # fmt: skip
    return Gist(classes, verb, "NEG" if "NEG" in classes else "POS", tense, subject)


_WHO = frozenset(
    "it they both neither these nothing everything he she we i you everyone who".split()
)


def features(toks: Sequence[Token], parts: Sequence[Clause], at: int) -> list[str]:
    """Features of the time that is token `at`; `parts` are the sentence's clauses."""
    here = next(i for i, c in enumerate(parts) if c.first <= at < c.last)
    gists = [gist(toks, c) for c in parts]
    own, head = gists[here], gists[_head(parts, gists, here)]
    prep = _preposition(toks, at)
    sub = parts[here].sub
    kind = toks[at].slot
    found = ["bias", f"k={kind}", f"p={prep}", f"sub={sub}|{prep}", f"k|p={kind}|{prep}"]
    found += [f"o|p={own.verb}|{own.neg}|{prep}", f"o={own.verb}|{own.neg}|{own.tense}"]
    found += [f"o|p|t={own.verb}|{own.neg}|{own.tense}|{prep}|{kind}", f"t|p={own.tense}|{prep}"]
    found += [
        f"h|s={head.verb}|{head.neg}|{sub}|{prep}",
        f"h|t={head.verb}|{head.neg}|{head.tense}",
    ]
    found += [f"h|t|s={head.tense}|{head.neg}|{sub}", f"h|v|s={head.verb}|{head.neg}|{sub}|{kind}"]
    found += [
        f"su|o={own.subject}|{own.verb}|{own.tense}",
        f"su|h={head.subject}|{head.tense}|{sub}",
    ]
    rel = sub or prep
    found += [f"R={rel}|{head.neg}", f"R|v={rel}|{head.neg}|{head.verb}", f"R|k={rel}|{kind}"]
    found += [f"R|v|t={rel}|{head.neg}|{head.verb}|{head.tense}", f"R|o={rel}|{own.verb}|{own.neg}"]
    found += [f"n|p|k={own.neg}|{prep}|{kind}", f"hn|p|s={head.neg}|{prep}|{sub}"]
    found += [f"C={c}" for c in own.classes] + [f"C|p={c}|{prep}" for c in own.classes]
    found += [f"H={c}" for c in head.classes]
    found += [f"S={c}" for i, g in enumerate(gists) if i != here for c in g.classes]
    found += _words(toks, parts[here], at)
    found += _heads(toks, parts, here, _head(parts, gists, here), rel)
    found += _rivals(toks, parts, gists, at)
    return found + _layout(toks, parts[here], at)


def _rivals(
    toks: Sequence[Token], parts: Sequence[Clause], gists: Sequence[Gist], at: int
) -> list[str]:
    """How this time's clause compares with those of the sentence's other times.

    Where one clause speaks of a device and a duty, the others most often tell only why.
    """
    weights = {}
    for i, tok in enumerate(toks):
        if tok.slot in ("TIME", "RANGE"):
            k = next(k for k, c in enumerate(parts) if c.first <= i < c.last)
            device = any(t.slot == "DEV" for t in toks[parts[k].first : parts[k].last])
            duty = gists[k].tense == "MODAL" or gists[k].verb in ("FIN", "QUIET")
            weights[i] = (2 * duty + device, _preposition(toks, i), gists[k].verb)
    mine = weights.pop(at)
    if not weights:
        return [f"alone={mine[0]}|{mine[1]}"]
    best = max(w[0] for w in weights.values())
    found = [f"rival={mine[0]}|{best}|{at > min(weights)}", f"rp={mine[1]}|{mine[0] - best}"]
    for i, (_, prep, verb) in weights.items():
        side = "<" if i < at else ">"
        found += [f"o{side}{prep}|{mine[1]}", f"v{side}{verb}|{mine[2]}"]
    return found


def _heads(
    toks: Sequence[Token], parts: Sequence[Clause], here: int, head: int, rel: str
) -> list[str]:
    """Stems of the clause that the time limits, each with how the time hangs on it."""
    clause = parts[head]
    stems = {_stem(t) for t in toks[clause.first : clause.last]} - _POINTS
    found = [f"R+{rel}|{w}" for w in stems]
    if head != here:
        found += [f"h={w}" for w in stems]
    rest = (t for i, c in enumerate(parts) if i not in (here, head) for t in toks[c.first : c.last])
    return found + [f"x={w}" for w in {_stem(t) for t in rest} - _POINTS]


def _layout(toks: Sequence[Token], clause: Clause, at: int) -> list[str]:
    """Where the time stands among the times, and what stands in the clause around it."""
    times = [i for i, t in enumerate(toks) if t.slot in ("TIME", "RANGE")]
    body = toks[clause.first : clause.last]
    device = "DEV" if any(t.slot == "DEV" for t in body) else "-"
    person = "WHO" if any(t.capital and not t.slot for t in body[1:]) else "-"
    place = times.index(at)
    since = [_stem(t) for t in toks[times[place - 1] + 1 if place else 0 : at]][-6:]
    then = [_stem(t) for t in toks[at + 1 : times[place + 1] if at != times[-1] else len(toks)]][:6]
    found = [f"ord={min(place, 3)}/{min(len(times), 4)}", f"in={device}|{person}"]
    found += [f"any={any(t.slot == 'DEV' for t in toks)}|{device}|{person}"]
    found += [f"<{w}" for w in set(since)] + [f">{w}" for w in set(then)]
    return found


_POINTS = frozenset(",.;:-")


def _stem(tok: Token) -> str:
    """A word without its ending, so that "washes", "washed" and "washing" weigh as one."""
    word = tok.slot or tok.text
    if tok.slot or len(word) < 5:
        return word
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word


def _head(parts: Sequence[Clause], gists: Sequence[Gist], here: int) -> int:
    """The clause that the time's clause limits: itself, or the main clause of the sentence."""
    own = gists[here]
    if not parts[here].sub and (own.verb != "-" or own.tense in ("MODAL", "PAST", "PASTMODAL")):
        return here
    for i in range(here - 1, -1, -1):
        if not parts[i].sub and (gists[i].verb != "-" or gists[i].tense == "MODAL"):
            return i
    for i in range(here + 1, len(parts)):
        if not parts[i].sub and gists[i].verb != "-":
            return i
    for i in range(here - 1, -1, -1):
        if gists[i].verb in ("FIN", "QUIET", "START", "RUN"):
            return i
    return here


def _preposition(toks: Sequence[Token], at: int) -> str:
    """The preposition before the time, over hedges; with "not" or "no later than" before it."""
    i = at - 1
    while i >= 0 and toks[i].text in HEDGES and toks[i].text not in PREPOSITIONS:
        i -= 1
    if i < 0 or toks[i].slot:
        return "-"
    word = toks[i].text
    if word == "than" and i >= 1:
        return f"{toks[i - 1].text} than"
    if word in PREPOSITIONS:
        return f"not {word}" if i and toks[i - 1].text in ("not", "never") else word
    return "," if word in ",:;–—(-" else "-"


def _words(toks: Sequence[Token], clause: Clause, at: int) -> list[str]:
    """Words beside the time by place, and the words and pairs of its clause."""
    shown = [t.slot or t.text for t in toks]
    found = []
    for step in range(1, 5):
        left = shown[at - step] if at - step >= 0 else "^"
        right = shown[at + step] if at + step < len(shown) else "$"
        found += [f"l{step}={left}", f"r{step}={right}"] if step < 4 else [f"l{step}={left}"]
    left2 = shown[max(at - 2, 0) : at]
    found += ["ll=" + " ".join(left2), "rr=" + " ".join(shown[at + 1 : at + 3])]
    body = [w for w in shown[clause.first : clause.last] if w not in ",.;:"]
    found += [f"w={w}" for w in set(body)]
    found += ["b=" + " ".join(pair) for pair in set(pairwise(body))]
    return found


class KindModel:
    """Weights, a row per feature; `classify` gives the best label and its probability."""

    def __init__(self, weights: Mapping[str, Sequence[int]], scale: float) -> None:
        self._weights = weights
        self._scale = scale

    @classmethod
    def shipped(cls) -> KindModel:
        """The weights that the package ships."""
        source = resources.files("doorstep.household").joinpath("kind_weights.json")
        data = json.loads(source.read_text(encoding="utf-8"))
        if tuple(data["labels"]) != LABELS:
            raise ValueError("kind_weights.json has other labels than kinds.py")
        return cls(data["weights"], float(data["scale"]))

    def judge(
        self, toks: Sequence[Token], parts: Sequence[Clause], at: int, time: TimeMention
    ) -> dict[str, float]:
        """Label -> probability of the time that is token `at`."""
        return self.probabilities(features(toks, parts, at), is_range=time.until is not None)

    def probabilities(self, feats: Sequence[str], *, is_range: bool) -> dict[str, float]:
        """Label -> probability, over the labels that fit a single time or a range."""
        sums = [0] * len(LABELS)
        for feat in feats:
            row = self._weights.get(feat)
            if row is not None:
                sums = [a + b for a, b in zip(sums, row, strict=True)]
        allowed = RANGE if is_range else SINGLE
        scores = {
            name: s * self._scale for name, s in zip(LABELS, sums, strict=True) if name in allowed
        }
        top = max(scores.values())
        powers = {name: math.exp(s - top) for name, s in scores.items()}
        total = sum(powers.values())
        return {name: p / total for name, p in powers.items()}
