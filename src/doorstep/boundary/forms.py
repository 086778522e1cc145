r"""The forms in which something that went out comes back, and how they are found in a text.

A model that repeats `PERSON_7F3AQ2XK` may write `person 7f3aq2xk`, `PERSON\_7F3AQ2XK`,
`PERSON&#95;7F3AQ2XK`, `**PERSON**_7F3AQ2XK` or O for 0. `Forms` knows what may stand between two
letters, follows a text letter by letter through the keys that are known, and accepts a stretch
only if every letter of it is right: there is no measure of likeness anywhere.

A key spells what was sent in capitals, with a mark where something may stand in between.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SEP = "\x00"  # between the kind and the letters of a placeholder: "_" in any spelling, or nothing
OWN = "\x03"  # before a spelling's own letters: an underscore; "Maya 30" is no spelling of Maya
GAP = "\x01"  # between two words: a blank, a hyphen, a line break
JOIN = "\x02"  # between two groups of a code: a blank, a hyphen, a dot, a slash, or nothing

_PLACEHOLDER = re.compile(r"([A-Za-z]+)_([0-9A-Za-z]+)(?:_([0-9A-Za-z]+))?")
# Crockford's base 32: https://www.crockford.com/base32.html
_DECODED = str.maketrans("OIL", "011")
_LONGEST_GAP = 16  # characters
_MOST_SEEN = 20_000  # places in the keys that are remembered
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_ZERO = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
_MARKS = frozenset("*~`")
_OPEN, _CLOSE = frozenset("[({<"), frozenset("])}>")
_BLANK = frozenset(" \t\u00a0\u2007\u2009\u200a\u202f\u3000")
_HYPHEN = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_WRAP = re.compile(r"[ \t]*[-\u00ad]?[ \t]*(?:\r\n|\n|\r|\\r\\n|\\n)[ \t]*")
_WRAP_START = re.compile(r"[ \t]*[-\u00ad]?[ \t]*(?:\r|\\(?:r(?:\\)?)?)?")

# What looks like letters of a spelling's own that are not known: then the placeholder is not,
# either. Where there are spellings with letters of their own, any capitals look so. What goes on
# with an underscore is another placeholder.
_OTHER = re.compile(r"\\*_[2-9][0-9A-Z]{1,5}(?![A-Za-z0-9_])")
_OTHER_START = re.compile(r"\\*_(?:[2-9][0-9A-Z]{0,5})?|\\+")
_ANY = re.compile(r"\\*_[0-9A-Z]{1,6}(?![A-Za-z0-9_])")
_ANY_START = re.compile(r"\\*_[0-9A-Z]{0,6}|\\+")


def _spelt() -> dict[str, str]:
    """Escapes of the underscore, and of signs without width, in small letters."""
    found = {
        f"&{more}{name};": SEP
        for more in ("", "amp;")
        for name in ("#95", "#095", "#x5f", "#x005f", "lowbar", "underbar")
    }
    found |= dict.fromkeys(("%5f", "%255f", "\\u005f", "\\x5f", "\\u{5f}"), SEP)
    found |= {f"\\u{sign}": "" for sign in ("200b", "200c", "200d", "2060", "feff", "00ad")}
    found |= dict.fromkeys(("&zwnj;", "&zwj;", "&#8203;", "&shy;", "&zerowidthspace;"), "")
    return found


_SPELT = _spelt()
_SPELT_STARTS = frozenset(text[:i] for text in _SPELT for i in range(1, len(text)))
_LONGEST_SPELT = max(map(len, _SPELT))
_ESCAPED = re.compile(
    "|".join(map(re.escape, sorted(_SPELT, key=len, reverse=True))), re.IGNORECASE | re.ASCII
)
_SQUASHED = {
    i: chr(i).upper().translate(_DECODED) if chr(i).isalnum() else None for i in range(128)
}
_CAPITALS = {
    spelt: chr(i).upper()
    for i in range(128)
    if chr(i).isalnum()
    for spelt in (chr(i), chr(0xFEE0 + i))
}
_FULL = re.compile("[\uff01-\uff5e]")
_ESCAPING = re.compile(r"[&%\\]")


def placeholder_key(text: str) -> str | None:
    """The key of a placeholder; None if `text` does not look like one."""
    match = _PLACEHOLDER.fullmatch(text)
    if match is None:
        return None
    kind, letters, other = match.groups()
    parts = [kind.upper(), letters.upper().translate(_DECODED)]
    key = SEP.join(parts)
    return f"{key}{OWN}{other.upper().translate(_DECODED)}" if other else key


def plain_key(text: str, between: str | None) -> str:
    """The key of any other text. `between` says what stands for its separators: JOIN (codes), GAP
    (words: blanks and hyphens only; commas and the like must come back), None (all must)."""
    if between is None:
        return _capitals(text)
    if between == JOIN:
        return re.sub(r"[\s._/()-]+", JOIN, _capitals(text))
    return re.sub(r"[\s\W_]+", _separator, _capitals(text))


def _separator(match: re.Match[str]) -> str:
    signs = match.group()
    return re.sub(r"\s+", JOIN, signs) if signs.strip("- \t\r\n") else GAP


def _capitals(text: str) -> str:
    return "".join(sign.upper() if sign.isascii() else sign for sign in text)


def squashed(text: str) -> str:
    """All that the forms leave: capitals and digits, Crockford's doubles as one sign.

    Two texts of which one could be read as the other have the same squashed form.
    """
    # Most texts hold no escapes; each step is taken only where it is needed, as texts are long.
    text = text.translate(_FULL_WIDTH) if _FULL.search(text) else text
    text = _ESCAPED.sub("", text) if _ESCAPING.search(text) else text
    if not text.isascii():
        text = text.upper().encode("ascii", "ignore").decode("ascii")
    return text.translate(_SQUASHED)


class Index:
    """A set of keys that answers what a text so far can still become."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys: list[str] = []
        self.starts: set[tuple[str, str]] = set()
        self.extend(keys)

    def add(self, key: str) -> None:
        """One more key, which is not among them yet."""
        insort(self.keys, key)
        self.starts.add((key[0], key[1:2]))

    def extend(self, keys: Iterable[str]) -> None:
        """More keys; those that are among them do not count."""
        if more := set(keys).difference(self.keys):
            self.keys = sorted((*self.keys, *more))
            self.starts |= {(key[0], key[1:2]) for key in more}

    def look(self, start: str) -> tuple[bool, bool]:
        """(is a key, is the beginning of a longer key)."""
        at = bisect_left(self.keys, start)
        known = at < len(self.keys) and self.keys[at] == start
        at += known
        return known, at < len(self.keys) and self.keys[at].startswith(start)


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
        self._candidate = _candidates(set().union(*(index.starts for index in self._indexes)))
        self._nodes: dict[frozenset[str], _Node] = {}
        self._start = self._node(("",))

    def __bool__(self) -> bool:
        return bool(self._indexes)

    def scan(self, text: str, start: int, final: bool) -> tuple[list[Match], int]:
        """The matches from `start` on, and where the end begins that can still become one.

        `final`: nothing more comes, so that nothing is kept back.
        """
        found: list[Match] = []
        at = start
        if len(self._nodes) > _MOST_SEEN:
            self._nodes = {}
            self._start = self._node(("",))
        while self._indexes and (candidate := self._candidate.search(text, at)):
            match, alive = self._walk(text, candidate.start(), final)
            if match and not alive and SEP in match.key:
                spelt = self._look(match.key + OWN)[1]
                more = _ANY_START if spelt else _OTHER_START
                alive = not final and bool(more.fullmatch(text, match.end))
                if (_ANY if spelt else _OTHER).match(text, match.end):
                    match = None
            if alive:
                return found, candidate.start()
            if match:
                found.append(match)
            at = match.end if match else candidate.start() + 1
        return found, len(text)

    def _walk(self, text: str, start: int, final: bool) -> tuple[Match | None, bool]:
        """The longest match that begins at `start`; whether more text could change it."""
        node, best, at, inside, gap = self._start, None, start, "", 0
        fresh = False
        while True:
            if fresh and node.known:
                ends, waits = _ends(text, at, final)
                known = list(node.known) if ends or waits else []
                if known and waits:
                    return best, True
                if len(known) > 1:  # "CARD1234567" may be CAR_D1234567, too: then neither
                    known = [key for key in known if self._exact.get(text[start:at]) == key]
                    best = None
                if known:
                    best = _match(text, start, at, known[0], inside)
            if at == len(text):
                return best, not final and node.longer
            letter = _letter(text[at])
            if letter:
                node, size, fresh, gap = self._letter(node, letter), 1, True, 0
                inside = inside if inside[-1:] in ("", " ") else inside + " "
            else:
                node, size, fresh, sign = self._other(node, text, at)
                inside, gap = inside + sign, gap + size
                if node.states and size == 0:  # a piece of an escape, at the end of the text
                    return best, not final
            at += size
            if not node.states or gap > _LONGEST_GAP:
                return best, False

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
                sign = letter.translate(_DECODED) if SEP in new else letter
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
        size, marks, stays = _between(text, at)
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


