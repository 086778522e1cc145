"""Seal: private values in an outgoing body become placeholders, once, and can be put back.

First every string, key and number is searched, by the known terms and by the detectors; then
what was found anywhere is replaced everywhere. A string that is itself JSON (tool arguments,
structured text) is sealed inside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from doorstep._errors import Blocked, KeepHome
from doorstep.boundary.bodies import reference
from doorstep.boundary.clearance import Clearance, Path, Term
from doorstep.boundary.covered import Covered
from doorstep.boundary.detect import Detector
from doorstep.boundary.escapes import unescaped
from doorstep.boundary.exact import Exact
from doorstep.boundary.finder import Finder, Found
from doorstep.boundary.nested import DEPTH, expanded, inside_of, nested
from doorstep.boundary.normal import Squeezing
from doorstep.boundary.policy import Do, Opaque, refuse, strictest
from doorstep.boundary.spans import Span, merge, widen
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf, NotCanonical, dump, leaves, read, rebuild
from doorstep.boundary.vault import Vault

__all__ = ["Sealed", "Sealer", "Span", "merge"]

_NAME, _LONG_NAME = (re.compile(rf"[\w.-]{{1,{most}}}", re.ASCII) for most in (64, 128))


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """The body that may leave, how many values of each kind were replaced, what else to look for
    at the gate (`found`: what detectors found), the strictest verdict, and in which texts of the
    request no detector found anything (`clean`)."""

    body: bytes
    replaced: Counter[str] = field(default_factory=Counter)
    found: tuple[Term, ...] = ()
    verdict: Do = "allow"
    clean: frozenset[str] = frozenset()


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
        self._verdicts: dict[str, Do] = {}
        self._opaque = opaque
        self._remember = remember or (lambda terms: (Matcher(terms, words=False),))

    def seal(self, body: bytes, more: Sequence[Term] = ()) -> Sealed:
        """Blocked or KeepHome where something was found and may not, or cannot, be replaced.

        `more` are terms to look for besides.
        """
        try:
            tree, canonical = read(body)
        except NotCanonical:
            self._look(_text(body))
            return Sealed(body)
        every = list(leaves(tree, self._clearance))
        looked = list(expanded(every, self._clearance))
        opaque = self._opaque_ones(looked)
        found = self._finder.find(looked)
        known = self._remember(found.terms)
        if more:
            known = (Matcher(more, words=False), *known)
        spans = _Spans(lambda leaf: self.spans(leaf, found, known))
        if not any(spans.of(leaf) for leaf in looked if not leaf.opaque):
            return Sealed(body if canonical else dump(tree), opaque, found.terms, clean=found.clean)
        taken = "\n".join(leaf.text for leaf in every if not leaf.opaque)
        one = _One(spans.of, self._clearance, self._vault, taken)
        sealed = dump(rebuild(tree, one.change, self._clearance))
        verdict = strictest(map(self._verdict, one.count))
        refuse(
            verdict, Counter({k: n for k, n in one.count.items() if self._verdict(k) == verdict})
        )
        return Sealed(sealed, one.count + opaque, found.terms, verdict, found.clean)

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
        if count and self._opaque != "allow":
            refuse_opaque(count, self._opaque)
        return Counter({"opaque": count}) if count else Counter()

    def _verdict(self, kind: str) -> Do:
        verdict = self._verdicts.get(kind)
        if verdict is None:
            verdict = self._verdicts[kind] = self._do(kind)
        return verdict

    def spans(self, leaf: Leaf, found: Found, known: Sequence[Matcher]) -> list[Span]:
        """Everything private in a leaf, merged, but for what is allowed to leave as it is."""
        text = leaf.text
        here = [*found.of(leaf), *_of_reference(leaf, found)]
        but = here if leaf.role != "number" else ()
        spans = [*self._hits(text, known, but, found.squeezed), *here]
        spans = [s for s in dict.fromkeys(spans) if self._verdict(s.kind) != "allow"]
        if leaf.role == "number":
            return [Span(0, len(text), s.kind, s.of) for s in spans[:1]]
        return merge([widen(text, span) for span in spans])

    def _hits(
        self, text: str, known: Sequence[Matcher], here: Sequence[Span], seen: Squeezing
    ) -> Iterator[Span]:
        """What the matchers find, but for what would add nothing to the spans `here`."""
        if not any(map(len, (*self._matchers, *known))):
            return
        plain = seen(text)
        views = (*plain, *unescaped(text))
        but = Covered(plain[0], here) if len(here) > 1 and plain[0].view.text.isascii() else None
        for matcher in self._matchers:
            for start, end, term in matcher.find(text, views=views):
                yield Span(start, end, term.kind, term.value)
        allowed = self._finder.allowed
        for matcher in known:
            for start, end, term in matcher.find(text, views=views, but=but):
                if not allowed(text[start:end]):
                    yield Span(start, end, term.kind)


def _of_reference(leaf: Leaf, found: Found) -> Iterator[Span]:
    """What was found in the name of the definition that a schema's "$ref" refers to."""
    if leaf.made and leaf.path[-1:] == ("$ref",) and (name := reference(leaf.text)):
        before = len(leaf.text) - len(name)
        for span in found.of(Leaf((), name, "key", False)):
            yield span._replace(start=span.start + before, end=span.end + before)


class _Spans:
    """The spans of the leaves of one body, each leaf searched once."""

    def __init__(self, search: Callable[[Leaf], list[Span]]) -> None:
        self._search = search
        self._known: dict[tuple[Path, str, str, str], list[Span]] = {}

    def of(self, leaf: Leaf) -> list[Span]:
        key = leaf.path, leaf.role, leaf.key, leaf.text
        spans = self._known.get(key)
        if spans is None:
            spans = self._known[key] = self._search(leaf)
        return spans


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


def refuse_opaque(count: int, opaque: Opaque = "block") -> None:
    """Blocked, or KeepHome where the policy says that such a request is for the home model."""
    home = opaque == "home"
    refusal = KeepHome if home else Blocked
    raise refusal(
        f"The request holds {count} image(s), sound(s) or file(s), at which nobody can look; "
        "nothing was sent.",
        kinds=("opaque",),
        hint="Let the home model answer, or leave them out."
        if home
        else 'Leave them out, or set opaque = "allow" if they hold nothing private.',
    )


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Blocked(
            "The body is not text, so that nobody can say what it holds; nothing was sent.",
            hint="Send JSON or UTF-8 text.",
        ) from None
