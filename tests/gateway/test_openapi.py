"""The OpenAPI document says what is served, and nothing that fits or breaks it makes a 500."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from doorstep.assemble.gateway import open_gateway
from doorstep.config import LedgerSettings, Settings
from doorstep.gateway.openapi import document
from tests.gateway.process import served
from tests.models.openai_server import Answer, OpenAIServer, chat_events

EXAMPLES = int(os.environ.get("DOORSTEP_SCHEMA_EXAMPLES", "12"))  # for each operation
MODELS = ("mask/gpt-x", "home", "sanitize-and-solve", "escalate-on-hard", "cross-check", "none")
# There only to say that it cannot be done here, or another way to ask the same.
UNLISTED = {
    *(("head", path) for path in ("/", "/api/tags", "/api/version")),
    *(("post", f"/api/{name}") for name in ("push", "create", "copy")),
    ("delete", "/api/delete"),
}
MODES = {
    "fits": schemathesis.GenerationMode.POSITIVE,
    "breaks": schemathesis.GenerationMode.NEGATIVE,
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with OpenAIServer() as cloud:
        cloud.answer_with(lambda _: Answer.sse(chat_events("It is 4.")))
        with served(tmp_path_factory.mktemp("served"), upstream=cloud.url) as at:
            yield at


def said(url: str) -> dict[str, Any]:
    """The document as it is served, with names of models that lead somewhere."""
    found: dict[str, Any] = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    found["components"]["schemas"]["Model"]["enum"] = list(MODELS)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_nothing_makes_a_500(url: str, mode: str) -> None:
    seen: Counter[int] = Counter()
    for found in schemathesis.openapi.from_dict(said(url)).get_all_operations():
        operation = found.ok()
        if mode == "breaks" and operation.method != "post":
            continue  # there is nothing to break

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=MODES[mode]))
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(base_url=url, timeout=30)
            seen[answer.status_code] += 1
            assert answer.status_code != 500, json.dumps([case.path, case.body, answer.text])

        ask()
    assert sum(seen.values()) > 5 * EXAMPLES and seen[200 if mode == "fits" else 400], seen


async def test_the_document_lists_what_is_served(tmp_path: Path) -> None:
    """No more and no less, but for what is there only to say that it cannot be done."""
    own = Settings(ledger=LedgerSettings(path=str(tmp_path / "ledger.sqlite3")))
    async with open_gateway(own, environ={}) as app:
        served = {(method.lower(), path) for method, path in app.routes}
    listed = {
        (method, path) for path, methods in document((), "0")["paths"].items() for method in methods
    }
    assert listed == {(m, p.replace("*", "{model}")) for m, p in served} - UNLISTED
