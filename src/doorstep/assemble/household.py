"""The parts of a run of the household's case."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from doorstep.assemble.clouds import ChosenCloud, choose_cloud
from doorstep.assemble.homes import ChosenHome, choose_home
from doorstep.assemble.rules import layers_of, policy_of
from doorstep.assemble.waiting import person_of
from doorstep.boundary import Boundary, Ledger
from doorstep.config import Settings
from doorstep.models.base import Model
from doorstep.runs.held import Waiting


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is made of."""

    home: ChosenHome
    cloud: ChosenCloud
    cloud_model: Model
    boundary: Boundary
    declared: tuple[str, ...]
    run: str


@asynccontextmanager
async def assemble(
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    waiting: Waiting | None = None,
) -> AsyncIterator[Parts]:
    """Open everything a run needs, and close it again. `waiting`: where a person is asked. Raises
    `DoorstepError`."""
    environ = os.environ if environ is None else environ
    async with AsyncExitStack() as stack:
        home = await choose_home(settings, stack)
        cloud = await choose_cloud(settings, environ, stack)
        ledger = stack.enter_context(Ledger(settings.ledger_path()))
        boundary = Boundary(
            ledger=ledger,
            policy=policy_of(settings, cloud.origin),
            key=secrets.token_bytes(32),
            detectors=layers_of(settings, settings.boundary.level).detectors,
            dry_run=dry_run,
            **person_of(settings, waiting, stack),
        )
        client = await stack.enter_async_context(boundary.client(timeout=settings.cloud.timeout_s))
        run = secrets.token_hex(8)
        yield Parts(home, cloud, cloud.build(client), boundary, settings.boundary.private, run)
