"""Which patterns a name stands for: a tree whose leaves are models.

A pattern's `home` and `cloud` may each name a model, one of the five patterns, or a pattern of
the settings; so they nest, and a circle is refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doorstep._errors import BadInput, ConfigError
from doorstep.config import Settings
from doorstep.patterns.build import checked
from doorstep.patterns.catalogue import NAMES
from doorstep.patterns.settings import AnyOptions, PlanOptions

SLIP = 0.8  # so alike a name is a pattern's, misspelt, and no model's
CloudKey = tuple[str, bool]  # a name, and whether it is to plan: that takes another stand-in


@dataclass(frozen=True, slots=True)
class Node:
    """A pattern to build. A side that is text names a model, "" the one of the settings."""

    name: str
    options: AnyOptions
    home: Node | str
    cloud: Node | str

    def nodes(self) -> Iterator[Node]:
        """This one, and all within it."""
        yield self
        for side in (self.home, self.cloud):
            if isinstance(side, Node):
                yield from side.nodes()

    def homes(self) -> set[str]:
        """The home models that are named in it."""
        return {node.home for node in self.nodes() if isinstance(node.home, str)}

    def clouds(self) -> set[CloudKey]:
        """The cloud models that are named in it, and whether they are to plan."""
        return {(node.cloud, node.plans) for node in self.nodes() if isinstance(node.cloud, str)}

    @property
    def plans(self) -> bool:
        return isinstance(self.options, PlanOptions)


def names(settings: Settings) -> tuple[str, ...]:
    """The names that `tree` knows: the five, and those of the settings."""
    return tuple(dict.fromkeys((*NAMES, *settings.patterns)))


def is_pattern(text: str, settings: Settings) -> bool:
    """Whether `text` names a pattern; if not, it names a model. ConfigError for a slip."""
    known = names(settings)
    if text not in known and (close := difflib.get_close_matches(text, known, 1, SLIP)):
        raise ConfigError("There is no such pattern.", hint=f"Did you mean {close[0]}?")
    return text in known


def tree(name: str, settings: Settings, over: Mapping[str, object] | None = None) -> Node:
    """What `name` stands for; `over` are options that go before those of the settings.

    Raises BadInput for an unknown name and for an option that it has not, ConfigError for a
    circle and for a name that is nearly that of a pattern.
    """
    known = names(settings)
    if name not in known:
        close = [k for k in known if k.startswith(name)] or difflib.get_close_matches(name, known)
        hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
        raise BadInput("There is no such pattern.", hint=hint)
    return _Trees(settings).node(name, (), over or {})


class _Trees:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def node(self, name: str, above: tuple[str, ...], over: Mapping[str, object]) -> Node:
        path = (*above, name)
        if name in above:
            raise ConfigError(
                f"The patterns go in a circle: {' -> '.join(path)}.",
                hint="Give one of them a model as its home or cloud.",
            )
        options = self._options(name, over)
        return Node(name, options, self._side(options.home, path), self._side(options.cloud, path))

    def _options(self, name: str, over: Mapping[str, object]) -> AnyOptions:
        own = self._settings.patterns.get(name)
        given = own.model_dump(exclude_unset=True) if own is not None else {"use": name}
        return checked(given.pop("use"), given | dict(over))

    def _side(self, text: str, path: tuple[str, ...]) -> Node | str:
        return self.node(text, path, {}) if is_pattern(text, self._settings) else text
