"""The same text, otherwise: other people and places in it, other letter case, slips of the pen.

A model that has seen 300 texts would learn their names by heart; with other names each time it
learns where names stand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from training.names.pools import FIRMS, PLACES, Pools
from training.names.text import ANY, Mark, Text

_SWAPPED = {
    "pupa": ("person", "place", "organisation"),
    "pupa_replies": ("person", "place", "organisation"),
    "synth": ("person", "place", "organisation", "phone", "account", "date", "demographic"),
    "tab": ("person", "place"),
    "wnut": ("person", "place", "organisation"),
}
_WORD = re.compile(r"[^\W\d_]+")


class Noise:
    """Changes texts at random; the same pools draw the same changes."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._given: set[str] = set()

    def __call__(self, text: Text) -> Text:
        pools = self._pools
        if text.source in _SWAPPED and pools.chance(0.6):
            text = self._swapped(text, _SWAPPED[text.source])
        draw = pools.random.random()
        if draw < 0.12 and text.source != "tab":
            text = replace(text, text=_same_length(text.text, str.lower))
        elif draw < 0.145 and text.source != "tab":
            text = replace(text, text=_same_length(text.text, str.upper))
        elif draw < 0.17 and text.source not in ("tab", "mmlu"):
            text = self._small_names(text)
        return self._slips(text) if pools.chance(0.06) else text

    def _swapped(self, text: Text, kinds: tuple[str, ...]) -> Text:
        """Other values, the same one wherever a value comes again."""
        out, marks, done = "", [], 0
        new: dict[str, str] = {}
        for mark in _apart(text.marks):
            old = text.text[mark.start : mark.end]
            kind = mark.kind or self._guess(old)
            value = self._other(kind, old, new) if kind in kinds and mark.weight else old
            out += text.text[done : mark.start]
            marks.append(replace(mark, start=len(out), end=len(out) + len(value)))
            out += value
            done = mark.end
        return replace(text, text=out + text.text[done:], marks=tuple(marks))

    def _other(self, kind: str, old: str, new: dict[str, str]) -> str:
        if kind == "person":
            return _WORD.sub(lambda word: self._name(word, new), old)
        if old not in new:
            new[old] = _like(old, self._drawn(kind))
        return new[old]

    def _drawn(self, kind: str) -> str:
        pools = self._pools
        if kind == "place":
            return pools.city() if pools.chance(0.7) else pools.country()
        if kind == "organisation":
            return pools.organisation()
        if kind == "phone":
            return pools.fake("phone_number", pools.locale())
        if kind == "account":
            return pools.fake(pools.pick(["credit_card_number", "iban"]), "en_GB")
        return pools.date() if kind == "date" else pools.nationality()

    def _name(self, word: re.Match[str], new: dict[str, str]) -> str:
        old = word.group()
        if len(old) == 1:
            return self._pools.pick("ABCDEFGHJKLMNPRSTVW") if old.isupper() else old
        if old.lower() not in new:
            first = word.start() == 0
            name = self._pools.given() if first else self._pools.family()
            new[old.lower()] = name.split()[0]
        return _like(old, new[old.lower()])

    def _guess(self, old: str) -> str:
        """The kind of a value that has none, by our lists: its first word is a given name …"""
        low = old.lower()
        if low in PLACES or low in FIRMS:
            return "place" if low in PLACES else "organisation"
        if not self._given:
            draws = (self._pools.given() for _ in range(6000))
            self._given = {name.lower() for name in draws if len(name) > 2}
        first = low.split()[0] if low.split() else ""
        return "person" if first in self._given and len(low.split()) <= 3 else ANY

    def _small_names(self, text: Text) -> Text:
        """Private values in small letters, the rest as it is."""
        signs = list(text.text)
        for mark in text.marks:
            signs[mark.start : mark.end] = _same_length(text.text[mark.start : mark.end], str.lower)
        return replace(text, text="".join(signs))

    def _slips(self, text: Text) -> Text:
        """Two neighbouring letters change places in about every thirtieth word."""
        signs = list(text.text)
        for at in range(1, len(signs) - 2):
            if signs[at].isalpha() and signs[at + 1].isalpha() and self._pools.chance(0.006):
                signs[at], signs[at + 1] = signs[at + 1], signs[at]
        return replace(text, text="".join(signs))


def joined(first: Text, second: Text) -> Text:
    """Two texts as one; an innocent question before a private letter does not make it innocent."""
    gap = "\n\n"
    move = len(first.text) + len(gap)
    later = [replace(m, start=m.start + move, end=m.end + move) for m in second.marks]
    return Text(
        first.text + gap + second.text,
        (*first.marks, *later),
        "joined",
        min(first.outside, second.outside),
    )


def _apart(marks: tuple[Mark, ...]) -> list[Mark]:
    """Without overlaps: of two that overlap the longer."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.start - m.end):
        if all(mark.end <= k.start or k.end <= mark.start for k in kept):
            kept.append(mark)
    return sorted(kept, key=lambda m: m.start)


def _like(old: str, new: str) -> str:
    """`new` in the letter case of `old`."""
    if old.isupper() and len(old) > 3:
        return new.upper()
    return new.lower() if old.islower() else new


def _same_length(text: str, change: object) -> str:
    assert callable(change)
    return "".join(c if len(x := change(c)) != 1 else x for c in text)
