"""Seal: private values in an outgoing body become placeholders, once, and can be put back.

First every string, key and number is searched, by the known terms and by the detectors; then
what was found anywhere is replaced everywhere. A string that is itself JSON (tool arguments,
structured text) is sealed inside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from doorstep._errors import Blocked
from doorstep.boundary.bodies import reference
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector
from doorstep.boundary.escapes import unescaped
from doorstep.boundary.exact import Exact
from doorstep.boundary.finder import Finder, Found
from doorstep.boundary.nested import DEPTH, inner, inside_of, nested
from doorstep.boundary.normal import Squeezed, squeezed
from doorstep.boundary.policy import Do, Opaque, refuse, strictest
from doorstep.boundary.spans import Span, merge, widen
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf, NotCanonical, dump, leaves, parse, rebuild
from doorstep.boundary.vault import Vault

__all__ = ["Sealed", "Sealer", "Span", "merge"]

_NAME, _LONG_NAME = (re.compile(rf"[\w.-]{{1,{most}}}", re.ASCII) for most in (64, 128))


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """The body that may leave, how many values of each kind were replaced, what else to look for
    at the gate (`found`: what detectors found), and the strictest verdict."""

    body: bytes
    replaced: Counter[str] = field(default_factory=Counter)
    found: tuple[Term, ...] = ()
    verdict: Do = "allow"


class Sealer:
    """Seals bodies with known terms, detectors and a vault.

    `do` says what to do with values of a kind; without it they are masked, or blocked where there
    is no vault. `remember` is given what the detectors found, and gives the matchers for it.
    """

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        detectors: Sequence[Detector] | Finder = (),
        vault: Vault | None = None,
        *,
        do: Callable[[str], Do] | None = None,
        opaque: Opaque = "block",
        remember: Callable[[tuple[Term, ...]], tuple[Matcher, ...]] | None = None,
    ) -> None:
        self._clearance = clearance
        self._matchers = tuple(matchers)
        self._finder = detectors if isinstance(detectors, Finder) else Finder(detectors)
        self._vault = vault
        usual: Do = "mask" if vault is not None else "block"
        self._do = do or (lambda _: usual)
        self._opaque = opaque
        self._remember = remember or (lambda terms: (Matcher(terms, words=False),))

    def seal(self, body: bytes, more: Sequence[Term] = ()) -> Sealed:
        """Blocked or KeepHome where something was found and may not, or cannot, be replaced.

        `more` are terms to look for besides.
        """
        try:
            tree = parse(body)
        except NotCanonical:
            self._look(_text(body))
            return Sealed(body)
        looked = list(inner(tree, self._clearance))
        opaque = self._opaque_ones(looked)
        found = self._finder.find(looked)
        known = (Matcher(more, words=False), *self._remember(found.terms))
        one = _One(
            lambda leaf: self.spans(leaf, found, known),
            self._clearance,
            self._vault,
            self._taken(tree),
        )
        sealed = dump(rebuild(tree, one.change, self._clearance))
        verdict = strictest(map(self._do, one.count))
        refuse(verdict, Counter({k: n for k, n in one.count.items() if self._do(k) == verdict}))
        return Sealed(sealed, one.count + opaque, found.terms, verdict)

    def _look(self, text: str) -> None:
        """A body that is not JSON cannot be sealed, only refused."""
        leaf = Leaf((), text, "text", False)
        found = self._finder.find([leaf])
        self._remember(found.terms)
        kinds = Counter(span.kind for span in found.of(leaf))
        kinds = Counter({kind: n for kind, n in kinds.items() if self._do(kind) != "allow"})
        if kinds:
            refuse("home" if strictest(map(self._do, kinds)) == "home" else "block", kinds)

    def _opaque_ones(self, looked: Iterable[Leaf]) -> Counter[str]:
        count = sum(leaf.opaque for leaf in looked)
        if count and self._opaque == "block":
            refuse_opaque(count)
        return Counter({"opaque": count}) if count else Counter()

    def _taken(self, tree: object) -> str:
        return "\n".join(leaf.text for leaf in leaves(tree, self._clearance) if not leaf.opaque)

    def spans(self, leaf: Leaf, found: Found, known: Sequence[Matcher]) -> list[Span]:
        """Everything private in a leaf, merged, but for what is allowed to leave as it is."""
        text = leaf.text
        views: Sequence[Squeezed] = ()
        if any(map(len, (*self._matchers, *known))):
            views = (*squeezed(text), *unescaped(text))
        hits = [h for matcher in self._matchers for h in matcher.find(text, views=views)]
        spans = [Span(h.start, h.end, h.term.kind, h.term.value) for h in hits]
        hits = [h for matcher in known for h in matcher.find(text, views=views)]
        allowed = self._finder.allowed
        spans += [
            Span(h.start, h.end, h.term.kind) for h in hits if not allowed(text[h.start : h.end])
        ]
        spans += [*found.of(leaf), *_of_reference(leaf, found)]
        spans = [s for s in spans if self._do(s.kind) != "allow"]
        if leaf.role == "number":
            return [Span(0, len(text), s.kind, s.of) for s in spans[:1]]
        return merge(widen(text, span) for span in spans)


def _of_reference(leaf: Leaf, found: Found) -> Iterator[Span]:
    """What was found in the name of the definition that a schema's "$ref" refers to."""
    if leaf.made and leaf.path[-1:] == ("$ref",) and (name := reference(leaf.text)):
        before = len(leaf.text) - len(name)
        for span in found.of(Leaf((), name, "key", False)):
            yield replace(span, start=span.start + before, end=span.end + before)


