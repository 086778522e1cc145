"""The benchmark's figures, against values counted by hand."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.boundary import (
    accuracy,
    bodies,
    data,
    languages,
    later,
    mangled,
    metrics,
    report,
    tables,
    tools,
)
from bench.boundary.data import Gold, Row
from bench.boundary.figures import Figure
from bench.boundary.metrics import Part


def at(text: str, *pieces: str) -> list[tuple[int, int]]:
    """The first place of each piece."""
    return [(text.index(piece), text.index(piece) + len(piece)) for piece in pieces]


def gold(text: str, *pieces: str, **more: str) -> tuple[Gold, ...]:
    return tuple(Gold(start, end, "X", **more) for start, end in at(text, *pieces))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(3, 3)], []),
        ([(4, 6), (0, 2)], [(0, 2), (4, 6)]),
        ([(0, 4), (2, 6)], [(0, 6)]),
        ([(0, 9), (2, 3)], [(0, 9)]),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),  # they touch, they do not overlap
    ],
)
def test_merged(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert metrics.merged(spans) == expected


@pytest.mark.parametrize(
    ("text", "units", "masked", "leaking"),
    [
        ("Write to Ann Lee.", ("ann lee",), (), 1),
        ("Write to Ann Lee.", ("ann lee",), ("Ann Lee",), 0),
        ("Write to Ann Lee.", ("ann lee",), ("Lee",), 0),  # it does not occur whole any more
        ("Ann Lee met ann  lee", ("ann lee",), ("Ann Lee",), 1),  # another case, two spaces
        ("Ann\nLee", ("ann lee",), (), 1),  # white space is folded
        ("Joanna left", ("ann",), (), 0),  # inside a word
        ("Joann left", ("ann",), (), 0),
        ("Anna left", ("ann",), (), 0),
        ("Ann Xy Lee", ("ann lee",), ("Xy ",), 0),  # what is masked leaves a block behind
        ("ann_x ann2", ("ann",), (), 1),  # an underscore is an edge, a digit is none
        ("ann2", ("ann",), (), 0),
        ("Zürich", ("z",), (), 1),  # edges are those of [a-z0-9] only
        ("C++ and C", ("c++",), ("C++",), 0),
        ("C++x", ("c++",), (), 1),  # a unit that ends in "+" needs no edge there
        ("ABC", ("abc", "b"), ("B",), 0),
        ("A B", ("a", "b"), ("A",), 1),
        ("xAnn", ("ann",), ("x",), 1),  # the block character is an edge
    ],
)
def test_leaks(text: str, units: tuple[str, ...], masked: tuple[str, ...], leaking: int) -> None:
    row = Row("r", text, units=units)
    assert metrics.leaks(row, at(text, *masked)) == Part(leaking, len(units))


def test_clean_counts_only_rows_that_have_units() -> None:
    row = Row("r", "Ann and Bo", units=("ann", "bo"))
    assert metrics.clean(row, [(0, 3)]) == Part(0, 1)
    assert metrics.clean(row, [(0, 3), (8, 10)]) == Part(1, 1)
    assert metrics.clean(Row("r", "Nobody"), []) == Part(0, 0)


def test_masked_counts_letters_and_digits_once() -> None:
    assert metrics.masked("a-1 ö!", [(0, 2), (1, 3)]) == Part(2, 3)
    assert metrics.masked("---", [(0, 3)]) == Part(0, 0)
    assert metrics.masked("---", []).share is None


@pytest.mark.parametrize(
    ("text", "wanted", "masked", "expected"),
    [
        ("Dr Ann Lee", "Dr Ann Lee", ("Ann Lee",), Part(1, 1)),  # the title may stay
        ("Dr. Ann Lee", "Dr. Ann Lee", ("Ann", "Lee"), Part(1, 1)),  # so may the space
        ("Dr Ann Lee", "Dr Ann Lee", ("Dr Ann",), Part(0, 1)),
        ("Bank of the North", "Bank of the North", ("Bank", "North"), Part(1, 1)),
        ("Bank of the North", "Bank of the North", ("Bank of the Nort",), Part(0, 1)),
        ("no. 46221/99", "no. 46221/99", ("46221", "99"), Part(1, 1)),
        ("no. 46221/99", "no. 46221/99", ("46221",), Part(0, 1)),
        ("Mr.", "Mr.", (), Part(0, 0)),  # nothing that would have to be masked
        ("Thea", "Thea", (), Part(0, 1)),  # begins like a function word
        ("Ann's", "Ann's", ("Ann",), Part(0, 1)),  # the s is a sign
    ],
)
def test_recall(text: str, wanted: str, masked: tuple[str, ...], expected: Part) -> None:
    row = Row("r", text, gold(text, wanted))
    assert metrics.recall(row, at(text, *masked)) == expected


def test_precision_counts_masked_signs_in_any_annotated_span() -> None:
    text = "Ann met Bo in May"
    row = Row("r", text, gold(text, "Ann", "Bo"))
    assert metrics.precision(row, []) == Part(0, 0)
    assert metrics.precision(row, at(text, "Ann", "Bo")) == Part(5, 5)
    assert metrics.precision(row, at(text, "Ann met", "Bo")) == Part(5, 8)
    assert metrics.precision(row, at(text, "May")) == Part(0, 3)
    assert metrics.precision(row, [(0, 3), (0, 3)]) == Part(3, 3)


def test_whole_entities_need_every_mention() -> None:
    text = "Ann Lee, case 12/3. Lee lives in Bonn. Europe."
    spans = (
        *gold(text, "Ann Lee", entity="e1", need="DIRECT"),
        Gold(20, 23, "X", "e1", "QUASI"),  # the second Lee
        *gold(text, "12/3", entity="e2", need="DIRECT"),
        *gold(text, "Bonn", entity="e3", need="QUASI"),
        *gold(text, "Europe", entity="e4", need="NO_MASK"),
    )
    row = Row("r", text, spans)
    assert text[20:23] == "Lee"
    some = metrics.whole(row, at(text, "Ann Lee", "12/3", "Bonn"))
    assert (some.direct, some.quasi) == (Part(1, 2), Part(1, 1))
    every = metrics.whole(row, [*at(text, "Ann Lee", "12/3"), (20, 23)])
    assert (every.direct, every.quasi) == (Part(2, 2), Part(0, 1))
    # What need not be masked is a false alarm, or none, by the reading.
    assert metrics.precision(row, at(text, "Europe", "Bonn")) == Part(4, 10)
    assert metrics.precision(row, at(text, "Europe", "Bonn"), optional=True) == Part(10, 10)
    assert metrics.recall(row, [(20, 23)]) == Part(1, 4)  # Europe is not asked for


def test_untouched_is_about_letters_and_digits() -> None:
    assert metrics.untouched("a = b?", []) == Part(1, 1)
    assert metrics.untouched("a = b?", [(2, 3)]) == Part(1, 1)
    assert metrics.untouched("a = b?", [(0, 1)]) == Part(0, 1)


def test_found_wants_the_whole_stretch() -> None:
    text = "key=abc-123"
    assert metrics.found(4, 11, [(4, 7), (8, 11)], text)
    assert not metrics.found(4, 11, [(4, 10)], text)


def test_shares_are_of_the_text_alone() -> None:
    texts = [f"text {number}" for number in range(2000)]
    counts = {share: sum(data.share_of(t) == share for t in texts) for share in data.SHARES}
    assert 1100 < counts["train"] < 1300
    assert 240 < counts["tune"] < 360
    assert 420 < counts["test"] < 580
    # The first eight hex digits of the SHA-256 of "a" are ca978112: 3398926610 % 100 = 10.
    assert data.share_of("a") == "train"


def test_pupa_drops_the_known_faults(tmp_path: Path) -> None:
    (tmp_path / "pupa").mkdir()
    (tmp_path / "pupa" / "pupa_dev.csv").write_text(
        "user_query,pii_units\n"
        '"Hello  Ann\nLee, I am <PRESIDIO_ANONYMIZED_PERSON>.",'
        '"Ann Lee|| ann lee ||<PRESIDIO_ANONYMIZED_PERSON>||Bo||an||"\n',
        encoding="utf-8",
    )
    rows = [row for share in data.SHARES for row in data.pupa(tmp_path, share)]
    assert [row.units for row in rows] == [("ann lee",)]


def test_tagged_words_become_spans_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "uner-ewt").mkdir()
    (tmp_path / "uner-ewt" / "en_ewt-ud-dev.iob2").write_text(
        "# text = Ann Lee (Bonn)Bo left.\n"
        + "".join(
            f"{n}\t{word}\t{tag}\t-\tx\n"
            for n, (word, tag) in enumerate(
                [
                    ("Ann", "B-PER"),
                    ("Lee", "I-PER"),
                    ("(", "O"),
                    ("Bonn", "B-LOC"),
                    (")", "O"),
                    ("Bo", "B-PER"),
                    ("left", "O"),
                    (".", "O"),
                ]
            )
        ),
        encoding="utf-8",
    )
    (row,) = data.uner(tmp_path)
    assert [(row.text[g.start : g.end], g.kind) for g in row.spans] == [
        ("Ann Lee", "PER"),
        ("Bonn", "LOC"),
        ("Bo", "PER"),
    ]


def test_synth_and_tab_keep_places_and_needs(tmp_path: Path) -> None:
    (tmp_path / "presidio-research").mkdir()
    (tmp_path / "tab").mkdir()
    span = {"entity_type": "PERSON", "start_position": 3, "end_position": 6}
    (tmp_path / "presidio-research" / "synth_v2.json").write_text(
        json.dumps([{"full_text": "Hi Ann", "spans": [span]}]), encoding="utf-8"
    )
    mention = {
        "entity_type": "PERSON",
        "start_offset": 3,
        "end_offset": 6,
        "entity_id": "e1",
        "identifier_type": "DIRECT",
    }
    case = {"metadata": {"data_id": "t"}, "text": "Hi Ann\u2028", "entities": [mention]}
    (tmp_path / "tab" / "tab.jsonl").write_text(
        json.dumps(case, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    share = data.share_of("Hi Ann")
    assert data.synth(tmp_path, share)[0].spans == (Gold(3, 6, "PERSON"),)
    (row,) = [row for s in data.SHARES for row in data.tab(tmp_path, s)]
    assert row.spans == (Gold(3, 6, "PERSON", "e1", "DIRECT"),)


def test_a_missing_set_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(data.NoData, match=r"routellm/mmlu\.csv"):
        data.mmlu(tmp_path, "tune")


def test_texts_are_not_in_reprs() -> None:
    assert "Ann" not in repr(Row("r", "Ann", (Gold(0, 3, "X"),), ("ann",)))


def _received(protocol: bodies.Protocol, where: str, text: str) -> bytes:
    """A request that left without any boundary."""
    body = bodies.filled(protocol.body, {where: text})
    assert isinstance(body, dict)
    turns = bodies.filled(protocol.turn, {where: text})
    assert isinstance(turns, list)
    whole = {**body, protocol.turns: [*body[protocol.turns], *turns]}
    return b"POST / HTTP/1.1\r\nhost: x\r\n\r\n" + json.dumps(whole).encode()


@pytest.mark.parametrize("form", later.FORMS)
@pytest.mark.parametrize("value", ["Zoë Lindqvist", "ann.7@post.example", "5500-0000-0000-0004"])
def test_the_search_for_values_that_left_is_not_blind(value: str, form: str) -> None:
    for protocol in bodies.PROTOCOLS:
        for where in (*bodies.slots(protocol.body), *bodies.slots(protocol.turn)):
            seen = later.readings(_received(protocol, where, later.FORMS[form](value)))
            assert later.stands(value, seen), (protocol.name, where)
            assert not later.stands("Anselm Varga", seen)


def test_marked_rows_are_spans_of_the_text() -> None:
    row = languages.unmarked("x", "Hej ⟦Bo|person⟧ i ⟦Ry|place⟧.")
    assert row.text == "Hej Bo i Ry."
    assert [(row.text[g.start : g.end], g.kind) for g in row.spans] == [
        ("Bo", "person"),
        ("Ry", "place"),
    ]
    with pytest.raises(ValueError, match="x has half a mark"):
        languages.unmarked("x", "Hej ⟦Bo|person i Ry.")


@pytest.mark.parametrize("code", languages.LANGUAGES)
def test_every_language_has_forty_rows_with_something_private(code: str) -> None:
    rows = languages.rows(code)
    assert sum(bool(row.spans) for row in rows) == 40
    assert sum(not row.spans for row in rows) == 10


def test_changed_placeholders_are_nobodys() -> None:
    known = ["PERSON_7F3AQ2", "EMAIL_0K9XWV"]
    texts = list(mangled._changed(known, 500, random.Random(1)))
    assert len(texts) == 500
    assert not {text.casefold() for text in texts} & {name.casefold() for name in known}


def test_aims_say_met_and_missed() -> None:
    made = [
        Figure("mangled", "forms always restored", 13, "forms", "count", {"doorstep": 11.0}),
        Figure("later", "known values that left", 9, "looked for", "count", {"doorstep": 0.0}),
        Figure("synth", "precision", 3, "texts", "share", {"names": None, "rules": 0.5}),
    ]
    lines = report.text(made, {}, ("mangled", "later", "synth")).split("Reach")[1].splitlines()
    (restored,) = [line for line in lines if "forms always restored" in line]
    (left,) = [line for line in lines if "known values that left" in line]
    (precision,) = [line for line in lines if line.startswith("synth, names: precision")]
    assert restored.endswith("missed")
    assert left.endswith("met")
    assert precision.endswith("could not be scored")
    assert not any("pupa" in line for line in lines)
    assert report.shown(0.0949, "share") == "9.5%"  # 9.5 is not shown as 9


def test_a_worker_answers_and_a_missing_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "digits.py").write_text(
        "import re, sys\n"
        f"sys.path.insert(0, {str(tools.ROOT)!r})\n"
        "from bench.boundary.worker import serve\n"
        "def load():\n"
        "    print('a tool that prints')\n"
        "    return lambda texts: [\n"
        "        [(m.start(), m.end(), 'd') for m in re.finditer(r'[0-9]+', t)] for t in texts]\n"
        "serve(load)\n",
        encoding="utf-8",
    )
    tool = tools.Tool("digits", (sys.executable, str(tmp_path / "digits.py")))
    with tools.running(tool) as worker:
        spans, cpu = worker.mask(["a 12 ö3"] * 70)
        assert spans == [[[2, 4, "d"], [6, 7, "d"]]] * 70
        assert cpu > 0
        assert worker.peak > 1
    with pytest.raises(tools.Unscored, match="not installed"):
        tools.Worker(tools.Tool("none", (str(tmp_path / "python"),)))
    with pytest.raises(tools.Unscored, match="process ended"):
        tools.Worker(tools.Tool("dies", (sys.executable, "-c", "")))
    with pytest.raises(tools.Unscored, match="not understood"):
        tools.Worker(tools.Tool("talks", (sys.executable, "-c", "print('hello')")))


def _digits_tool(folder: Path) -> tools.Tool:
    """A tool that masks digits as kind "d" and x as kind "x"."""
    (folder / "marks.py").write_text(
        "import re, sys\n"
        f"sys.path.insert(0, {str(tools.ROOT)!r})\n"
        "from bench.boundary.worker import serve\n"
        "def mask(texts):\n"
        "    return [[(m.start(), m.end(), 'x' if m[0] == 'x' else 'd')\n"
        "             for m in re.finditer(r'[0-9]+|x', t)] for t in texts]\n"
        "serve(lambda: mask)\n",
        encoding="utf-8",
    )
    return tools.Tool("all", (sys.executable, str(folder / "marks.py")))


def test_a_table_becomes_figures_and_a_missing_tool_has_none(tmp_path: Path) -> None:
    every = _digits_tool(tmp_path)
    some = replace(every, name="some", drop=frozenset({"x"}))
    missing = tools.Tool("missing", (str(tmp_path / "none"),))
    rows = [Row("1", "12 x", (Gold(0, 2, "d"), Gold(3, 4, "x"))), Row("2", "ab")]
    measures = (tables.RECALL, tables.PRECISION, tables.INNOCENT, tables.MASKED)
    said: list[str] = []
    figures = accuracy.accuracy(
        [every, some, missing], [tables.Table("t", "T", rows, measures)], said.append
    )
    got = {figure.name: (figure.n, dict(figure.values)) for figure in figures}
    assert got["entity recall"] == (2, {"all": 1.0, "some": 0.5, "missing": None})
    assert got["precision"] == (2, {"all": 1.0, "some": 1.0, "missing": None})
    assert got["innocent texts untouched"] == (1, {"all": 1.0, "some": 1.0, "missing": None})
    assert got["letters and digits masked"] == (2, {"all": 0.6, "some": 0.4, "missing": None})
    assert any(line.startswith("missing: could not be scored: not installed") for line in said)


@pytest.mark.parametrize("start", [("-m", "bench.boundary"), (str(tools.ROOT / "bench/boundary"),)])
def test_it_runs_as_a_module_and_as_a_folder(start: tuple[str, ...], tmp_path: Path) -> None:
    asked = ("--only", "languages,mmlu", "--ours", "--level", "rules", "--json")
    command = (sys.executable, *start, *asked, "--data", str(tmp_path))
    done = subprocess.run(command, cwd=tools.ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    recall = [f for f in figures if f["name"] == "entity recall"]
    assert [(f["table"], f["n"]) for f in recall] == [("fr", 95), ("es", 94), ("da", 94)]
    assert all(0 < f["values"]["rules"] < 1 for f in recall)
    assert "mmlu: could not be scored: routellm/mmlu.csv is not in the data folder" in done.stderr


def test_an_unknown_part_is_refused() -> None:
    command = (sys.executable, "-m", "bench.boundary", "--only", "pupas")
    done = subprocess.run(command, cwd=tools.ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert "no part 'pupas'" in done.stderr
