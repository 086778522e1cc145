"""The gate: the exact bytes about to leave, looked at once more, without any model.

The body's leaves are excused where they are fixed words of the protocol, constants, match a
shape, or lie in a constant subtree, and only if the bytes are the canonical spelling of the tree;
everything else is searched for every private term in all its forms and encodings, also across
adjacent leaves, and for whatever the rules (detectors that are patterns, no models) still find.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from doorstep._errors import Blocked
from doorstep.boundary.bodies import service_id
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.decode import readings
from doorstep.boundary.detect import Detector, find_all
from doorstep.boundary.finder import asked
from doorstep.boundary.nested import inner
from doorstep.boundary.normal import squeezed
from doorstep.boundary.policy import Do, Opaque, refuse
from doorstep.boundary.seal import refuse_opaque
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf, NotCanonical, dump, leaves, parse, whole

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
_LONGEST = MatchKind.LeftmostLongest
_DECODED = 3  # letters from which a hit in decoded base64 or hex counts; see docs/design
_IN_HEAD = frozenset(("identifier", "date", "order", "case"))  # versions and deployments look so
_PIECE = 4000  # characters of a code that is split over two leaves
_CUT = re.compile(r"[\\%&=][^\s\\%&=]{0,9}$")  # an escape that may go on in the next leaf
_NEAR = 4000
_CODE = re.compile(r"[\w+/=%&#;:\"\\-]{1,4000}", re.ASCII)
_PAIRS_LAST = re.compile(r"(?:[0-9A-Fa-f]{2}[ :,;-]{1,2})+[0-9A-Fa-f]{0,2}\Z")  # "4d 61 7"
_PAIRS_FIRST = re.compile(r"[0-9A-Fa-f]{0,2}(?:[ :,;-]{1,2}[0-9A-Fa-f]{2})+")
# The end of one sentence and the beginning of the next: no code.
_WORDS = re.compile(r"[\"'(]?(?:[A-Z]?[a-z]{0,14}[,.:;!?)\"']{0,2}){2}")


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
    former find, never the latter. `rules` are run over everything between placeholders. `do`
    says what the policy does with a kind: what it allows is let through.
    """

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        placeholders: Iterable[str] = (),
        *,
        found: Sequence[Matcher] = (),
        rules: Sequence[Detector] = (),
        do: Callable[[str], Do] = lambda _: "block",
        allowed: Callable[[str], bool] = lambda _: False,
        opaque: Opaque = "block",
    ) -> None:
        self._clearance = clearance
        self._matchers = [(m, False) for m in matchers if len(m)]
        self._matchers += [(m, True) for m in found if len(m)]
        self._rules = rules
        self._do = do
        self._allowed = allowed
        self._opaque = opaque
        self._looked_at: tuple[Outgoing, tuple[Term, ...]] | None = None
        known = tuple(placeholders)
        self._placeholders = AhoCorasick(known, matchkind=_LONGEST) if known else None

    def check(self, request: Outgoing) -> None:
        """Blocked if anything private is found."""
        self._check_secret(request)
        body = self._leaves(request.body)
        # What stands for a value may look like a file's bytes, too: it is ours.
        opaque = sum(leaf.opaque and bool(self._without(leaf.text)) for leaf in body.looked)
        if opaque and self._opaque == "block":
            refuse_opaque(opaque)
        found = {t for text in (*self._head(request), *body.texts()) for t in self._search(text)}
        found.update(t for text in body.joined() for t in self._search(text, split=True))
        found.update(self._search_secrets(request))
        found.update(self._search_slots(request.body))
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
        hits = dict.fromkeys(self._by_rules(self._in_body(request.body)))
        head = ((text, 0) for text in self._words_of(request))
        hits.update(dict.fromkeys(self._by_rules(head, but=_IN_HEAD)))
        return tuple(hits)

    def all_excused(self, body: bytes) -> bool:
        """Whether nothing in the body can depend on private data at all."""
        try:
            tree = parse(body)
        except NotCanonical:
            return False
        found = leaves(tree, self._clearance)
        return dump(tree) == body and all(x.excused or x.role == "number" for x in found)

    def _search(self, text: str, *, split: bool = False) -> Iterator[Term]:
        """Private terms in the text; `split`: only in what it says when it is decoded."""
        parts = self._without(text)
        for reading in (r for part in parts for r in islice(readings(part), int(split), None)):
            least = 1 if reading.exact else _DECODED
            views = squeezed(reading.text) if self._matchers else ()
            for matcher, excusable in self._matchers:
                for hit in matcher.find(reading.text, least=least, views=views):
                    value = reading.text[hit.start : hit.end]
                    if self._counts(hit.term.kind, value, excusable):
                        yield hit.term

    def _counts(self, kind: str, value: str, excusable: bool) -> bool:
        return self._do(kind) != "allow" and not (excusable and self._allowed(value))

    def _by_rules(
        self, texts: Iterable[tuple[str, int]], but: Container[str] = ()
    ) -> Iterator[Term]:
        """Hits in texts, each with the length of what stands before the value itself. Kinds in
        `but` count only where a person declared a pattern for them."""
        parts: dict[tuple[str, int], None] = {}
        for text, before in texts:
            for part in self._without(text):
                parts[part, before if text.startswith(part) else 0] = None
        for rule in self._rules:
            found = find_all(rule, [part for part, _ in parts])
            for (part, before), findings in zip(parts, found, strict=True):
                for finding in findings:
                    if finding.kind in but and finding.by != "declared pattern":
                        continue
                    value = part[max(finding.start, before) : finding.end]
                    if any(map(str.isalnum, value)) and self._counts(finding.kind, value, True):
                        yield Term(value, finding.kind)

    def _in_body(self, body: bytes) -> Iterator[tuple[str, int]]:
        try:
            tree = parse(body)
        except NotCanonical:
            yield body.decode("utf-8"), 0
            return
        for leaf in inner(tree, self._clearance):
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
                for matcher, _ in self._matchers:
                    yield from (hit.term for hit in matcher.find(value, least=4))

    def _search_slots(self, body: bytes) -> Iterator[Term]:
        # A shape's typed slots hold no words, but a private number could stand in one.
        shapes = self._clearance.shapes
        try:
            found = list(leaves(parse(body), self._clearance)) if shapes else []
        except NotCanonical:
            return
        for leaf in found:
            if leaf.excused and any(shape.fullmatch(leaf.text) for shape in shapes):
                yield from (t for t in self._search(leaf.text) if re.search(r"\d", t.value))

    def _check_secret(self, request: Outgoing) -> None:
        secrets = [v.split()[-1] for n, v in request.headers if n in _SECRET and v.strip()]
        if any(s.encode() in request.body or s in request.target for s in secrets if len(s) > 7):
            raise Blocked(
                "The API key stands in the body or the URL; nothing was sent.",
                hint="Send it in a header only.",
            )

    def _leaves(self, body: bytes) -> _Looked:
        try:
            tree = parse(body)
        except NotCanonical:
            return _Looked([], body.decode("utf-8"))
        found = list(leaves(tree, self._clearance))
        if dump(tree) == body:
            return _Looked(found)
        # An escape or a space could hide a second meaning: nothing is excused.
        bare = [Leaf(x.path, x.text, x.role, False, opaque=x.opaque) for x in found]
        return _Looked(bare, body.decode("utf-8"))

    def _without(self, text: str) -> list[str]:
        """The stretches between placeholders."""
        if self._placeholders is None:
            return [text] if text.strip() else []
        places = self._placeholders.find_matches_as_indexes(whole(text))
        starts = [0, *(end for _, _, end in places)]
        ends = [*(start for _, start, _ in places), len(text)]
        parts = (text[start:end] for start, end in zip(starts, ends, strict=True))
        return [part for part in parts if part.strip()]


