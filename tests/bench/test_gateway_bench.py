"""The harness that judges the gateway: it must notice what is wrong, and measure what it says."""

from __future__ import annotations

import json
import random
import time
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("uvloop")
pytest.importorskip("starlette")

from bench.gateway import correctness, echo, values
from bench.gateway.figures import Aim, Figure
from bench.gateway.processes import cpu_s
from bench.gateway.prompts import Prompts
from bench.gateway.ratios import DIRECT, GATEWAY, NotClean, figures
from bench.gateway.replies import compared
from bench.gateway.scenes import Scene, scenes
from bench.gateway.shapes import OLLAMA, Asked, Mixed, one_prompt
from bench.gateway.soak import Sample, Soaked
from bench.gateway.targets import Load, Target, plain, upstream
from bench.gateway.watch import Watch
from doorstep.assemble import layers_of
from doorstep.boundary.detect import checksums
from doorstep.boundary.scan import Scanner
from doorstep.config import Settings

_POOL = values.pool("here", 60)


def _found(text: str) -> set[str]:
    """What the boundary's rules find by form alone."""
    scanner = Scanner(layers_of(Settings(), "rules").detectors)
    return {text[one.start : one.end] for one in scanner.scan(text)}


def test_values_have_right_check_digits() -> None:
    ibans = [value for value in _POOL if value[:2] == "DE"]
    cards = [value for value in _POOL if value.isdigit()]
    assert len(ibans) == len(cards) == 10
    assert all(map(checksums.iban, ibans))
    assert all(map(checksums.luhn, cards))


def test_the_rules_find_every_value_of_a_prompt_and_nothing_where_there_is_none() -> None:
    pool = set(islice(values.stream("pool a"), 36))
    text = Prompts("a", new=0).text()
    assert _found(text) == pool
    assert len(text) > 4000
    assert not _found(Prompts("a", new=0, per=0).text())


@pytest.mark.parametrize(("new", "shared"), [(0.0, 36), (0.1, 32), (1.0, 0)])
def test_a_conversation_repeats_the_share_that_it_says(new: float, shared: int) -> None:
    prompts = Prompts("b", new=new)
    first, second = _found(prompts.text()), _found(prompts.text())
    assert len(first & second) == shared


def test_parts_of_one_conversation_share_its_pool_and_no_text() -> None:
    first, second = (Prompts(part, new=0.1, pool="c").text() for part in ("1", "2"))
    pool = set(islice(values.stream("pool c"), 36))
    assert len(_found(first) & pool) == len(_found(second) & pool) == 32
    assert first != second
    assert len(_found(first) & _found(second)) < 32
    assert not _found(first) & _found(second) - pool


def test_no_two_scenes_and_no_two_parts_send_the_same_text(tmp_path: Path) -> None:
    texts = []
    with upstream(tmp_path) as behind:
        for scene in scenes(quick=True):
            jobs = [scene.job(Target(DIRECT, behind), part) for part in ("0 0", "0 1", "1 0")]
            texts += [Prompts(f"{job.seed} 0", new=job.new, pool=job.pool).text() for job in jobs]
    assert len(set(texts)) == len(texts) == 3 * len(scenes(quick=True))


def _hidden(value: str) -> list[str]:
    inner = json.dumps({"deep": [{"who": value}]})
    escaped = "".join(f"\\u{ord(char):04x}" for char in value)
    return [
        json.dumps({"text": f"ask {value} now"}),
        json.dumps({value: 1}),
        json.dumps({"arguments": inner}),
        json.dumps({"arguments": json.dumps({"again": inner})}),
        f'{{"text": "{escaped}"}}',
        json.dumps({"text": " ".join(value).upper()}),
        f"not json, {value}",
    ]


def test_the_upstream_notices_a_private_value_however_it_is_written() -> None:
    watch = Watch("here", 60)
    for value in (_POOL[0], _POOL[2], _POOL[3], values.declared()[10], values.declared()[0]):
        for body in _hidden(value):
            if "\\u" in body and '"' in value:
                continue
            assert value in watch.leaks(b"", body.encode()), body
    assert watch.leaks(f"/v1?mail={_POOL[0]}".encode(), b"{}") == {_POOL[0]}
    assert not watch.leaks(b"/v1", json.dumps({"text": "EMAIL_7F3AQ2XK and 4111"}).encode())


def _asked(text: str, **changed: object) -> Asked:
    asked = one_prompt("echo", text, stream=False)
    fields = {name: getattr(asked, name) for name in Asked.__slots__}
    return Asked(**{**fields, **changed})  # type: ignore[arg-type]


def _whole(text: str) -> bytes:
    return echo.chat({"model": "echo", "messages": [{"content": text}]})


