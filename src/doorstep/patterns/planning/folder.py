"""Plan-then-Ground over a folder of private notes and a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from doorstep._errors import BadInput
from doorstep.boundary import Boundary
from doorstep.models.base import Model
from doorstep.patterns.plan_then_ground import PlanThenGround
from doorstep.patterns.planning.documents import documents
from doorstep.patterns.planning.home_tools import arithmetic, ask_home, periods
from doorstep.patterns.planning.tables import table
from doorstep.patterns.planning.tools import Tool
from doorstep.patterns.run import Pricer, Watch, quiet, unpriced


def folder_tools(home: Model, folder: Path | str) -> list[Tool]:
    """Tools for what is in a folder: its text files, its CSV file, sums, periods, the home model.

    No name of a file or a column is in their signatures. BadInput where there is no such folder,
    or more than one CSV file directly in it.
    """
    root = Path(folder)
    tools = [*documents(root), *periods(), arithmetic()]
    tables = sorted(root.glob("*.csv"))
    if len(tables) > 1:
        raise BadInput(
            f"The folder holds {len(tables)} CSV files; a plan can work on one.",
            hint="Give each a folder of its own, or build the tools with table(path).",
        )
    if tables:
        tools += table(tables[0])
    # A stand-in would only decline: what it cannot do is not offered to the planner.
    return tools if home.stand_in else [*tools, ask_home(home)]


def build(
    home: Model,
    cloud: Model,
    boundary: Boundary | None,
    folder: Path | str,
    *,
    share: Sequence[str] = (),
    plan_tries: int = 3,
    price: Pricer = unpriced,
    watch: Watch = quiet,
) -> PlanThenGround:
    """The pattern over one folder."""
    return PlanThenGround(
        home,
        cloud,
        boundary,
        folder_tools(home, folder),
        share=share,
        plan_tries=plan_tries,
        price=price,
        watch=watch,
    )
