"""The upstream's own eye: is any private value in what arrived?

It looks for the values of a pool (known by its seed) and for all declared names in the request as
it came (path, headers, body), in every text of the body with its escapes undone, also where JSON
lies within JSON; each as written and squeezed to its letters and digits, so that another spacing
or case hides nothing. It shares no code with the boundary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ahocorasick_rs import AhoCorasick

from bench.gateway import values


class Watch:
    """Searches for `count` values of the pool `seed` and the declared names."""

    def __init__(self, seed: str, count: int) -> None:
        self._values = [*values.pool(seed, count), *values.declared()]
        self._plain = AhoCorasick([value.casefold() for value in self._values])
        self._squeezed = AhoCorasick([squeezed(value) for value in self._values])

    def leaks(self, head: bytes, body: bytes) -> set[str]:
        """Which private values are in a request."""
        found: set[int] = set()
        for text in (head.decode("latin-1"), *_texts(body)):
            lower = text.casefold()
            found.update(hit[0] for hit in self._plain.find_matches_as_indexes(lower))
            found.update(hit[0] for hit in self._squeezed.find_matches_as_indexes(squeezed(lower)))
        return {self._values[index] for index in found}


def squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _texts(body: bytes) -> Iterator[str]:
    """The body as it is, and all its leaves in one text."""
    text = body.decode("utf-8", "replace")
    yield text
    try:
        yield "\n".join(_leaves(json.loads(text)))
    except ValueError:
        return


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _leaves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(value)
    elif isinstance(tree, str):
        yield tree
        if tree[:1] in ("{", "["):
            try:
                yield from _leaves(json.loads(tree))
            except ValueError:
                return
    else:
        yield str(tree)
