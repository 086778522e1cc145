"""What was rewritten for speed gives what the plain way gives, bytes and placeholders included."""

from __future__ import annotations

import hashlib
import hmac
import random
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.boundary import Clearance, Policy, Term
from doorstep.boundary.check import Checker
from doorstep.boundary.covered import Covered
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.exact import _MISLEADS, _UNDERLINED, Exact, _with_tail
from doorstep.boundary.finder import Finder, Found
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.memory import Memory
from doorstep.boundary.normal import WORD, View, squeeze, squeezed
from doorstep.boundary.seal import Sealer
from doorstep.boundary.spans import VAGUE, Span, merge, widen
from doorstep.boundary.terms import Hit, Matcher
from doorstep.boundary.tree import Leaf
from doorstep.boundary.vault import Vault
from tests.boundary import dense

TERMS = (Term("Maya Okafor", "person"), Term("dish washer", "device"), Term("Zoë", "person"))
KEY = b"k" * 32
# SHA-256 of the bodies that the version before the rewriting sealed, each begun.
SEALED = """
88d0122ba9f3c0ad 240038b310f7f2dc 7d4735e38c2a5b5e 4df0970057ad66cd 31cd07be903000a1
3ffe9965bd990309 25f6b2c179df526c e588134d0fb09d97 b0d4f8f528a8293d 8e40a505fc35bbd4
9c00546d74716662 1f32b1cf5635fd7c 6b9346313e6ef0cb 79d7c2679db5449b 5a81bc5f5db67643
6cae61f782ededfa 7aad776b59befaa7 a4a355707da482b4 db1ecd2b4a4598ce 01d9e5350e73bf2a
d41a7b6ef179d2b3 ff6afaee007cc1a5 b69fa7d3fd7e6e43 48bd248e171a123d
""".split()


def test_the_same_bytes_leave_as_before() -> None:
    detectors = (Declared(TERMS, fields=["metadata.customer"], allow=["Paris"]), Formats())
    policy = Policy(("https://cloud.example",))
    lookouts = Lookouts(detectors, policy, propagate=True, remember=2000)
    checker = Checker(policy, KEY, lookouts, remember=2000)
    for seed, before in enumerate(SEALED):
        body = dense.body(seed, (2, 8, 40)[seed % 3])
        request = Outgoing("POST", "https://cloud.example", "/v1/chat/completions", (), body)
        sent = checker.check(request, Clearance(mask=True), Matcher(()), "").request.body
        assert hashlib.sha256(sent).hexdigest().startswith(before), seed


signs = st.sampled_from("aB3_- ßςΣ²ⅷİ\n") | st.characters(exclude_categories=["Cs"])


@example("ΟΔΟΣ Σ 2²")
@given(st.text(signs, max_size=40))
def test_letters_and_words_are_those_that_the_pattern_finds(text: str) -> None:
    found = squeeze(View(text, range(len(text)), len(text)))
    words = WORD.findall(text)
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in "".join(words))
    small = "".join(words).lower()
    assert found.text == (small if len(small) == len(low) else low).replace("ς", "σ")
    assert found.begins == [match.start() for match in WORD.finditer(text)]
    assert not words or found.starts == list(accumulate(map(len, words[:-1]), initial=0))


def slow_merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[tuple[Span, int]] = []
    for new in sorted(spans, key=lambda s: (s.start, -s.end, s.of is None, s.kind in VAGUE)):
        size = new.end - new.start
        if not merged or new.start > merged[-1][0].end:
            merged.append((new, size))
            continue
        old, longest = merged[-1]
        best = new if size > longest else old
        end = max(old.end, new.end)
        merged[-1] = (Span(old.start, end, best.kind, best.of, best.by), max(size, longest))
    return [span for span, _ in merged]


def slow_widen(text: str, span: Span) -> Span:
    alnum, line = re.compile(r"[A-Za-z0-9]"), re.compile(r"\\[nrtbfv]")
    start, end = span.start, span.end
    while start and alnum.match(text, start - 1) and not line.match(text, start - 2):
        start -= 1
    match = re.compile(r"(?:_*[A-Za-z0-9])*").match(text, end)
    assert match is not None
    return Span(start, match.end(), span.kind, span.of, span.by)


