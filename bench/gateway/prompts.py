"""Prompts of about 4 KB in which 40 private values stand, no two prompts the same.

A conversation repeats itself: of its values a share is new in each request (`new`), the rest is
from the pool of the conversation, in which new values replace old ones. `new` = 1: every value
that is found by its form is new in every request. Of the 40, four are declared names.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import islice

from bench.gateway import values

SIZE = 4096  # characters
VALUES = 40
NAMES = 4
_BEFORE = (
    "please write to",
    "the last message came from",
    "we should hand this over to",
    "as noted before, use",
    "nobody has checked",
    "the form was filled in with",
    "and then ask again for",
)
_AFTER = (
    "before the end of the week",
    "because the others are still waiting for an answer",
    "so that the order can go out",
    "which was on the second page, near the bottom",
    "unless something better comes up",
)
_PLAIN = (
    "the rest of the plan stays as it was",
    "there is no hurry with any of it",
    "a short summary at the end would help",
    "keep the tone friendly and the sentences short",
)


class Prompts:
    """Prompts of a conversation: it has a pool of values, to which those of `seed` are new. `per`:
    private values in each prompt, 0 for none at all."""

    def __init__(
        self, seed: str, *, new: float, pool: str = "", per: int = VALUES, size: int = SIZE
    ) -> None:
        self._rng = random.Random(f"prompts {seed}")
        self._fresh = values.stream(f"values {seed}")
        self._names = values.declared()
        self._size = size
        self._named = per * NAMES // VALUES
        self._found = per - self._named
        self._new = round(new * self._found)
        self._pool = list(islice(values.stream(f"pool {pool or seed}"), self._found))

    def text(self) -> str:
        """One more prompt; its first words are in no other prompt of this conversation."""
        rng = self._rng
        if self._new:
            kept = rng.sample(self._pool, len(self._pool) - self._new)
            self._pool = [*kept, *islice(self._fresh, self._new)]
        private = [*self._pool, *rng.sample(self._names, self._named)]
        rng.shuffle(private)
        return write(rng, private, self._size)


def write(rng: random.Random, private: Sequence[str], size: int) -> str:
    """Sentences around the values, filled up to `size` characters with sentences without any."""
    sentences = [f"{rng.choice(_BEFORE)} {value} {rng.choice(_AFTER)}" for value in private]
    length = sum(len(sentence) + 2 for sentence in sentences)
    while length < size:
        sentences.insert(rng.randrange(len(sentences) + 1), plain := rng.choice(_PLAIN))
        length += len(plain) + 2
    return f"{mark(rng)} first: " + ". ".join(sentences)


def mark(rng: random.Random) -> str:
    """Twelve letters by which a request is known again; a word without meaning."""
    return "".join(rng.choices("bdfgklmnprstaeiou", k=12))
