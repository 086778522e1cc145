"""A stand-in for the cloud: a real HTTP server on loopback, with an exact solver behind it."""

from __future__ import annotations

from pydantic import ValidationError

from doorstep._errors import BadInput
from doorstep.household.render import parse_rendered
from doorstep.household.solver import solve, to_solution
from doorstep.models.stand_in_server import StandInServer

MODEL = "stand-in-exact-solver"


class StandInCloud(StandInServer):
    """`async with StandInCloud() as cloud:` listens on `cloud.base_url` for `cloud.key`."""

    stand_in = "cloud: a server on this machine with an exact solver instead of a language model"

    def __init__(self, key: str | None = None) -> None:
        super().__init__(_solved, name=MODEL, key=key)


def _solved(text: str) -> str:
    """The exact solution of the problem in the text, as JSON."""
    try:
        problem = parse_rendered(text)
        return to_solution(problem, solve(problem)).model_dump_json()
    except ValidationError as error:
        raise BadInput(
            "The problem is not valid.", hint="Send one as `doorstep ask --dry-run` shows it."
        ) from error
