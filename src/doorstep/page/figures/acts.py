"""Who does what in each of the five patterns, in order. What crosses says the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.page.charts.acts import Act
from doorstep.patterns.catalogue import Entry

_BEFORE: Mapping[str, tuple[Act, ...]] = {
    "sanitize-and-solve": (Act("home", "takes out what is private"),),
    "plan-then-ground": (Act("home", "turns the question into an abstract goal"),),
    "escalate-on-hard": (
        Act("home", "answers"),
        Act("home", "looks at its answer: what holds up is kept, and that is all"),
    ),
    "draft-then-refine": (Act("home", "streams a draft at once"),),
    "cross-check": (Act("home", "answers"),),
}
_AFTER: Mapping[str, tuple[Act, ...]] = {
    "sanitize-and-solve": (
        Act("cloud", "solves what it is given"),
        Act("home", "puts the private values back"),
    ),
    "plan-then-ground": (
        Act("cloud", "plans, without having seen any data"),
        Act("home", "runs the plan's tools on the data"),
        Act("home", "writes the answer from what they found"),
    ),
    "escalate-on-hard": (
        Act("cloud", "answers instead", sometimes=True),
        Act("home", "puts the private values back", sometimes=True),
    ),
    "draft-then-refine": (
        Act("cloud", "works on an answer of its own, or on the draft"),
        Act("home", "keeps the draft, replaces it, or adds to it"),
    ),
    "cross-check": (
        Act("cloud", "answers too, or checks home's answer"),
        Act("home", "compares: agree, differ, or could not be compared"),
    ),
}


def acts_of(entry: Entry) -> tuple[Act, ...]:
    """What happens when the pattern runs; what need not happen is marked so."""
    sometimes = entry.trigger == "conditional"
    crosses = Act("crossed", entry.crosses, sometimes)
    return (*_BEFORE[entry.name], crosses, *_AFTER[entry.name])


def told(entry: Entry) -> str:
    """The same in a sentence."""
    lanes = {"home": "home", "crossed": "what crosses:", "cloud": "the cloud"}
    return "; ".join(f"{lanes[act.lane]} {act.text}" for act in acts_of(entry)) + "."
