"""The calibrated judge: its three verdicts, its reasons, what it costs; and in the pattern."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from doorstep import Message, Reply
from doorstep.models.scripted import Scripted
from doorstep.patterns.calibration import CalibratedJudge, Calibration, fit
from doorstep.patterns.calibration.features import TEXT_CHECKS
from doorstep.patterns.calibration.scorer import Feature, Scorer
from doorstep.patterns.calibration.threshold import Threshold
from doorstep.patterns.checks import cheap_checks
from doorstep.patterns.checks.arithmetic import arithmetic
from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.escalate_on_hard import EscalateOnHard
from tests.patterns.calibration.made import made
from tests.patterns.far import far

pytest.importorskip("sklearn", reason="fitting needs doorstep[calibrate]")

QUESTION = "Gus has 4 boxes of 12 shells each and finds 9 more. How many shells does Gus have now?"
RIGHT = "Gus has 4 * 12 = 48 shells in boxes. With 9 more that is 48 + 9 = 57 shells.\n#### 57"
WRONG = "4 * 12 = 48 shells.\n#### 48"


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return fit(made(160), 0.2, 0.9)


def _look(answer: str, question: str = QUESTION) -> Look:
    return Look((Message("user", question),), Reply(answer, "home"))


def test_a_sound_answer_is_kept(calibration: Calibration) -> None:
    found = CalibratedJudge(calibration).judge(_look(RIGHT), ())
    assert found.verdict == "keep"
    assert found.risk is not None and found.risk < 0.2
    assert 1 <= len(found.reasons) <= 3


def test_a_faulty_answer_is_escalated_for_reasons_a_person_understands(
    calibration: Calibration,
) -> None:
    found = CalibratedJudge(calibration).judge(_look(WRONG), ())
    assert found.verdict == "escalate"
    assert found.risk is not None and found.risk > 0.5
    assert all(
        reason.endswith((", more than usual", ", less than usual")) for reason in found.reasons
    )
    assert not any(figure in reason for reason in found.reasons for figure in ("48", "12", "Gus"))


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [(WRONG, "escalate", "unused numbers, more"), (RIGHT, "keep", "unused numbers, less")],
)
def test_reasons_are_what_speaks_for_the_verdict(
    calibration: Calibration, answer: str, verdict: str, reason: str
) -> None:
    unused = Feature("worked solution: unused numbers", 0.5, 1, 0, 4, 2)
    other = Feature("worked solution: steps", 1, 1, 0, 8, 0.01)  # moves next to nothing
    scorer = Scorer(0.0, (unused, other))
    made_up = replace(calibration, home=scorer, threshold=Threshold(0.5, 60, 3, 80, 0.15))
    found = CalibratedJudge(made_up).judge(_look(answer), ())
    assert found.verdict == verdict
    assert found.reasons == (f"worked solution: {reason} than usual",)


def test_an_answer_unlike_the_examples_cannot_be_told(calibration: Calibration) -> None:
    essay = "Rivers rise. They fall; nobody counts them. " * 120
    found = CalibratedJudge(calibration).judge(_look(essay, essay), ())
    assert (found.verdict, found.risk) == ("cannot tell", None)
    assert "unlike the examples" in found.reasons[0]


def test_without_an_answer_too_little_is_there(calibration: Calibration) -> None:
    found = CalibratedJudge(calibration).judge(_look(""), ())
    assert found.verdict == "cannot tell" and "too little" in found.reasons[0]


def test_where_no_threshold_met_the_risk_nothing_is_kept(calibration: Calibration) -> None:
    judge = CalibratedJudge(replace(calibration, threshold=None))
    found = judge.judge(_look(RIGHT), ())
    assert found.verdict == "cannot tell" and found.risk is not None
    assert found.reasons[0] == judge.label


def test_signs_that_were_made_are_taken_as_they_are(calibration: Calibration) -> None:
    judge, look = CalibratedJudge(calibration), _look(RIGHT)
    assert judge.judge(look, (arithmetic(look),)) == judge.judge(look, ())
    other = Sign("arithmetic", 0.9, features={"equations_wrong": 2.0})
    there, alone = judge.judge(look, (other,)).risk, judge.judge(look, ()).risk
    assert there is not None and alone is not None and there > alone


def test_a_sign_of_a_failed_check_or_of_a_check_nobody_knows_does_no_harm(
    calibration: Calibration,
) -> None:
    judge, look = CalibratedJudge(calibration), _look(RIGHT)
    odd = (Sign("mine", None), Sign("logprobs", 0.1, features={"mean": -0.2}))
    assert judge.judge(look, odd) == judge.judge(look, ())


def test_a_check_that_raises_takes_nothing_down(
    calibration: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(look: Look) -> Sign:
        raise RuntimeError(look.answer)

    monkeypatch.setitem(TEXT_CHECKS, "hedging", fails)
    assert CalibratedJudge(calibration).judge(_look(RIGHT), ()).verdict == "keep"


def test_a_decision_is_cheap(calibration: Calibration) -> None:
    """5 ms are allowed; a bound of 50 is never reached by a busy machine alone."""
    judge, look = CalibratedJudge(calibration), _look(RIGHT)
    begun = time.process_time()
    for _ in range(20):
        judge.judge(look, ())
    assert (time.process_time() - begun) / 20 < 0.05


async def test_in_the_pattern_it_keeps_one_answer_and_sends_the_other(
    tmp_path: Path, calibration: Calibration
) -> None:
    async with far(tmp_path) as cloud:
        cloud.says("57")
        home = Scripted([RIGHT, WRONG])
        judge = CalibratedJudge(calibration)
        pattern = EscalateOnHard(
            home, cloud.model, cloud.boundary, judge=judge, checks=cheap_checks()
        )
        kept = await pattern.respond([Message("user", QUESTION)])
        assert kept.text == RIGHT and cloud.sent == []
        sent = await pattern.respond([Message("user", QUESTION)])
        assert sent.text == "57" and len(cloud.sent) == 1
        assert sent.outcome is not None and sent.outcome.verdict == "escalated"
        assert any(calibration.label in note for note in sent.outcome.notes)
