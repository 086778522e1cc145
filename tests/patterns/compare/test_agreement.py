"""How often "agree" is right: counted, bounded exactly, stored, and read back with suspicion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstep import BadInput
from doorstep.patterns.compare.agreement import Agreement, Example, calibrate_agreement

ASK = "How many?"


def examples(right: int, wrong: int, differ: int) -> list[Example]:
    agreed = [Example(ASK, "It is 5.", "#### 5", True)] * right
    agreed += [Example(ASK, "It is 5.", "#### 5", False)] * wrong
    return agreed + [Example(ASK, "It is 5.", "#### 6", False)] * differ


def test_only_what_agrees_is_counted() -> None:
    found = calibrate_agreement(examples(right=58, wrong=1, differ=20))
    assert (found.n, found.agreed, found.wrong) == (79, 59, 1)
    assert found.at_most == pytest.approx(0.0779, abs=0.0005)  # Clopper-Pearson of 1 in 59
    assert "at most 7.8%" in found.label and "1 of 59" in found.label


def test_none_wrong_is_not_never_wrong() -> None:
    found = calibrate_agreement(examples(right=59, wrong=0, differ=0))
    assert found.at_most == pytest.approx(1 - 0.05 ** (1 / 59))


def test_no_agreement_says_nothing() -> None:
    found = calibrate_agreement(examples(right=0, wrong=0, differ=3))
    assert found.at_most == 1.0 and "says nothing" in found.label
    with pytest.raises(BadInput, match="no example"):
        calibrate_agreement([])


def test_it_is_stored_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "agreement.json"
    found = calibrate_agreement(examples(right=30, wrong=2, differ=5), confidence=0.9)
    found.save(path)
    assert Agreement.load(path) == found
    assert "How many" not in path.read_text()


@pytest.mark.parametrize(
    "change",
    [{"wrong": 0}, {"at_most": 0.001}, {"agreed": 900}, {"confidence": 2.0}, {"n": "many"}],
)
def test_figures_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "agreement.json"
    calibrate_agreement(examples(right=30, wrong=2, differ=5)).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadInput):
        Agreement.load(path)


def test_no_file_and_no_json(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        Agreement.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(BadInput, match="no calibration"):
        Agreement.load(tmp_path / "bad.json")
