"""What a person can choose on the page: patterns, and the models that are there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from doorstep._errors import BadInput, DoorstepError
from doorstep.assemble.clouds import STAND_IN, STANDS_IN_CLOUD, model_of
from doorstep.assemble.homes import HOME_MODELS, RULES, choose_home
from doorstep.assemble.notes import NAMES_MISSED
from doorstep.assemble.tree import names as pattern_names
from doorstep.assemble.upstreams import stands_in
from doorstep.config import Settings
from doorstep.household.parse import MAX_BYTES, decode
from doorstep.page.asking import HOUSEHOLD, Choices, Option, Question
from doorstep.patterns.catalogue import CATALOGUE
from doorstep.patterns.settings import PlanOptions
from doorstep.patterns.stand_ins import STANDS_IN_HOME

LONGEST = 100_000  # characters of a question
LOOK_AGAIN_S = 30.0  # for models at home: somebody may start Ollama meanwhile
_CASE = Option(
    HOUSEHOLD,
    "Household",
    "When should a device run? An anonymous timetable problem is all that may leave.",
)
_RULE = "The policy keeps every question with something private in it at home."


class Offer:
    """The choices under `settings`, and what of a question is none of them."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._homes: tuple[Option, ...] = ()
        self._looked = -LOOK_AGAIN_S
        self._lock = asyncio.Lock()

    async def choices(self) -> Choices:
        settings = self._settings
        return Choices(
            (_CASE, *(_pattern(name, settings) for name in pattern_names(settings))),
            await self._at_home(),
            _clouds(settings, self._environ),
            Path(settings.page.household).name,
            _RULE if _keeps_all(settings) else "",
            NAMES_MISSED if settings.boundary.level == "rules" else "",
        )

    async def checked(self, question: Question) -> Question:
        """The question, with the household's notes in it. BadInput where it cannot be asked."""
        if not question.text.strip():
            raise BadInput("There is no question.", hint="Type one and ask again.")
        if len(question.text) > LONGEST:
            raise BadInput(f"The question is longer than {LONGEST:,} characters.")
        offered = await self.choices()
        for name, options, what in (
            (question.pattern, offered.patterns, "pattern"),
            (question.home, offered.homes, "home model"),
            (question.cloud, offered.clouds, "cloud model"),
        ):
            _among(name, options, what)
        if question.pattern != HOUSEHOLD or question.context.strip():
            return question
        if not offered.notes:
            raise BadInput(
                "There are no notes of a household.",
                hint="Type them, or name a file as page.household in doorstep.toml.",
            )
        return replace(question, context=self._notes())

    def _notes(self) -> str:
        """The household's notes from the file that the settings name. BadInput."""
        path = Path(self._settings.page.household).expanduser()
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise BadInput(f"{path.name} cannot be read: {error.strerror}.") from None
        return decode(data)

    async def _at_home(self) -> tuple[Option, ...]:
        async with self._lock:
            if time.monotonic() >= self._looked + LOOK_AGAIN_S:
                self._homes = await _homes(self._settings)
                self._looked = time.monotonic()
            return self._homes


def _among(name: str, options: tuple[Option, ...], what: str) -> None:
    option = next((option for option in options if option.name == name), None)
    if option is None:
        raise BadInput(f"There is no such {what} to choose.", hint="Take one of the list.")
    if option.missing:
        raise BadInput(f"{option.title} cannot be asked: {option.missing}")


def _pattern(name: str, settings: Settings) -> Option:
    own = settings.patterns.get(name)
    use = own.use if own is not None else name
    known = next(entry for entry in CATALOGUE if entry.name == use)
    title = known.title if name == use else f"{name} ({known.title})"
    folder = own.folder if isinstance(own, PlanOptions) else ""
    missing = ""
    if use == "plan-then-ground" and not folder:
        missing = f"it needs a folder of documents: set folder in [patterns.{name}]."
    return Option(name, title, known.says, missing)


async def _homes(settings: Settings) -> tuple[Option, ...]:
    usual = await _usual_home(settings)
    others = [name for name in HOME_MODELS if name not in (settings.home.model, usual.title)]
    found = [await _home(settings, name) for name in others]
    rules = Option(RULES, "built-in rules", "no model", stand_in=STANDS_IN_HOME)
    left = () if settings.home.model == RULES or usual.stand_in else (rules,)
    return (usual, *(option for option in found if not option.missing), *left)


async def _usual_home(settings: Settings) -> Option:
    spec = settings.home.model
    if spec.startswith("gguf:"):  # opened when it is asked: loading takes a while
        return Option("", Path(spec).name, "as the settings say")
    option = await _home(settings, spec)
    return Option("", option.title, "as the settings say", option.missing, option.stand_in)


async def _home(settings: Settings, name: str) -> Option:
    one = settings.home.model_copy(update={"model": name})
    try:
        async with AsyncExitStack() as stack:
            chosen = await choose_home(settings.model_copy(update={"home": one}), stack)
    except DoorstepError as error:
        return Option(name, name, missing=str(error))
    if chosen.model is None:
        return Option(name, "built-in rules", chosen.why, stand_in=STANDS_IN_HOME)
    return Option(name, chosen.model.name, chosen.why)


def _clouds(settings: Settings, environ: Mapping[str, str]) -> tuple[Option, ...]:
    played = Option(STAND_IN, STAND_IN, "on this machine", stand_in=STANDS_IN_CLOUD)
    if stands_in(settings, environ):
        return (Option("", STAND_IN, "no cloud is set up", stand_in=STANDS_IN_CLOUD),)
    return (Option("", model_of(settings), "as the settings say"), played)


def _keeps_all(settings: Settings) -> bool:
    first = next(iter(settings.boundary.rules), None)
    return (
        first is not None
        and "*" in first.kinds
        and first.to == "*"
        and first.do in ("home", "block")
    )
