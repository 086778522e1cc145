"""Three ways to run the patterns over a text, with equal results.

`StdlibEngine` runs every pattern with the standard library's `re`; it needs nothing and is the
reference. `Re2Engine` (the default) asks a sieve which patterns can match at all, and runs only
those; time is linear in the text whatever the text is. `HyperscanEngine` asks Hyperscan the same
question.

Texts are given as `plain.plain` leaves them. RE2 and Hyperscan work on UTF-8; spans are given
back in characters.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

from doorstep._errors import ConfigError
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.sieve import Sieve

__all__ = ["Engine", "HyperscanEngine", "Match", "Re2Engine", "StdlibEngine"]

Match = tuple[int, int, int]
"""Index of the pattern, start and end in characters."""

_REGEX_BYTES = 1 << 20  # for the states of one pattern; one that needs more is read without them
_LONG = 6  # repetitions longer than this are left open in the question which patterns occur
_GROUP = 16  # patterns to a database
_APART = b"\n\n\n"  # between two texts: no part of a word, as the edges of a text are
_ASCII_CLASSES = {r"\d": "0-9", r"\w": "0-9A-Za-z_"}
_ASCII_EDGE = r"(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))"


class Engine(Protocol):
    """Finds where patterns match. `patterns` are those it was built with."""

    patterns: tuple[Pattern, ...]

    def scan(self, text: str) -> Iterator[Match]: ...


class StdlibEngine:
    """Every pattern over every text."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._regexes = [re.compile(_as_re2_reads(pattern.source)) for pattern in self.patterns]

    def scan(self, text: str) -> Iterator[Match]:
        for index, regex in enumerate(self._regexes):
            group = min(regex.groups, 1)
            for match in regex.finditer(text):
                yield index, *match.span(group)


def _as_re2_reads(source: str) -> str:
    """`source` for `re`: classes and word edges of ASCII, letter case of all scripts.

    `re` has both of ASCII (with its flag) or both of Unicode (without); RE2 has them mixed.
    """
    written, in_class = "", False
    for piece in re.findall(r"\\.|.", source, re.DOTALL):
        in_class = piece == "[" or (in_class and piece != "]")
        if piece in _ASCII_CLASSES:
            members = _ASCII_CLASSES[piece]
            piece = members if in_class else f"[{members}]"
        written += _ASCII_EDGE if piece == r"\b" else piece
    return written


class Re2Engine:
    """A sieve says which patterns can occur; those are run one by one."""

    quick = True

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._search = _Re2(self.patterns)
        self._sieve = Sieve(self.patterns)

    def scan(self, text: str) -> Iterator[Match]:
        data = text.encode()
        occurring = self._sieve.occurring(text, data)
        return self._search.matches(data, text, occurring) if occurring else iter(())

    def scan_all(self, texts: Sequence[str]) -> list[Iterator[Match]]:
        """`scan` of each text. They are sifted as one first: what cannot match in all of them
        together, line ends between two, can match in none, as no pattern asks for the end of a
        text and each asks for no less where there is less."""
        data = [text.encode() for text in texts]
        joined = _APART.join(data)
        occurring = self._sieve.occurring(_APART.decode().join(texts), joined)
        where = self._search.parts(joined, data, occurring)
        return [
            self._search.matches(data[n], text, where[n].intersection(occurs))
            if where[n] and (occurs := self._sieve.occurring(text, data[n]))
            else iter(())
            for n, text in enumerate(texts)
        ]


