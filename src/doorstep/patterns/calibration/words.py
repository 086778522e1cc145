"""The words of a question as hashed features: which kind of question it is, without its words.

Feature hashing (Weinberger et al., arXiv 0902.2206) with inverse document frequencies. A word
becomes one of 2**13 numbers, and what is stored is a weight per number. Who has a word can ask
whether it has a weight, so this block is for large sets only, and can be left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

BITS = 13
MAX_TEXT = 12_000  # characters that are looked at, the last ones

_TOKEN = re.compile(r"\w+|[=+^$%]")


@dataclass(frozen=True, slots=True)
class Words:
    """`rarity` (inverse document frequency) and `weights`, one of each per hashed word."""

    rarity: tuple[float, ...]
    weights: tuple[float, ...]

    def push(self, text: str) -> float:
        """What the words of a text add to the log-odds."""
        return sum(self.weights[place] * x for place, x in scaled(text, self.rarity).items())


def places(text: str, buckets: int = 1 << BITS) -> set[int]:
    """The hashed words of a text."""
    tokens = set(_TOKEN.findall(text[-MAX_TEXT:].lower()))
    return {crc32(token.encode("utf-8", "surrogatepass")) % buckets for token in tokens}


def scaled(text: str, rarity: Sequence[float]) -> dict[int, float]:
    """A vector of length 1: rare words weigh more."""
    there = sorted(places(text, len(rarity)))
    length = math.sqrt(sum(rarity[place] ** 2 for place in there))
    return {place: rarity[place] / length for place in there} if length else {}


def rarities(texts: Iterable[str]) -> tuple[float, ...]:
    """log((1 + n) / (1 + texts that hold it)) + 1 for each hashed word."""
    counts, n = [0] * (1 << BITS), 0
    for text in texts:
        n += 1
        for place in places(text):
            counts[place] += 1
    return tuple(round(math.log((1 + n) / (1 + count)) + 1, 4) for count in counts)
