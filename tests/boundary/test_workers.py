"""Work in threads that are kept, and at once: what becomes of it, late or broken."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import re
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from doorstep._errors import Blocked, KeepHome
from doorstep.boundary import Boundary, Clearance, Declared, Finding, Policy, Term
from doorstep.boundary import workers as module
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.workers import Workers, at_once, within
from tests.boundary.cloud import Cloud

Make = Callable[..., Boundary]
MASK = Clearance(mask=True)


def _thread() -> int:
    return threading.get_ident()


def _broken() -> None:
    raise ValueError("about Maya")


async def test_the_next_piece_of_work_has_the_same_thread() -> None:
    workers = Workers()
    first = await within(5, _thread, workers)
    for _ in range(20):
        await _until(lambda: bool(workers._idle))  # a moment after it has given its result
        assert await within(5, _thread, workers) == first
    assert first != threading.get_ident()
    assert await within(5, _thread) not in (first, threading.get_ident())


async def test_what_hangs_keeps_nobody_waiting_and_its_thread_is_used_again() -> None:
    workers, go = Workers(), threading.Event()
    hung: list[int] = []

    def hangs() -> None:
        hung.append(_thread())
        go.wait(10)

    start = time.monotonic()
    with pytest.raises(Blocked, match=r"took longer than 0\.05 s"):
        await within(0.05, hangs, workers)
    others = {await within(5, _thread, workers)}
    assert time.monotonic() - start < 2 and hung[0] not in others
    go.set()
    await _until(lambda: len(workers._idle) == 2)
    together = threading.Barrier(2)
    two = (within(5, lambda: (together.wait(4), _thread())[1], workers) for _ in range(2))
    assert set(await asyncio.gather(*two)) == {*others, hung[0]}


async def test_many_at_once_do_not_wait_for_each_other() -> None:
    workers, all_there = Workers(keep=2), threading.Barrier(12)
    threads = await asyncio.gather(
        *(within(5, lambda: (all_there.wait(4), _thread())[1], workers) for _ in range(12))
    )
    assert len(set(threads)) == 12
    await _until(lambda: _alive(set(threads)) == 2)  # the others had nothing to wait for


async def test_a_fault_says_nothing_of_the_content() -> None:
    for run in (lambda: within(5, _broken, Workers()), lambda: _at_once(_broken)):
        with pytest.raises(Blocked) as caught:
            await run()
        assert "ValueError" in str(caught.value) and "Maya" not in str(caught.value)
        assert caught.value.__cause__ is None and caught.value.__context__ is None


async def test_a_refusal_comes_out_as_it_is_without_what_led_to_it() -> None:
    refusal = KeepHome("stays here", kinds=("person",))

    def refuses() -> None:
        try:
            _broken()
        except ValueError:
            raise refusal from None

    for run in (lambda: within(5, refuses, Workers()), lambda: _at_once(refuses)):
        with pytest.raises(KeepHome) as caught:
            await run()
        assert caught.value is refusal and refusal.__context__ is None


async def test_work_sees_no_context_and_leaves_none() -> None:
    seen: ContextVar[str] = ContextVar("seen", default="nothing")
    workers = Workers()

    def look() -> str:
        before = seen.get()
        seen.set("what the last one left")
        return before

    seen.set("the caller's")
    assert [await within(5, look, workers) for _ in range(3)] == ["nothing"] * 3
    assert at_once(5, look) == "nothing" and seen.get() == "the caller's"


async def test_late_is_late_where_nothing_can_be_broken_off() -> None:
    with pytest.raises(Blocked, match=r"took longer than 0\.01 s"):
        at_once(0.01, lambda: time.sleep(0.02))
    assert at_once(1, lambda: 7) == 7


def test_who_wants_to_stop_the_program_is_not_kept_from_it() -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_once(1, stopped)


async def test_a_cancelled_task_does_not_wait_for_the_work() -> None:
    go = threading.Event()
    task = asyncio.create_task(within(5, lambda: go.wait(5), Workers()))
    await asyncio.sleep(0.02)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 1
    go.set()


async def test_threads_end_when_nobody_has_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_S", 0.05)
    workers = Workers()
    first = await within(5, _thread, workers)
    await _until(lambda: not _alive({first}))
    assert await within(5, lambda: 1, workers) == 1


async def test_threads_end_with_their_workers() -> None:
    workers = Workers()
    first = await within(5, _thread, workers)
    await asyncio.sleep(0.05)
    assert _alive({first})
    del workers
    gc.collect()
    await _until(lambda: not _alive({first}))


def _child(workers: Workers, said: multiprocessing.SimpleQueue[int]) -> None:
    said.put(asyncio.run(within(5, lambda: 3, workers)))


def test_a_process_that_was_forked_has_threads_of_its_own() -> None:
    workers = Workers()
    assert asyncio.run(within(5, lambda: 2, workers)) == 2
    time.sleep(0.01)
    fork = multiprocessing.get_context("fork")
    said = fork.SimpleQueue()
    child = fork.Process(target=_child, args=(workers, said))
    child.start()
    child.join(10)
    assert child.exitcode == 0 and said.get() == 3


class Watches:
    """Notes in which thread it looked."""

    def __init__(self, quick: bool) -> None:
        self.quick = quick
        self.threads: set[int] = set()

    def find(self, text: str) -> list[Finding]:
        self.threads.add(_thread())
        return []


async def _post(made: Boundary, cloud: Cloud, text: str) -> None:
    async with made.client() as client:
        with made.crossing(MASK):
            await client.post(cloud.url + "/v1/responses", json={"model": "m", "input": text})


@pytest.mark.parametrize(
    ("quick", "size", "here"), [(True, 100, True), (True, 20_000, False), (False, 100, False)]
)
async def test_only_what_is_quick_and_small_is_checked_on_the_loop(
    cloud: Cloud, boundary: Make, quick: bool, size: int, here: bool
) -> None:
    watches = Watches(quick)
    made = boundary(detectors=(Declared((Term("Maya"),)), Formats(), watches))
    await _post(made, cloud, "Maya " * (size // 5))
    assert b"Maya" not in cloud.got[0].body
    assert (watches.threads == {threading.get_ident()}) is here


async def test_what_took_too_long_on_the_loop_does_not_leave(cloud: Cloud, boundary: Make) -> None:
    class Slow(Watches):
        def find(self, text: str) -> list[Finding]:
            time.sleep(0.05)
            return super().find(text)

    made = boundary(detectors=(Slow(True),), policy=Policy((cloud.url,), deadline_s=0.02))
    with pytest.raises(Blocked, match=r"took longer than 0\.02 s"):
        await _post(made, cloud, "nothing private")
    assert cloud.silent


def test_shapes_stores_and_words_of_ones_own_are_not_for_the_loop(
    boundary: Make, cloud: Cloud
) -> None:
    request = Outgoing("POST", cloud.url, "/v1/responses", (), b'{"input":"x"}')
    made = boundary(detectors=(Formats(),))
    assert made._checker.quick(request, None) and made._checker.quick(request, MASK)
    assert not made._checker.quick(request, Clearance(shapes=(re.compile("(a+)+b"),)))
    propagated = boundary(detectors=(Formats(),), propagate=lambda terms: list(terms))
    assert not propagated._checker.quick(request, None)
    strict = boundary(policy=Policy((cloud.url,), words="common"))
    assert not strict._checker.quick(request, None)


async def _at_once(work: Callable[[], object]) -> object:
    return at_once(5, work)


def _alive(threads: set[int]) -> int:
    return sum(thread.ident in threads for thread in threading.enumerate())


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become true within two seconds")
