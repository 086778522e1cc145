"""The gate: the exact bytes about to leave, looked at once more, without any model.

The body's leaves are excused where they are fixed words of the protocol, constants, match a
shape, or lie in a constant subtree, and only if the bytes are the canonical spelling of the tree;
everything else is searched for every private term in all its forms and encodings, also across
adjacent leaves, and for whatever the rules (detectors that are patterns, no models) still find.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep._errors import Blocked
from doorstep.boundary.bodies import service_id
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector, find_all
from doorstep.boundary.finder import asked
from doorstep.boundary.looked import Body, Chains
from doorstep.boundary.normal import squeezed
from doorstep.boundary.policy import Do, Opaque, refuse
from doorstep.boundary.seal import refuse_opaque
from doorstep.boundary.search import Between, Search
from doorstep.boundary.terms import Matcher

# Path segments of the APIs that we speak: constants, like the protocol's keys.
_SEGMENTS = frozenset(
    "v1 chat completions responses messages models openai api generate embeddings deployments "
    "count_tokens".split()
)
_SECRET = frozenset(("authorization", "api-key", "x-api-key"))
# Set by the door itself, to constants or to counts; a version is a date (see headers.py).
_CONSTANT = frozenset(
    ("host", "content-length", "user-agent", "accept-encoding", "anthropic-version")
)
_PLAIN = frozenset(("application/json", "text/event-stream", "*/*"))
_IN_HEAD = frozenset(("identifier", "date", "order", "case"))  # versions and deployments look so


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

    `placeholders` are those of the vault: text that stands for a value is not one. `found` knows
    what detectors found, as `matchers` know what was declared; `allowed(value)` excuses what the
    former find, never the latter. `rules` are run over everything between placeholders, but for
    `clean`: texts in which each of them has found nothing, and would find nothing again, as the
    same text has the same findings. `do` says what the policy does with a kind: what it allows is
    let through.
    """

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        placeholders: Iterable[str] = (),
        *,
        found: Sequence[Matcher] = (),
        rules: Sequence[Detector] = (),
        clean: Collection[str] = frozenset(),
        do: Callable[[str], Do] = lambda _: "block",
        allowed: Callable[[str], bool] = lambda _: False,
        opaque: Opaque = "block",
    ) -> None:
        self._clearance = clearance
        self._between = Between(placeholders)
        asked = [(m, False) for m in matchers if len(m)]
        asked += [(m, True) for m in found if len(m)]
        self._matchers = [m for m, _ in asked]
        self._search = Search(asked, self._between, self._counts)
        self._rules = rules
        self._clean = clean
        self._do = do
        self._allowed = allowed
        self._opaque = opaque
        self._looked_at: tuple[Outgoing, tuple[Term, ...]] | None = None
        self._read: tuple[bytes, Body] | None = None

    def check(self, request: Outgoing) -> None:
        """Blocked if anything private is found."""
        self._check_secret(request)
        body = self._body(request.body)
        # What stands for a value may look like a file's bytes, too: it is ours.
        opaque = sum(leaf.opaque and bool(self._between(leaf.text)) for leaf in body.looked)
        if opaque and self._opaque != "allow":
            refuse_opaque(opaque, self._opaque)
        chains = Chains(body, self._clearance)
        found = set(self._search.terms((*self._head(request), *chains.texts())))
        found.update(self._search.terms(chains.joined(), split=True))
        found.update(self._search_secrets(request))
        found.update(self._search_slots(body))
        found.update(self.rule_hits(request))
        if found:
            refuse("block", Counter(term.kind for term in found))

    def rule_hits(self, request: Outgoing) -> tuple[Term, ...]:
        """What the rules find between the placeholders of the body, the URL and the headers."""
        if self._looked_at is not None and self._looked_at[0] is request:
            return self._looked_at[1]
        hits = self._run_rules(request) if self._rules else ()
        self._looked_at = (request, hits)
        return hits

    def _run_rules(self, request: Outgoing) -> tuple[Term, ...]:
        hits = dict.fromkeys(self._by_rules(self._in_body(self._body(request.body))))
        head = ((text, 0) for text in self._words_of(request))
        hits.update(dict.fromkeys(self._by_rules(head, but=_IN_HEAD)))
        return tuple(hits)

    def all_excused(self, body: bytes) -> bool:
        """Whether nothing in the body can depend on private data at all."""
        return self._body(body).all_excused

    def _body(self, body: bytes) -> Body:
        """Read once, as all that is looked at are the same bytes."""
        if self._read is None or self._read[0] != body:
            self._read = body, Body.of(body, self._clearance)
        return self._read[1]

    def _counts(self, kind: str, value: str, excusable: bool) -> bool:
        return self._do(kind) != "allow" and not (excusable and self._allowed(value))

    def _by_rules(
        self, texts: Iterable[tuple[str, int]], but: Container[str] = ()
    ) -> Iterator[Term]:
        """Hits in texts, each with the length of what stands before the value itself. Kinds in
        `but` count only where a person declared a pattern for them."""
        parts: dict[tuple[str, int], None] = {}
        for text, before in texts:
            for part in self._between(text):
                if part in self._clean:
                    continue
                parts[part, before if text.startswith(part) else 0] = None
        for rule in self._rules if parts else ():
            found = find_all(rule, [part for part, _ in parts])
            for (part, before), findings in zip(parts, found, strict=True):
                for finding in findings:
                    if finding.kind in but and finding.by != "declared pattern":
                        continue
                    value = part[max(finding.start, before) : finding.end]
                    if any(map(str.isalnum, value)) and self._counts(finding.kind, value, True):
                        yield Term(value, finding.kind)

    def _in_body(self, body: Body) -> Iterator[tuple[str, int]]:
        for leaf in body.inner(self._clearance):
            if not (leaf.made or leaf.opaque):
                text = asked(leaf)
                yield text, len(text) - len(leaf.text)

    def _words_of(self, request: Outgoing) -> Iterator[str]:
        for text in self._head(request):
            yield from (word for word in re.split(r"[\n&;,]", text) if not service_id(word))

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
                views = squeezed(value) if self._matchers else ()
                for matcher in self._matchers:
                    yield from (hit.term for hit in matcher.find(value, least=4, views=views))

    def _search_slots(self, body: Body) -> Iterator[Term]:
        # A shape's typed slots hold no words, but a private number could stand in one.
        shapes = self._clearance.shapes
        for leaf in body.leaves or () if shapes else ():
            if leaf.excused and any(shape.fullmatch(leaf.text) for shape in shapes):
                found = self._search.terms((leaf.text,))
                yield from (t for t in found if re.search(r"\d", t.value))

    def _check_secret(self, request: Outgoing) -> None:
        secrets = [v.split()[-1] for n, v in request.headers if n in _SECRET and v.strip()]
        if any(s.encode() in request.body or s in request.target for s in secrets if len(s) > 7):
            raise Blocked(
                "The API key stands in the body or the URL; nothing was sent.",
                hint="Send it in a header only.",
            )
