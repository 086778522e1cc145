"""One value and what stands for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """`text` stands for `value`. `number`: the value is the JSON spelling of a number.

    `surrogate`: `text` is a realistic value of the same kind, not a placeholder.
    """

    text: str
    value: str
    kind: str
    number: bool = False
    surrogate: bool = False

    def __repr__(self) -> str:
        return f"Entry(kind={self.kind!r})"
