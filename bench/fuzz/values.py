"""Private values and harmless texts, as Hypothesis strategies.

Values of which the gate promises every form (`SOLID`) are made of syllables that are no English;
`ANY` are whatever Unicode has, of which only the literal value is promised.
"""

from __future__ import annotations

from hypothesis import strategies as st

from doorstep.boundary import Term

KINDS = ("person", "organisation", "place", "account", "device", "declared")
_FIRST = ("Qui", "Zor", "Wex", "Kju", "Vyl", "Bryx", "Öz", "Łuk", "Çig", "Jåk", "Xan", "Ñor")
_LAST = ("mere", "dvak", "pholt", "grüb", "øvsk", "zyt", "kwist", "ném", "tchuk", "waard")
_OTHERS = (
    "山田太郎", "Мария", "Ὀδυσσεύς", "서울집", "Şükrü", "Ðorđe", "Zoë", "Weiß", "McZyt",
    "O'Zwick", "Smörgås", "Ångvik",
)  # fmt: skip
FILLERS = (
    "please", "the meeting", "at noon", "why?", "(see below)", "42", "is that so", "– and",
    "café", "\U0001f600", "{x}", "[1]", "say \"yes\"", "\\n", "C:\\", "100%", "a&b", "%41", "&amp;",
    "1e5", "null", "PERSON", "PERSON_", "_", "<b>", "é", "ﬁ", "\u202e", "\t", "10.5", "=3D",
)  # fmt: skip


@st.composite
def word(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(_FIRST)) + draw(st.sampled_from(_LAST))


@st.composite
def code(draw: st.DrawFn) -> str:
    letters = draw(st.text("BCDFGHJKLMNPQRSTVWXZ", min_size=2, max_size=4))
    return f"{letters}-{draw(st.integers(10**6, 10**9))}"


WORDS = word()
NAMES = st.builds(lambda first, last: f"{first} {last}", word(), word())
CODES = code()
NUMBERS = st.integers(10**7, 10**15).map(str)
SOLID = st.one_of(WORDS, NAMES, CODES, NUMBERS, st.sampled_from(_OTHERS))
SHORT = st.sampled_from(("Al", "Zo", "Ib", "J7", "李"))
UNICODE = st.text(min_size=1, max_size=12).filter(
    lambda text: any(c.isalnum() for c in text) and text == text.strip()
)
ANY = st.one_of(SOLID, SHORT, UNICODE)
FILLER = st.one_of(st.sampled_from(FILLERS), st.text(max_size=8))


def terms(values: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[list[Term]]:
    """Declared values, each once."""
    made = st.builds(Term, values, st.sampled_from(KINDS))
    return st.lists(made, min_size=1, max_size=most, unique_by=lambda term: term.value.casefold())
