# ruff: noqa: E501
"""The built-in reader, end to end: prose to problem, and what it refuses."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from doorstep._errors import BadInput
from doorstep.household.kinds import KindModel
from doorstep.household.parse import parse
from doorstep.household.reader import RulesReader
from doorstep.household.values import Reading

ROOT = Path(__file__).resolve().parents[2]
TARIFF = "00:00-06:00 $0.12\n06:00-17:00 $0.25\n17:00-20:00 $0.45\n20:00-24:00 $0.22"


def read(
    memory: str, devices: Mapping[str, str] | str, now: str = "18:30", question: str | None = None
) -> Reading:
    """Read a household of these notes; plain device names get an hour and 1 kWh each."""
    if isinstance(devices, str):
        devices = dict.fromkeys(devices.split(","), "60 min, 1 kWh")
    facts = "\n".join(f"- {name}: {line}" for name, line in devices.items())
    text = (
        f"# Now\n{now}\n# Household memory\n{memory}\n# Device facts\n{facts}\n# Tariff\n{TARIFF}\n"
    )
    return RulesReader().read(parse(text), question or f"Run the {next(iter(devices))} now?")


def summary(reading: Reading) -> dict[str, dict[str, str]]:
    """Device -> what is not the default: f(inish), q(uiet), u(ntil), n(ot before)."""
    found = {}
    for load in reading.problem.loads:
        said = {"f": load.finish_by, "q": load.quiet_by, "u": load.quiet_until}
        if load.earliest_start != reading.problem.now:
            said["n"] = load.earliest_start
        found[reading.mapping[load.id]] = {k: v for k, v in said.items() if v}
    return {name: said for name, said in found.items() if said}


def wanted(text: str) -> dict[str, dict[str, str]]:
    """ "dryer q=21:00 u=06:00|car f=07:00" -> the same shape."""
    rows = [re.fullmatch(r"(.*?)((?: [fqun]=\S+)+)", row) for row in text.split("|") if "=" in row]
    return {m[1]: dict(x.split("=") for x in m[2].split()) for m in rows if m}


FLAT = "dishwasher,washing machine,tumble dryer,EV charger"
POOL = "heat pump boost,hot-water tank,pool pump,bread maker,e-bike charger"
CELLAR = "3D printer,kiln,dehumidifier,sauna,slow cooker"
HOME = "Dishwasher,Washing machine,Tumble dryer,Wallbox,Robot vacuum"

SENTENCES = [
    (
        "The dryer drowns out Baba's radio play, which is on from 20:15; so please no dryer after 20:15.",
        FLAT,
        "tumble dryer q=20:15",
        "18:30",
    ),
    (
        "Nobody is to touch the washer before the plumber has gone, roughly 19:45.",
        FLAT,
        "washing machine n=19:45",
        "18:30",
    ),
    (
        "Dad's night shift ends at 06:00 and he sleeps until noon; between 06:30 and 12:00 neither the washer nor the dryer may run.",
        FLAT,
        "washing machine q=06:30 u=12:00|tumble dryer q=06:30 u=12:00",
        "18:30",
    ),
    (
        "Please have the laundry done by 21:00 so I can hang it up.",
        FLAT,
        "washing machine f=21:00",
        "18:30",
    ),
    (
        "Usually we start the dishwasher around 21:00, but tonight it has to be done by 20:45 as guests are coming.",
        FLAT,
        "dishwasher f=20:45",
        "18:30",
    ),
    (
        "The kids' school bus goes at 7:25, and the dishwasher must have finished before that.",
        FLAT,
        "dishwasher f=07:25",
        "18:30",
    ),
    (
        "Washer and dryer: nothing between 22:00 and 07:00, house rule.",
        FLAT,
        "washing machine q=22:00 u=07:00|tumble dryer q=22:00 u=07:00",
        "18:30",
    ),
    (
        "By the time Oskar gets up at 05:15 the car has to be charged.",
        FLAT,
        "EV charger f=05:15",
        "18:30",
    ),
    (
        "Quiet hours in this building are 22:00 to 06:00 and apply to every machine.",
        FLAT,
        "dishwasher q=22:00 u=06:00|washing machine q=22:00 u=06:00|tumble dryer q=22:00 u=06:00|EV charger q=22:00 u=06:00",
        "18:30",
    ),
    (
        "The washer is free only from 20:30, as Marta's load is still in it.",
        FLAT,
        "washing machine n=20:30",
        "18:30",
    ),
    (
        "The dryer must be off at 21:30 at the latest, and the car has to be ready at 06:15.",
        FLAT,
        "tumble dryer q=21:30|EV charger f=06:15",
        "18:30",
    ),
    (
        "The dishwasher mustn't run past 23:00. The same goes for the dryer.",
        FLAT,
        "dishwasher q=23:00|tumble dryer q=23:00",
        "18:30",
    ),
    (
        "Delphine teaches yoga online from 19:00 to 20:00, so the dryer has to stay off then.",
        FLAT,
        "tumble dryer q=19:00 u=20:00",
        "18:30",
    ),
    (
        "The dryer should not be started until the washer is finished, which will be at 20:10.",
        FLAT,
        "tumble dryer n=20:10",
        "18:30",
    ),
    (
        "The dishwasher, which is right below the nursery, must be silent after half seven in the evening.",
        FLAT,
        "dishwasher q=19:30",
        "17:00",
    ),
    (
        "Rosa wants the dishwasher emptied by nine tomorrow morning.",
        FLAT,
        "dishwasher f=09:00",
        "18:30",
    ),
    (
        "Start the washing machine no sooner than 7 p.m.; the hot water is needed for baths until then.",
        FLAT,
        "washing machine n=19:00",
        "18:30",
    ),
    (
        "Theo was at the dentist at 14:00 and needs rest, so from 20:00 on the washer has to be silent.",
        FLAT,
        "washing machine q=20:00",
        "18:30",
    ),
    (
        "Somebody left the dishwasher running at 02:00 last night. It must never again be on after 23:30.",
        FLAT,
        "dishwasher q=23:30",
        "18:30",
    ),
    (
        "Ana's exam is tomorrow at 9:00. She sleeps badly, so please nothing loud after 21:30.",
        FLAT,
        "dishwasher q=21:30|washing machine q=21:30|tumble dryer q=21:30|EV charger q=21:30",
        "18:30",
    ),
    (
        "If the dishwasher isn't through by 6:45, there are no bowls for porridge.",
        FLAT,
        "dishwasher f=06:45",
        "18:30",
    ),
    (
        "Washing: not before 20:00 (cheap rate rumours) and finished by 23:00.",
        FLAT,
        "washing machine n=20:00 f=23:00",
        "18:30",
    ),
    (
        "The dishwasher normally finishes at 22:00. Breakfast is at 07:00 and it must be empty by then.",
        FLAT,
        "dishwasher f=07:00",
        "18:30",
    ),
    (
        "The washer has to be done in time for Yannick's 22:00 shift.",
        FLAT,
        "washing machine f=22:00",
        "18:30",
    ),
    (
        "After 21:00 the dryer must not be running, and before 08:00 neither.",
        FLAT,
        "tumble dryer q=21:00 u=08:00",
        "18:30",
    ),
    (
        "Sipho's football boots are in the washer and have to be clean by 16:30 tomorrow.",
        FLAT,
        "washing machine f=16:30",
        "18:30",
    ),
    (
        "It is Ramadan: suhoor is at 04:30, and the dishwasher must be finished by then.",
        FLAT,
        "dishwasher f=04:30",
        "18:30",
    ),
    ("The lady downstairs is deaf, so noise at 23:00 is fine.", FLAT, "", "18:30"),
    (
        "The TV programme starts at 20:15 and we can't hear a word with the dryer on, so it has to be off from 20:15 to 21:45.",
        FLAT,
        "tumble dryer q=20:15 u=21:45",
        "18:30",
    ),
    (
        "The bedtime story is at 19:45; thereafter no washing machine.",
        FLAT,
        "washing machine q=19:45",
        "18:30",
    ),
    (
        "Never, ever start the dryer before Lou's nap is over at 15:30.",
        FLAT,
        "tumble dryer n=15:30",
        "13:00",
    ),
    (
        "Let the dishwasher finish before Pastor Emmanuel arrives for supper at half past seven.",
        FLAT,
        "dishwasher f=19:30",
        "16:00",
    ),
    (
        "Zeynep showers at 06:20 and wants hot water, so the tank must be heated up by then.",
        POOL,
        "hot-water tank f=06:20",
        "18:30",
    ),
    (
        "Pool pump: never during siesta, from 14:00 to 16:30.",
        POOL,
        "pool pump q=14:00 u=16:30",
        "11:00",
    ),
    (
        "The heat pump mustn't boost before the guests have left the terrace at 22:40.",
        POOL,
        "heat pump boost n=22:40",
        "18:30",
    ),
    (
        "Immersion and pool pump together trip the fuse, that happened on Sunday at 18:00.",
        POOL,
        "",
        "18:30",
    ),
    (
        "The bread maker beeps when it's done, so it must not finish while we sleep... fine, just have it finished by 22:50.",
        POOL,
        "bread maker f=22:50",
        "18:30",
    ),
    ("Sauna hot by 20:00, Juhani comes at eight.", CELLAR, "sauna f=20:00", "18:30"),
    (
        "The stew goes on at noon normally. Tomorrow it has to be ready for lunch at half past twelve.",
        CELLAR,
        "slow cooker f=12:30",
        "18:30",
    ),
    (
        "Printing is fine all night, but Ewa collects the part at 7:40 and it must be finished then.",
        CELLAR,
        "3D printer f=07:40",
        "18:30",
    ),
    (
        "Aunt Mireille gets migraines, so between two and four in the afternoon the machines stay silent.",
        HOME,
        "Dishwasher q=14:00 u=16:00|Washing machine q=14:00 u=16:00|Tumble dryer q=14:00 u=16:00|Wallbox q=14:00 u=16:00|Robot vacuum q=14:00 u=16:00",
        "10:00",
    ),
    (
        "Wallbox: car comes back at 19:50, drives off again at 5.40 am.",
        HOME,
        "Wallbox n=19:50 f=05:40",
        "18:30",
    ),
    (
        "Once a week the chimney sweep comes, this time at 07:30. He has nothing to do with the dryer.",
        HOME,
        "",
        "18:30",
    ),
    (
        "Since the landlady moved in below, the washing machine has been forbidden from 21:00 until 08:00.",
        HOME,
        "Washing machine q=21:00 u=08:00",
        "18:30",
    ),
    (
        "Ilse will only be done with the ironing at 19:40 and until then the fuse can't take the dryer.",
        HOME,
        "Tumble dryer n=19:40",
        "18:30",
    ),
    (
        "Last night the dishwasher was still going at 23:50 and woke Hedda. From now on it has to be silent by 22:45.",
        HOME,
        "Dishwasher q=22:45",
        "18:30",
    ),
    (
        "The car isn't plugged in until Nils is home, around twenty to nine this evening.",
        HOME,
        "Wallbox n=20:40",
        "18:30",
    ),
    (
        "The washing machine mustn't start until 19:15 because Pia is showering, and needs to be through by 22:00.",
        HOME,
        "Washing machine n=19:15 f=22:00",
        "18:30",
    ),
    (
        "Everyone's asleep by eleven; nothing should be humming after that.",
        HOME,
        "Dishwasher q=23:00|Washing machine q=23:00|Tumble dryer q=23:00|Wallbox q=23:00|Robot vacuum q=23:00",
        "18:30",
    ),
    (
        "I promised Mrs. Abara that the dryer won't be running later than 9.15 pm.",
        HOME,
        "Tumble dryer q=21:15",
        "18:30",
    ),
    (
        "Don't put the washing machine on before the boys are back with their kit at ten past seven this evening.",
        HOME,
        "Washing machine n=19:10",
        "18:30",
    ),
    (
        "The 22:00 quiet rule was lifted for this building in May. Car by six thirty in the morning, please.",
        HOME,
        "Wallbox f=06:30",
        "18:30",
    ),
    (
        "No washing before 7 and none after 21:30, that's what the lease says.",
        HOME,
        "Washing machine q=21:30 u=07:00",
        "18:30",
    ),
    (
        "The robot vacuum must not run after 20:00, Grandad trips over it.",
        HOME,
        "Robot vacuum q=20:00",
        "18:30",
    ),
    (
        "The dryer buzzes like mad when it ends, so it needs to be over before Kit falls asleep at 20:40.",
        HOME,
        "Tumble dryer f=20:40",
        "18:30",
    ),
    (
        "Careful: neither dishwasher nor washing machine while the shower is in use, i.e. before 19:30.",
        HOME,
        "Dishwasher n=19:30|Washing machine n=19:30",
        "18:30",
    ),
    (
        "Hanneke (third floor) works nights and sleeps from 9 to 16, so then the washing machine has to be still.",
        HOME,
        "Washing machine q=09:00 u=16:00",
        "08:00",
    ),
    (
        "After ten p.m. the pipes knock, so the dishwasher should be finished by then.",
        HOME,
        "Dishwasher f=22:00",
        "18:30",
    ),
    (
        "My father-in-law snores on the couch till 19:30. Wait with the dishwasher until he is awake.",
        HOME,
        "Dishwasher n=19:30",
        "18:30",
    ),
    (
        "Wash done 21:30 latest. Dryer silent 22:30.",
        HOME,
        "Washing machine f=21:30|Tumble dryer q=22:30",
        "18:30",
    ),
    (
        "Olu's recording starts at 19:00 and lasts until 20:30. During that time the dryer has to be off.",
        HOME,
        "Tumble dryer q=19:00 u=20:30",
        "18:30",
    ),
    (
        "Rule in the co-op: machines off from 22:00, machines on again from 06:30 at the earliest.",
        HOME,
        "Dishwasher q=22:00 u=06:30|Washing machine q=22:00 u=06:30|Tumble dryer q=22:00 u=06:30|Wallbox q=22:00 u=06:30|Robot vacuum q=22:00 u=06:30",
        "18:30",
    ),
    (
        "The washing machine is out of order, the repairman can't come before 9:00 on Monday.",
        HOME,
        "!Washing machine",
        "18:30",
    ),
    (
        "Silence, please, from 22:45. That goes for the dishwasher.",
        FLAT,
        "dishwasher q=22:45",
        "18:30",
    ),
    (
        "Washing machine and dryer: the first must be done by 21:40, the second must be done by 23:30.",
        FLAT,
        "washing machine f=21:40|tumble dryer f=23:30",
        "18:30",
    ),
    (
        "Our EV is new. It is a matter of courtesy that the dishwasher must be silent by 22:00.",
        FLAT,
        "dishwasher q=22:00",
        "18:30",
    ),
]


@pytest.mark.parametrize(("memory", "devices", "expected", "now"), SENTENCES)
def test_sentences(memory: str, devices: str, expected: str, now: str) -> None:
    gone = [row[1:] for row in expected.split("|") if row.startswith("!")]
    target = next(d for d in devices.split(",") if d not in gone)
    reading = read("- " + memory, devices, now, f"Run the {target} now?")
    assert summary(reading) == wanted(expected)
    assert set(reading.mapping.values()) == set(devices.split(",")) - set(gone)


def test_the_reference_household() -> None:
    house = parse((ROOT / "examples/household.md").read_bytes())
    reading = RulesReader().read(house, "Should the dishwasher run now or later?")
    a, b = reading.problem.loads
    assert (a.duration_min, a.energy_kwh, a.earliest_start) == (90, 1.2, "18:30")
    assert (a.finish_by, a.quiet_by, a.quiet_until) == ("06:30", "22:30", None)
    assert (b.duration_min, b.energy_kwh, b.earliest_start) == (120, 14.0, "18:30")
    assert (b.finish_by, b.quiet_by, b.quiet_until) == ("07:00", None, None)
    assert [reading.mapping[i].lower() for i in ("load_A", "load_B")] == [
        "dishwasher",
        "ev charger",
    ]
    assert reading.unsure == ()


def test_the_target_is_the_first_letter_and_the_others_follow_the_file() -> None:
    reading = read("- Quiet.", "dryer,dishwasher,kiln", question="Should the kiln run now?")
    assert reading.target == "kiln"
    assert dict(reading.mapping) == {"load_A": "kiln", "load_B": "dryer", "load_C": "dishwasher"}
    assert reading.problem.target == "load_A"


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("Should I charge the car now or tonight?", "EV charger"),
        ("Laundry now or later?", "washing machine"),
        ("Is it cheaper to do the dishes later?", "dishwasher"),
        ("Start charging now?", "EV charger"),
    ],
)
def test_the_question_by_synonym(question: str, target: str) -> None:
    assert read("- Quiet.", FLAT, question=question).target == target


@pytest.mark.parametrize(
    ("question", "facts", "says"),
    [
        ("Should Ada sing now?", "90 min, 1.2 kWh", "names none of the 2 devices"),
        ("Run the dryer now?", "on its shelf", "no duration"),
        ("Run the dryer now?", "90 min", "no energy"),
        ("Run the dryer now?", "90 min, 2 kWh, broken", "cannot run now"),
        ("Run the oven now?", "90 min, 1.2 kWh", "names none of the 2 devices"),
    ],
)
def test_a_question_that_cannot_be_asked(question: str, facts: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        read("- Ada sings.", {"kiln": "60 min, 2 kWh", "dryer": facts}, question=question)
    assert "dryer" not in str(caught.value)
    assert "Ada" not in str(caught.value)


def test_several_limits_the_earliest_deadline_and_the_latest_start() -> None:
    notes = "- The dryer must be done by 23:30.\n- The dryer must be done by 23:00.\n"
    notes += "- The dryer may not start before 19:00.\n- Not before 20:00 for the dryer either."
    assert summary(read(notes, "dryer")) == {"dryer": {"f": "23:00", "n": "20:00"}}


def test_facts_and_notes_together_give_the_latest_start() -> None:
    devices = {"dryer": "60 min, 2 kWh, available from 20:00"}
    assert summary(read("- The dryer may not start before 19:00.", devices)) == {
        "dryer": {"n": "20:00"}
    }
    assert summary(read("- The dryer may not start before 21:00.", devices)) == {
        "dryer": {"n": "21:00"}
    }


def test_a_quiet_time_that_has_begun_keeps_both_ends() -> None:
    reading = read("- Between 22:00 and 06:00 the dryer must stay off.", "dryer", now="23:10")
    assert summary(reading) == {"dryer": {"q": "22:00", "u": "06:00"}}


def test_of_two_quiet_times_the_one_that_has_begun_comes_first() -> None:
    notes = "- Between 22:00 and 06:00 the dryer must stay off.\n"
    notes += "- The dryer must stay off between 12:00 and 14:00."
    assert summary(read(notes, "dryer", now="23:10")) == {"dryer": {"q": "22:00", "u": "06:00"}}
    assert summary(read(notes, "dryer", now="08:00")) == {"dryer": {"q": "12:00", "u": "14:00"}}


def test_an_end_without_a_beginning_is_a_later_start() -> None:
    reading = read("- The dryer may run again from 21:00.", "dryer")
    assert summary(reading) == {"dryer": {"n": "21:00"}}
    assert summary(read("- The dryer must stay off until 21:00.", "dryer")) == {
        "dryer": {"n": "21:00"}
    }


def test_deadlines_count_from_now_across_midnight() -> None:
    notes = "- The dryer must be done by 07:00.\n- The dryer must be done by 23:00."
    assert summary(read(notes, "dryer")) == {"dryer": {"f": "23:00"}}
    assert summary(read(notes, "dryer", now="23:30")) == {"dryer": {"f": "07:00"}}


def test_devices_in_a_room_that_the_notes_name() -> None:
    notes = "- The washing machine and the dryer are in the utility room.\n"
    notes += "- Nothing in the utility room may run after 22:00."
    assert summary(read(notes, "washing machine,dryer,dishwasher")) == {
        "washing machine": {"q": "22:00"},
        "dryer": {"q": "22:00"},
    }


def test_a_weekday_that_is_not_today_sets_no_limit_and_tomorrow_does() -> None:
    notes = "- The dryer must be done by 07:00 on Wednesday."
    assert summary(read(notes, "dryer", now="Tuesday, 21:05")) == {"dryer": {"f": "07:00"}}


def test_what_the_model_is_unsure_of_is_said() -> None:
    unsure = RulesReader(KindModel({}, 1.0)).read(
        parse(
            "# Now\n18:30\n# Household memory\n- The dryer must be done by 21:00.\n"
            f"# Device facts\n- dryer: 60 min, 1 kWh\n# Tariff\n{TARIFF}"
        ),
        "Run the dryer now?",
    )
    assert len(unsure.unsure) == 1
    assert "dryer" in unsure.unsure[0] and "21:00" in unsure.unsure[0]
    assert read("- The dryer must be done by 21:00.", "dryer").unsure == ()


def test_every_limit_tells_its_note_and_confidence() -> None:
    (limit,) = read("- Hello.\n- The dryer must be done by 21:00.", "dryer").limits
    assert (limit.device, limit.kind, limit.time, limit.bullet) == (
        "dryer",
        "finish_by",
        "21:00",
        1,
    )
    assert 0.9 < limit.confidence <= 1


def test_reading_is_quick() -> None:
    house = parse((ROOT / "examples/household.md").read_bytes())
    reader = RulesReader()
    reader.read(house, "Run the dishwasher?")
    began = time.perf_counter()
    for _ in range(5):
        reader.read(house, "Run the dishwasher?")
    assert (time.perf_counter() - began) / 5 < 0.25  # about 0.015 s on an idle core


def test_the_largest_file_does_not_hang() -> None:
    note = "- The dryer must be done by 21:00, said Ada, who leaves at seven in the morning.\n"
    began = time.perf_counter()
    read(note * 500, "dryer")
    assert time.perf_counter() - began < 20
