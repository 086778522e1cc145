"""The shape of a typed answer, said three ways: as a schema, as text, and as an empty template.

Class docstrings and generated titles are left out of all three: they are written for programmers,
and what stands here may go to the cloud. `Field(description=...)` and `Field(examples=...)` are
written for the model, and stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from doorstep._errors import BadInput

if TYPE_CHECKING:
    from pydantic import BaseModel

Schema = dict[str, Any]

_NAMED = ("properties", "$defs")  # keywords whose value maps names to schemas
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")  # … lists schemas
_SINGLE = ("items", "additionalProperties")  # … is a schema, or a bool


def plain_schema(shape: type[BaseModel]) -> Schema:
    """The JSON Schema of `shape` without titles and class docstrings, its root never a `$ref`."""
    schema = _plain(shape.model_json_schema(), own_class=True)
    if "$ref" in schema:  # a recursive shape
        schema |= schema["$defs"][schema.pop("$ref").rsplit("/", 1)[-1]]
    return schema


def _plain(node: Mapping[str, Any], *, own_class: bool = False) -> Schema:
    dropped = ("title", "description") if own_class else ("title",)
    plain: Schema = {}
    for key, value in node.items():
        if key in _NAMED:
            in_defs = key == "$defs"
            plain[key] = {name: _plain(sub, own_class=in_defs) for name, sub in value.items()}
        elif key in _LISTED:
            plain[key] = [_plain(sub) for sub in value]
        elif key in _SINGLE and isinstance(value, Mapping):
            plain[key] = _plain(value)
        elif key not in dropped:
            plain[key] = value
    return plain


def property_names(schema: Mapping[str, Any]) -> frozenset[str]:
    """Every property name that the schema itself gives, at any depth."""
    return frozenset(_property_names(schema))


def _property_names(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            yield from properties
        for value in node.values():
            yield from _property_names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _property_names(value)


# --- strict ------------------------------------------------------------------------------------


def strict_schema(shape: type[BaseModel] | Mapping[str, Any]) -> Schema:
    """The subset of JSON Schema that strict structured output takes, at every server that has it.

    https://platform.openai.com/docs/guides/structured-outputs: every property is required, none
    may be added, the root is an object. What is optional has to be nullable in `shape` itself;
    anything else with a default becomes required. Patterns, lengths and ranges go, since not
    every server takes them: the answer is validated against the whole shape anyway. Raises
    BadInput for what the subset cannot say (a mapping with free keys, `Any`, no object at all).
    """
    schema = shape if isinstance(shape, Mapping) else plain_schema(shape)
    strict = _strict(schema)
    if strict.get("type") != "object":
        raise _cannot("an answer that is not an object")
    if "$defs" in schema:
        strict["$defs"] = {name: _strict(sub) for name, sub in schema["$defs"].items()}
    return strict


def _strict(node: Mapping[str, Any]) -> Schema:
    if "$ref" in node:
        return {"$ref": node["$ref"]}  # nothing may stand beside it
    if len(node.get("allOf", ())) == 1:
        return _strict(node["allOf"][0])
    strict: Schema = {k: node[k] for k in ("type", "enum", "description") if k in node}
    if "const" in node:
        strict["enum"] = [node["const"]]
    choices = node.get("anyOf") or node.get("oneOf")
    if choices:
        strict["anyOf"] = [_strict(choice) for choice in choices]
    if node.get("type") == "object":
        strict |= _strict_object(node)
    if node.get("type") == "array":
        strict["items"] = _strict_items(node)
    if not strict.keys() & {"type", "enum", "anyOf"}:
        raise _cannot("a value of any type")
    return strict


def _strict_object(node: Mapping[str, Any]) -> Schema:
    properties = node.get("properties")
    if not properties or isinstance(node.get("additionalProperties"), Mapping):
        raise _cannot("a mapping with free keys")
    return {
        "properties": {name: _strict(sub) for name, sub in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _strict_items(node: Mapping[str, Any]) -> Schema:
    places = node.get("prefixItems")
    return {"anyOf": [_strict(place) for place in places]} if places else _strict(node["items"])


def _cannot(what: str) -> BadInput:
    return BadInput(
        f"Strict structured output cannot say {what}.", hint='Use the way "prompted" for it.'
    )


# --- as text -----------------------------------------------------------------------------------


def describe(schema: Mapping[str, Any]) -> str:
    """The schema as a person would sketch it: JSON with types for values, and // comments."""
    return _Sketch(schema).text(schema, "", frozenset())