def _candidates(starts: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """Where a key may begin: at the beginning of a word, its first two signs in any case.

    The beginning of a word is also what follows an escape: "\\nPERSON", "%20PERSON".
    """
    seconds: dict[str, set[str]] = {}
    for first, second in sorted(starts):
        seconds.setdefault(first, set()).add(second)
    edge = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))"
    choices = []
    for first, after in seconds.items():
        then = "".join(map(_any_case, sorted(after - {"", SEP, GAP, JOIN}))) or " "
        signs = "" if after & {"", SEP, JOIN} else rf"(?=[{then}]|[^A-Za-z0-9]|\Z)"
        choices.append(f"{edge if first.isalnum() else ''}[{_any_case(first)}]{signs}")
    return re.compile("|".join(choices) or r"(?!)")


def _any_case(sign: str) -> str:
    found = {sign, sign.lower()}
    if sign.isascii() and sign.isalnum():
        found |= {chr(ord(x) + 0xFEE0) for x in found}
    return "".join(map(re.escape, sorted(found)))


def _letter(sign: str) -> str:
    """The letter or digit, a capital; "" for anything else."""
    return _CAPITALS.get(sign, "")


def _ends(text: str, at: int, final: bool) -> tuple[bool, bool]:
    """(a word ends at `at`, which is only known when more has come). A plural may hang on."""
    if at == len(text):
        return final, not final
    sign = text[at]
    if not (sign.isascii() and sign.isalnum()):
        return True, False
    if sign != "s":
        return False, False
    if at + 1 == len(text):
        return final, not final
    return not (text[at + 1].isascii() and text[at + 1].isalnum()), False


