"""Tools: plain typed Python functions that a plan may use, and their signatures.

    def rooms(building: str, floor: int = 0) -> list[str]:
        "The rooms of a building."

The name, the parameters and the docstring's first line are sent to the cloud. They are constants
of the application, not of the person who uses it: put nothing private there. Everything that a
tool reads and gives stays at home.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from doorstep._errors import BadInput
from doorstep.patterns.planning.kinds import Kind, kind_of
from doorstep.patterns.run import Run

Function = Callable[..., Any]
CONSULT = "consult_cloud"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class StepFailed(Exception):
    """A tool cannot do what was asked; `code` is a constant of the tool, never private text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool."""

    kind: Kind
    required: bool


@dataclass(frozen=True, slots=True)
class Tool:
    """A function, and what a plan may know of it.

    `bind` gives the function for one run, where it has to be another each time (it calls a
    model). `columns` names the columns of a table, for home only; they never cross.
    """

    name: str
    about: str
    parameters: Mapping[str, Parameter]
    result: Kind
    bind: Callable[[Run], Function] = field(repr=False)
    columns: tuple[str, ...] = field(default=(), repr=False)

    @property
    def signature(self) -> str:
        """One line, as it is sent."""
        takes = ", ".join(
            f"{name}{'' if one.required else '?'}: {one.kind}"
            for name, one in self.parameters.items()
        )
        return f"{self.name}({takes}) -> {self.result}: {self.about}"


def tool(
    function: Function,
    *,
    name: str = "",
    bind: Callable[[Run], Function] | None = None,
    columns: Sequence[str] = (),
) -> Tool:
    """The tool that a function is. BadInput where its signature cannot be described.

    `bind` replaces `function` in a run; its signature is still that of `function`.
    """
    called = name or getattr(function, "__name__", "")
    if not _NAME.fullmatch(called) or called == CONSULT:
        raise BadInput("A tool's name has to be small letters, digits and underscores.")
    about = (inspect.getdoc(function) or "").strip().partition("\n")[0]
    if not about:
        raise BadInput(f"The tool {called} has no docstring.", hint="Its first line is sent.")
    hints = _hints(function, called)
    parameters = {
        one.name: Parameter(kind_of(hints[one.name]), one.default is inspect.Parameter.empty)
        for one in _parameters(function, called, hints)
    }
    result = kind_of(hints["return"])
    return Tool(called, about, parameters, result, bind or (lambda run: function), tuple(columns))


def _hints(function: Function, name: str) -> dict[str, Any]:
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError):
        raise BadInput(
            f"The annotations of the tool {name} cannot be read.",
            hint="Name types that exist where it is defined.",
        ) from None
    if hints.get("return") in (None, type(None)):
        raise BadInput(
            f"The tool {name} has no annotated result.", hint="Write its type: def tool(…) -> str."
        )
    return hints


def _parameters(
    function: Function, name: str, hints: Mapping[str, Any]
) -> Iterable[inspect.Parameter]:
    found = inspect.signature(function).parameters.values()
    if any(one.kind not in _KINDS or one.name not in hints for one in found):
        raise BadInput(
            f"The tool {name} has a parameter without an annotation or a name.",
            hint="Write the type of each: def tool(name: str).",
        )
    return found


def toolbox(tools: Iterable[Tool | Function | Iterable[Tool]]) -> dict[str, Tool]:
    """Tools by name. Functions and groups of tools (`documents(...)`) may stand among them."""
    found: dict[str, Tool] = {}
    for given in tools:
        if isinstance(given, Tool):
            group: Iterable[Tool] = (given,)
        else:
            group = (tool(given),) if callable(given) else given
        for one in group:
            if one.name in found:
                raise BadInput(
                    f"Two tools are called {one.name}.", hint="Give each a name of its own."
                )
            found[one.name] = one
    if not found:
        raise BadInput("There are no tools.", hint="Give at least one.")
    return found


async def call(function: Function, arguments: Mapping[str, object]) -> object:
    """Call a tool's function; one that does not await runs in a thread."""
    if inspect.iscoroutinefunction(function):
        result: Awaitable[object] = function(**arguments)
        return await result
    return await asyncio.to_thread(function, **arguments)
