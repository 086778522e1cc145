"""Results of steps as text: their size for the record, what they say for home alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass

MOST_TOLD = 200  # items of a list that are written out


def sized(result: object) -> str:
    """What a result is and how large: "date", "12 rows", "3 of Passage"; never what it says."""
    if isinstance(result, str):
        return f"text, {len(result)} characters"
    if isinstance(result, list):
        kind = type(result[0]).__name__ if result else "nothing"
        return f"{len(result)} of {kind}"
    size: Callable[[], int] | None = getattr(result, "__len__", None)
    return f"{type(result).__name__.lower()}" + (f", {size()} rows" if size else "")


def told(result: object, most: int) -> str:
    """A result as text for the home model, or for a person, at most so many characters."""
    text = _told(result)
    return text if len(text) <= most else f"{text[:most]} ... ({len(text)} characters in all)"


def _told(result: object) -> str:
    if isinstance(result, list):
        lines = [f"- {_told(one)}" for one in result[:MOST_TOLD]]
        more = [f"- and {len(result) - MOST_TOLD} more"] if len(result) > MOST_TOLD else []
        return "\n".join([*lines, *more]) or "nothing"
    if is_dataclass(result) and not hasattr(result, "__len__"):
        return ", ".join(_told(getattr(result, one.name)) for one in fields(result))
    size: Callable[[], int] | None = getattr(result, "__len__", None)
    return f"{size()} rows" if size and not isinstance(result, str) else str(result)
