r"""The forms in which something that went out comes back, and how they are found in a text.

A model that repeats `PERSON_7F3AQ2XK` may write `person 7f3aq2xk`, `PERSON\_7F3AQ2XK`,
`PERSON&#95;7F3AQ2XK`, `**PERSON**_7F3AQ2XK` or O for 0. `Forms` knows what may stand between two
letters, follows a text letter by letter through the keys that are known, and accepts a stretch
only if every letter of it is right: there is no measure of likeness anywhere.

A key spells what was sent in capitals, with a mark where something may stand in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from doorstep.boundary.between import CLOSE, between, ends, letter
from doorstep.boundary.canonical import Canonical
from doorstep.boundary.formkeys import Index, placeholder_key, plain_key, squashed
from doorstep.boundary.marks import DECODED, GAP, JOIN, OWN, SEP

__all__ = [
    "GAP",
    "JOIN",
    "OWN",
    "SEP",
    "Forms",
    "Index",
    "Match",
    "placeholder_key",
    "plain_key",
    "squashed",
]

_LONGEST_GAP = 16  # characters
_MOST_SEEN = 20_000  # places in the keys that are remembered
_NOTHING = frozenset(("",))
# What `between` lets stand between two letters, and more; a blank only in a line break.
_BETWEEN = r"""(?:[^A-Za-z0-9 ,;:!?.)\]}>"'/=]|[ ](?![^ \t\r\n\u00ad\\-]))"""
# The sign before this place begins a word.
_EDGE = (
    r"(?:(?<![A-Za-z0-9][\s\S])|(?<=\\[nrtbf][\s\S])"
    r"|(?<=%[0-9A-Fa-f]{2}[\s\S])|(?<=\\u[0-9A-Fa-f]{4}[\s\S]))"
)

# What looks like letters of a spelling's own that are not known: then the placeholder is not,
# either. Where there are spellings with letters of their own, any capitals look so. What goes on
# with an underscore is another placeholder.
_OTHER = re.compile(r"\\*_[2-9][0-9A-Z]{1,5}(?![A-Za-z0-9_])")
_OTHER_START = re.compile(r"\\*_(?:[2-9][0-9A-Z]{0,5})?|\\+")
_ANY = re.compile(r"\\*_[0-9A-Z]{1,6}(?![A-Za-z0-9_])")
_ANY_START = re.compile(r"\\*_[0-9A-Z]{0,6}|\\+")


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """`text[start:end]` is a form of `key`; `before` and `after` are signs that stood inside it
    (half a pair of brackets or asterisks) and go around what it becomes."""

    start: int
    end: int
    key: str
    before: str = ""
    after: str = ""


@dataclass(slots=True, repr=False, eq=False)
class _Node:
    """Where a walk through the keys stands: what was read so far, which of it are keys, whether
    one could go on, and where letters lead. Walked again and again, made once."""

    states: frozenset[str]
    known: tuple[str, ...]
    longer: bool
    after: dict[str, _Node] = field(default_factory=dict)
    underscore: tuple[_Node, int, bool, str] | None = None


