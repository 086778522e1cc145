"""The gate: the exact bytes about to leave, looked at once more, without any model.

The body's leaves are excused where they are constants, match a shape, or lie in a constant
subtree, and only if the bytes are the canonical spelling of the tree; everything else is
searched for every private term in all its forms and encodings, also across adjacent leaves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep._errors import Blocked
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.decode import readings
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf, NotCanonical, dump, leaves, parse

# Path segments of the APIs that we speak: constants, like the protocol's keys.
_SEGMENTS = frozenset(("v1", "chat", "completions", "responses", "models", "openai", "api"))
_SECRET = frozenset(("authorization", "api-key", "x-api-key"))
# Set by the door itself, to constants or to counts.
_CONSTANT = frozenset(("host", "content-length", "user-agent", "accept-encoding"))
_PLAIN = frozenset(("application/json", "text/event-stream", "*/*"))
_DECODED = 3  # letters from which a hit in decoded base64 or hex counts; see docs/design


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """One request, exactly as it would leave. `target` is the path with the query."""

    method: str
    origin: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def url(self) -> str:
        return self.origin + self.target


class Gate:
    """Refuses a request that holds a private value in any known form.

    `placeholders` are those of the vault: text that stands for a value is not one.
    """

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        placeholders: Iterable[str] = (),
    ) -> None:
        self._clearance = clearance
        self._matchers = matchers
        known = sorted(placeholders, key=len, reverse=True)
        self._placeholders = re.compile("|".join(map(re.escape, known))) if known else None

    def check(self, request: Outgoing) -> None:
        """Blocked if anything private is found."""
        self._check_secret(request)
        found: set[Term] = set()
        for text in (*self._head(request), *self._body(request.body)):
            found.update(self._search(text))
        found.update(self._search_secrets(request))
        found.update(self._search_slots(request.body))
        if hits := Counter(term.kind for term in found):
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(hits.items()))
            raise Blocked(
                f"Private values were about to leave: {kinds}; nothing was sent.",
                kinds=tuple(sorted(hits)),
                hint="See what would have left with --dry-run.",
            )

    def all_excused(self, body: bytes) -> bool:
        """Whether nothing in the body can depend on private data at all."""
        try:
            tree = parse(body)
        except NotCanonical:
            return False
        found = leaves(tree, self._clearance)
        return dump(tree) == body and all(x.excused or x.role == "number" for x in found)

    def _search(self, text: str) -> Iterator[Term]:
        for reading in readings(text):
            for matcher in self._matchers:
                for hit in matcher.find(reading.text, least=1 if reading.exact else _DECODED):
                    yield hit.term

    def _head(self, request: Outgoing) -> Iterator[str]:
        path, _, query = request.target.partition("?")
        yield "\n".join(s for s in path.split("/") if s not in _SEGMENTS)
        yield query
        yield request.method if request.method not in ("GET", "POST") else ""
        for name, value in request.headers:
            if name not in _SECRET | _CONSTANT and value not in _PLAIN:
                yield value

    def _search_secrets(self, request: Outgoing) -> Iterator[Term]:
        # A key is random letters: short values would be found in it by chance.
        for name, value in request.headers:
            if name in _SECRET:
                for matcher in self._matchers:
                    yield from (hit.term for hit in matcher.find(value, least=4))

    def _search_slots(self, body: bytes) -> Iterator[Term]:
        # A shape's typed slots hold no words, but a private number could stand in one.
        try:
            found = list(leaves(parse(body), self._clearance))
        except NotCanonical:
            return
        shapes = self._clearance.shapes
        for leaf in found:
            if leaf.excused and any(shape.fullmatch(leaf.text) for shape in shapes):
                yield from (t for t in self._search(leaf.text) if re.search(r"\d", t.value))

    def _check_secret(self, request: Outgoing) -> None:
        secrets = [v.split()[-1] for n, v in request.headers if n in _SECRET and v.strip()]
        if any(s.encode() in request.body or s in request.target for s in secrets if len(s) > 7):
            raise Blocked("The API key stands in the body or the URL; nothing was sent.")

    def _body(self, body: bytes) -> Iterator[str]:
        try:
            tree = parse(body)
            found = list(leaves(tree, self._clearance))
            canonical = dump(tree) == body
        except NotCanonical:
            canonical, found = False, []
        if not canonical:
            found = [Leaf(x.path, x.text, x.role, False) for x in found]
            yield from self._without(body.decode("utf-8"))
        yield from self._chains(found)
        yield from self._chains(leaf for leaf in found if leaf.role == "text")
        yield from self._chains(leaf for leaf in found if leaf.role == "key")

    def _chains(self, found: Iterable[Leaf]) -> Iterator[str]:
        """Leaves that follow each other as one text: a value may be split over them."""
        chain: list[str] = []
        for leaf in found:
            if leaf.excused:
                yield from self._without("\n".join(chain))
                chain = []
            else:
                chain.append(leaf.text)
        yield from self._without("\n".join(chain))

    def _without(self, text: str) -> Iterator[str]:
        """The stretches between placeholders."""
        parts = self._placeholders.split(text) if self._placeholders else [text]
        yield from (part for part in parts if part.strip())