class HyperscanEngine:
    """Hyperscan says which patterns can occur; those are run one by one. Extra: `[hyperscan]`.

    Compiling takes seconds: build one and keep it.
    """

    quick = True

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._search = _Re2(self.patterns)
        self._databases = _hyperscan_databases(self.patterns)
        self._one_at_a_time = threading.Lock()  # a database has one scratch space

    def scan(self, text: str) -> Iterator[Match]:
        data = text.encode()
        return self._search.matches(data, text, self._occurring(data))

    def _occurring(self, data: bytes) -> Iterable[int]:
        found: set[int] = set()

        def note(index: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.add(index)

        with self._one_at_a_time:
            for database in self._databases:
                database.scan(data, match_event_handler=note)
        return sorted(found)


class _Re2:
    """The patterns as single RE2 expressions, over UTF-8.

    The hint of a pattern (or its source, loosened) is looked for first: it takes little to compile
    and has few states. The pattern itself is compiled when that is found for the first time.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._regexes: dict[int, tuple[Any, int]] = {}
        self._first = [_first(pattern) for pattern in patterns]

    def matches(self, data: bytes, text: str, indices: Iterable[int]) -> Iterator[Match]:
        found = [match for index in sorted(indices) for match in self._of(index, data)]
        return iter(found if len(data) == len(text) else _in_characters(found, data))

    def parts(self, joined: bytes, data: Sequence[bytes], indices: Iterable[int]) -> list[set[int]]:
        """For each part of `joined`, the indices of the patterns that may match in it: the first
        match from a place on begins in the first part behind it that has one, or before that."""
        starts = list(accumulate((len(part) + len(_APART) for part in data[:-1]), initial=0))
        found: list[set[int]] = [set() for _ in data]
        for index in indices:
            at = 0
            while match := self._first[index].search(joined, at):
                part = bisect_right(starts, match.start()) - 1
                found[part].add(index)
                if part + 1 == len(starts):
                    break
                at = starts[part + 1]
        return found

    def _of(self, index: int, data: bytes) -> Sequence[Match]:
        if self._first[index].search(data) is None:
            return ()
        regex, group = self._regexes.get(index) or self._compile(index)
        return [(index, *match.span(group)) for match in regex.finditer(data)]

    def _compile(self, index: int) -> tuple[Any, int]:
        """The expression, and which of its groups is what is found."""
        import re2

        regex = re2.compile(self._patterns[index].source.encode(), _options(re2))
        self._regexes[index] = found = regex, min(regex.groups, 1)
        return found


def _first(pattern: Pattern) -> Any:
    import re2

    options = _options(re2)
    options.never_capture = True
    return re2.compile(loosened(pattern.hint or pattern.source).encode(), options)


def _options(re2: Any) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _REGEX_BYTES
    return options


def _groups(patterns: Sequence[Pattern]) -> list[range]:
    """Indices in groups: an automaton for all would need states for all their combinations."""
    starts = range(0, len(patterns), _GROUP)
    return [range(start, min(start + _GROUP, len(patterns))) for start in starts]


def _hyperscan_databases(patterns: Sequence[Pattern]) -> list[Any]:
    try:
        import hyperscan
    except ImportError as error:
        raise ConfigError(
            "The hyperscan engine is not installed.",
            hint="Install doorstep[hyperscan], or leave the engine out for RE2.",
        ) from error
    # PREFILTER allows a superset, never less; each expression is reported once.
    flags = hyperscan.HS_FLAG_PREFILTER | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8
    databases = []
    for group in _groups(patterns):
        sources = [loosened(patterns[index].hint or patterns[index].source) for index in group]
        database = hyperscan.Database()
        database.compile(
            expressions=[source.encode() for source in sources],
            ids=list(group),
            elements=len(group),
            flags=[flags] * len(group),
        )
        databases.append(database)
    return databases


def loosened(source: str) -> str:
    """`source` with its long repetitions left open: `x{3,90}` becomes `x{3,}`, `x{40}` `x{6,}`.

    It matches wherever `source` does. An automaton counts by states, one for each number and for
    everything else that it may be in the midst of: RE2 takes several times longer to compile exact
    counts, Hyperscan (0.9.1) takes a minute and overran its stack.
    """

    def loosen(match: re.Match[str]) -> str:
        least, comma, most = match.groups()
        if (not comma and int(least) <= _LONG) or (most and int(most) <= _LONG):
            return match.group()
        return f"{{{min(int(least), _LONG)},}}"

    return re.sub(r"\{(\d+)(,?)(\d*)\}", loosen, source)


def _in_characters(found: list[Match], data: bytes) -> list[Match]:
    """The same spans, counted in characters instead of bytes of UTF-8."""
    places = sorted({place for _, start, end in found for place in (start, end)})
    characters: dict[int, int] = {}
    at = count = 0
    for place in places:
        count += len(data[at:place].decode())
        characters[place] = count
        at = place
    return [(index, characters[start], characters[end]) for index, start, end in found]
