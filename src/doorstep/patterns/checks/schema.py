"""Does a JSON value fit a JSON Schema? The part of it that is used for models' answers.

https://json-schema.org/draft/2020-12. What is not in the part is refused when the check is made,
never passed over: a schema half understood would let everything through.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from doorstep._errors import BadInput

Schema = Mapping[str, object]

MAX_DEPTH = 60

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_NOTES = frozenset("$schema $id $comment title description default examples format".split())
_INNER = frozenset(
    "properties $defs definitions items additionalProperties anyOf oneOf allOf not".split()
)

_LISTS = frozenset("required enum anyOf oneOf allOf".split())


def validator(schema: Schema) -> Callable[[object], int]:
    """A function that counts where a value breaks `schema`: 0 for one that fits.

    Raises BadInput for a keyword that it does not know.
    """
    _understand(schema, 0)
    return partial(_count, schema)


def _count(schema: Schema, value: object) -> int:
    return sum(1 for _ in _Check(schema).faults(schema, value, 0))


def _understand(node: object, depth: int) -> None:
    """BadInput where the schema holds something that is not in the part."""
    if isinstance(node, bool):
        return
    if not isinstance(node, Mapping) or depth > MAX_DEPTH:
        raise BadInput("This is no JSON Schema.", hint="See https://json-schema.org/learn.")
    unknown = node.keys() - _RULES.keys() - _NOTES - _INNER - {"$ref", "required", "type"}
    if unknown:
        raise BadInput(
            f"{len(unknown)} keywords of the JSON Schema are not known here.",
            hint="Give a pydantic type instead.",
        )
    lists = [node[key] for key in _LISTS & node.keys()]
    if not all(isinstance(one, list) for one in lists) or _types(node) - _TYPES.keys():
        raise BadInput("This is no JSON Schema.", hint="See https://json-schema.org/learn.")
    for inner in _schemas(node):
        _understand(inner, depth + 1)


def _types(node: Schema) -> set[str]:
    said = node.get("type", [])
    return {str(name) for name in (said if isinstance(said, list) else [said])}


def _schemas(node: Schema) -> Iterator[object]:
    for key in _INNER & node.keys():
        inner = node[key]
        if key in ("properties", "$defs", "definitions") and isinstance(inner, Mapping):
            yield from inner.values()
        elif isinstance(inner, list):
            yield from inner
        else:
            yield inner


class _Check:
    """One look at one value."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def faults(self, node: object, value: object, depth: int) -> Iterator[None]:
        """One None for each place that breaks a rule."""
        if depth > MAX_DEPTH:
            raise BadInput("The JSON Schema is nested too deeply.", hint="Make it flatter.")
        if isinstance(node, bool):
            yield from () if node else (None,)
            return
        assert isinstance(node, Mapping)  # _understand saw to it
        if "$ref" in node:
            yield from self.faults(self._find(str(node["$ref"])), value, depth + 1)
        if not _is(value, _types(node)):
            yield None
            return
        for key, rule in _RULES.items():
            if key in node and not rule(value, node[key]):
                yield None
        yield from self._combined(node, value, depth)
        yield from self._within(node, value, depth)

    def _find(self, reference: str) -> object:
        node: object = self._root
        for part in reference.removeprefix("#").strip("/").split("/"):
            if part:
                node = node.get(part) if isinstance(node, Mapping) else None
        if node is None or not reference.startswith("#"):
            raise BadInput(
                "The JSON Schema refers to something that is not in it.",
                hint="Give each $ref a definition under $defs.",
            )
        return node

    def _fits(self, node: object, value: object, depth: int) -> bool:
        return next(self.faults(node, value, depth + 1), True) is True

    def _combined(self, node: Schema, value: object, depth: int) -> Iterator[None]:
        for inner in _list(node.get("allOf")):
            yield from self.faults(inner, value, depth + 1)
        if "anyOf" in node and not any(self._fits(n, value, depth) for n in _list(node["anyOf"])):
            yield None
        if "oneOf" in node and sum(self._fits(n, value, depth) for n in _list(node["oneOf"])) != 1:
            yield None
        if "not" in node and self._fits(node["not"], value, depth):
            yield None

    def _within(self, node: Schema, value: object, depth: int) -> Iterator[None]:
        if isinstance(value, list) and "items" in node:
            for item in value:
                yield from self.faults(node["items"], item, depth + 1)
        if isinstance(value, dict):
            yield from self._properties(node, value, depth)

    def _properties(self, node: Schema, value: Mapping[str, object], depth: int) -> Iterator[None]:
        properties = node.get("properties")
        known = properties if isinstance(properties, Mapping) else {}
        yield from (None for name in _list(node.get("required")) if name not in value)
        for name, part in value.items():
            inner = known.get(name, node.get("additionalProperties", True))
            yield from self.faults(inner, part, depth + 1)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is(value: object, types: Collection[str]) -> bool:
    return not types or any(_is_a(value, name) for name in types)


def _is_a(value: object, name: str) -> bool:
    if isinstance(value, bool):  # which Python holds to be a number
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _number(rule: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    """A rule for numbers, which every other value passes."""

    def passes(value: object, bound: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        return isinstance(bound, int | float) and rule(value, bound)

    return passes


def _size(
    kind: type[str | list[object]], rule: Callable[[int, int], bool]
) -> Callable[[object, object], bool]:
    def passes(value: object, bound: object) -> bool:
        return not isinstance(value, kind) or (isinstance(bound, int) and rule(len(value), bound))

    return passes


def _pattern(value: object, pattern: object) -> bool:
    if not isinstance(value, str):
        return True
    import re2

    return re2.search(str(pattern), value) is not None


def _same(one: object, other: object) -> bool:
    """Equal as JSON: 1 is 1.0, and true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


_RULES: Mapping[str, Callable[[object, object], bool]] = {
    "enum": lambda value, allowed: any(_same(value, one) for one in _list(allowed)),
    "const": _same,
    "minimum": _number(lambda value, bound: value >= bound),
    "maximum": _number(lambda value, bound: value <= bound),
    "exclusiveMinimum": _number(lambda value, bound: value > bound),
    "exclusiveMaximum": _number(lambda value, bound: value < bound),
    "multipleOf": _number(lambda value, step: step > 0 and (value / step).is_integer()),
    "minLength": _size(str, lambda length, bound: length >= bound),
    "maxLength": _size(str, lambda length, bound: length <= bound),
    "minItems": _size(list, lambda length, bound: length >= bound),
    "maxItems": _size(list, lambda length, bound: length <= bound),
    "pattern": _pattern,
}
