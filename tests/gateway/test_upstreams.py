"""Which upstream is asked, what is tried again and what is not, and the circuit breaker."""

from __future__ import annotations

import time
from collections import Counter
from email.utils import formatdate
from pathlib import Path

import pytest

from doorstep.boundary import Ledger
from doorstep.config import UpstreamSettings
from doorstep.gateway import tries
from doorstep.gateway.breaker import Breaker
from doorstep.gateway.http import BadRequest
from doorstep.gateway.upstreams import Upstream as One
from doorstep.gateway.upstreams import Upstreams
from tests.gateway.upstream import Reply, Upstream, said
from tests.gateway.whole import gateway

OK = Reply(body=said("Hello back."))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_breaker_opens_after_failures_in_a_row_and_tries_one_request_later() -> None:
    clock = Clock()
    breaker = Breaker(failures=3, open_s=10, clock=clock)
    for _ in range(2):
        breaker.failed()
    breaker.worked()  # a success in between: the count begins anew
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    assert (breaker.state, breaker.allows(), breaker.wait_s) == ("open", False, 10)
    clock.now += 10
    assert breaker.state == "half-open"
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    assert (breaker.state, breaker.wait_s) == ("open", 10)
    clock.now += 10
    assert breaker.allows()
    breaker.worked()
    assert (breaker.state, breaker.allows(), breaker.allows()) == ("closed", True, True)


def test_a_try_whose_client_went_away_leaves_the_breaker_half_open() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, open_s=1, clock=clock)
    breaker.failed()
    clock.now += 1
    assert breaker.allows()
    breaker.dropped()
    assert breaker.allows()


def test_requests_are_shared_by_weight_and_weight_zero_comes_last() -> None:
    pool = Upstreams(
        [One("a", "http://a", weight=3), One("b", "http://b"), One("c", "http://c", weight=0)]
    )
    orders = [[one.name for one in pool.order("m")] for _ in range(4000)]
    assert {order[-1] for order in orders} == {"c"}
    share = Counter(order[0] for order in orders)["a"] / 4000
    assert 0.70 < share < 0.80  # 3 of 4; six standard deviations are 0.04


def test_only_upstreams_that_have_the_model_are_asked() -> None:
    pool = Upstreams(
        [One("a", "http://a", models=("gpt-*", "o9")), One("b", "http://b", models=("x",))]
    )
    assert [one.name for one in pool.order("gpt-5.4")] == ["a"]
    assert pool.listed() == ("o9", "x")
    with pytest.raises(BadRequest, match="No upstream has this model") as caught:
        pool.order("claude")
    assert caught.value.status == 404


def test_a_key_is_not_in_the_text_of_an_upstream() -> None:
    assert "sk-secret" not in repr(One("a", "http://a", "sk-secret"))


@pytest.mark.parametrize("status", sorted(tries.AGAIN))
async def test_what_may_pass_is_tried_again_and_each_try_is_a_crossing(
    tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "FIRST_WAIT_S", 0.01)
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(status=status), OK)
        reply = await here.chat()
    assert reply.status_code == 200
    assert reply.json() == said("Hello back.")
    ids = reply.headers["x-doorstep-crossings"].split(",")
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        assert [str(entry.id) for entry in ledger.list()] == ids
    assert len(ids) == len(cloud.got) == 2


@pytest.mark.parametrize("status", [400, 404, 408, 409, 422, 501])
async def test_any_other_error_of_the_upstream_comes_back_as_it_is(
    tmp_path: Path, status: int
) -> None:
    error = {"error": {"message": "about EMAIL", "type": "x", "code": None}}
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(status=status, body=error))
        reply = await here.chat()
    assert (reply.status_code, reply.json(), len(cloud.got)) == (status, error, 1)