class _One:
    """The sealing of one body: counts by kind, and the change of one leaf."""

    def __init__(
        self,
        spans: Callable[[Leaf], list[Span]],
        clearance: Clearance,
        vault: Vault | None,
        taken: str,
    ) -> None:
        self._spans = spans
        self._clearance = clearance
        self._vault = vault
        self._taken = taken
        self._exact = Exact(vault, taken) if vault is not None else None
        self.count: Counter[str] = Counter()

    def change(self, leaf: Leaf, depth: int = 0) -> str | None:
        """What to write instead of a leaf, None for the leaf as it is."""
        if leaf.opaque:
            return None
        inside = nested(leaf.text) if depth < DEPTH and leaf.role != "number" else None
        if inside is not None:
            tree, spelled = inside
            new = rebuild(
                tree, lambda x: self.change(x, depth + 1), self._clearance, inside_of(leaf)
            )
            return None if new == tree else spelled(new)
        spans = self._spans(leaf)
        self.count.update(span.kind for span in spans)
        if not spans or self._vault is None:
            return None
        if leaf.role == "number":
            return self._number(self._vault, leaf.text, spans[0])
        sealed = self._exact.swap(leaf.text, spans) if self._exact else leaf.text
        if _refused_as_name(leaf.text, sealed):
            return self._vault.placeholder(spans[0].kind, leaf.text, taken=self._taken, plain=True)
        return sealed

    def _number(self, vault: Vault, text: str, span: Span) -> str:
        return vault.placeholder(span.kind, text, of=span.of, taken=self._taken, json_number=True)


def _refused_as_name(text: str, sealed: str) -> bool:
    """Whether a name that a service takes (of a tool, a property, a user) became one that it does
    not: 64 letters, digits and the like, or 128 at Anthropic's."""
    name = _NAME if len(text) <= 64 else _LONG_NAME
    return bool(name.fullmatch(text)) and not name.fullmatch(sealed)


def refuse_opaque(count: int) -> None:
    raise Blocked(
        f"The request holds {count} image(s), sound(s) or file(s), at which nobody can look; "
        "nothing was sent.",
        kinds=("opaque",),
        hint='Leave them out, or set opaque = "allow" if they hold nothing private.',
    )


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Blocked(
            "The body is not text, so that nobody can say what it holds; nothing was sent.",
            hint="Send JSON or UTF-8 text.",
        ) from None
