"""The reference of the Python names, from the source by griffe: signatures and docstrings.

Nothing is imported for it: what is shown is what stands in the source.
"""

from __future__ import annotations

from pathlib import Path

import griffe

_LONGEST = 400  # characters of a constant that are shown
MODULES = (
    "doorstep",
    "doorstep.boundary",
    "doorstep.models",
    "doorstep.patterns",
    "doorstep.patterns.checks",
    "doorstep.patterns.calibration",
    "doorstep.household",
)


def modules(source: Path) -> dict[str, str]:
    """A page of markdown for each public module, by its name. `source`: the folder src."""
    package = griffe.load("doorstep", search_paths=[source], resolve_aliases=True)
    shown: set[str] = set()
    out = {}
    for name in MODULES:
        module = package if name == "doorstep" else package[name.removeprefix("doorstep.")]
        out[name] = _module(name, module, shown)
    return out


def _exports(module: griffe.Object | griffe.Alias) -> list[str]:
    return [str(name) for name in module.exports or []]


def _module(name: str, module: griffe.Object | griffe.Alias, shown: set[str]) -> str:
    """`shown` are the objects that a page before this one has; they are named alone."""
    parts, before = [], []
    for export in _exports(module):
        target = module[export]
        target = target.final_target if target.is_alias else target
        if target.path in shown:
            before.append(f"`{export}`")
            continue
        shown.add(target.path)
        parts.append(_object(export, target))
    told = module.docstring.value if module.docstring else ""
    also = [f"Also here, and described under `doorstep` or above: {', '.join(before)}."]
    return "\n\n".join([f"# {name}", told, *(also if before else []), *parts]) + "\n"


def _object(name: str, one: griffe.Object) -> str:
    told = one.docstring.value if one.docstring else ""
    parts = [f"## {name}", _signature(name, one), told]
    if isinstance(one, griffe.Class):
        parts += [_attributes(one), *(_method(name, m) for m in _methods(one))]
    return "\n\n".join(part for part in parts if part)


def _signature(name: str, one: griffe.Object) -> str:
    if isinstance(one, griffe.Class) and one.path.startswith("doorstep._errors."):
        return f"`{name}` is an error; see [the tree of errors](errors.md)."
    if isinstance(one, griffe.Class):
        text = _made(name, one)
    elif isinstance(one, griffe.Function):
        text = one.signature(name=name)
    else:
        value = str(one.value) if isinstance(one, griffe.Attribute) else ""
        text = f"{name} = {value if len(value) <= _LONGEST else '...'}"
    return f"```python\n{_folded(text)}\n```"


def _made(name: str, one: griffe.Class) -> str:
    """How it is made. A protocol is not: its name alone."""
    if any("Protocol" in str(base) for base in one.bases):
        return f"class {name}(Protocol)"
    made = one.members.get("__init__")
    if not isinstance(made, griffe.Function):
        return f"class {name}({', '.join(str(base) for base in one.bases)})"
    return f"class {made.signature(name=name, return_type=False)}"


def _folded(text: str) -> str:
    """A signature that is longer than a line: each parameter on its own."""
    text = text.replace("(self, ", "(").replace("(self)", "()")
    start, end = text.find("("), text.rfind(")")
    if len(text) <= 88 or start < 0:
        return text
    inner = "".join(f"    {part},\n" for part in _split(text[start + 1 : end]))
    return f"{text[: start + 1]}\n{inner}{text[end:]}"


def _split(parameters: str) -> list[str]:
    """At the commas that stand in no bracket."""
    out, depth, begin = [], 0, 0
    for at, letter in enumerate(parameters):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            out.append(parameters[begin:at].strip())
            begin = at + 1
    return [*out, parameters[begin:].strip()]


def _attributes(one: griffe.Class) -> str:
    rows = [
        f"- `{m.name}: {m.annotation}`" + (f": {_first(m)}" if m.docstring else "")
        for m in one.members.values()
        if isinstance(m, griffe.Attribute) and not m.name.startswith("_") and m.annotation
    ]
    return "\n".join(rows)


def _methods(one: griffe.Class) -> list[griffe.Function]:
    found = [m for m in one.members.values() if isinstance(m, griffe.Function)]
    return [m for m in found if not m.name.startswith("_")]


def _method(owner: str, one: griffe.Function) -> str:
    told = one.docstring.value if one.docstring else ""
    word = "async def" if "async" in one.labels else "def"
    text = _folded(f"{word} {one.signature(name=one.name)}")
    return f"### {owner}.{one.name}\n\n```python\n{text}\n```\n\n{told}".rstrip()


def _first(one: griffe.Object) -> str:
    assert one.docstring
    return one.docstring.value.split("\n\n")[0].replace("\n", " ")
