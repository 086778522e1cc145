"""Numbers and quotes that stand in the source, and those that stand nowhere."""

from __future__ import annotations

import pytest

from doorstep import BadInput, Message, Reply
from doorstep.patterns.checks import Grounded, Look
from doorstep.patterns.checks.grounded import said

LETTER = (
    'The landlord writes on page two: "The rent rises by 85 euros from the first of March." It was '
    "1,240 euros before. The heating was repaired twice, for 310.50 and for ninety euros, and the "
    "tenants' association says that “a rise of more than 20% within three years is void”. There "
    "are sixteen flats in the house, and the lift has been out of order since the end of October. "
    "Nothing is said about the cellar."
)


def look(answer: str, source: str = LETTER) -> Look:
    messages = (Message("system", source), Message("user", "What does it say?"))
    return Look(messages, Reply(answer, "m"))


GROUNDED = (
    "The rent rises by 85 euros.",
    "The new rent is 1240 + 85 = 1325 euros.",
    "It was $1,240.00 before, and there are 16 flats.",
    "The letter says: “The rent rises by 85 euros from the first of March.”",
    'It says "the RENT rises  by 85 euros".',
    'It warns of "a rise of more than 20%".',
    "There are 3 things to do:\n1. Pay 85\n2. Write\n3. Wait 12 months",
    "Repairs: 310.50 and 90, so 310.50 + 90 = 400.50 in all.",
    "A year has 365 days, and 100% of the flats are meant.",
    "That is 0.2 of it.",
)
FOREIGN = {
    "The rent rises by 95 euros.": 0.8,
    "It rises by 85 euros to 1,352 euros.": 0.55,
    'It says: "The rent falls by 85 euros from March."': 0.8,
    "It was €1.240.000 in 1987.": 0.8,
}
UNSCORED = ("It rises.", "Nothing is said about it.", 'The word "cellar" stands there.', "")


@pytest.mark.parametrize("answer", GROUNDED)
def test_these_occur(answer: str) -> None:
    assert Grounded().see(look(answer)).doubt == 0.1


@pytest.mark.parametrize("answer", FOREIGN)
def test_these_do_not(answer: str) -> None:
    assert Grounded().see(look(answer)).doubt == pytest.approx(FOREIGN[answer])


@pytest.mark.parametrize("answer", UNSCORED)
def test_nothing_to_look_for_is_no_score(answer: str) -> None:
    assert Grounded().see(look(answer)).doubt is None


async def test_a_short_question_is_no_source() -> None:
    short = look("Mount Everest is 8,849 metres high.", source="Be brief.")
    assert Grounded().see(short).doubt is None
    assert (await Grounded(least=1)(short)).doubt == pytest.approx(0.8)
    with pytest.raises(BadInput):
        Grounded(least=0)


def test_the_reason_quotes_nothing() -> None:
    sign = Grounded().see(look("It rises by 95 euros."))
    assert sign.reason == "1 of 1 numbers stand neither in the source nor in a result"
    assert sign.features["numbers_foreign"] == 1 and sign.features["numbers_grounded"] == 0


def test_numbers_in_words() -> None:
    assert {16, 90, 3} <= said(LETTER)
    assert said("half of two dozen") == {2, 12}
    assert said("someone often attends") == frozenset()
