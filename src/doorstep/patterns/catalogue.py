"""The five patterns on three axes, as data.

*Direction*: who acts first. *Trigger*: when the cloud is called: always (for every
question), conditional (a look at home's answer decides), optional (home's answer stands without
it; the cloud betters or confirms it). *Purpose*: what the split buys first of all. Whatever the
pattern, every call of the cloud passes the boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doorstep._errors import BadInput

Direction = Literal["local-first", "cloud-first", "both"]
Trigger = Literal["always", "conditional", "optional"]
Purpose = Literal["privacy", "cost and latency", "trust"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern: where it stands, what it is for, and how it is had.

    `crosses` is what a cloud gets to see, `also` the purposes that it serves beside the main one;
    `type` in `module` makes one; `settings` is a ready table for doorstep.toml, `options` are the
    same as arguments from Python; `bench` is the file whose command prints its figures.
    """

    name: str
    title: str
    says: str
    direction: Direction
    trigger: Trigger
    purpose: Purpose
    also: tuple[Purpose, ...]
    crosses: str
    take: tuple[str, ...]
    leave: tuple[str, ...]
    costs: tuple[str, ...]
    module: str
    type: str
    settings: str
    options: str
    bench: str


CATALOGUE = (
    Entry(
        name="sanitize-and-solve",
        title="Sanitize-and-Solve",
        says="Home takes out what is private, the cloud solves the rest, home puts it back.",
        direction="local-first",
        trigger="always",
        purpose="privacy",
        also=(),
        crosses="the whole text with placeholders (mask), or an anonymous rewrite (abstract)",
        take=(
            "the question is hard, and what makes it private is names, numbers and places",
            "the answer has to hold the real names again",
        ),
        leave=(
            "the situation itself gives a person away, whatever the names (keep it at home)",
            "home could answer it: then most calls are for nothing (escalate-on-hard)",
        ),
        costs=(
            "one cloud call for every question",
            "mask: what nobody declared and no rule finds crosses as it is",
            "abstract: two home calls more, and facts may be lost; both are checked and told",
        ),
        module="doorstep.patterns.sanitize_and_solve",
        type="SanitizeAndSolve",
        settings='use = "sanitize-and-solve"\nlevel = "mask"      # or "abstract"',
        options='level="mask"',
        bench="bench/sanitize.py",
    ),
    Entry(
        name="plan-then-ground",
        title="Plan-then-Ground",
        says="The cloud plans over the signatures of local tools, home carries it out on the data.",
        direction="cloud-first",
        trigger="always",
        purpose="privacy",
        also=("cost and latency",),
        crosses="an abstract goal in a closed vocabulary, and the signatures of the tools",
        take=(
            "the answer stands in many private documents or large tables",
            "the data must not leave in any form, and is far larger than the question",
        ),
        leave=(
            "there are no tools that could find the answer: a plan cannot invent one",
            "home's model is too weak to write the answer from what was found",
        ),
        costs=(
            "a plan may not be valid at first: retries, each a small cloud call",
            "an answer is only as good as the tools; the cloud's tokens do not grow with the data",
        ),
        module="doorstep.patterns.planning.folder",
        type="build",
        settings='use = "plan-then-ground"\nfolder = "notes"    # documents and tables',
        options='"notes"',
        bench="bench/plan.py",
    ),
    Entry(
        name="escalate-on-hard",
        title="Escalate-on-Hard",
        says="Home answers; a look at the answer decides whether the cloud is asked at all.",
        direction="local-first",
        trigger="conditional",
        purpose="cost and latency",
        also=("privacy",),
        crosses="only the questions that home did not answer well, masked",
        take=(
            "home answers most questions well enough, and you know some examples",
            "you want a stated risk for the answers that stay at home (doorstep calibrate)",
        ),
        leave=(
            "home is wrong on most questions: you pay for both, and wait for both",
            "nothing about an answer shows whether it is right (prose, taste)",
        ),
        costs=(
            "an escalated question waits for home first",
            "a wrong answer may look right: calibrate, or expect rules without a stated risk",
        ),
        module="doorstep.patterns.escalate_on_hard",
        type="EscalateOnHard",
        settings='use = "escalate-on-hard"\n# calibration = "calibration.json"',
        options="",
        bench="bench/escalate.py",
    ),
    Entry(
        name="draft-then-refine",
        title="Draft-then-Refine",
        says="Home's draft streams at once; behind it the cloud replaces it, enriches it, or not.",
        direction="local-first",
        trigger="optional",
        purpose="cost and latency",
        also=(),
        crosses="the question, masked; with start = after_draft the draft, too",
        take=(
            "somebody waits and reads: the first words count",
            "a better answer is welcome a little later, or in the background",
        ),
        leave=(
            "the answer goes into a program that acts on the first one",
            "cloud tokens are what you want to save: the refinement is paid even if not used",
        ),
        costs=(
            "both models work on every question; a kept draft wastes the cloud's tokens",
            "the reader may see an answer change",
        ),
        module="doorstep.patterns.draft_then_refine",
        type="DraftThenRefine",
        settings='use = "draft-then-refine"\nstart = "at_once"   # or "after_draft"',
        options='start="at_once"',
        bench="bench/draft.py",
    ),
    Entry(
        name="cross-check",
        title="Cross-Check",
        says="Both answer, or one checks the other; you get a verdict with meaning.",
        direction="both",
        trigger="always",
        purpose="trust",
        also=(),
        crosses="the question, masked; with a proposing home its answer, too",
        take=(
            "a wrong answer is dear, and can be compared: numbers, dates, choices, fields",
            "you want to know how sure to be, not only an answer",
        ),
        leave=(
            "answers are long prose: they always differ in something",
            "both models come from the same teacher: they agree in their mistakes",
        ),
        costs=(
            "both models work on every question, and the slower one sets the time",
            "agreement is evidence, not proof; calibrated, it comes with a rate",
        ),
        module="doorstep.patterns.cross_check",
        type="CrossCheck",
        settings='use = "cross-check"\nrule = "home"       # whose answer where they differ',
        options='rule="home"',
        bench="bench/crosscheck.py",
    ),
)
NAMES = tuple(entry.name for entry in CATALOGUE)


def entry(name: str) -> Entry:
    """The entry of a pattern. BadInput, with the names there are, where it is none."""
    for known in CATALOGUE:
        if known.name == name:
            return known
    raise BadInput("There is no such pattern.", hint=f"There are: {', '.join(NAMES)}.")


def toml(known: Entry, name: str = "mine") -> str:
    """A ready table for doorstep.toml."""
    return f"[patterns.{name}]\n{known.settings}\n"


def code(known: Entry) -> str:
    """The same from Python, for OpenAI and Ollama, as it stands."""
    options = f", {known.options}" if known.options else ""
    return _CODE.format(module=known.module, type=known.type, options=options)


_CODE = """\
import asyncio, os

from doorstep import Message, open_boundary
from doorstep.models import Ollama, OpenAIResponses
from {module} import {type}


async def main() -> None:
    boundary = open_boundary("https://api.openai.com", private=["Maya Okafor"])
    async with await Ollama.connect("gemma4:e4b") as home, boundary.client() as client:
        key = os.environ["OPENAI_API_KEY"]
        cloud = OpenAIResponses("gpt-5.4", client=client, api_key=key)
        pattern = {type}(home, cloud, boundary{options})
        reply = await pattern.respond([Message("user", "...")])
        print(reply.text, reply.outcome.verdict, reply.outcome.crossings)


asyncio.run(main())
"""
