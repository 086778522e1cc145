"""A training text: what is private in it, of which kind, and how sure the source is."""

from __future__ import annotations

from dataclasses import dataclass

# The kinds that the model tells apart; for each a "begin" and an "inside" class, and "outside".
KINDS = (
    "person",
    "organisation",
    "place",
    "address",
    "date",
    "age",
    "demographic",
    "quantity",
    "case",
    "order",
    "email",
    "phone",
    "url",
    "account",
    "identifier",
    "secret",
    "handle",
    "other",
    "authority",
)
CALLED = {"authority": "organisation"}  # what people are told, where it is another word
ANY = ""  # private, but the source does not say of which kind
NOTHING = "-"  # not private, though it looks so; has a weight of its own
CLASSES = 1 + 2 * len(KINDS)


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """`text[start:end]` is private, of `kind`; weight 0: take no side here."""

    start: int
    end: int
    kind: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """`outside` is the weight of what is not marked: low where the source overlooks much."""

    text: str
    marks: tuple[Mark, ...]
    source: str
    outside: float = 1.0
