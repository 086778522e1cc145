"""Looking for one text in everything that ever crossed.

It is found as it stands, whatever its capitals, and in all forms that the gate looks for in what is
about to leave (see `terms`, `search` and `looked`): other spellings of the same letters, split,
escaped, or in base64, base32 or hex, several of these layers deep. In these forms the gate's word
rules hold: "car" is in "%63ar", and not in "s%63arce".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.decode import TooManyReadings
from doorstep.boundary.ledger_values import Entry
from doorstep.boundary.looked import Body, Chains
from doorstep.boundary.search import Between
from doorstep.boundary.search import Search as Forms
from doorstep.boundary.terms import Matcher

_MOST = 200  # characters
_AROUND = 40  # characters that are shown of what stands before and after
_ANYTHING = Clearance()


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where a text was found: "body", "address" or "header NAME". Where it stands as it was asked
    for, `before`, `said` and `after` are what is written there; else it stands in another form, and
    they are empty."""

    where: str
    before: str = ""
    said: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Looked:
    """One crossing that was looked at. `searched`: whether all of it was: "no body" where that was
    dropped, "in part" where it can be decoded in more ways than we try."""

    id: int
    at: str
    origin: str
    places: tuple[Place, ...]
    searched: str = "all"


class Search:
    """BadInput for a `text` that has no letter and no digit, or is too long."""

    def __init__(self, text: str) -> None:
        text = text.strip()
        if len(text) > _MOST:
            raise BadInput(f"A text to look for has {_MOST} characters at most.")
        try:
            term = Term(text, "searched")
        except BadInput:
            raise BadInput("A text to look for needs a letter or a digit.") from None
        self._text = text.casefold()
        self._matcher = Matcher((term,), words=False)

    def look(self, entry: Entry) -> Looked:
        """Everywhere in one crossing."""
        # What a text says is worked out once for each crossing: these are its runs of base64.
        forms = Forms([(self._matcher, False)], Between(()), lambda *_: True)
        searched = "all" if entry.kept is not None else "no body"
        places: list[Place] = []
        for where, text, body in _texts(entry):
            try:
                found = self._as_it_stands(where, text) or self._otherwise(where, text, body, forms)
            except (TooManyReadings, UnicodeDecodeError):  # the latter: bytes that never left so
                found, searched = None, "in part"
            if found is not None:
                places.append(found)
        return Looked(entry.id, entry.at, entry.origin, tuple(places), searched)

    def _as_it_stands(self, where: str, text: str) -> Place | None:
        at = text.casefold().find(self._text)
        if at < 0 or len(text.casefold()) != len(text):  # then places are not the same
            return None
        end = at + len(self._text)
        return Place(
            where, text[max(0, at - _AROUND) : at], text[at:end], text[end : end + _AROUND]
        )

    def _otherwise(self, where: str, text: str, body: bytes | None, forms: Forms) -> Place | None:
        if body is None:
            found = next(forms.terms((text,)), None)
        else:
            chains = Chains(Body.of(body, _ANYTHING), _ANYTHING)
            found = next(forms.terms(chains.texts()), None)
            found = found or next(forms.terms(chains.joined(), split=True), None)
        return None if found is None else Place(where)


def _texts(entry: Entry) -> Iterator[tuple[str, str, bytes | None]]:
    """What to look into: where it is, the text, and the bytes where it is the body."""
    if entry.kept is not None:
        yield "body", entry.kept.decode("utf-8", "replace"), entry.kept
    yield "address", entry.url, None
    for name, value in entry.headers:
        yield f"header {name}", value, None
