"""Words keep their places, and windows lose none of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.boundary.detect import wordpiece
from doorstep.boundary.detect.wordpiece import WordPiece, letter_case, windows

VOCABULARY = """
[UNK] [CLS] [SEP] dear maya okafor jean luc un ##aff ##able muller . , - ' 1 ##2 ##3 我 ß
""".split()


@pytest.fixture
def pieces() -> WordPiece:
    return WordPiece(VOCABULARY)


def said(pieces: WordPiece, text: str) -> list[tuple[str, list[str]]]:
    words = pieces.words(text)
    return [
        (text[a:b], [VOCABULARY[i] for i in ids])
        for a, b, ids in zip(words.starts, words.ends, words.pieces, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Maya,", [("Dear", ["dear"]), ("Maya", ["maya"]), (",", [","])]),
        ("unaffable", [("unaffable", ["un", "##aff", "##able"])]),
        ("Jean-Luc", [("Jean", ["jean"]), ("-", ["-"]), ("Luc", ["luc"])]),
        ("123", [("123", ["1", "##2", "##3"])]),
        ("Müller", [("Müller", ["muller"])]),
        ("Mu\u0308ller", [("Mu\u0308ller", ["muller"])]),  # a mark of its own
        ("M\u200baya", [("M\u200baya", ["maya"])]),  # an invisible character inside
        ("Ｍａｙａ", [("Ｍａｙａ", ["maya"])]),  # full width
        ("𝐌𝐚𝐲𝐚", [("𝐌𝐚𝐲𝐚", ["maya"])]),  # mathematical bold, two code units each in UTF-16
        ("我我", [("我", ["我"]), ("我", ["我"])]),
        ("zebra", [("zebra", ["[UNK]"])]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_words_and_pieces(
    pieces: WordPiece, text: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert said(pieces, text) == expected


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("maya", wordpiece.CASE_LOWER),
        ("Maya", wordpiece.CASE_TITLE),
        ("M", wordpiece.CASE_TITLE),
        ("MAYA", wordpiece.CASE_UPPER),
        ("McDonald", wordpiece.CASE_MIXED),
        ("A1", wordpiece.CASE_DIGIT),
        ("2026", wordpiece.CASE_DIGIT),
        ("我", wordpiece.CASE_LOWER),
        ("محمد", wordpiece.CASE_LOWER),
        (",", wordpiece.CASE_NONE),
        ("😀", wordpiece.CASE_NONE),
    ],
)
def test_letter_case(word: str, case: int) -> None:
    assert letter_case(word) == case


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("maya okafor", [wordpiece.GAP_LINE, wordpiece.GAP_SPACE]),
        ("maya-okafor", [wordpiece.GAP_LINE, wordpiece.GAP_NONE, wordpiece.GAP_NONE]),
        ("maya \r\n okafor", [wordpiece.GAP_LINE, wordpiece.GAP_LINE]),
    ],
)
def test_gap_before_a_word(pieces: WordPiece, text: str, gaps: list[int]) -> None:
    assert [shape % 3 for shape in pieces.words(text).shapes] == gaps


def test_a_long_word_is_cut_and_keeps_its_place(pieces: WordPiece) -> None:
    words = pieces.words("maya " + "12" * 5000 + " okafor")
    assert [len(ids) for ids in words.pieces] == [1, 1, 1]
    assert words.ends[1] - words.starts[1] == 10_000
    assert all(len(ids) <= wordpiece.MAX_PIECES for ids in pieces.words("1" + "2" * 90).pieces)


@given(st.text())
def test_every_sign_is_in_exactly_one_word(text: str) -> None:
    words = WordPiece(VOCABULARY).words(text)
    covered = [at for a, b in zip(words.starts, words.ends, strict=True) for at in range(a, b)]
    assert covered == sorted(set(covered))
    assert {at for at, sign in enumerate(text) if not sign.isspace()} <= set(covered)
    assert all(words.pieces)


@given(st.text(alphabet="maya .,\n12", max_size=400), st.integers(min_value=3, max_value=40))
def test_windows_cover_all_words_once_within_the_limit(text: str, limit: int) -> None:
    words = WordPiece(VOCABULARY).words(text)
    cut = windows(words, limit)
    assert [at for start, end in cut for at in range(start, end)] == list(range(len(words)))
    for start, end in cut:
        size = sum(map(len, words.pieces[start:end]))
        assert size <= limit or end - start == 1


def test_windows_end_at_lines_where_they_can(pieces: WordPiece) -> None:
    text = "dear maya\n" * 30
    words = pieces.words(text)
    assert all(end % 2 == 0 for _, end in windows(words, 16))


def test_windows_are_about_equally_long(pieces: WordPiece) -> None:
    words = pieces.words("maya " * 101)
    sizes = [end - start for start, end in windows(words, 100)]
    assert max(sizes) - min(sizes) <= 2
