"""The boundary's client for adapter tests: a real door to one server, and nothing private known
but a word that no test uses, so that what the adapter writes goes through as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from doorstep.boundary import Boundary, BoundaryClient, Declared, Ledger, Policy, Term

NOBODY = "http://127.0.0.1:9"  # a destination that is allowed, where nothing listens


@asynccontextmanager
async def through_a_door(
    url: str, folder: Path, *, inner: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[BoundaryClient]:
    with Ledger(folder / "ledger.sqlite3") as ledger:
        boundary = Boundary(
            ledger=ledger,
            policy=Policy(destinations=(url, NOBODY)),
            key=b"k" * 32,
            detectors=(Declared([Term("Zzyzx")]),),
        )
        async with boundary.client(inner=inner) as client:
            yield client
