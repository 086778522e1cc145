"""What is masked comes back exactly, whatever a person wrote around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.round_trip import unfolded
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.reply import whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.scan import mask_text, merged
from doorstep.boundary.seal import Sealer
from doorstep.boundary.store import Store
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import dump, parse
from doorstep.boundary.vault import Style, Vault
from tests.boundary.conftest import KEY

VALUES = (
    *("Zoë", "zoë", "ZOË", "Jane Doe", "Doe"),
    *("+49 30 901820", "2024-03-05", "4916338217", "q@x.example"),
)
KINDS = (*("person",) * 5, "phone", "date", "account", "email")
_VALUE = re.compile("|".join(map(re.escape, sorted(VALUES, key=len, reverse=True))))
# The letters that spellings of these values have of their own, so that texts can try to say them.
_OWN = sorted(
    {
        Vault(KEY).placeholder(kind, value).rpartition("_")[2]
        for value, kind in zip(VALUES, KINDS, strict=True)
    }
)
_AROUND = st.one_of(
    st.sampled_from(
        [
            *"_-*~`'\"[]()<>.,/\\ \n",
            "\\_",
            "&#95;",
            "%5f",
            "\\u005f",
            "\u200b",
            "\uff3f",
            "s",
            "'s",
            " 4X",
        ]
    ),
    st.sampled_from([f"{sign}{own}" for own in _OWN for sign in ("_", "\\_", " ", "-", "**_")]),
    st.sampled_from(["PERSON", "PERSON_", "Erin", "Falk", "é", "5", "2K", "PERSON 2K", "\\n"]),
)
_TEXTS = st.lists(st.one_of(st.sampled_from(VALUES), _AROUND), min_size=1, max_size=8).map("".join)


def found(text: str) -> list[Finding]:
    kinds = dict(zip(VALUES, KINDS, strict=True))
    hits = [Finding(m.start(), m.end(), kinds[m.group()]) for m in _VALUE.finditer(text)]
    return merged(text, hits)


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
def test_a_tail_that_completes_a_placeholder_is_taken_with_it(style: Style) -> None:
    own = Vault(KEY).placeholder("person", "ZOË").rpartition("_")[2]
    for tail in (f"_{own}", f"\\_{own}", f"**_{own}**", f"&#95;{own}", "_2K", f"\u200b_{own}"):
        vault = Vault(KEY, style=style)
        text = f"ZOË and Zoë{tail} x"
        hits = [Finding(0, 3, "person"), Finding(8, 11, "person")]  # not widened to whole words
        masked = mask_text(text, hits, vault)
        assert Restorer.of(vault).text(masked) == text
        assert "zo" not in masked.casefold() and masked.endswith(" x")


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@settings(max_examples=300, deadline=None)
@given(text=_TEXTS)
def test_any_text_comes_back(style: Style, text: str) -> None:
    vault = Vault(KEY, style=style)
    masked = mask_text(text, found(text), vault)
    assert Restorer.of(vault).text(masked) == text
    for hit in found(text):
        assert text[hit.start : hit.end] not in _without(masked, vault)


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(_TEXTS, min_size=2, max_size=4))
def test_any_text_comes_back_from_the_store_later(
    style: Style, texts: list[str], tmp_path: Path
) -> None:
    (tmp_path / "v.db").unlink(missing_ok=True)
    with Store(tmp_path / "v.db", KEY) as store:
        for text in texts:
            masked = mask_text(text, found(text), Vault(KEY, style=style, store=store))
            later = Restorer.of(Vault(KEY, store=store), kept=True)
            assert later.text(masked) == text


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=4))
def test_any_body_comes_back(style: Style, texts: list[str]) -> None:
    terms = [Term(value, kind) for value, kind in zip(VALUES, KINDS, strict=True)]
    vault = Vault(KEY, style=style)
    sealer = Sealer(Clearance(private=terms, mask=True), (Matcher(terms),), (), vault)
    body = {"messages": [{"role": "user", "content": text} for text in texts]}
    sealed = sealer.seal(dump(body)).body
    # JSON inside a string may come back with other escapes, meaning the same.
    assert unfolded(parse(whole(sealed, Restorer.of(vault)))) == unfolded(body)


def _without(masked: str, vault: Vault) -> str:
    """The text without what stands for values: dates and numbers may look like others."""
    for text, _ in vault:
        masked = masked.replace(text, "")
    return masked
