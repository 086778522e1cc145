"""The household's case over the parts of a run: the same for the command and for the page."""

from __future__ import annotations

from doorstep._errors import ConfigError
from doorstep.assemble.household import Parts
from doorstep.assemble.rules import price_of
from doorstep.config import Settings
from doorstep.household.blind import Blinding
from doorstep.household.case import HouseholdCase
from doorstep.household.problem import Solution
from doorstep.household.values import Kept
from doorstep.patterns import SolveCase
from doorstep.patterns.run import Watch, quiet


def household_pattern(
    settings: Settings, parts: Parts, watch: Watch = quiet
) -> SolveCase[Kept, Solution]:
    """Sanitize-and-Solve over the typed problem. ConfigError without a key for decoys."""
    return SolveCase(
        HouseholdCase(
            parts.home.home, declared=parts.declared, run=parts.run, blinding=blinding_of(settings)
        ),
        parts.cloud_model,
        parts.boundary,
        price=price_of(settings),
        watch=watch,
    )


def blinding_of(settings: Settings) -> Blinding:
    """The house keeps a key: with it a dry run shows the very decoys that will cross."""
    from doorstep.boundary.keys import derived, load_key

    ways = settings.household.blind
    if "decoys" not in ways:
        return Blinding(ways)
    try:
        key = load_key(keyring=settings.boundary.keyring)
    except OSError as error:
        raise ConfigError(
            f"The key for decoys cannot be kept in the data folder ({type(error).__name__}).",
            hint='Make the folder writable, or leave "decoys" out of household.blind.',
        ) from None
    return Blinding(ways, derived(key, "decoys"))
