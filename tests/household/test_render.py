"""What crosses is made of constants and typed slots, and nothing else."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import doorstep.household.violations as violations
from doorstep._errors import BadInput
from doorstep.household.checks import feedback
from doorstep.household.problem import ClockChange, Load, Problem, Solution, TariffWindow, load_ids
from doorstep.household.render import CLOUD_INSTRUCTIONS, SHAPE, parse_rendered, render
from tests.household.reference import PROBLEM
from tests.household.test_checks import VIOLATIONS

RENDERED = """\
now=18:30
target=load_A
load load_A: duration_min=90 energy_kwh=1.2 earliest_start=18:30 finish_by=06:30 quiet_by=22:30
load load_B: duration_min=120 energy_kwh=14 earliest_start=18:30 finish_by=07:00
tariff 17:00-20:00: 0.45
tariff 20:00-00:00: 0.22
tariff 00:00-06:00: 0.12
tariff 06:00-17:00: 0.25"""

FIRST_NAMES = """
abby adam al alan alba ali alice amber amy ana andy angel ann anna april art ash asia aubrey
august aurora autumn ava barb bea beau ben bess beth bill bo bob brad brandy brook bruno buck bud
buddy carol cary casey cat chance chase chastity chip christian chuck clay cliff cole colt
constance cory crystal curt daisy dale dan dawn dean deb destiny dick dolly don dot doug drew duke
dusty earl earnest eddy eli ella ember emery emma eric ernest eva eve faith fay fern flora ford
fran frank fred gail gale gay gene genesis ginger glen glory grace grant greg guy hank happy
harmony harry haven hazel heath heather herb hill holly homer honey hope hunter ian ida iris isa
ivory ivy jack jade jake james jan jasmine jay jean jeff jen jerry jet jim jimmy job joe john
jordan josh joy joyce judge judy june justice kat kate kay ken kim king kit lance lane lark laurel
lea lee leo les levi liberty lily lou love luke lynn mac major marina mark marshal mary mason mat
matt max maya mel melody mercy merry mia mickey mike miles mo molly moss myrtle nat ned neil nick
noel nora norm ocean olive opal otto page paige parker pat patience patty paul pearl peg penny
peter petunia phil pip poppy precious prince queen rain ralph ramsey randy ray red reed reef reese
rex rich rick river rob robin rocky rod roman ron rory rose rosemary roy royal ruby rue russ rusty
ruth sage sal sally sam sandy sara scarlet serene serenity shad shane sherry sierra skip sky sol
son sonny spencer star stella sterling stew stone storm sue summer sunny susan sylvan tab tad tara
tate ted teddy temple terry theo thor tim tina toby tom tony tracy trent trinity troy true ty van
vera verity vic victor viola violet wade walker ward warren wendy wes will willow win winter wolf
woody wren young zoe may
"""
HOUSEHOLD_WORDS = """
adult air alarm appliance apartment attic baby bath bathroom battery bed bedroom bedtime boiler
bowl breakfast car charger charging child children clothes cooker daughter dinner dishes
dishwasher dog door dryer electric ev fan family father flat floor freezer fridge friend fryer
garage garden grandma guest hall heater heating heat home house household husband hvac kettle kid
kids kitchen lamp laundry light living lunch machine meeting meter mother mum dad neighbour
neighbor nursery office oven owner parent partner people person pet pool pump resident robot room
school shower sleep solar spouse study sauna son supper television tumble vacuum vehicle wash
washer washing wife window work
"""


def words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-z]+", text)}


def test_the_reference_problem() -> None:
    assert render(PROBLEM) == RENDERED


# What the regular expression of a slot leaves behind would not be a word; so take the constants
# from the instructions, the templates, one full render and the schema.
FULL = Problem(
    now="18:30",
    target="load_A",
    loads=(
        Load(
            id="load_A",
            duration_min=1,
            energy_kwh=1,
            earliest_start="18:30",
            finish_by="18:30",
            quiet_by="18:30",
            quiet_until="18:30",
        ),
    ),
    tariff=PROBLEM.tariff,
    clock_change=ClockChange(at="02:00", shift_min=-60),
    power_limit_kw=3.5,
)
CONSTANTS = {
    "instructions": CLOUD_INSTRUCTIONS,
    "render": render(FULL),
    "feedback": " ".join((*violations._TELL.values(), violations.FEEDBACK_HEAD, violations._OTHER)),
    "schema": json.dumps(Solution.model_json_schema()),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_no_constant_is_a_name_or_a_household_word(name: str) -> None:
    said = words(CONSTANTS[name])
    assert not said & set(FIRST_NAMES.split())
    assert not said & set(HOUSEHOLD_WORDS.split())


hours = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02d}:{t[1]:02d}")
maybe = st.none() | hours


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    ids = load_ids(draw(st.sampled_from([1, 2, 3, 40])))
    return Problem(
        now=draw(hours),
        target=draw(st.sampled_from(ids)),
        loads=tuple(
            Load(
                id=key,
                duration_min=draw(st.integers(1, 1440)),
                energy_kwh=draw(st.floats(0, 1000)),
                earliest_start=draw(hours),
                finish_by=draw(maybe),
                quiet_by=draw(maybe),
                quiet_until=draw(maybe),
            )
            for key in ids
        ),
        tariff=tuple(
            TariffWindow(start=draw(hours), end=draw(hours), price=draw(st.floats(-1000, 1000)))
            for _ in range(draw(st.integers(1, 4)))
        ),
        clock_change=draw(
            st.none() | st.builds(ClockChange, at=hours, shift_min=st.integers(-120, 120))
        ),
        power_limit_kw=draw(st.none() | st.floats(0, 10000, exclude_min=True)),
    )


@settings(max_examples=100, deadline=None)
@given(problems(), st.lists(st.sampled_from(VIOLATIONS), max_size=3))
def test_every_problem_has_the_shape_and_comes_back(
    problem: Problem, wrong: list[violations.Violation]
) -> None:
    text = "\n".join(part for part in (render(problem), feedback(wrong)) if part)
    assert SHAPE.fullmatch(text)
    assert parse_rendered(text) == problem
    assert parse_rendered(f"{CLOUD_INSTRUCTIONS}\n{text}\n") == problem


@given(
    st.integers(0, len(RENDERED)),
    st.sampled_from(["Maya", " bed", "x", "dishwasher", "\n# hi", "é", "load", "load_a", "Ⅷ", "٣"]),
)
def test_a_word_from_outside_breaks_the_shape(at: int, word: str) -> None:
    assert not SHAPE.fullmatch(RENDERED[:at] + word + RENDERED[at:])


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_nothing_may_follow(text: str) -> None:
    assert not SHAPE.fullmatch(f"{RENDERED}\n{text}") or re.fullmatch(r"\s*", text)


def test_nothing_to_parse() -> None:
    with pytest.raises(BadInput, match="no scheduling problem"):
        parse_rendered("Should the dishwasher run now or later?")
