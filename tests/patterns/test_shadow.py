"""Shadow mode: a log is judged, priced, and nothing is sent."""

from __future__ import annotations

import json
import socket
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep import BadInput, Usage
from doorstep.patterns.checks import Rules, default_checks, own
from doorstep.patterns.shadow import ShadowReport, shadow

ROWS: list[dict[str, object]] = [
    {"prompt": "3 bags of 4?", "answer": "3 * 4 = 12", "model": "small", "at": "2026-01-01"},
    {
        "prompt": "Maya: 3 bags of 4?",
        "answer": "3 * 4 = 14",
        "usage": {"input_tokens": 9, "output_tokens": 6, "cached": 0},
    },
    {"messages": [{"role": "user", "content": "4 bags of 4?"}], "answer": "4 * 4 = 17 (no)"},
    {"messages": [{"role": "user", "text": "Colour?"}], "answer": "Blue."},
    {"prompt": "Why?", "answer": "Because it", "finish": "length", "seconds": 2.5},
]


def log(folder: Path, *rows: object) -> Path:
    path = folder / "log.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n\n", "utf-8")
    return path


def a_cent_a_token(usage: Usage) -> Decimal | None:
    return Decimal((usage.input_tokens or 0) + (usage.output_tokens or 0)) / 100


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
async def test_a_log_is_judged_and_priced(tmp_path: Path) -> None:
    report = await shadow(log(tmp_path, *ROWS), Rules(), default_checks(), a_cent_a_token)
    verdicts = ["keep", "escalate", "escalate", "cannot tell", "escalate"]
    assert [row.verdict for row in report.rows] == verdicts
    assert [row.line for row in report.rows] == [1, 2, 3, 4, 5]
    assert (report.count("keep"), report.count("cannot tell")) == (1, 1)
    assert [row.usage for row in report.escalated] == [Usage(9, 6), Usage(3, 4), Usage(1, 3)]
    assert report.usage == Usage(13, 13) and report.estimated == 2
    assert report.cost == Decimal("0.26")
    assert report.reasons == {
        "n of n calculations do not hold": 2,
        "the answer was cut off at its token limit": 1,
    }
    assert report.judge == Rules().label
    assert "Maya" not in repr(report)


async def test_checks_and_judge_are_the_callers(tmp_path: Path) -> None:
    seen: list[float | None] = []
    mine = own("mine", lambda look: seen.append(look.seconds))
    report = await shadow(log(tmp_path, *ROWS), Rules(), [mine])
    assert seen == [None, None, None, None, 2.5] and report.count("cannot tell") == 5
    assert report.cost == Decimal(0)  # nothing would have been sent


async def test_what_cannot_be_priced_has_no_cost(tmp_path: Path) -> None:
    report = await shadow(log(tmp_path, *ROWS), Rules())
    assert isinstance(report, ShadowReport) and report.cost is None


WRONG = (
    "Maya's secret",
    "[]",
    "{}",
    "null",
    '{"prompt": "Maya"}',
    '{"answer": "Maya"}',
    '{"prompt": "Maya", "messages": [{"role": "user", "text": "Maya"}], "answer": "x"}',
    '{"prompt": "Maya", "answer": 5}',
    '{"prompt": "Maya", "answer": "x", "finish": "Maya"}',
    '{"prompt": "Maya", "answer": "x", "usage": {"input_tokens": -1}}',
    '{"messages": [{"role": "Maya", "text": "x"}], "answer": "x"}',
    "[" * 100_000,
)


@pytest.mark.parametrize("line", WRONG, ids=range(len(WRONG)))
async def test_a_row_that_cannot_be_used_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadInput, match="Line 2 of the log") as caught:
        await shadow(log(tmp_path, ROWS[0], line), Rules())
    assert "Maya" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


async def test_a_log_that_is_not_there_or_empty_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        await shadow(tmp_path / "none.jsonl", Rules())
    with pytest.raises(BadInput, match="no answers"):
        await shadow(log(tmp_path), Rules())
    (tmp_path / "log.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        await shadow(tmp_path / "log.jsonl", Rules())
