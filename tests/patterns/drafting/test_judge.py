"""The judge: checks, then the home model in both orders, or the user's function."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from doorstep import BadInput, Message, Options, Reply
from doorstep.models import Scripted
from doorstep.patterns.drafting.added import added, numbers
from doorstep.patterns.drafting.judge import FIRST, NOTHING_NEW, SAME, SECOND, Judge
from doorstep.patterns.drafting.ruling import Pair, Ruling
from doorstep.patterns.drafting.signs import look

ASK = (Message("user", "How long do 3 loaves take at 210 degrees?"),)
DRAFT = "Three loaves need about forty minutes."
BETTER = "Three loaves need 35 minutes; turn them once."


def pair(
    draft: str | Reply = DRAFT,
    refined: str | Reply = BETTER,
    messages: Sequence[Message] = ASK,
) -> Pair:
    replies = [Reply(r, "m") if isinstance(r, str) else r for r in (draft, refined)]
    return Pair(tuple(messages), *replies)


# --- checks --------------------------------------------------------------------------------------

LOOP = "It is warm. " * 12


@pytest.mark.parametrize(
    ("draft", "refined", "verdict"),
    [
        (DRAFT, "", "keep"),
        (DRAFT, "  \n", "keep"),
        (DRAFT, "I'm sorry, but I can't help with that.", "keep"),
        (DRAFT, Reply("No.", "m", finish="refusal"), "keep"),
        (DRAFT, Reply(BETTER, "m", finish="length"), "keep"),
        (DRAFT, Reply(BETTER, "m", finish="filter"), "keep"),
        (DRAFT, f"So: {LOOP}", "keep"),
        (DRAFT, "Ask PERSON_7F3AQ2XK about it.", "keep"),
        (DRAFT, "three loaves need about FORTY  minutes!", "keep"),  # the same, otherwise said
        ("", BETTER, "replace"),
        ("I cannot help with that.", BETTER, "replace"),
        (Reply(DRAFT, "m", finish="length"), BETTER, "replace"),
        (LOOP, BETTER, "replace"),
        ("", "", "replace"),  # nothing to keep
        ("I cannot help with that.", "", "keep"),  # better than nothing
        # Near misses: nothing to decide without a model.
        (DRAFT, BETTER, None),
        (DRAFT, "I'm sorry to hear that. 35 minutes will do.", None),
        (DRAFT, "I can't see why not: 35 minutes.", None),
        (DRAFT, "Very, very, very warm: 35 minutes.", None),
        (DRAFT, "Set MAX_LENGTHS, THREE_LOAVES and PART_1234567 to 35.", None),
    ],
)
def test_what_can_be_said_without_a_model(
    draft: str | Reply, refined: str | Reply, verdict: str | None
) -> None:
    ruling = look(pair(draft, refined))
    assert (ruling.verdict if ruling else None) == verdict


def test_a_placeholder_of_the_users_own_is_no_fault() -> None:
    asked = (Message("user", "What does PERSON_7F3AQ2XK mean?"),)
    assert look(pair(DRAFT, "PERSON_7F3AQ2XK is a name.", asked)) is None


@pytest.mark.parametrize(
    ("draft", "refined", "lost"),
    [
        ("3 loaves at 210 degrees: 40 minutes.", "Bake them until brown.", True),
        ("3 loaves at 210 degrees: 40 minutes.", "Bake 3 until brown.", False),  # one is there
        ("3 loaves: 40 minutes.", "Bake them until brown.", False),  # one number is no pattern
        ("5 loaves at 180 degrees.", "Bake them until brown.", False),  # none of the question's
    ],
)
def test_facts_of_the_question_that_got_lost(draft: str, refined: str, lost: bool) -> None:
    ruling = look(pair(draft, refined))
    assert (ruling is not None and ruling.verdict == "enrich") == lost


# --- the home model, in both orders --------------------------------------------------------------


def prefers(*wanted: str) -> Scripted:
    """A home model that names, each time, which of the two answers it wants: by its text, by its
    place ("1", "2"), or neither ("=")."""
    said = iter(wanted)

    def choose(messages: Sequence[Message], options: Options) -> str:
        text, want = messages[-1].text, next(said)
        first, second = re.findall(r"<answer_\d>\n(.*?)\n</answer_\d>", text, re.S)
        answer = {first: FIRST, second: SECOND, "1": FIRST, "2": SECOND, "=": SAME}[want]
        listed = dict(re.findall(r"^([A-D])\) (.*)$", text, re.M))
        return next(letter for letter, option in listed.items() if option == answer)

    return Scripted([choose, choose])


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        ((BETTER, BETTER), "replace"),
        ((DRAFT, DRAFT), "keep"),
        (("=", "="), "keep"),
        (("1", "1"), "keep"),  # whatever comes first
        (("2", "2"), "keep"),  # whatever comes last
        ((BETTER, "="), "keep"),
        ((BETTER, DRAFT), "keep"),
    ],
)
async def test_only_what_holds_in_both_orders_counts(wanted: tuple[str, str], verdict: str) -> None:
    home = prefers(*wanted)
    ruling = await Judge("home").rule(pair(), home)
    assert ruling.verdict == verdict
    places = [
        call.messages[-1].text.index(BETTER) < call.messages[-1].text.index(DRAFT)
        for call in home.calls
    ]
    assert sorted(places) == [False, True]


async def test_both_are_right_enriches_by_what_is_new() -> None:
    home = Scripted(["D", "D"])
    ruling = await Judge("home").rule(pair(), home)
    assert (ruling.verdict, ruling.addition) == ("enrich", BETTER)
    ruling = await Judge("home").rule(pair(DRAFT, "Three loaves need about forty."), Scripted("DD"))
    assert (ruling.verdict, ruling.reason) == ("keep", NOTHING_NEW)


async def test_the_checks_spare_the_home_model() -> None:
    home = Scripted([])
    assert (await Judge("home").rule(pair(DRAFT, ""), home)).verdict == "keep"
    assert home.calls == []


async def test_a_home_model_that_cannot_judge_keeps_the_draft() -> None:
    ruling = await Judge("home").rule(pair(), Scripted([]))
    assert (ruling.verdict, ruling.reason) == ("keep", "the judge failed (ModelUnavailable)")


async def test_long_texts_are_shown_to_the_home_model_in_part() -> None:
    home = Scripted("BB")
    await Judge("home").rule(pair(DRAFT * 2000, BETTER * 2000), home)
    assert all(len(call.messages[-1].text) < 30_000 for call in home.calls)


# --- the user's function -------------------------------------------------------------------------


async def test_the_users_function_decides_after_the_checks() -> None:
    home = Scripted([])

    async def later(both: Pair) -> Ruling:
        assert both.question == ASK[0].text
        return Ruling("replace", "shorter")

    assert (await Judge(lambda both: "keep").rule(pair(), home)).verdict == "keep"
    assert (await Judge(later).rule(pair(), home)).reason == "shorter"
    assert (await Judge(lambda both: "replace").rule(pair(DRAFT, ""), home)).verdict == "keep"


async def test_a_function_that_says_something_else_keeps_the_draft() -> None:
    ruling = await Judge(lambda both: "perhaps").rule(pair(), Scripted([]))  # type: ignore[arg-type,return-value]
    assert (ruling.verdict, ruling.reason) == ("keep", "the judge failed (BadInput)")


def test_a_judge_is_one_of_three() -> None:
    with pytest.raises(BadInput):
        Judge("cloud")  # type: ignore[arg-type]


# --- what is new ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "refined", "new"),
    [
        (
            "Bake for 40 minutes.",
            "Bake for 40 minutes. Turn the bread once.",
            "Turn the bread once.",
        ),
        ("Bake for 40 minutes.", "Bake for 35 minutes.", "Bake for 35 minutes."),
        ("Bake it for 1,200 seconds.", "For 1,200 seconds, bake it.", ""),
        ("The oven needs to be warm first.", "First the oven needs to be warm.", ""),
        ("a", "- warm the oven\n- turn the bread", "- warm the oven\n- turn the bread"),
        ("Warm the oven.", "1.5 hours. Warm the oven.", "1.5 hours."),
        ("", "", ""),
    ],
)
def test_what_one_text_says_and_the_other_does_not(draft: str, refined: str, new: str) -> None:
    assert added(draft, refined) == new


def test_numbers() -> None:
    assert numbers("1,200 g at 3.5 bar, 18:30, model x7") == {"1200", "3.5", "18:30", "7"}
