"""Fields of a JSON body whose values are private whatever they hold.

A path names keys with dots between them, as people write them:

    metadata.user_id       the key user_id in the object metadata
    messages[].name        name in each element of the list messages; [2] is the third one
    *.customer             customer in anything that stands at the top, key or element
    **.customer            customer at any depth
    "file name".owner      a key that holds dots, brackets, blanks or stars, in quotes

Keys are compared without regard to case. What a path names is private as a whole: with
`metadata.user` every string and number below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from doorstep._errors import ConfigError

_STEP = re.compile(
    r"""(?P<any>\*\*) | (?P<one>\*) | \[(?P<index>\d*)\]
    | "(?P<quoted>[^"]+)" | (?P<key>[^.\[\]*"\s]+)""",
    re.VERBOSE,
)
# A path as one string: each key as \0.key, each index as \0#index. JSON allows \0 in a key.
_MANY = r"(?:\x00[^\x00]*)*"
_MOST_ANY = 2  # each one more takes another power of the depth


class Fields:
    """`matches(path)`: the kind of the private value that stands there, or None.

    `fields` are paths, or a mapping of path to kind. Raises ConfigError for what is no path.
    """

    def __init__(self, fields: Iterable[str] | Mapping[str, str] = ()) -> None:
        named = fields if isinstance(fields, Mapping) else dict.fromkeys(fields, "declared")
        compiled = ((_compiled(path), kind) for path, kind in named.items())
        self._fields: tuple[tuple[re.Pattern[str], str], ...] = tuple(compiled)

    def __len__(self) -> int:
        return len(self._fields)

    def joined(self, other: Fields) -> Fields:
        """The fields of both; these come first."""
        both = Fields()
        both._fields = self._fields + other._fields
        return both

    def matches(self, path: Sequence[str | int]) -> str | None:
        """`path` holds keys (str) and indexes (int) from the top of the body."""
        if not self._fields:
            return None
        text = "".join(map(_spelled, path))
        return next((kind for pattern, kind in self._fields if pattern.match(text)), None)


def _spelled(step: str | int) -> str:
    if isinstance(step, int):
        return f"\0#{step}"
    return "\0." + step.casefold().replace("\0", "\ufffd")


def _compiled(path: str) -> re.Pattern[str]:
    steps = list(_steps(path))
    if steps.count(_MANY) > _MOST_ANY or not any(step.startswith(r"\x00\.") for step in steps):
        raise _bad(path)
    # At the end of the path, or above what stands at its end.
    return re.compile("".join(steps) + r"(?:\x00|\Z)")


def _steps(path: str) -> Iterable[str]:
    place, first = 0, True
    while place < len(path):
        if not first and path[place] == ".":
            place += 1
        elif not first and path[place] != "[":
            raise _bad(path)
        step = _STEP.match(path, place)
        if step is None:
            raise _bad(path)
        yield _step(step)
        place, first = step.end(), False


def _step(step: re.Match[str]) -> str:
    if step["any"]:
        return _MANY
    if step["one"]:
        return r"\x00[^\x00]*"
    if step["index"] is not None:
        return rf"\x00#{int(step['index'])}" if step["index"] else r"\x00#\d+"
    return r"\x00\." + re.escape((step["quoted"] or step["key"]).casefold())


def _bad(path: str) -> ConfigError:
    return ConfigError(
        f"A declared field is not a path ({len(path)} characters).",
        hint='Write it like metadata.user_id, messages[].name or **.customer; "..." around odd '
        "keys, ** at most twice.",
    )
