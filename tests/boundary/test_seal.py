"""Seal and restore are each other's undoing, and nothing planted gets past them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from doorstep._errors import Blocked, ConfigError
from doorstep.boundary import Clearance, Finding, Policy, Term
from doorstep.boundary.check import Checker
from doorstep.boundary.detect.capitals import Capitals
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.reply import whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.seal import Sealer, Span, merge
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import NotCanonical, dump, parse
from doorstep.boundary.vault import Vault
from tests.boundary.conftest import KEY

TERMS = (
    Term("Maya", "person"),
    Term("Mark Smith", "person"),
    Term("dishwasher", "device"),
    Term("Al", "person"),
    Term("Müller", "person"),
    Term("living room", "room"),
    Term('the "den"', "room"),
    Term("06-1234 5678", "phone"),
)
SPELLINGS = (
    "Maya",
    "MAYA's",
    "M a y a",
    "May-a",
    "Mark Smith",
    "smith",
    "dish washers",
    "dishWasher",
    "Al",
    "Mueller",
    "Mu\u0308ller",
    "living_room",
    'the "den"',
    "Ma\u200bya",
    "0612345678",
)


def seal(value: object, vault: Vault, detectors: Sequence[object] = ()) -> bytes:
    clearance = Clearance(private=TERMS, mask=True)
    return Sealer(clearance, (Matcher(TERMS),), detectors, vault).seal(dump(value)).body  # type: ignore[arg-type]


def test_a_value_has_one_placeholder_everywhere() -> None:
    vault = Vault(KEY)
    sealed = parse(seal({"a": "Maya and Mark Smith", "b": ["Maya", {"Maya": 1}]}, vault))
    assert isinstance(sealed, dict)
    maya = sealed["b"][0]
    assert maya.startswith("PERSON_") and sealed["a"].startswith(maya + " and PERSON_")
    assert sealed["b"][1] == {maya: 1}
    assert len(vault) == 2


def test_spellings_of_a_value_share_a_stem_and_come_back_as_they_were() -> None:
    vault = Vault(KEY)
    sealed = parse(seal(["Maya", "MAYA", "May-a", "Maya's"], vault))
    assert isinstance(sealed, list)
    assert len({text[:13] for text in sealed}) == 1
    assert sealed[3] == sealed[0] + "'s"
    assert whole(dump(sealed), Restorer(vault)) == dump(["Maya", "MAYA", "May-a", "Maya's"])


def test_placeholders_are_the_same_in_another_process() -> None:
    code = (
        "from doorstep.boundary.vault import Vault\n"
        f"v = Vault({KEY!r})\n"
        "print(v.placeholder('person', 'Maya'), v.placeholder('device', 'the den'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    vault = Vault(KEY)
    vault.placeholder("person", "somebody else first")
    here = [vault.placeholder("person", "Maya"), vault.placeholder("device", "the den")]
    assert done.stdout.split() == here
    assert here[0] != Vault(b"another key, as long").placeholder("person", "Maya")
    assert here[0] != Vault(KEY, scope="other").placeholder("person", "Maya")


def test_two_values_never_share_a_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    # One digit instead of 32 makes every pair of values collide at every length but the last.
    monkeypatch.setattr("doorstep.boundary.vault._OF_BYTE", b"01" * 128)
    vault = Vault(KEY)
    found = [vault.placeholder("person", f"Name{chr(97 + i)}") for i in range(26)] + [
        vault.placeholder("person", f"Name{chr(97 + i)}{chr(97 + j)}")
        for i in range(26)
        for j in range(26)
    ]
    assert len(set(found)) == len(found) == 702
    assert any(len(text) > 13 for text in found)


def test_a_placeholder_is_never_text_that_stands_there_already() -> None:
    usual = Vault(KEY).placeholder("person", "Maya")
    for spelled in (usual, usual.lower(), usual + "99", usual.replace("_", "\\_")):
        vault = Vault(KEY)
        sealed = seal({"input": f"{spelled} is not Maya"}, vault)
        assert whole(sealed, Restorer(vault)) == dump({"input": f"{spelled} is not Maya"})
        assert vault.value(usual) is None


@pytest.mark.parametrize("text", ["0AL", "mayaLoad", "load2maya3", "maya_K4", "x_maya", "Al_Maya"])
def test_a_value_that_is_part_of_a_longer_word(text: str) -> None:
    vault = Vault(KEY)
    sealed = seal({"input": f"{text}, Maya"}, vault)
    assert b"maya" not in sealed.lower() and b"AL" not in sealed
    assert whole(sealed, Restorer(vault)) == dump({"input": f"{text}, Maya"})


def test_overlapping_findings_become_one() -> None:
    spans = [Span(0, 4, "a"), Span(2, 12, "b"), Span(3, 5, "c"), Span(13, 14, "d")]
    assert [(s.start, s.end, s.kind) for s in merge(spans)] == [(0, 12, "b"), (13, 14, "d")]


def test_what_a_detector_finds_in_one_place_is_sealed_in_all() -> None:
    vault = Vault(KEY)
    sealed = seal({"a": "Ask Tobias.", "b": "tobias knows", "c": "to-bias"}, vault, (Capitals(),))
    assert b"obias" not in sealed and b"bias" not in sealed
    assert len(vault) == 3


def test_without_a_vault_a_finding_blocks() -> None:
    sealer = Sealer(Clearance(), (Matcher(()),), (Formats(),))
    with pytest.raises(Blocked) as caught:
        sealer.seal(b'{"input":"mail me@home.example"}')
    assert caught.value.kinds == ("email",) and "home" not in str(caught.value)


def test_json_in_a_string_keeps_its_spelling() -> None:
    for spelled in (json.dumps({"who": 'the "den"', "ü": 1}), json.dumps(["Müller"], indent=2)):
        vault = Vault(KEY)
        sealed = seal({"arguments": spelled}, vault)
        assert b"den" not in sealed and len(vault) == 1
        assert parse(whole(sealed, Restorer(vault))) == {"arguments": spelled} or "\\u" in spelled
        back = parse(whole(sealed, Restorer(vault)))
        assert isinstance(back, dict) and json.loads(back["arguments"]) == json.loads(spelled)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError):
        Vault(b"short")


words = st.sampled_from(SPELLINGS)
plain = st.text(st.characters(codec="utf-8"), max_size=12)
mixed = st.lists(words | plain, max_size=5).map(" ".join)
texts = mixed | mixed.map(lambda t: json.dumps({"x": t}, ensure_ascii=False))
trees = st.recursive(
    texts
    | st.integers()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
@example({"Maya": "maya", "x": '["Maya", "the \\"den\\""]'})
def test_restore_undoes_seal(tree: object) -> None:
    vault = Vault(KEY)
    body = seal(tree, vault)
    assert parse(whole(body, Restorer(vault))) == tree


CANARIES = (Term("Quixmere", "person"), Term("Vlad Ostrow", "person"), Term("Zb", "room"))
FORMS = (
    "Quixmere",
    "QUIXMERE",
    "quix-mere",
    "q u i x m e r e",
    "Quixmeres",
    "Quixm\u00e9re",
    "quixMere",
    "Quix\u200bmere",
    "Ostrow",
    "vlad_ostrow",
    "Zb",
    "zb's",
    "UXVpeG1lcmU=",
    "Quixm%65re",
    "\\u0051uixmere",
    "&#81;uixmere",
    "517569786d657265",
    "KF2WS6DNMVZGK===",
    "Quіxmere",
)
canary = st.sampled_from(FORMS)
around = st.text(st.characters(codec="utf-8", categories=("Ll", "Zs", "Po", "Nd")), max_size=8)
planted = st.builds(lambda a, c, b: f"{a} {c} {b}", around, canary, around)


@st.composite
def planted_trees(draw: st.DrawFn) -> object:
    tree: object = draw(planted)
    for _ in range(draw(st.integers(0, 5))):
        other = draw(trees)
        shape = draw(st.integers(0, 5))
        if shape == 0:
            tree = [other, tree]
        elif shape == 1:
            tree = {"x": other, "y": tree}
        elif shape == 2:
            tree = {json.dumps(tree): other}
        elif shape == 5:
            form = draw(canary)
            cut = draw(st.integers(1, len(form)))
            tree = [tree, {"type": "text", "text": form[:cut]}, {"text": form[cut:]}]
        elif shape == 3:
            tree = {"a": json.dumps(tree, ensure_ascii=draw(st.booleans()))}
        else:
            tree = [tree, {"z": None}]
    return tree


def _seen(body: bytes) -> bool:
    """A second opinion, far simpler than the gate: the canary, all lower case, letters only."""
    text = body.decode()
    for _ in range(6):
        text = text.replace("\\\\", "\\")
    bare = "".join(c for c in text.lower() if c.isalnum())
    return any(
        sign in bare for sign in ("quixmere", "ostrow", "uxvpeg1lcmu", "517569786d65", "kf2ws6dn")
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(planted_trees(), st.booleans())
def test_canaries_never_leave(tree: object, mask: bool) -> None:
    try:
        body = dump(tree)
        parse(body)
    except (NotCanonical, UnicodeEncodeError):
        return
    clearance = Clearance(private=CANARIES, mask=mask)
    checker = Checker(Policy(("http://x",)), KEY, Lookouts(()))
    try:
        request = Outgoing("POST", "http://x", "/v1/responses", (), body)
        checked = checker.check(request, clearance, Matcher(CANARIES))
    except Blocked:
        return
    assert mask, "something planted left without a seal"
    assert not _seen(checked.request.body)


class Finds:
    def __init__(self, *spans: tuple[int, int, str]) -> None:
        self._spans = spans

    def find(self, text: str) -> list[Finding]:
        return [Finding(*span) for span in self._spans if span[1] <= len(text)]


def test_overlapping_detectors_do_not_garble() -> None:
    text = "write to maya@smith.example/home today"
    vault = Vault(KEY)
    sealed = seal({"input": text}, vault, (Finds((9, 27, "email")), Finds((14, 32, "url"))))
    assert b"smith" not in sealed and b"maya" not in sealed
    assert whole(sealed, Restorer(vault)) == dump({"input": text})


@pytest.mark.parametrize(
    ("kinds", "kept"),
    [
        (("account", "iban", "identifier"), "iban"),
        (("iban", "account"), "iban"),
        (("other", "person"), "person"),
        (("phone", "card"), "phone"),  # the first that found it
        (("identifier", "account"), "identifier"),
    ],
)
def test_of_kinds_that_found_the_same_the_telling_one_counts(
    kinds: tuple[str, ...], kept: str
) -> None:
    assert [s.kind for s in merge([Span(3, 9, kind) for kind in kinds])] == [kept]
    declared = Span(3, 9, "declared", "x")
    assert merge([*(Span(3, 9, kind) for kind in kinds), declared]) == [declared]


def test_an_iban_behind_its_name_is_an_iban() -> None:
    text = "IBAN: DE89370400440532013000"
    sealed = Sealer(Clearance(), (), (Formats(),), Vault(KEY)).seal(json.dumps([text]).encode())
    assert json.loads(sealed.body)[0].startswith("IBAN: IBAN_")
