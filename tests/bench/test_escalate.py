"""The escalation bench: its figures against counting by hand, and what it may not look at."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="the bench needs doorstep[calibrate]")

from bench import escalate
from bench.escalation import routers
from bench.escalation.report import crossed, lines
from bench.escalation.risk import risk_table
from bench.escalation.routers import Scores, artefacts, baselines, cross_scores, scores_of
from bench.escalation.routing import measure
from bench.escalation.rows import BadFile, Row, read_rows
from doorstep.patterns.calibration.regression import Sample
from tests.patterns.calibration.made import made

HEADER = ["prompt", "small/model", "large-model", "small/model_response", "large-model_response"]


def _row(weak: bool, strong: bool, prompt: str = "q", domain: str = "") -> Row:
    return Row(prompt, weak, strong, domain=domain)


def _by_hand(order: Sequence[Row], part: float | None) -> float:
    """APGR (None) or CPT, one row at a time in this order."""
    gap = sum(row.strong - row.weak for row in order)
    curve = [0.0]
    for row in order:
        curve.append(curve[-1] + (row.strong - row.weak) / gap)
    if part is None:
        return sum((a + b) / 2 for a, b in pairwise(curve)) / len(order)
    at = next(i for i, value in enumerate(curve) if value >= part - 1e-12)
    rise = curve[at] - curve[at - 1]
    return (at - 1 + (part - curve[at - 1]) / rise) / len(order)


def _random_rows(n: int, seed: int) -> list[Row]:
    draw = random.Random(seed)
    return [_row(draw.random() < 0.6, draw.random() < 0.85) for _ in range(n)]


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_are_those_that_one_counts(seed: int) -> None:
    rows, draw = _random_rows(60, seed), random.Random(seed)
    scores = [draw.random() for _ in rows]
    order = [row for _, row in sorted(zip(scores, rows, strict=True), key=lambda x: -x[0])]
    found = measure(scores, rows, draws=5)
    assert found.apgr.value == pytest.approx(_by_hand(order, None), abs=1e-4)
    assert found.cpt50.value == pytest.approx(_by_hand(order, 0.5), abs=1e-4)
    assert found.cpt80.value == pytest.approx(_by_hand(order, 0.8), abs=1e-4)


def test_equal_scores_count_as_in_random_order() -> None:
    draw = random.Random(3)
    rows = sorted(_random_rows(40, 3), key=lambda row: row.weak - row.strong)  # won ones first
    scores = [float(draw.randrange(3)) for _ in rows]
    areas = []
    for _ in range(3000):
        order = sorted(zip(scores, rows, strict=True), key=lambda x: (-x[0], draw.random()))
        areas.append(_by_hand([row for _, row in order], None))
    assert measure(scores, rows, draws=2).apgr.value == pytest.approx(
        sum(areas) / len(areas), abs=0.02
    )


def test_random_is_a_half_and_a_perfect_verifier_is_best() -> None:
    rows = _random_rows(300, 1)
    found = {name: measure(scores, rows, draws=50) for name, scores in baselines(rows).items()}
    random_one, perfect = found["random"], found["perfect_verifier"]
    assert (random_one.apgr.value, random_one.cpt80.value) == (0.5, 0.8)
    assert (random_one.apgr.low, random_one.apgr.high) == (0.5, 0.5)
    assert perfect.apgr.value is not None and perfect.apgr.value > 0.8
    assert perfect.apgr.low is not None and perfect.apgr.low < perfect.apgr.value


def test_without_a_gap_it_could_not_be_scored() -> None:
    found = measure([0.1, 0.2], [_row(True, True), _row(False, False)], draws=5)
    assert found.apgr.value is None and found.as_json()["cpt80"] is None


def test_artefacts_are_what_is_surely_below_guessing() -> None:
    rows = [_row(i % 3 == 0, i % 50 == 0, domain="artefact") for i in range(100)]
    rows += [_row(i % 3 == 0, i % 4 == 0, domain="hard") for i in range(100)]  # at chance
    rows += [_row(False, False, domain="few") for _ in range(5)]
    rows += [_row(False, False, domain="both at nothing") for _ in range(100)]
    assert [(a.domain, a.n) for a in artefacts(rows)] == [("artefact", 100)]


def _write(path: Path, n: int, seed: int, strong_says: str = "no") -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for e in made(n, seed):
            table.writerow([e.question, e.right, e.cloud_right, e.answer, strong_says])
    return path


def test_the_strong_answer_is_never_read(tmp_path: Path) -> None:
    one = read_rows(_write(tmp_path / "a.csv", 20, 1, "strong words")).rows
    assert one == read_rows(_write(tmp_path / "b.csv", 20, 1, "others")).rows
    assert not any("strong words" in row.answer + row.prompt for row in one)


def test_labels_of_asked_rows_change_no_score(tmp_path: Path) -> None:
    rows = read_rows(_write(tmp_path / "a.csv", 80, 1)).rows
    known, asked = rows[:60], rows[60:]
    fitted = [row.sample() for row in known]
    turned = [Row(r.prompt, not r.weak, not r.strong, r.answer, "other") for r in asked]
    scores = [scores_of(fitted, known, [r.sample() for r in some]) for some in (asked, turned)]
    assert scores[0] == scores[1]


def test_every_row_is_scored_once_by_what_was_fitted_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[tuple[set[int], set[int]]] = []

    def seen(samples: Sequence[Sample], rows: Sequence[Row], asked: Sequence[Sample]) -> Scores:
        assert [sample.question for sample in samples] == [row.prompt for row in rows]
        calls.append(({id(sample) for sample in samples}, {id(sample) for sample in asked}))
        return Scores([1.0] * len(asked), [0.5] * len(asked))

    monkeypatch.setattr(routers, "scores_of", seen)
    rows = [Row(f"{e.question} {at}", e.right, True) for at, e in enumerate(made(53, 4))]
    samples = [Sample({}, row.prompt) for row in rows]
    found = cross_scores(samples, rows)
    assert found.gain == [1.0] * 53
    assert len(calls) == 5 and not any(fitted & asked for fitted, asked in calls)
    assert all(len(fitted) + len(asked) == 53 for fitted, asked in calls)
    assert set.union(*(asked for _, asked in calls)) == {id(sample) for sample in samples}


def test_train_and_test_files_give_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train, test = _write(tmp_path / "train.csv", 90, 1), _write(tmp_path / "test.csv", 70, 2)
    flags = ["--train", str(train), "--test", str(test), "--json", "--draws", "40"]
    assert escalate.main(flags) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 70 and found["sees"] == "prompt and home's answer"
    assert found["apgr"] > 0.7 > found["baselines"]["random"]["apgr"] == 0.5
    assert found["apgr_low"] <= found["apgr"] <= found["apgr_high"]
    assert set(found["baselines"]) == {
        "home_risk_alone",
        "random",
        "prompt_length",
        "perfect_verifier",
    }
    assert found["cpt50"] <= found["cpt80"] < found["baselines"]["random"]["cpt80"]


def test_prompts_alone_and_artefacts_are_shown_apart(
    tmp_path: Path,
) -> None:
    path = tmp_path / "choices.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["domain", "prompt", "small", "large"])
        for i in range(80):
            table.writerow(["law", f"Is {i} lawful?\nA. yes\nB. no", i % 3 == 0, i % 6 != 1])
            table.writerow(["sums", f"What is {i} + 1?\nA. {i}\nB. 0", i % 3 == 0, False])
    report = crossed(read_rows(path), draws=20)
    found: Any = report.as_json()
    assert found["sees"] == "prompt" and found["n"] == 160
    assert [a["domain"] for a in found["artefacts"]] == ["sums"]
    assert found["without_artefacts"]["doorstep"]["n"] == 80
    page = "\n".join(lines(report))
    assert "fitted in-domain" in page and "artefact: sums (n = 80)" in page


@pytest.mark.parametrize(
    "content",
    [
        "prompt,a\nq,True\n",
        "prompt,a,b,c\nq,True,True,True\n",
        "question,a,b\nq,True,True\n",
        "prompt,a,b\nq,True,maybe\n",
        "",
    ],
)
def test_a_file_of_other_columns_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(content)
    with pytest.raises(BadFile):
        read_rows(path)
    assert escalate.main([str(path)]) == 2


def test_the_risk_table_counts_splits(tmp_path: Path) -> None:
    rows = read_rows(_write(tmp_path / "a.csv", 140, 6)).rows
    found = list(risk_table([r.sample() for r in rows], rows, splits=2, sizes=(60, 90)))
    assert [(held.n, held.risk) for held in found] == [(60, r) for r in (0.05, 0.1, 0.2, 0.3)]
    assert all(0 <= held.holds <= 1 and held.splits == 2 for held in found)
    assert any(held.coverage > 0 for held in found)
