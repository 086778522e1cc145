"""Which home a run has: Ollama, a file, or the built-in rules."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep._errors import ModelError, ZoneError
from doorstep.config import Settings
from doorstep.models.base import Model

if TYPE_CHECKING:
    from doorstep.household.home import Home

HOME_MODELS = ("gemma4:e4b", "gemma4:e2b")
HOME_TOKENS = 1024  # an answer of a home model in this process; a small one may not find its end
RULES = "builtin"
SET_HOME = f"start Ollama and run `ollama pull {HOME_MODELS[0]}`"


@dataclass(frozen=True, slots=True)
class ChosenHome:
    """The home side of a run. `model` is None for the built-in rules; `why` it was chosen."""

    home: Home
    model: Model | None
    zone_reason: str
    why: str


async def choose_home(settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    """`auto` takes an Ollama that is proved home and has a model we know, else the rules."""
    spec = settings.home.model
    if spec == RULES:
        return _rules("asked for")
    if spec.startswith("gguf:"):
        return _embedded(Path(spec.removeprefix("gguf:")), settings, stack)
    if spec != "auto":
        return await _ollama(spec.removeprefix("ollama:"), settings, stack, "asked for")
    return await _home_by_itself(settings, stack)


async def _home_by_itself(settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    why = ""
    for name in HOME_MODELS:
        try:
            return await _ollama(name, settings, stack, "found on Ollama")
        except (ModelError, ZoneError) as error:
            why = why or error.message
    return _rules(why)


async def _ollama(name: str, settings: Settings, stack: AsyncExitStack, why: str) -> ChosenHome:
    from doorstep.household.home import ModelHome
    from doorstep.models.ollama import Ollama

    model = await Ollama.connect(
        name,
        host=settings.home.host,
        num_ctx=settings.home.context_tokens,
        timeout=settings.home.timeout_s,
        trusted_hosts=settings.home.trusted_hosts,
    )
    stack.push_async_callback(model.aclose)
    return ChosenHome(ModelHome(model), model, model.zone_reason, why)


def _embedded(path: Path, settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    from doorstep.household.home import ModelHome
    from doorstep.models.embedded import Embedded

    model = Embedded(path, max_output_tokens=HOME_TOKENS)
    stack.push_async_callback(model.aclose)
    return ChosenHome(ModelHome(model), model, model.zone_reason, "asked for")


def _rules(why: str) -> ChosenHome:
    from doorstep.household.home import RulesHome

    return ChosenHome(RulesHome(), None, "in this process, no model", why)
