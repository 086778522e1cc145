"""/metrics and /healthz: numbers that are right, and nothing of anybody's text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.gateway.upstream import Reply, Upstream, said
from tests.gateway.whole import NAME, Whole, gateway

MAIL = "zoe.marsh@example.com"
TOKEN = "token-of-this-test-0123"


async def numbers(here: Whole) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = (await here.client.get(f"{here.url}/metrics")).text
    assert MAIL not in text and NAME not in text and "secret-model" not in text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_requests_crossings_kinds_and_bytes_are_counted(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(body=said("x")))
        for _ in range(3):
            await here.chat(f"{NAME} has {MAIL}", model="mask/secret-model")
        await here.chat(model="nothing-here")
        found = await numbers(here)
    up = ("upstream", "upstream-1")
    chat = ("surface", "chat")
    answered = (("model", "mask"), ("status", "200"), chat)
    assert found["doorstep_requests_total", tuple(sorted(answered))] == 3
    refused = (("model", "none"), ("status", "404"), chat)
    assert found["doorstep_requests_total", tuple(sorted(refused))] == 1
    assert found["doorstep_crossings_total", (up, ("verdict", "mask"))] == 3
    assert found["doorstep_upstream_replies_total", (("status", "200"), up)] == 3
    assert found["doorstep_masked_total", (("kind", "email"),)] == 3
    assert found["doorstep_sent_bytes_total", (up,)] == sum(len(got.body) for got in cloud.got)
    assert found["doorstep_request_seconds_count", (chat,)] == 4
    assert found["doorstep_upstream_begin_seconds_count", (up,)] == 3
    assert found["doorstep_upstream_open", (up,)] == 0
    assert found["doorstep_requests_now", ()] == 0


async def test_metrics_need_the_token_and_health_does_not(tmp_path: Path) -> None:
    async with gateway(tmp_path, token=TOKEN) as here:
        bare = await here.client.get(f"{here.url}/metrics")
        given = {"authorization": f"Bearer {TOKEN}"}
        keyed = await here.client.get(f"{here.url}/metrics", headers=given)
        health = await here.client.get(f"{here.url}/healthz")
    assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
    assert TOKEN not in bare.text
    assert keyed.status_code == 200
    assert (health.status_code, health.json()) == (200, {"status": "ok"})


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
async def test_a_ledger_that_cannot_be_written_is_unhealthy(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        here.ledger.chmod(0o400)
        health = await here.client.get(f"{here.url}/healthz")
    assert health.status_code == 503


async def test_a_ledger_that_is_gone_is_unhealthy(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        here.ledger.rename(tmp_path / "moved")
        health = await here.client.get(f"{here.url}/healthz")
    assert (health.status_code, list(health.json())) == (503, ["status"])
