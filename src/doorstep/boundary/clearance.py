"""What a pattern says about one request: which text is private, and what may go as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from doorstep._errors import BadInput

_SIGN = re.compile(r"[^\W_]")

Path = tuple[str | int, ...]  # where a value stands in a JSON body: keys and indexes


@dataclass(frozen=True, slots=True, repr=False)
class Term:
    """A known private value. `kind` is a plain word ("person", "device", "room", "declared")."""

    value: str
    kind: str = "declared"

    def __post_init__(self) -> None:
        if not _SIGN.search(self.value):
            raise BadInput(
                f"A private value of kind {self.kind} has no letter and no digit.",
                hint="Take it out of the declared values, or spell it in full.",
            )

    def __repr__(self) -> str:
        return f"Term(kind={self.kind!r}, {len(self.value)} characters)"


@dataclass(frozen=True, slots=True, repr=False)
class Clearance:
    """Which text of a request is private, and which may go as it is.

    `private`: values that must not leave in any form.
    `public`: string leaves (and object keys) that are our own constants, exactly equal.
    `shapes`: a string leaf that one of these matches in full is made of constants and typed
    slots only. `public_json`: constant subtrees, for example the JSON Schema that we send.
    `run`: id of the run, for the ledger. `mask`: True replaces private values by placeholders,
    False makes each of them a reason to block. `scope`: whose request it is; what was found in one
    scope is looked for in its later requests, and placeholders of two scopes never agree.
    """

    private: tuple[Term, ...] = ()
    public: tuple[str, ...] = ()
    shapes: tuple[re.Pattern[str], ...] = ()
    public_json: tuple[object, ...] = ()
    run: str = ""
    mask: bool = False
    scope: str = ""

    def __repr__(self) -> str:
        return (
            f"Clearance(run={self.run!r}, mask={self.mask}, {len(self.private)} private, "
            f"{len(self.public)} public, {len(self.shapes)} shapes, {len(self.public_json)} json)"
        )
