r"""Restore: what stands for a value in a reply becomes the value again.

Exact, once spelling is made plain (see `forms.py`): case, what stands between kind and letters,
escapes, marks. What stands around a placeholder (brackets, asterisks, quotes) stays. Never by
likeness: a placeholder with one wrong letter is nobody's. In a stream only that end of the text
is held back which can still become something that is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from doorstep.boundary.forms import Forms, Index, Match, placeholder_key, plain_key
from doorstep.boundary.jsontext import JsonText, escaped, quote
from doorstep.boundary.tree import NotCanonical, parse

if TYPE_CHECKING:
    from doorstep.boundary.entry import Entry
    from doorstep.boundary.mask import ReplyMask
    from doorstep.boundary.store import Known
    from doorstep.boundary.surrogates.kept import Kept
    from doorstep.boundary.vault import Vault

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(?=(\s*:)?)', re.S)
_CONTEXT = 8  # characters that the rules about the beginning of a word look back
_QUOTES = re.compile(r'\\+"?\Z|"\Z')


class Restorer:
    """Puts values back. `pairs` are (placeholder, value).

    What holds a vault calls `Restorer.of(vault)` instead, which also knows the vault's style, its
    numbers, and the older placeholders of its store. `numbers` are placeholders of JSON numbers: a
    string that is nothing but one becomes the number. `known`: a store's older ones. `mask`:
    hides private values that the cloud brings up by itself; values put back are left alone.
    `ascii`: in JSON inside strings what is not ASCII is escaped, unless the text shows otherwise.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        numbers: Collection[str] = (),
        known: Known | None = None,
        mask: ReplyMask | None = None,
        ascii: bool = False,
    ) -> None:
        self._choices: dict[str, dict[str, str]] = {}
        self._numbers = frozenset(numbers)
        for text, value in pairs:
            self._add(placeholder_key(text) or plain_key(text, None), text, value)
        self._known, self.mask, self._ascii = known, mask, ascii
        self._kept: Kept | None = None
        self._index()

    @classmethod
    def of(cls, vault: Vault, *, mask: ReplyMask | None = None, kept: bool = False) -> Restorer:
        """The restorer of a reply to the request that was sealed with `vault`.

        The door calls this once the request has been sealed. It is false (`bool`) if nothing can
        be put back and nothing is masked: then the bytes of the reply need not be looked at.

        `kept`: the text is no reply to a new request but one that was masked into the vault's
        store before (`doorstep unmask`), so that the store's surrogates come back, too. In a
        reply they do not: the Erin Falk of whom it speaks may be one.
        """
        made = cls((), known=vault.known, mask=mask, ascii=vault.ascii)
        made._kept = vault.kept if kept else None
        entries = vault.entries()
        made._numbers = frozenset(entry.text for entry in entries if entry.number)
        for entry in entries:
            made._add_entry(entry)
        made._add_others(entries)
        made._index()
        return made

    def __bool__(self) -> bool:
        return bool(self.forms) or self.mask is not None

    @property
    def numbers(self) -> bool:
        """Whether a string may become a number."""
        return bool(self._numbers) or (self._known is not None and self._known.numbers)

    def text(self, text: str) -> str:
        """A text that is not JSON, with values in it."""
        return self._plain(text)

    def tree(self, value: object) -> object:
        """The same for every string and key of a JSON value, and for JSON inside strings."""
        if isinstance(value, str):
            number = self.number(value) if self.numbers else None
            return json.loads(number) if number is not None else self._string(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {self._string(key): self.tree(item) for key, item in value.items()}
        return value

    def touches(self, text: str) -> bool:
        """Whether anything in the text would change."""
        return self.mask is not None or self.forms.any(text)

    def escapes(self, spelling: JsonText) -> bool:
        """Whether that JSON escapes what is not ASCII."""
        return spelling.ascii or (self._ascii and not spelling.raw)

    def number(self, text: str) -> str | None:
        """The JSON number for which exactly this text stands."""
        found, _ = self.forms.scan(text, 0, True)
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
            value, number = self._look(text, found[0])
            return value if number else None
        return None

    def value(self, text: str, match: Match) -> tuple[str, bool]:
        """(what a match becomes, it is a number). Left as it is where two values are possible."""
        value, number = self._look(text, match)
        if value is None:
            return text[match.start : match.end], False
        return match.before + value + match.after, number

    def _look(self, text: str, match: Match) -> tuple[str | None, bool]:
        found = text[match.start : match.end]
        choices = self._choices.get(match.key)
        if choices is None and self._known is not None:
            entry = self._known.entry(match.key)
            choices = {entry.text: entry.value} if entry else None
            if entry and entry.number:
                return entry.value, True
        if choices is None and self._kept is not None:
            choices = self._kept.choices(match.key)
        if not choices:
            return None, False
        sent = found if found in choices else next(iter(choices))
        if sent != found and len({value.casefold() for value in choices.values()}) > 1:
            return None, False
        value = choices[sent]
        if sent != found and placeholder_key(sent) != match.key:
            value = _cased(found, sent, value)
        return value, sent in self._numbers

    def _add_entry(self, entry: Entry) -> None:
        text, value = entry.text, entry.value
        key = placeholder_key(text) or plain_key(text, None)
        if entry.surrogate:
            from doorstep.boundary.surrogates.back import key_of

            key, text, value = key_of(entry.kind, text, value)
        self._add(key, text, value)

    def _add(self, key: str, text: str, value: str) -> None:
        if key:
            self._choices.setdefault(key, {})[text] = value

    def _add_others(self, entries: Iterable[Entry]) -> None:
        """What else a surrogate may be said as ("Falk" for "Erin Falk"), where nothing else is."""
        from doorstep.boundary.surrogates.back import others

        for key, choices in others(entries).items():
            if key not in self._choices:
                self._choices[key] = choices

    def _index(self) -> None:
        indexes = [Index(self._choices)]
        if self._known is not None:
            indexes.append(self._known.index)
        if self._kept is not None:
            indexes.append(self._kept.index)
        exact = {text: key for key, choices in self._choices.items() for text in choices}
        self.forms = Forms(indexes, exact)

    def _string(self, text: str) -> str:
        """Replaced in place, so that everything around the values keeps its spelling."""
        if text.lstrip().startswith(("{", "[", '"')):
            try:
                parse(text.encode("utf-8"))
            except (NotCanonical, UnicodeEncodeError):
                return self._plain(text)
            return self._json(text) if self.touches(text) or "\\u" in text else text
        return self._plain(text)

    def _json(self, text: str) -> str:
        spelling = JsonText()
        spelling.feed(text)

        def literal(match: re.Match[str]) -> str:
            raw, key = match.group(1), match.group(2)
            inside = json.loads(match.group())
            number = self.number(inside) if self.numbers and not key else None
            if number is not None:
                return number
            new = self._string(inside)
            return (
                match.group() if new == inside else self._literal(raw, new, self.escapes(spelling))
            )

        return _STRING.sub(literal, text)

    def _literal(self, raw: str, new: str, ascii: bool) -> str:
        """The string `new` in JSON: as `raw` was spelt where that is possible."""
        same = '"' + self._plain(raw, escape=True, ascii=ascii) + '"'
        try:
            if json.loads(same) == new:
                return same
        except ValueError:
            pass
        return json.dumps(new, ensure_ascii=ascii)

    def _plain(self, text: str, *, escape: bool = False, ascii: bool = False) -> str:
        found, _ = self.forms.scan(text, 0, True)
        if self.mask is None and not escape:
            return self.filled(text, 0, found, len(text))
        spans = self.mask.spans(text, found) if self.mask else ()
        if not found and not spans:
            return text
        pieces, done = [], 0
        new = [(m.start, m.end, self.value(text, m)[0]) for m in found]
        for start, end, value in sorted([*new, *spans]):
            pieces += [text[done:start], escaped(value, int(escape), ascii)]
            done = end
        return "".join([*pieces, text[done:]])

    def filled(self, text: str, at: int, found: Sequence[Match], until: int) -> str:
        """`text[at:until]` with values for the matches in it."""
        pieces: list[str] = []
        for match in found:
            pieces += (text[at : match.start], self.value(text, match)[0])
            at = match.end
        return "".join((*pieces, text[at:until]))


class Running:
    """Restores one text that arrives in pieces."""

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer
        self._before = ""
        self._held = ""
        self._json: JsonText | None = None
        self._begun = False

    @property
    def waiting(self) -> bool:
        return bool(self._held)

    def feed(self, piece: str) -> str:
        """What can be let go once `piece` has come."""
        if not self._begun and (start := (self._held + piece).lstrip()):
            self._begun = True
            self._json = JsonText() if start[0] in "{[" else None
        text = self._before + self._held + piece
        if self._json is None and self._restorer.mask is None:
            return self._plain(text)
        return self._next(text, False)

    def end(self) -> str:
        """The rest."""
        return self._next(self._before + self._held, True)

    def _plain(self, text: str) -> str:
        """What `_next` does, for text that is not JSON and nothing of which is hidden."""
        at = len(self._before)
        found, until = self._restorer.forms.scan(text, at, False)
        self._held, self._before = text[until:], text[:until][-_CONTEXT:]
        return self._restorer.filled(text, at, found, until)

    def _next(self, text: str, final: bool) -> str:
        found, until = self._restorer.forms.scan(text, len(self._before), final)
        if self._restorer.mask and not final:
            until = self._restorer.mask.until(text, len(self._before), until)
            until = min([until, *(m.start for m in found if m.end > until)])
            found = [match for match in found if match.end <= until]
        if self._json is not None and not final and self._restorer.numbers:
            found, until = self._quotes(text, found, until)
        return self._let_go(text, found, until)

    def _quotes(self, text: str, found: list[Match], until: int) -> tuple[list[Match], int]:
        """A number loses the quotation marks around it: those at the end wait for what comes."""
        last = found[-1] if found else None
        if last and len(text) == until and not text[last.end :].strip("\\"):
            return found[:-1], self._back(text, last.start)
        return found, self._back(text, until) if last is None or last.end < until else until

    def _back(self, text: str, until: int) -> int:
        quotes = _QUOTES.search(text, len(self._before), until)
        return quotes.start() if quotes else until

    def _let_go(self, text: str, found: list[Match], until: int) -> str:
        new = [(m.start, m.end, m) for m in found]
        mask = self._restorer.mask
        hidden = mask.spans(text[:until], found) if mask else ()
        at = len(self._before)
        out = ""
        for start, end, what in sorted([*new, *hidden], key=lambda x: x[0]):
            if end <= at or (start < at and not isinstance(what, str)):
                continue  # what is hidden may have begun in a piece that has gone
            out, at = self._pass(out, text[at : max(at, start)]), end
            if isinstance(what, str):
                out += what
            else:
                out, at = self._put(out, text, what)
        out = self._pass(out, text[at:until])
        self._held = text[max(at, until) :]
        context = mask.context if mask else _CONTEXT
        self._before = text[: max(at, until)][-context:]
        return out

    def _pass(self, out: str, piece: str) -> str:
        if self._json is not None:
            self._json.feed(piece)
        return out + piece

    def _put(self, out: str, text: str, match: Match) -> tuple[str, int]:
        """`out` with the value, and where the text goes on."""
        value, number = self._restorer.value(text, match)
        scan, at = self._json, match.end
        if scan is None:
            return out + value, at
        sign = quote(scan.depth) if scan.depth else ""
        if number and scan.opened and text.startswith(sign, at) and out.endswith(sign):
            scan.feed(sign)  # closes the string
            return out.removesuffix(sign) + value, at + len(sign)
        depth, plain = scan.depth, self._restorer.escapes(scan)
        scan.feed("0" if not depth else "x")
        return out + escaped(value, depth, plain), at


def _cased(found: str, sent: str, value: str) -> str:
    """The value in the case in which the reply has what was sent."""
    if found == sent:
        return value
    if found.isupper() and not sent.isupper():
        return value.upper()
    if found.islower() and not sent.islower():
        return value.lower()
    return value
