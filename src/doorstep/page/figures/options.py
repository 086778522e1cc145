"""The options of a pattern as a person reads them: what may be set, and what this machine sets."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorstep.patterns.settings import OPTIONS, AnyOptions

_USE = "use"
_KINDS = {"string": "text", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its default, and what may be given instead."""

    name: str
    default: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Own:
    """A table of the settings that uses the pattern, as doorstep.toml would have it."""

    name: str
    toml: str


def options(use: str) -> tuple[Option, ...]:
    """All options of one of the five, in the order of the settings file."""
    schema = OPTIONS[use].model_json_schema()["properties"]
    return tuple(
        Option(name, _toml(one.get("default", "")), _allowed(one))
        for name, one in schema.items()
        if name != _USE
    )


def about(use: str) -> str:
    """What the options mean, in a paragraph; "" where there is nothing to say."""
    return " ".join((inspect.getdoc(OPTIONS[use]) or "").split()).replace("`", "")


def own(use: str, tables: Mapping[str, AnyOptions]) -> tuple[Own, ...]:
    """The user's own tables for that pattern, with what they set and nothing else."""
    return tuple(Own(name, _table(name, one)) for name, one in tables.items() if one.use == use)


def _table(name: str, given: AnyOptions) -> str:
    bare = name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else None
    values = {_USE: given.use} | given.model_dump(mode="json", exclude_unset=True)
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    return "\n".join([f"[patterns.{bare or _toml(name)}]", *lines])


def _toml(value: object) -> str:
    """A value as TOML 1.0 writes it: text, numbers, booleans and lists are written as in JSON."""
    return json.dumps(value, ensure_ascii=False)


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a JSON Schema of an option allows, in words."""
    if "enum" in schema:
        return " or ".join(map(_toml, schema["enum"]))
    if "const" in schema:
        return _toml(schema["const"])
    if "anyOf" in schema:
        return " or ".join(map(_allowed, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"a list of {_allowed(schema['items'])}"
    if "minimum" in schema:
        return f"{schema['minimum']:g} to {schema['maximum']:g}"
    return _KINDS.get(schema.get("type", ""), "any")