places = st.integers(0, 30)
spans = st.builds(
    lambda start, size, kind, of: Span(start, start + size, kind, of),
    places,
    st.integers(1, 9),
    st.sampled_from(("person", "email", "identifier", "other")),
    st.sampled_from((None, None, "Maya")),
)


@given(st.lists(spans, max_size=8), st.text("aZ9_ \\ntü-", min_size=40, max_size=40))
def test_spans_are_widened_and_merged_as_before(found: list[Span], text: str) -> None:
    wide = [widen(text, span) for span in found]
    assert wide == [slow_widen(text, span) for span in found]
    assert merge(found) == slow_merge(found) and merge(wide) == slow_merge(wide)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.booleans(), st.integers(0, 30))
def test_leaving_out_hits_inside_of_findings_changes_nothing(
    seed: int, values: int, joined: bool, marks: int
) -> None:
    text = dense.text(seed, values)
    rng = random.Random(seed)
    for _ in range(marks):  # that hang on letters, cannot be seen, or are more than one letter
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("\u0301\u0308\u200b\u00adéæ") + text[at:]
    if joined:  # letters beside a finding
        text = text.replace(" ", "x", values // 2)
    leaf = Leaf((), text, "text", False)
    finder = Finder((Formats(),), propagate=True)
    found = finder.find([leaf])
    known = (Matcher(found.terms, words=False), Matcher((Term("Maya Okafor", "person"),)))
    sealer = Sealer(Clearance(), (Matcher(TERMS),), finder, Vault(KEY))
    assert sealer.spans(leaf, found, known) == slow_spans(leaf, found, known)


def slow_spans(leaf: Leaf, found: Found, known: Sequence[Matcher]) -> list[Span]:
    from doorstep.boundary.escapes import unescaped

    text = leaf.text
    views = (*squeezed(text), *unescaped(text))
    mine = [h for matcher in (Matcher(TERMS),) for h in matcher.find(text, views=views)]
    hits = [h for matcher in known for h in matcher.find(text, views=views)]
    every = [Span(h.start, h.end, h.term.kind, h.term.value) for h in mine]
    every += [Span(h.start, h.end, h.term.kind) for h in hits]
    return slow_merge(slow_widen(text, span) for span in (*every, *found.of(leaf)))


@example([0, 3], "aaa_9 and the rest of the text, which is long")
@given(st.lists(places, min_size=2, max_size=4, unique=True), st.text("aZ9_ &%-ü", min_size=31))
def test_doubt_about_a_replacement_is_as_before(ends: list[int], text: str) -> None:
    pairs = zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)
    found = [Span(start, end, "person") for start, end in pairs]
    exact = Exact(Vault(KEY), text)
    underlined = _UNDERLINED.search(text) is not None
    assert underlined or [_with_tail(text, span) for span in found] == found
    sealed, at = exact._swapped(text, found, plain=False)
    assert [sealed[a:b] for a, b in at] == [
        exact._put(s, text[s[0] : s[1]], plain=False) for s in found
    ]
    slow = any(_MISLEADS.match(sealed, b) or sealed[a - 1 : a].isalnum() for a, b in at)
    assert exact._doubtful(sealed, at, underlined) == slow


def test_what_is_covered_is_inside_of_one_finding_of_the_kind_and_apart() -> None:
    text = "ask user12@mail.example.org, xuser12@mail.example.org"
    (view,) = squeezed(text)
    covered = Covered(view, [Span(4, 27, "email"), Span(30, 53, "email")])
    letters = view.text
    first = letters.index("user12")
    whole = first + len("user12mailexampleorg")
    assert covered.holds(first, first + 6, "email") and covered.holds(first, whole, "email")
    assert not covered.holds(first, whole + 1, "email")
    assert not covered.holds(first, first + 6, "person")
    assert not covered.holds(first - 1, first + 6, "email")
    second = letters.index("user12", first + 1)  # begins within a word: a hit may be longer
    assert not covered.holds(second, second + 6, "email")


