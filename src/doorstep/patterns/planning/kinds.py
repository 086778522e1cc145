"""Kinds of values: what a tool takes and gives, as the plan sees it.

A kind is read from a Python annotation; it says which literals and references fit, and how a
literal becomes a value.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from doorstep._errors import BadInput
from doorstep.patterns.planning.dates import parse_date
from doorstep.patterns.planning.vocabulary import SlotKind

# What a `Column` may be called without knowing the table; the table finds the one that is meant.
ROLES = ("date", "amount", "category", "text", "name", "place", "any")
_PLAIN: dict[object, str] = {
    str: "text",
    int: "integer",
    float: "number",
    Decimal: "number",
    bool: "boolean",
    date: "date",
}
_FITS: dict[str, tuple[str, ...]] = {  # a value of this kind -> parameters that take it
    "text": ("text", "file"),
    "integer": ("integer", "number", "text"),
    "number": ("number", "text"),
    "boolean": ("boolean",),
    "date": ("date", "text"),
    "choice": ("text",),
    "column": ("column",),
    "file": ("file", "text"),
}
_SLOT_FITS: dict[SlotKind, tuple[str, ...]] = {
    "date": ("date", "text"),
    "amount": ("number", "integer", "text"),
    "column": ("column",),
    "file": ("file", "text"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is text, integer, number, boolean, date, choice, column, file, list, row, either, or
    that of a handle (a value that only tools can read, as a table)."""

    name: str
    python: type = str
    choices: tuple[str, ...] = ()
    fields: tuple[tuple[str, Kind], ...] = ()
    item: Kind | None = None
    either: tuple[Kind, ...] = ()

    def __str__(self) -> str:
        if self.choices:
            return " | ".join(f'"{choice}"' for choice in self.choices)
        if self.item is not None:
            return f"list[{self.item}]"
        if self.fields:
            return "{" + ", ".join(f"{name}: {kind}" for name, kind in self.fields) + "}"
        return " | ".join(map(str, self.either)) if self.either else self.name


class Handle:
    """Base of values that a plan can only pass from tool to tool; `label` names the kind."""

    label = "handle"


@dataclass(frozen=True, slots=True)
class Meant:
    """A text parameter of a kind of its own: `Annotated[str, Meant("column")]`."""

    kind: Literal["column", "file"]


Column = Annotated[str, Meant("column")]
File = Annotated[str, Meant("file")]


def kind_of(annotation: Any) -> Kind:
    """The kind of a Python annotation. BadInput for one that no plan can carry."""
    if isinstance(annotation, type) and issubclass(annotation, Handle):
        return Kind(annotation.label, annotation)
    if annotation in _PLAIN:
        return Kind(_PLAIN[annotation], annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        meant = next((one for one in args[1:] if isinstance(one, Meant)), None)
        return Kind(meant.kind) if meant else kind_of(args[0])
    if origin is Literal and all(isinstance(arg, str) for arg in args):
        return Kind("choice", str, choices=args)
    if origin is list and len(args) == 1:
        return Kind("list", list, item=kind_of(args[0]))
    if origin in (Union, types.UnionType):
        return _either(args)
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        parts = tuple((one.name, kind_of(hints[one.name])) for one in fields(annotation))
        return Kind("row", annotation, fields=parts)
    raise BadInput(
        "A tool has an annotation that a plan cannot carry.",
        hint="Use str, int, float, bool, Decimal, date, Literal[...], list[...], or a dataclass.",
    )


def _either(args: tuple[Any, ...]) -> Kind:
    kinds = tuple(kind_of(arg) for arg in args if arg is not type(None))
    return kinds[0] if len(kinds) == 1 else Kind("either", object, either=kinds)


def value_of(kind: Kind, literal: object) -> object:
    """A literal of a plan as a value of `kind`. ValueError where it is none."""
    if kind.either:
        return _first(kind.either, literal)
    if kind.item is not None:
        if not isinstance(literal, list):
            raise ValueError("not a list")
        return [value_of(kind.item, one) for one in literal]
    if isinstance(literal, bool):
        return _only(kind, "boolean", literal)
    if isinstance(literal, int | float):
        return _number(kind, literal)
    return _text(kind, literal)


def _first(kinds: Iterable[Kind], literal: object) -> object:
    # A text comes last: every date is one as well.
    for kind in sorted(kinds, key=lambda one: one.name == "text"):
        try:
            return value_of(kind, literal)
        except ValueError:
            continue
    raise ValueError("none of its kinds")


def _only(kind: Kind, name: str, value: object) -> object:
    if kind.name != name:
        raise ValueError(f"not a {name}")
    return value


def _number(kind: Kind, literal: int | float) -> object:
    if kind.name == "integer" and isinstance(literal, int):
        return literal
    if kind.name != "number":
        raise ValueError("a number is not wanted here")
    try:
        return kind.python(str(literal))
    except (InvalidOperation, OverflowError):
        raise ValueError("not a number") from None


def _text(kind: Kind, literal: object) -> object:
    if not isinstance(literal, str):
        raise ValueError("not a literal")
    if kind.name in ("text", "file"):
        return literal
    if kind.name == "column":
        return _member(literal, ROLES)
    if kind.name == "choice":
        return _member(literal, kind.choices)
    if kind.name == "date" and (day := parse_date(literal)) is not None:
        return day
    raise ValueError("a text is not wanted here")


def _member(literal: str, of: tuple[str, ...]) -> str:
    if literal not in of:
        raise ValueError("not one of the choices")
    return literal


def fits(given: Kind, wanted: Kind) -> bool:
    """Whether the result of one tool can be an argument of another.

    A text parameter takes a row or a list as well, written out.
    """
    if wanted.name == "text" and _readable(given):
        return True
    return _fits(given, wanted)


def _fits(given: Kind, wanted: Kind) -> bool:
    if wanted.either:
        return any(_fits(given, one) for one in wanted.either)
    if given.either:
        return all(_fits(one, wanted) for one in given.either)
    if given.item is not None and wanted.item is not None:
        return _fits(given.item, wanted.item)
    if given.item is None and wanted.item is None and given.name in _FITS:
        return wanted.name in _FITS[given.name]
    return given == wanted


def _readable(kind: Kind) -> bool:
    if kind.item is not None:
        return _readable(kind.item)
    return bool(kind.fields) or kind.name in _FITS


def slot_fits(slot: SlotKind, wanted: Kind) -> bool:
    """Whether what home puts in a slot of this kind can be an argument."""
    if wanted.either:
        return any(slot_fits(slot, one) for one in wanted.either)
    return wanted.name in _SLOT_FITS.get(slot, ("text",))


def field_of(kind: Kind, name: str) -> Kind | None:
    """The kind of one field of a row; of a list of rows, a list of it."""
    if kind.item is not None:
        inner = field_of(kind.item, name)
        return Kind("list", list, item=inner) if inner else None
    return next((inner for field, inner in kind.fields if field == name), None)


def convert(value: object, wanted: Kind) -> object:
    """A value of a kind that fits, as the parameter's own type."""
    if wanted.either or wanted.item is not None or value is None:
        return value
    if wanted.name == "number" and not isinstance(value, wanted.python):
        return wanted.python(str(value))
    return value
