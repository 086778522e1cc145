"""Placeholders: typed, short, stable, never shared, and never what stands in a text already."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep._errors import ConfigError
from doorstep.boundary.restore import Restorer
from doorstep.boundary.vault import Vault
from tests.boundary.conftest import KEY

SHAPE = re.compile(r"[A-Z]{1,12}_[0-9A-HJKMNP-TV-Z]{8}(?:_[2-9][0-9A-HJKMNP-TV-Z])?")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("person", "PERSON"),
        ("national_id", "NATIONALID"),
        ("a very long kind of thing", "AVERYLONGKIN"),
        ("ключ", "PRIVATE"),
        ("", "PRIVATE"),
    ],
)
def test_a_placeholder_says_its_kind(kind: str, name: str) -> None:
    text = Vault(KEY).placeholder(kind, "Maya")
    assert SHAPE.fullmatch(text) and text.startswith(name + "_")


def test_forty_bits_tell_values_apart() -> None:
    vault = Vault(KEY)
    texts = {vault.placeholder("person", f"Person{i}", of=f"Person{i}") for i in range(5000)}
    assert len(texts) == 5000 and {len(text) for text in texts} == {len("PERSON_") + 8}


def test_spellings_share_the_stem_and_have_letters_of_their_own() -> None:
    vault = Vault(KEY)
    values = ["Maya", "MAYA", "maya", "M a y a", "May-a"]
    texts = [vault.placeholder("person", value, of="Maya") for value in values]
    assert len({text[:15] for text in texts}) == 1 and len(set(texts)) == 5
    assert texts[0] == texts[1][:15] and all(SHAPE.fullmatch(text) for text in texts)
    assert Restorer.of(vault).text(" ".join(texts)) == " ".join(values)


def test_order_and_machine_do_not_matter() -> None:
    code = (
        "from doorstep.boundary.vault import Vault\n"
        f"v = Vault({KEY!r}, scope='s')\n"
        "for value in ('Zoë', 'Maya', 'MAYA'):\n"
        "    print(v.placeholder('person', value).encode().hex())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    there = [bytes.fromhex(line).decode() for line in done.stdout.split()]
    vault = Vault(KEY, scope="s")
    here = [vault.placeholder("person", value) for value in ("MAYA", "Maya", "Zoë")]
    assert here[::-1] == there


def test_kinds_and_scopes_and_keys_are_apart() -> None:
    made = {
        Vault(KEY).placeholder("person", "Maya"),
        Vault(KEY).placeholder("place", "Maya"),
        Vault(KEY, scope="a").placeholder("person", "Maya"),
        Vault(KEY, scope="b").placeholder("person", "Maya"),
        Vault(b"another key, as long").placeholder("person", "Maya"),
    }
    assert len({text.partition("_")[2] for text in made}) == 5


@pytest.mark.parametrize(
    "spell",
    [
        str,
        str.lower,
        lambda t: t.replace("_", " "),
        lambda t: t.replace("_", "&#95;"),
        lambda t: t.replace("_", "\\_"),
        lambda t: t.replace("_", "\n"),
        lambda t: f"x{t}9",
        lambda t: "".join(chr(ord(c) + 0xFEE0) for c in t),
        lambda t: t.replace("0", "O").replace("1", "l"),
    ],
)
def test_what_a_text_holds_already_is_not_given_out(spell: object) -> None:
    usual = Vault(KEY).placeholder("person", "Maya")
    taken = f"see {spell(usual)} there"  # type: ignore[operator]
    vault = Vault(KEY)
    other = vault.placeholder("person", "Maya", taken=taken)
    assert other.startswith(usual) and len(other) == len(usual) + 2
    assert Restorer.of(vault).text(taken) == taken
    assert Restorer.of(vault).text(other) == "Maya"


def test_a_number_has_its_own_and_comes_back_as_one() -> None:
    vault = Vault(KEY)
    number = vault.placeholder("phone", "4915511234", json_number=True)
    text = vault.placeholder("phone", "4915511234")
    assert number != text and number[:14] == text[:14]
    restorer = Restorer.of(vault)
    assert restorer.tree([number, text, f"call {number}", {number: number}]) == [
        4915511234,
        "4915511234",
        "call 4915511234",
        {"4915511234": 4915511234},
    ]
    assert restorer.tree(number.lower().replace("_", " ", 1)) == 4915511234


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=20), st.text(max_size=30))
def test_every_value_comes_back(values: list[str], scope: str) -> None:
    vault = Vault(KEY, scope=scope)
    texts = [vault.placeholder("person", value) for value in values]
    assert len(set(texts)) == len(values) == len(vault)
    restorer = Restorer.of(vault)
    for text, value in zip(texts, values, strict=True):
        assert restorer.text(text) == value == vault.value(text)


def test_nothing_shows_in_a_repr() -> None:
    vault = Vault(KEY, scope="the Quixmeres")
    vault.placeholder("person", "Quixmere")
    said = f"{vault!r} {vault.entries()!r} {Restorer.of(vault)!r} {Restorer.of(vault).forms!r}"
    assert "uixmere" not in said and "PERSON_" not in said


@pytest.mark.parametrize("key", [b"", b"fifteen bytes .."[:15]])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(ConfigError):
        Vault(key)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ConfigError, match="style"):
        Vault(KEY, style="invented")  # type: ignore[arg-type]