def test_a_reply_that_differs_in_one_letter_is_wrong() -> None:
    asked = _asked("Call Adaeze at noon.")
    assert compared(asked, _whole("Call Adaeze at noon.")) == "right"
    assert compared(asked, _whole("Call Adaeze at noon")) == "wrong"
    assert compared(asked, _whole("Call PERSON_7F3AQ2XK at noon.")) == "wrong"
    assert compared(asked, b"{}") == "wrong"
    assert compared(asked, b"no json") == "wrong"


def test_json_in_another_spelling_is_told_apart_from_other_json() -> None:
    asked = _asked('{"who": "Müller", "in": "{\\"a\\": 1}"}')
    assert compared(asked, _whole('{"who":"M\\u00fcller","in":"{\\"a\\":1}"}')) == "respelled"
    assert compared(asked, _whole('{"who":"Muller","in":"{\\"a\\":1}"}')) == "wrong"
    assert compared(asked, _whole('{"who":"M\\u00fcller","in":"{\\"a\\":2}"}')) == "wrong"


def test_every_mixed_shape_is_echoed_right_and_wrong_once_a_letter_is_lost() -> None:
    mixed, shapes = Mixed(_POOL, "c", surfaces="openai"), set()
    for index in range(300):
        asked = mixed.asked(index, 300)
        shapes.add((asked.shape, asked.stream))
        request = json.loads(asked.body)
        response = asked.path.endswith("responses")
        whole, events = (
            (echo.responses, echo.responses_events) if response else (echo.chat, echo.chat_events)
        )
        lost = json.loads(asked.body.replace(b"first:", b"frst:"))
        reply, other = (
            b"".join(events(one)) if asked.stream else whole(one) for one in (request, lost)
        )
        assert compared(asked, reply) == "right"
        assert compared(asked, other) == "wrong"
        assert compared(asked, reply[: len(reply) // 2]) == "wrong"
    assert len(shapes) == 22


def test_ollamas_lines_are_read_as_far_as_they_say_that_they_are_done() -> None:
    asked = _asked("Call Adaeze.", path=OLLAMA, stream=True)
    line = b'{"message":{"role":"assistant","content":"%b"},"done":%b}\n'
    begun = line % (b"Call ", b"false")
    assert compared(asked, begun + line % (b"Adaeze.", b"true")) == "right"
    assert compared(asked, begun + line % (b"Adaeze", b"true")) == "wrong"
    assert compared(asked, begun + line % (b"Adaeze.", b"false")) == "wrong"


def test_what_goes_unmasked_is_counted(tmp_path: Path) -> None:
    counted = correctness.correctness(tmp_path, 200, print, unmasked=True)
    assert counted.right == counted.asked == counted.seen.requests == 200
    assert counted.seen.leaks > 500
    assert not counted.ok


def test_a_round_gives_a_ratio_of_two_servers_and_refuses_dirty_loads(tmp_path: Path) -> None:
    scene = Scene("CPU", "cpu", 60, Aim(50, 40), 4)
    with upstream(tmp_path) as behind, Load(tmp_path) as load:
        unit = plain(tmp_path / "unit", behind.url)
        other = plain(tmp_path / "other", behind.url)
        with unit.server, other.server:
            targets = [Target(DIRECT, behind), unit, Target(GATEWAY, other.server)]
            (figure,) = figures(load, targets, [scene], 2, print)
            assert len(figure.values) == 2
            assert 0.1 < figure.value < 10  # the same program twice, on a busy machine
            assert "better" in figure.row()
            lost = Target(GATEWAY, other.server, "nothing here/")
            other.server.stop()
            with pytest.raises(NotClean):
                figures(load, [targets[0], unit, lost], [scene], 1, print)


def test_a_missed_aim_is_said() -> None:
    aim = Aim(3, 2)
    said = {
        "MISSED": (4.0, 5.0, 6.0),
        "MISSED, held in 1 of 3": (2.0, 5.0, 6.0),
        "reached": (2.5, 2.6, 2.9),
        "reached, held in 2 of 3": (2.5, 2.6, 9.0),
        "better": (1.0, 1.9, 2.9),
    }
    for words, values_ in said.items():
        assert Figure("a", "b", "P", values_, "", aim).row().endswith(f"| {words} |")


def test_cpu_time_of_a_process_is_what_it_used() -> None:
    import os

    before, used = cpu_s(os.getpid()), time.process_time()
    while time.process_time() - used < 0.05:
        random.random()
    assert 0.04 < cpu_s(os.getpid()) - before < 0.5


@pytest.mark.parametrize(("rise", "flat"), [(0.0, True), (0.02, True), (2.0, False)])
def test_memory_that_rises_is_not_flat(rise: float, flat: bool) -> None:
    """`rise`: MB in each sample of ten seconds."""
    from bench.gateway.jobs import Done

    samples = tuple(Sample(n * 10.0, 60 + n * rise + n % 2, 70) for n in range(40))
    done = Done(1, 0, {}, 0, 400.0, 0.0, 0.0, 0.0)
    assert Soaked(100.0, done, samples).flat is flat