async def test_an_error_of_the_upstream_is_restored(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(body=said("x")))
        await here.chat("Write to zoe.marsh@example.com")
        masked = cloud.got[0].json["messages"][0]["content"].split()[-1]
        cloud.answers(Reply(status=400, body={"error": {"message": f"bad: {masked}"}}))
        reply = await here.chat("Write to zoe.marsh@example.com")
    assert masked.startswith("EMAIL_")
    assert reply.json() == {"error": {"message": "bad: zoe.marsh@example.com"}}


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_is_our_fault_and_quoted_nowhere(
    tmp_path: Path, status: int
) -> None:
    async with Upstream() as cloud:
        given = UpstreamSettings(url=cloud.url, name="far", key_env="FAR_KEY")
        async with gateway(tmp_path, given, environ={"FAR_KEY": "sk-far-1"}) as here:
            cloud.answers(Reply(status=status, body={"error": {"message": "bad key sk-far-1"}}))
            reply = await here.chat()
    assert reply.status_code == 502
    assert "far does not accept the key that Doorstep has" in reply.text
    assert "sk-far-1" not in reply.text
    assert reply.headers["x-should-retry"] == "false"  # OpenAI's clients try 5xx again otherwise
    assert (cloud.got[0].headers["authorization"], len(cloud.got)) == ("Bearer sk-far-1", 1)


@pytest.mark.parametrize("given", ["30", "30.4", "a date"])
async def test_a_wait_that_is_too_long_is_passed_to_the_client(tmp_path: Path, given: str) -> None:
    date = formatdate(time.time() + 31, usegmt=True)
    seconds = date if given == "a date" else given
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(status=429, headers={"retry-after": seconds}))
        reply = await here.chat()
    assert (reply.status_code, len(cloud.got)) == (429, 1)
    assert 28 <= int(reply.headers["retry-after"]) <= 31
    assert reply.json()["error"]["code"] == "rate_limited"


async def test_how_long_an_upstream_wants_to_be_left_alone_is_passed_on(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, cloud_down="fail") as here:
        cloud.answers(Reply(status=503, headers={"retry-after": "44"}))
        reply = await here.chat()
    assert (reply.status_code, reply.headers["retry-after"], len(cloud.got)) == (503, "44", 1)


async def test_a_short_wait_is_waited_for(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(status=429, headers={"retry-after": "0.3"}), OK)
        start = time.monotonic()
        reply = await here.chat()
    assert reply.status_code == 200
    assert time.monotonic() - start >= 0.3


async def test_the_next_upstream_is_asked_at_once(tmp_path: Path) -> None:
    async with Upstream() as first, Upstream() as second:
        first.answers(Reply(status=503, headers={"retry-after": "60"}))
        second.answers(OK)
        last = UpstreamSettings(url=second.url, weight=0)
        async with gateway(tmp_path, first.url, last, cloud_down="fail") as here:
            start = time.monotonic()
            reply = await here.chat()
    assert reply.status_code == 200
    assert (len(first.got), len(second.got)) == (1, 1)
    assert time.monotonic() - start < 2


async def test_where_nobody_listens_it_is_said_and_the_circuit_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "FIRST_WAIT_S", 0.01)
    async with gateway(tmp_path, "http://127.0.0.1:1/v1", cloud_down="fail") as here:
        replies = [await here.chat() for _ in range(3)]
        metrics = (await here.client.get(f"{here.url}/metrics")).text
    assert [reply.status_code for reply in replies] == [503, 503, 503]
    assert "left alone for a while" in replies[-1].json()["error"]["message"]
    assert 6 <= int(replies[-1].headers["retry-after"]) <= 10
    assert 'doorstep_upstream_open{upstream="upstream-1"} 1.0' in metrics


async def test_a_reply_that_does_not_begin_in_time_is_not_tried_again(tmp_path: Path) -> None:
    async with (
        Upstream() as cloud,
        gateway(tmp_path, cloud.url, begin_s=0.3, cloud_down="fail") as here,
    ):
        cloud.answers(Reply(wait=5))
        reply = await here.chat()
    assert (reply.status_code, len(cloud.got)) == (504, 1)


async def test_a_stream_that_has_begun_is_not_tried_again_and_does_not_look_whole(
    tmp_path: Path,
) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(parts=[b'data: {"choices":[]}\n\n'], pause=0.1, cut=True), OK)
        reply = await here.chat(stream=True)
    assert len(cloud.got) == 1
    assert reply.text.startswith('data: {"choices":[]}')
    assert '"error"' in reply.text
    assert "[DONE]" not in reply.text
