"""The gateway without its ledger, for one figure only: what does the ledger cost?

    python -m bench.gateway.unledgered serve --port 0 --upstream http://127.0.0.1:PORT/v1

Nothing of the product can be told to do this, and nothing may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

from doorstep._values import Crossing
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger import Ledger
from doorstep.boundary.line import Line, Written
from doorstep.cli import main

_numbers = count(1)


def _crossing(request: Outgoing, verdict: str) -> Crossing:
    return Crossing(next(_numbers), request.url, request.body.decode(), "", verdict)


async def _written(
    line: Line,
    request: Outgoing,
    *,
    run: str = "",
    verdict: str = "allow",
    found: Mapping[str, int] | None = None,
) -> Written:
    return Written(_crossing(request, verdict), 0)


async def _durable(line: Line, written: Written) -> None:
    return None


def _record(
    ledger: Ledger,
    request: Outgoing,
    *,
    run: str = "",
    verdict: str = "allow",
    found: Mapping[str, int] | None = None,
) -> Crossing:
    return _crossing(request, verdict)


def _nothing(of: object, crossing: int, state: str, **_: object) -> None:
    return None


def forget() -> None:
    """Take the ledger out of the way of every request of this process."""
    of_ledger: dict[str, Callable[..., object]] = {"record": _record, "result": _nothing}
    of_line: dict[str, Callable[..., object]] = {
        "written": _written,
        "durable": _durable,
        "note": _nothing,
    }
    for name, instead in of_ledger.items():
        setattr(Ledger, name, instead)
    for name, instead in of_line.items():
        setattr(Line, name, instead)


if __name__ == "__main__":
    forget()
    main()
