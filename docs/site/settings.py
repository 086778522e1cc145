"""The reference of doorstep.toml, from the models that check it.

Name, type, range and default come from the model; the words beside them from docs/settings.md,
which a person writes: the comment at the end of each line there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from doorstep.config import VARIABLES, RuleSettings, Settings, UpstreamSettings
from doorstep.patterns.settings import OPTIONS

_LINE = re.compile(r"^(?:# )?(\w+) = .*?\s{2,}# (.+)$")
_USE = re.compile(r'^use = "([a-z-]+)"')
_TABLE = re.compile(r"^\[+([\w.-]+)\]+")


@dataclass(frozen=True, slots=True)
class Setting:
    """`told` is empty where nobody has described it."""

    table: str
    key: str
    kind: str
    default: str
    told: str


def every(words: str) -> Iterator[Setting]:
    """Each setting of each table. `words`: the text of docs/settings.md."""
    told = _told(words)
    for title, model in _tables():
        for key, field in model.model_fields.items():
            name = title.strip("[]")
            said = told.get(f"{name}.{key}") or told.get(f"patterns.{key}", "")
            yield Setting(title, key, _kind(field), _default(field), said)


def page(words: str) -> str:
    """The page as markdown."""
    rows: dict[str, list[str]] = {}
    for one in every(words):
        told = one.told.replace("|", "\\|")
        cells = (f"`{one.key}`", f"`{one.kind}`", f"`{one.default}`", told)
        rows.setdefault(one.table, []).append(f"| {' | '.join(cells)} |")
    head = ["| key | type | default | what it is |", "| --- | --- | --- | --- |"]
    parts = ["# Every setting of doorstep.toml"]
    parts += [f"## {table}\n\n" + "\n".join([*head, *lines]) for table, lines in rows.items()]
    return "\n\n".join([*parts, _variables()]) + "\n"


def _tables() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        if name != "patterns":
            yield f"[{name}]", type(field.default)
    yield "[[boundary.rules]]", RuleSettings
    yield "[[gateway.upstreams]]", UpstreamSettings
    for name, model in OPTIONS.items():
        yield f"[patterns.{name}]", model


def _variables() -> str:
    rows = [f"| `{name}` | `{dotted}` |" for name, dotted in VARIABLES.items()]
    return "\n".join(["## The environment", "", "| variable | setting |", "| --- | --- |", *rows])


def _told(words: str) -> Mapping[str, str]:
    """The comment of each key in the blocks of docs/settings.md, by "table.key".

    A table [patterns.my-plan] counts as that of the pattern it uses. What is the same for all of
    them is said in the first one alone, and stands under "patterns.key", too.
    """
    found, table = dict[str, str](), ""
    for line in words.splitlines():
        if head := _TABLE.match(line):
            table = head[1]
        elif used := _USE.match(line):
            table = f"patterns.{used[1]}"
        if row := _LINE.match(line):
            found[f"{table}.{row[1]}"] = row[2].strip()
            if table.startswith("patterns."):
                found.setdefault(f"patterns.{row[1]}", row[2].strip())
    return found


def _kind(field: FieldInfo) -> str:
    shown = _type(field.annotation)
    limits = [text for one in field.metadata for text in _limit(one)]
    return " ".join([shown, *limits])


def _type(annotation: Any) -> str:
    """A type in plain words; the parts of a union are joined by "or"."""
    args = getattr(annotation, "__args__", ())
    if args and all(isinstance(one, str) for one in args):
        return " or ".join(f'"{one}"' for one in args)
    if "tuple" in str(annotation):
        inner = _type(args[0]) if args else "text"
        return f"list of {inner}"
    if "Annotated" in str(annotation):
        return _type(annotation.__origin__)
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    if args:
        return " or ".join(_type(one) for one in args if one is not type(None))
    return f"table ({', '.join(annotation.model_fields)})" if _is_model(annotation) else "text"


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _limit(one: Any) -> Iterator[str]:
    for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
        if getattr(one, name, None) is not None:
            yield f"{sign} {getattr(one, name)}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.default
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