class _Sketch:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._defs: Mapping[str, Any] = schema.get("$defs", {})

    def text(self, node: Mapping[str, Any], indent: str, inside: frozenset[str]) -> str:
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[-1]
            if name in inside:
                return "{ again the same structure }"
            return self.text(self._defs[name], indent, inside | {name})
        if "enum" in node or "const" in node:
            values = node.get("enum", [node.get("const")])
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        choices = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
        if choices:
            return " | ".join(self.text(choice, indent, inside) for choice in choices)
        match node.get("type"):
            case "object":
                return self._object(node, indent, inside)
            case "array":
                return self._array(node, indent, inside)
        return _scalar(node)

    def _object(self, node: Mapping[str, Any], indent: str, inside: frozenset[str]) -> str:
        properties = node.get("properties")
        if not properties:
            values = node.get("additionalProperties")
            value = self.text(values, indent, inside) if isinstance(values, Mapping) else "any"
            return "{ string: " + value + ", ... }"
        deeper = indent + "  "
        lines = []
        for name, sub in properties.items():
            optional = name not in node.get("required", ())
            value = self.text(sub, deeper, inside)
            lines.append(f'{deeper}"{name}": {value}{_comment(sub, optional)}')
        return "{\n" + "\n".join(lines) + f"\n{indent}}}"

    def _array(self, node: Mapping[str, Any], indent: str, inside: frozenset[str]) -> str:
        if "prefixItems" in node:
            return "[" + ", ".join(self.text(n, indent, inside) for n in node["prefixItems"]) + "]"
        return "[" + self.text(node.get("items", {}), indent, inside) + ", ...]"


def _comment(node: Mapping[str, Any], optional: bool) -> str:
    parts = ["optional"] if optional else []
    if node.get("minItems"):
        parts.append(f"{node['minItems']} or more items")
    if "maxItems" in node:
        parts.append(f"up to {node['maxItems']} items")
    if "description" in node:
        parts.append(node["description"])
    return f"  // {'; '.join(parts)}" if parts else ""


def _scalar(node: Mapping[str, Any]) -> str:
    kind = node.get("type", "any")
    kinds = kind if isinstance(kind, list) else [kind]
    limits = [
        f"{word} {node[key]}"
        for key, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
            ("format", "as a"),
        )
        if key in node
    ]
    if node.get("examples"):
        limits.append("such as " + json.dumps(node["examples"][0], ensure_ascii=False))
    elif "pattern" in node:
        limits.append(f"matching {node['pattern']}")
    return " ".join([" | ".join(kinds), *limits])


def skeleton(schema: Mapping[str, Any]) -> str:
    """One instance with nothing in it: "..." for text and choices, 0 for numbers, one item in
    each array. No choice is filled in: a small model would copy it.
    """
    value = _empty(schema, schema.get("$defs", {}), frozenset())
    return json.dumps(value, ensure_ascii=False)


def _empty(node: Mapping[str, Any], defs: Mapping[str, Any], inside: frozenset[str]) -> object:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        return None if name in inside else _empty(defs[name], defs, inside | {name})
    choices = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
    if choices:
        return _empty(choices[0], defs, inside)
    match node.get("type"):
        case "object":
            properties = node.get("properties", {})
            return {name: _empty(sub, defs, inside) for name, sub in properties.items()}
        case "array" if "prefixItems" in node:
            return [_empty(place, defs, inside) for place in node["prefixItems"]]
        case "array":
            item = _empty(node.get("items", {}), defs, inside)
            return [] if item is None else [item]
        case "integer" | "number":
            return 0
        case "boolean":
            return False
        case "null":
            return None
    return "..."