class Forms:
    """Finds the keys of all `indexes` in texts. `exact`: texts with their keys; they decide where
    a stretch could be read as two keys."""

    def __init__(self, indexes: Iterable[Index], exact: Mapping[str, str] | None = None) -> None:
        self._indexes = [index for index in indexes if index.keys]
        self._exact = exact or {}
        starts = frozenset().union(*(index.starts for index in self._indexes))
        self._candidate = _candidates(starts)
        plain = all(index.plain for index in self._indexes)
        self._canonical = Canonical(self._indexes) if plain else None
        self._nodes: dict[frozenset[str], _Node] = {}

    def __bool__(self) -> bool:
        return bool(self._indexes)

    def scan(self, text: str, start: int, final: bool) -> tuple[list[Match], int]:
        """The matches from `start` on, and where the end begins that can still become one.

        `final`: nothing more comes, so that nothing is kept back.
        """
        found: list[Match] = []
        at = start
        while candidate := self._candidate.search(text, at):
            match, alive = self._at(text, candidate.start(), final)
            if alive:
                return found, candidate.start()
            if match:
                found.append(match)
            at = match.end if match else candidate.start() + 1
        return found, len(text)

    def any(self, text: str) -> bool:
        """Whether `scan` finds anything in the whole text."""
        at = 0
        while candidate := self._candidate.search(text, at):
            at = candidate.start() + 1
            if self._at(text, candidate.start(), True)[0]:
                return True
        return False

    def may(self, text: str, start: int) -> bool:
        """Whether something may begin from `start` on: if not, `scan` finds nothing there."""
        return self._candidate.search(text, start) is not None

    def _at(self, text: str, start: int, final: bool) -> tuple[Match | None, bool]:
        """What begins at `start`; whether more text could change that."""
        match = None
        if self._canonical and (sure := self._canonical.find(text, start, final)):
            end, key = sure
            if end < 0:
                return None, True
            match, alive = Match(start, end, key), False
        else:
            match, alive = self._walk(text, start, final)
        if match and not alive and text[match.end : match.end + 1] in ("_", "\\"):
            return self._tail(text, match, final)
        return match, alive

    def _tail(self, text: str, match: Match, final: bool) -> tuple[Match | None, bool]:
        """The same for a placeholder behind which a spelling's own letters may stand."""
        if SEP not in match.key:
            return match, False
        spelt = self._look(match.key + OWN)[1]
        alive = not final and (_ANY_START if spelt else _OTHER_START).fullmatch(text, match.end)
        other = (_ANY if spelt else _OTHER).match(text, match.end)
        return None if other else match, bool(alive)

    def _walk(self, text: str, start: int, final: bool) -> tuple[Match | None, bool]:
        """The longest match that begins at `start`; whether more text could change it."""
        node, best, at, inside, gap = self._first(), None, start, "", 0
        fresh = False
        while True:
            if fresh and node.known:
                stops, waits = ends(text, at, final)
                known = list(node.known) if stops or waits else []
                if known and waits:
                    return best, True
                if len(known) > 1:  # "CARD1234567" may be CAR_D1234567, too: then neither
                    known = [key for key in known if self._exact.get(text[start:at]) == key]
                    best = None
                if known:
                    best = _match(text, start, at, known[0], inside)
            if at == len(text):
                return best, not final and node.longer
            sign = letter(text[at])
            if sign:
                node, size, fresh, gap = self._letter(node, sign), 1, True, 0
                inside = inside if inside[-1:] in ("", " ") else inside + " "
            else:
                node, size, fresh, sign = self._other(node, text, at)
                inside, gap = inside + sign, gap + size
                if node.states and size == 0:  # a piece of an escape, at the end of the text
                    return best, not final
            at += size
            if not node.states or gap > _LONGEST_GAP:
                return best, False

    def _first(self) -> _Node:
        """Where every walk begins."""
        if len(self._nodes) > _MOST_SEEN:
            self._nodes = {}
        return self._nodes.get(_NOTHING) or self._node(_NOTHING)

    def _node(self, states: Iterable[str]) -> _Node:
        """The place in the keys where one of `states` has been read; made when it is reached."""
        place = frozenset(states)
        node = self._nodes.get(place)
        if node is None:
            looks = [(state, *self._look(state)) for state in place]
            node = _Node(
                place,
                tuple(state for state, known, _ in looks if known),
                any(longer for _, _, longer in looks),
            )
            self._nodes[place] = node
        return node

    def _letter(self, node: _Node, letter: str) -> _Node:
        if (after := node.after.get(letter)) is not None:
            return after
        found = set()
        for state in node.states:
            for mark in ("", SEP, JOIN):
                new = state + mark
                sign = letter.translate(DECODED) if SEP in new else letter
                if any(self._look(new + sign)):
                    found.add(new + sign)
        node.after[letter] = after = self._node(found)
        return after

    def _other(self, node: _Node, text: str, at: int) -> tuple[_Node, int, bool, str]:
        """The place after what stands at `at`, its length, if it was a sign of a key, and what
        of it stays in the text."""
        if text[at] != "_":  # which means the same whatever follows it
            return self._signs(node, text, at)
        if node.underscore is None:
            node.underscore = self._signs(node, "_", 0)
        return node.underscore

    def _signs(self, node: _Node, text: str, at: int) -> tuple[_Node, int, bool, str]:
        sign, states = text[at], node.states
        starts = (*states, *(state + JOIN for state in states))
        literal = {start + sign for start in starts if any(self._look(start + sign))}
        if literal and sign not in (SEP, OWN, GAP, JOIN):
            return self._node(literal), 1, True, ""
        longer = {state for state in states if self._look(state)[1]}
        size, marks, stays = between(text, at)
        if size is None:
            return self._node(longer), 0, False, ""
        if sign == "\\" and size == 1 and self._escapes(longer, text, at + 1):
            return self._node(longer), 1, False, ""
        found = {state for state in longer if "" in marks or state[-1:] in marks}
        for mark in marks - {""}:
            found |= {state + mark for state in longer if self._look(state + mark)[1]}
        kept = "" in marks or any(state[-1:] == SEP for state in found)
        return self._node(found), size, False, stays if kept else ""

    def _escapes(self, states: set[str], text: str, at: int) -> bool:
        sign = text[at : at + 1]
        return bool(sign) and any(any(self._look(state + sign)) for state in states)

    def _look(self, state: str) -> tuple[bool, bool]:
        known = longer = False
        for index in self._indexes:
            one, two = index.look(state)
            known, longer = known or one, longer or two
        return known, longer


@lru_cache(maxsize=64)
def _candidates(starts: frozenset[tuple[str, str]]) -> re.Pattern[str]:
    """Where a key may begin: at the beginning of a word, its first two signs in any case.

    The beginning of a word is also what follows an escape: "\\nPERSON", "%20PERSON". The first
    signs stand first, so that a text without them is passed over fast.
    """
    seconds: dict[str, set[str]] = {}
    for first, second in sorted(starts):
        seconds.setdefault(first, set()).add(second)
    choices = []
    for first, after in seconds.items():
        then = "".join(map(_any_case, sorted(after - {"", SEP, GAP, JOIN}))) or " "
        others = r"[^A-Za-z0-9]" if GAP in after else _BETWEEN
        signs = "" if after & {"", SEP, JOIN} else rf"(?=[{then}]|{others}|\Z)"
        choices.append(f"(?<=[{_any_case(first)}]){_EDGE if first.isalnum() else ''}{signs}")
    firsts = "".join(map(_any_case, seconds))
    return re.compile(f"[{firsts}](?:{'|'.join(choices)})" if choices else r"(?!)")


def _any_case(sign: str) -> str:
    found = {sign, sign.lower()}
    if sign.isascii() and sign.isalnum():
        found |= {chr(ord(x) + 0xFEE0) for x in found}
    return "".join(map(re.escape, sorted(found)))


def _match(text: str, start: int, end: int, key: str, inside: str) -> Match:
    """Runs of signs inside that are a pair go; half a pair goes before or after the value: after,
    where the other half stands before the placeholder."""
    before = after = ""
    runs = inside.split()
    for run in dict.fromkeys(runs):
        if runs.count(run) % 2 == 0:
            continue
        if run[0] in CLOSE or text[start - 1 : start] == run[0]:
            after += run
        else:
            before += run
    return Match(start, end, key, before, after)