def _between(text: str, at: int) -> tuple[int | None, set[str], str]:
    """What stands between letters at `at`: its length, the marks of keys that it can be ("" is
    what may stand between any two letters), and what of it stays in the text.

    The length is None for a piece of something longer at the end of the text, 0 for the rest.
    """
    sign = text[at]
    rest = text[at : at + _LONGEST_SPELT].lower() if sign in "&%\\" else ""
    if rest and (spelt := _ESCAPED.match(text, at)):
        mark = _SPELT[spelt.group().lower()]
        return spelt.end() - at, {mark, OWN} if mark else {mark}, ""
    if wrap := _WRAP.match(text, at):
        return wrap.end() - at, {"", SEP, GAP, JOIN}, ""
    if rest in _SPELT_STARTS or _WRAP_START.fullmatch(text, at):
        return None, set(), ""
    marks, stays = _sign(sign)
    if sign == "\\" and text[at:].lstrip("\\")[:1] == "_":
        marks = {*marks, ""}
    return 1, marks, stays


def _sign(sign: str) -> tuple[set[str], str]:
    if sign in _ZERO:
        return {""}, ""
    if sign in _MARKS:
        return {"", SEP, GAP, JOIN}, sign
    if sign in _BLANK or sign in _HYPHEN:
        return {SEP, GAP, JOIN}, ""
    if sign in "_\uff3f":
        return {SEP, OWN, JOIN}, ""
    if sign == "\\":
        return {SEP}, ""
    if sign in _OPEN or sign in _CLOSE:
        return {SEP, JOIN}, sign
    return ({JOIN}, "") if sign in "./" else (set(), "")


def _match(text: str, start: int, end: int, key: str, inside: str) -> Match:
    """Runs of signs inside that are a pair go; half a pair goes before or after the value: after,
    where the other half stands before the placeholder."""
    before = after = ""
    runs = inside.split()
    for run in dict.fromkeys(runs):
        if runs.count(run) % 2 == 0:
            continue
        if run[0] in _CLOSE or text[start - 1 : start] == run[0]:
            after += run
        else:
            before += run
    return Match(start, end, key, before, after)
