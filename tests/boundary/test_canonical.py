"""Placeholders that are looked up are the ones that following them letter by letter finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.boundary.between import letter
from doorstep.boundary.forms import GAP, JOIN, Forms, Index, placeholder_key, plain_key
from doorstep.boundary.restore import Restorer

# Kinds that begin alike, letters that go on with more, spellings of one stem.
SENT = (
    "PERSON_7F3AQ2XK",
    "PERSON_7F3AQ2XK_2K",
    "PERSON_7F3AQ2XKZZ",
    "PERSON_0A1B0C1D",
    "PHONE_PCXK5RSY_5S",
    "CAR_D1234567",
    "CARD_1234567",
    "CARD_12345678",
    "P_23456789",
    "OIL_00000000",
)
OTHERS = (("Erin Falk", GAP), ("12/34", JOIN), ("p@car_d.de", None), ("PERSON_", None))
AROUND = (
    *("", " ", ", ", ".", "_", "\\_", "\\", "s", "'s", "**", "[", ")", "\n", " \n", "-", "- ", "é"),
    *(
        "K",
        "2",
        "ZZ",
        "_2K",
        "_3",
        "_2K_",
        "&#95;",
        "%5f",
        "\\u005f",
        "&",
        "\u200b",
        "`",
        "/",
        '"',
        "x",
    ),
    *("Per", "person", "P", "p ", "PER", "C", "OIL", "０", "ｓ", "a ", "\r", "\t", "\u00ad"),
)
sent = st.sampled_from(SENT)
spelt = st.one_of(
    sent,
    sent.map(str.lower),
    sent.map(lambda text: text.replace("0", "O").replace("1", "l")),
    st.builds(lambda text, size: text[:size], sent, st.integers(1, 18)),
    st.builds(
        lambda text, at, sign: text[:at] + sign + text[at:],
        sent,
        st.integers(1, 14),
        st.sampled_from(AROUND),
    ),
)
around = st.sampled_from(AROUND)
texts = st.one_of(
    st.tuples(st.sampled_from(SENT[:4]), around, around).map("".join),
    st.lists(st.one_of(spelt, around), min_size=1, max_size=6).map("".join),
)


def walking(forms: Forms) -> Forms:
    """The same, that looks nothing up."""
    forms._canonical = None
    return forms


@settings(max_examples=1500, deadline=None)
@example(set(SENT), set(), "PERSON_7F3AQ2XK ", 0, False)
@example(set(SENT), set(), "PERSON_7F3AQ2XK \n_2K.", 0, True)
@example(set(SENT), set(), "PERSON_7F3AQ2XK -\nZZ", 0, True)
@example(set(SENT), set(), "CARD_1234567", 0, True)
@given(
    st.sets(sent, min_size=1),
    st.sets(st.sampled_from(OTHERS), max_size=1),
    texts,
    st.integers(0, 8),
    st.booleans(),
)
def test_looking_up_is_walking(
    known: set[str], others: set[tuple[str, str | None]], text: str, start: int, final: bool
) -> None:
    keys = [key for each in sorted(known) if (key := placeholder_key(each))]
    more = [plain_key(*other) for other in others if len(known) % 3 == 0]
    indexes = [Index(keys[::2]), Index([*keys[1::2], *more])]
    fast, slow = Forms(indexes), walking(Forms(indexes))
    start = min(start, len(text))
    assert fast.scan(text, start, final) == slow.scan(text, start, final)
    assert fast.any(text) == bool(slow.scan(text, 0, True)[0])


@settings(max_examples=500, deadline=None)
@given(texts, st.sets(sent, min_size=1))
def test_candidates_miss_nothing(text: str, known: set[str]) -> None:
    """Every place from which walking finds something is one where a key may begin."""
    forms = Forms([Index(filter(None, map(placeholder_key, known)))])
    candidates = {match.start() for match in forms._candidate.finditer(text)}
    for at in range(len(text)):
        if not letter(text[at]) or re.search(r"(?:[A-Za-z0-9]|\\[nrtbf]|%..|\\u....)\Z", text[:at]):
            continue  # not the beginning of a word, or hard to tell
        match, alive = forms._walk(text, at, False)
        assert at in candidates or (match is None and not alive), at


def test_a_placeholder_as_it_was_sent_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    restorer = Restorer([("PERSON_7F3AQ2XK", "Maya"), ("PERSON_7F3AQ2XK_2K", "MAYA")])
    monkeypatch.setattr(Forms, "_walk", None)
    text = "PERSON_7F3AQ2XK, PERSON_7F3AQ2XK_2K: PERSON_7F3AQ2XK and (PERSON_7F3AQ2XK)."
    assert restorer.text(text) == "Maya, MAYA: Maya and (Maya)."
    for begun in ("PERS", "PERSON_", "PERSON_7F", "PERSON_7F3AQ2XK", "PERSON_7F3AQ2XK_2"):
        assert restorer.forms.scan(f"by {begun}", 0, False) == ([], 3)
    with pytest.raises(TypeError):
        restorer.text("PERSON_7F3AQ2XK.".lower())