def _end(text: str) -> str:
    """The last word, or the pairs of hex at the end."""
    text = text[-_PIECE:]
    pairs = _PAIRS_LAST.search(text)
    return pairs[0] if pairs else text.split(" ")[-1]


def _start(text: str) -> str:
    text = text[:_PIECE]
    pairs = _PAIRS_FIRST.match(text)
    return pairs[0] if pairs else text.split(" ")[0]


class _Looked:
    """The leaves to be searched, as chains: a value may be split over leaves that follow."""

    def __init__(self, found: list[Leaf], raw: str = "") -> None:
        self.looked = found
        self._raw = raw
        chains = [
            *self._chains(found),
            *self._chains([leaf for leaf in found if leaf.role == "text"]),
            *self._chains([leaf for leaf in found if leaf.role == "key"]),
        ]
        self._all = list(dict.fromkeys(chains))

    def texts(self) -> Iterator[str]:
        if self._raw:
            yield self._raw
        yield from dict.fromkeys("\n".join(chain) for chain in self._all)

    def joined(self) -> Iterator[str]:
        """What ends one leaf and begins the next, as one, since half of a code is none; and
        leaves that are nothing but code, all that follow each other."""
        runs: dict[str, None] = {}
        for chain in self._all:
            for left, right in pairwise(chain):
                runs[_end(left) + _start(right)] = None
                if _CUT.search(left):  # what stands around an escape belongs to the value, too
                    runs[left[-_NEAR:] + right[:_NEAR]] = None
            for is_code, group in groupby(chain, lambda text: bool(_CODE.fullmatch(text))):
                if is_code and len(run := list(group)) > 2:
                    runs["".join(run)] = None
        # In one text, as looking at many costs more; blank lines keep them apart.
        yield "\n\n\n".join(r for r in runs if len(r) > 3 and not _WORDS.fullmatch(r))

    def _chains(self, found: Sequence[Leaf]) -> Iterator[tuple[str, ...]]:
        """An excused leaf ends a chain, constants cannot complete a value; but the protocol's
        own words and keys between two strings are no part of what is said."""
        chain: list[str] = []
        for leaf in found:
            if leaf.excused and not leaf.constant:
                yield tuple(chain)
                chain = []
            elif not leaf.constant and not leaf.opaque:
                chain.append(leaf.text)
        yield tuple(chain)
