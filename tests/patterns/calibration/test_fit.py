"""Fitting: what comes out is right, honest, reproducible, and holds nothing private."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from doorstep import BadInput, ConfigError
from doorstep.patterns.calibration import Calibration, Example, fit, load, save
from doorstep.patterns.calibration.fit import study
from doorstep.patterns.calibration.regression import Sample, fit_scorer, folds
from doorstep.patterns.calibration.scorer import Feature, Scorer
from doorstep.patterns.calibration.summary import separation, summary
from doorstep.patterns.calibration.threshold import Scored
from doorstep.patterns.calibration.words import BITS, places, rarities, scaled
from tests.patterns.calibration.made import made

pytest.importorskip("sklearn", reason="fitting needs doorstep[calibrate]")


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return fit(made(160), 0.2, 0.9, home="a small one", cloud="a large one")


def test_it_tells_right_from_wrong_on_answers_it_has_not_seen(calibration: Calibration) -> None:
    fresh = made(120, seed=2)
    scores = [calibration.home.risk(e.features(), e.question) for e in fresh]
    found = separation([Scored(s, not e.right) for s, e in zip(scores, fresh, strict=True)])
    assert found is not None and found > 0.85


def test_what_it_keeps_is_right_as_often_as_it_says(calibration: Calibration) -> None:
    assert calibration.threshold is not None
    fresh = [(calibration.score(e.features(), e.question), e) for e in made(200, seed=3)]
    kept = [e for score, e in fresh if score is not None and score <= calibration.threshold.value]
    assert len(kept) > 60
    assert sum(not e.right for e in kept) / len(kept) <= 0.2
    assert calibration.label == (
        "calibrated on 160 answers of a small one: "
        "at most 20% of those kept are wrong, with 90% confidence"
    )


def test_where_nothing_can_be_kept_it_says_so() -> None:
    found = fit(made(60, wrong=0.5, hidden=1.0), 0.05)
    assert found.threshold is None
    assert "at a risk of 5% nothing can be kept" in found.label


def test_the_same_examples_give_the_same_calibration(calibration: Calibration) -> None:
    again = fit(made(160), 0.2, 0.9, home="a small one", cloud="a large one")
    assert replace(again, created="") == replace(calibration, created="")
    assert again.data != fit(made(160, seed=9), 0.2, 0.9).data


def test_the_other_half_alone_decides_where_the_set_is_split() -> None:
    found = fit(made(160), 0.2, 0.9, method="split")
    assert found.threshold is not None and found.threshold.n == 80
    assert "half held out" in found.bound


@pytest.mark.parametrize("method", ["cross", "split"])
def test_no_answer_is_scored_by_what_saw_its_label(method: str) -> None:
    """Were it so, labels that mean nothing would seem to be known."""
    examples = [replace(e, right=at % 2 == 0) for at, e in enumerate(made(120))]
    found = separation(study(examples, method=method).scored)  # type: ignore[arg-type]
    assert found is not None and 0.3 < found < 0.65


def test_the_file_holds_no_word_of_the_examples(calibration: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    examples = [_marked(e, at) for at, e in enumerate(made(60))]
    save(fit(examples, 0.3, words=True), path)
    text = path.read_text("utf-8")
    assert "quixmere" not in text.lower() and "Cleo" not in text and "marbles" not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def _marked(example: Example, at: int) -> Example:
    return Example.of(
        f"For Quixmere {at}: {example.question}", f"{example.answer} Quixmere", example.right
    )


def test_a_file_gives_back_what_was_saved(calibration: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    save(calibration, path)
    assert load(path) == calibration


def _version(found: dict[str, object]) -> None:
    found["version"] = 2


def _more(found: dict[str, object]) -> None:
    found["calibration"]["note"] = "hello"  # type: ignore[index]


def _less(found: dict[str, object]) -> None:
    del found["calibration"]["home"]["intercept"]  # type: ignore[index, attr-defined]


def _flat(found: dict[str, object]) -> None:
    found["calibration"]["home"]["features"][0]["scale"] = 0  # type: ignore[index]


def _risk(found: dict[str, object]) -> None:
    found["calibration"]["risk"] = 1.5  # type: ignore[index]


def _text(found: dict[str, object]) -> None:
    found["calibration"]["n"] = "160"  # type: ignore[index]


@pytest.mark.parametrize("change", [_version, _more, _less, _flat, _risk, _text])
def test_a_file_that_was_changed_is_refused(
    calibration: Calibration, tmp_path: Path, change: object
) -> None:
    path = tmp_path / "c.json"
    save(calibration, path)
    found = json.loads(path.read_text("utf-8"))
    change(found)  # type: ignore[operator]
    path.write_text(json.dumps(found))
    with pytest.raises(BadInput, match="no calibration of version 1"):
        load(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{"])
def test_what_is_no_calibration_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no calibration"):
        load(path)
    with pytest.raises(BadInput, match="cannot be read"):
        load(tmp_path / "nowhere.json")


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(BadInput, match="29 examples are too few"):
        fit(made(29))


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(ConfigError, match=r"doorstep\[calibrate\]"):
        fit(made(40))


def test_examples_of_one_kind_give_their_base_rate() -> None:
    examples = [replace(e, right=True) for e in made(100)]
    found = fit(examples, 0.1)
    assert found.threshold is not None and found.threshold.share == 1
    assert found.score({}) == pytest.approx(0.5 / 101)
    shown = summary(study(examples), found)
    assert shown.separation is None and "both kinds" in shown.next


def test_the_stored_weights_score_as_scikit_learn_does() -> None:
    from sklearn.linear_model import LogisticRegression

    values = [(math.sin(3.0 * i), math.cos(5.0 * i)) for i in range(80)]
    wrong = [a + 0.5 * b + math.sin(11 * i) > 0.2 for i, (a, b) in enumerate(values)]
    scorer = fit_scorer([Sample({"a": a, "b": b}) for a, b in values], wrong)
    rows = [
        [f.push(v) / f.weight for f, v in zip(scorer.features, vs, strict=True)] for vs in values
    ]
    likely = [
        LogisticRegression(C=c, max_iter=500, tol=1e-3).fit(rows, wrong).predict_proba(rows)[:, 1]
        for c in (0.003, 0.01, 0.03)
    ]
    own = [scorer.risk({"a": a, "b": b}) for a, b in values]
    assert (
        min(max(abs(x - y) for x, y in zip(own, theirs, strict=True)) for theirs in likely) < 1e-5
    )


def test_folds_deal_out_every_place_once_and_both_kinds_evenly() -> None:
    wrong = [at % 3 == 0 for at in range(50)]
    parts = folds(wrong, 5)
    assert sorted(place for part in parts for place in part) == list(range(50))
    assert {len(part) for part in parts} == {10}
    assert all(3 <= sum(wrong[place] for place in part) <= 4 for part in parts)


def _scorer() -> Scorer:
    names = ("a", "b", "c", "d")
    return Scorer(0.0, tuple(Feature(name, 0, 1, -1, 1, 1) for name in names))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"a": 0, "b": 0, "c": 0, "d": 0}, ""),
        ({"a": 0, "b": 0, "c": 0}, ""),
        ({"a": 0, "b": 0}, "too little"),
        ({"a": 9, "b": 9, "c": 0, "d": 0}, ""),
        ({"a": 9, "b": 9, "c": -9, "d": 0}, "unlike the examples in 3 ways, such as a"),
        ({"a": 1.9, "b": -1.9, "c": 1.9, "d": 1.9}, ""),  # within half a range beyond it
    ],
)
def test_a_scorer_knows_what_it_cannot_tell(values: dict[str, float], says: str) -> None:
    found = _scorer().why_not(values)
    assert says in found if says else found == ""


def test_one_wild_value_pushes_no_harder_than_three_deviations() -> None:
    assert _scorer().risk({"a": 1e300}) == pytest.approx(1 / (1 + math.exp(-3)))


@pytest.mark.parametrize(
    ("scored", "area"),
    [
        ([(0.1, False), (0.9, True)], 1.0),
        ([(0.9, False), (0.1, True)], 0.0),
        ([(0.5, False), (0.5, True)], 0.5),
        ([(0.2, False), (0.4, True), (0.6, False), (0.8, True), (None, True)], 0.75),
        ([(0.2, True)], None),
    ],
)
def test_separation(scored: Sequence[tuple[float | None, bool]], area: float | None) -> None:
    assert separation([Scored(*one) for one in scored]) == area


def test_words_are_hashed_the_same_everywhere_and_rare_ones_weigh_more() -> None:
    assert places("The cat, the CAT") == places("cat the")
    assert max(places("every word of this sentence")) < 1 << BITS
    rarity = rarities(["the cat", "the dog", "the bird"])
    cells = scaled("the cat", rarity)
    assert sum(value**2 for value in cells.values()) == pytest.approx(1)
    (the,), (cat,) = places("the"), places("cat")
    assert cells[cat] > cells[the]
    assert scaled("", rarity) == {}


def test_words_help_where_only_the_topic_tells() -> None:
    topics = ("of a river bank", "of a bond yield")
    samples = [Sample({}, f"Question {i} {topics[i % 2]}") for i in range(80)]
    scorer = fit_scorer(samples, [i % 2 == 0 for i in range(80)], words=True)
    assert scorer.risk({}, "Which river is it?") > 0.5 > scorer.risk({}, "Which bond is it?")