def found_by(matchers: Iterable[Matcher], text: str) -> set[Hit]:
    return {hit for matcher in matchers for hit in matcher.find(text)}


def test_no_value_is_missed_while_generations_merge() -> None:
    memory, rng = Memory(10_000), random.Random(3)
    terms: list[Term] = []
    for turn in range(60):
        new = [Term(f"val{rng.randrange(10**9)}", "identifier") for _ in range(rng.choice((1, 9)))]
        terms += new
        matchers = memory.add("a", [*new, *rng.sample(terms, min(3, len(terms)))])
        assert sum(map(len, matchers)) == len({t.value for t in terms}) and len(matchers) < 12
        text = " ".join(f"{t.value[:4]}-{t.value[4:].upper()}x" for t in rng.sample(terms, 1))
        plain = " / ".join(t.value.upper() for t in terms)
        assert {hit.term for hit in found_by(matchers, plain)} == set(terms), turn
        alone = [Matcher((term,), words=False) for term in terms]
        assert found_by(matchers, text) == found_by(alone, text)


def test_a_joined_matcher_finds_what_each_finds_whatever_the_kind() -> None:
    account, phone = Term("4930123456", "account"), Term("4930123456", "phone")
    one, other = (
        Matcher([account], words=False),
        Matcher([phone, Term("Maya", "name")], words=False),
    )
    joined = Matcher.joined((one, other))
    for text in ("4930123456", "00494930123456", "49 30 123456 of Maya's", "x4930123456"):
        assert found_by([joined], text) == found_by((one, other), text), text
    assert [hit.term for hit in joined.find("4930123456")] == [account, phone]
    assert len(joined) == 2


@pytest.mark.parametrize("size", (16, 32, 64, 65, 200))
def test_a_placeholder_is_the_hmac_of_scope_kind_and_value(size: int) -> None:
    key = bytes(range(size))
    parts = [part.encode() for part in ("home", "person", "mayaokafor")]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    digest = hmac.new(key, message, hashlib.sha256).digest()
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte & 31] for byte in digest)
    made = Vault(key, scope="home").placeholder("person", "Maya Okafor", of="Maya Okafor")
    assert made == f"PERSON_{letters[:8]}"


class Fickle:
    """Finds nothing at first, and a word the next time it is asked."""

    at_gate = True

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.asked = 0

    def find(self, text: str) -> list[Finding]:
        self.asked += "heron" in text
        at = text.find("heron")
        return [Finding(at, at + 5, "other")] if at >= 0 and self.asked > 1 else []


@pytest.mark.parametrize("quick", [False, True])
def test_the_gate_asks_once_more_but_for_rules_that_cannot_change_their_mind(quick: bool) -> None:
    rule = Fickle(quick=quick)
    policy = Policy(("https://cloud.example",))
    checker = Checker(policy, KEY, Lookouts((rule,), policy, remember=0))
    body = b'{"messages":[{"role":"user","content":"the heron stands there"}]}'
    request = Outgoing("POST", "https://cloud.example", "/v1/chat/completions", (), body)
    sent = checker.check(request, Clearance(mask=True), Matcher(()), "").request.body
    assert rule.asked == (1 if quick else 3)  # and again in what was sealed then
    assert (b"heron" in sent) == quick


def test_the_gate_looks_at_what_was_sealed_even_where_nothing_was_found_in_it_before() -> None:
    rule = Fickle(quick=True)
    policy = Policy(("https://cloud.example",))
    checker = Checker(policy, KEY, Lookouts((rule, Formats()), policy, remember=0))
    body = b'{"messages":[{"role":"user","content":"the heron, maya@example.org"}]}'
    request = Outgoing("POST", "https://cloud.example", "/v1/chat/completions", (), body)
    sent = checker.check(request, Clearance(mask=True), Matcher(()), "").request.body
    assert rule.asked > 1 and b"heron" not in sent
