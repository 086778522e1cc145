"""/healthz: whether requests can be answered now; nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from doorstep.gateway.http import Answer, Handler, Request

Able = Callable[[], bool]


def routes(writable: Able) -> dict[tuple[str, str], Handler]:
    """`writable`: whether the ledger can be written, without which nothing may leave."""

    async def health(request: Request, answer: Answer) -> None:
        ok = writable()
        said = orjson.dumps({"status": "ok" if ok else "ledger not writable"})
        await answer.whole(said, status=200 if ok else 503)

    return {("GET", "/healthz"): health}
