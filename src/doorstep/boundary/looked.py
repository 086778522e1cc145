"""A body as the gate looks at it: read once, its leaves in the order in which they stand.

A value may be split over leaves that follow each other, so that leaves are also looked at as
chains, and what ends one leaf and begins the next as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from doorstep.boundary.bodies import known_word
from doorstep.boundary.clearance import Clearance
from doorstep.boundary.nested import expanded
from doorstep.boundary.tree import Leaf, NotCanonical, Place, leaves, read

_PIECE = 4000  # characters of a code that is split over two leaves
_NEAR = 4000
_CUT = re.compile(r"[\\%&=][^\s\\%&=]{0,9}$")  # an escape that may go on in the next leaf
_CUT_PLACE = 11  # characters: the sign, nine more, and the line end that "$" may stand before
_CODE = re.compile(r"[\w+/=%&#;:\"\\-]{1,4000}", re.ASCII)
_PAIRS_LAST = re.compile(r"(?:[0-9A-Fa-f]{2}[ :,;-]{1,2})+[0-9A-Fa-f]{0,2}\Z")  # "4d 61 7"
_PAIRS_PLACE = 6  # characters: the last pair that is whole, two signs, the piece of one
_PAIRS_FIRST = re.compile(r"[0-9A-Fa-f]{0,2}(?:[ :,;-]{1,2}[0-9A-Fa-f]{2})+")
# The end of one sentence and the beginning of the next: no code.
_WORDS = re.compile(r"[\"'(]?(?:[A-Z]?[a-z]{0,14}[,.:;!?)\"']{0,2}){2}")


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """`leaves` are those of the exact bytes; None where these are no JSON that means one thing
    only. `looked`: as they are to be searched, which is bare of excuses where the bytes are not
    canonical, since an escape or a space could hide a second meaning; `raw` is all text then."""

    leaves: Sequence[Leaf] | None
    looked: Sequence[Leaf]
    raw: str
    canonical: bool

    @classmethod
    def of(cls, body: bytes, clearance: Clearance) -> Body:
        try:
            tree, canonical = read(body)
        except NotCanonical:
            return cls(None, (), body.decode("utf-8"), False)
        found = tuple(leaves(tree, clearance))
        if canonical:
            return cls(found, found, "", True)
        bare = tuple(Leaf(x.path, x.text, x.role, False, opaque=x.opaque) for x in found)
        return cls(found, bare, body.decode("utf-8"), False)

    @property
    def all_excused(self) -> bool:
        """Whether nothing in the body can depend on private data at all."""
        found = self.leaves or ()
        return self.canonical and all(x.excused or x.role == "number" for x in found)

    def inner(self, clearance: Clearance) -> Iterator[Leaf]:
        """The leaves that are not excused, those of JSON in a string in place of that string; the
        whole text where the body is no JSON."""
        if self.leaves is None:
            return iter((Leaf((), self.raw, "text", False),))
        return expanded(self.leaves, clearance)


class Chains:
    """The texts of a body that are to be searched."""

    def __init__(self, body: Body, clearance: Clearance) -> None:
        self._raw = body.raw
        self._all = _all_chains(body.looked)
        self._within = [
            chain
            for leaf in body.looked
            if (inside := _inside(leaf, clearance))
            for chain in (*_all_chains(inside), *_chains([x for x in inside if _said(x)]))
        ]

    def texts(self) -> Iterator[str]:
        if self._raw:
            yield self._raw
        yield from dict.fromkeys("\n".join(chain) for chain in self._all)

    def joined(self) -> Iterator[str]:
        """What ends one leaf and begins the next, as one, since half of a code is none; and
        leaves that are nothing but code, all that follow each other. So it is within a string
        that is JSON itself."""
        runs: dict[str, None] = {}
        for chain in (*self._all, *self._within):
            for left, right in pairwise(chain):
                runs[_end(left) + _start(right)] = None
                if _CUT.search(left[-_CUT_PLACE:]):
                    # What stands around an escape belongs to the value, too.
                    runs[left[-_NEAR:] + right[:_NEAR]] = None
            for is_code, group in groupby(chain, lambda text: bool(_CODE.fullmatch(text))):
                if is_code and len(run := list(group)) > 2:
                    runs["".join(run)] = None
        # In one text, as looking at many costs more; blank lines keep them apart.
        yield "\n\n\n".join(r for r in runs if len(r) > 3 and not _WORDS.fullmatch(r))


def _all_chains(found: Sequence[Leaf]) -> list[tuple[str, ...]]:
    chains = [
        *_chains(found),
        *_chains([leaf for leaf in found if leaf.role == "text"]),
        *_chains([leaf for leaf in found if leaf.role == "key"]),
    ]
    return list(dict.fromkeys(chains))


def _inside(leaf: Leaf, clearance: Clearance) -> list[Leaf]:
    """The leaves of a string that is JSON itself."""
    inside = list(expanded((leaf,), clearance))
    return [] if inside[:1] == [leaf] else inside


def _said(leaf: Leaf) -> bool:
    """Whether it is a text that the protocol would not say by itself: inside a string nothing is
    the protocol's, but what is split over two parts of a message has such words between them."""
    return leaf.role == "text" and not known_word(leaf.text, Place(key=leaf.key))


def _chains(found: Sequence[Leaf]) -> Iterator[tuple[str, ...]]:
    """An excused leaf ends a chain, constants cannot complete a value; but the protocol's own
    words and keys between two strings are no part of what is said."""
    chain: list[str] = []
    for leaf in found:
        if leaf.excused and not leaf.constant:
            yield tuple(chain)
            chain = []
        elif not leaf.constant and not leaf.opaque:
            chain.append(leaf.text)
    yield tuple(chain)


def _end(text: str) -> str:
    """The last word, or the pairs of hex at the end."""
    if _PAIRS_LAST.search(text[-_PAIRS_PLACE:]) and (pairs := _PAIRS_LAST.search(text[-_PIECE:])):
        return pairs[0]
    return text[-_PIECE:].rpartition(" ")[2]


def _start(text: str) -> str:
    text = text[:_PIECE]
    pairs = _PAIRS_FIRST.match(text)
    return pairs[0] if pairs else text.partition(" ")[0]
