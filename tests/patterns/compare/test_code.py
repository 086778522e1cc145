"""Programs by behaviour: only where a runner is given, and under limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from doorstep.patterns.compare import LimitedRunner, Rules, compare

DOUBLE = "def f(x):\n    return x * 2"
SQUARE = "def f(x):\n    return x ** 2"
FAST = LimitedRunner(seconds=2)


def test_cases_that_behave_differently_are_numbered() -> None:
    rules = Rules(cases=("f(0)", "f(2)", "f(3)"), runner=FAST)
    found = compare(DOUBLE, SQUARE, kind="code", rules=rules)
    assert (found.verdict, found.what) == ("differ", ("case 3",))


def test_without_a_runner_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    program = f"open({str(mark)!r}, 'w')\ndef f(): return 1"
    found = compare(program, "def f(): return 2 - 1", kind="code", rules=Rules(cases=("f()",)))
    assert found.verdict == "incomparable"
    assert not mark.exists()


def test_comments_and_spaces_are_no_difference() -> None:
    assert compare(DOUBLE, "def f(x):  # twice\n  return x*2", kind="code").verdict == "agree"


def test_the_users_own_runner_is_asked() -> None:
    asked: list[tuple[str, str]] = []

    def runner(program: str, case: str) -> object:
        asked.append((program, case))
        return len(program) > 0

    rules = Rules(cases=("anything",), runner=runner)
    assert compare(f"```python\n{DOUBLE}\n```", SQUARE, kind="code", rules=rules).verdict == "agree"
    assert asked == [(DOUBLE, "anything"), (SQUARE, "anything")]


@pytest.mark.parametrize(
    ("program", "case", "said"),
    [
        (DOUBLE, "f(4)", "gave 8"),
        (DOUBLE, "f()", "raised TypeError"),
        ("def f(:", "f()", "raised SyntaxError"),
        ("print('noise')\nx = 1", "x", "gave 1"),
        ("import os", "dict(os.environ).get('HOME')", "gave None"),
        ("x = [0] * (2 ** 31)", "1", "raised MemoryError"),
        ("import os", "os._exit(0)", "did not end"),
    ],
)
def test_a_limited_runner(program: str, case: str, said: str) -> None:
    assert FAST(program, case) == said


def test_a_program_that_does_not_end_is_ended() -> None:
    begun = time.monotonic()
    assert LimitedRunner(seconds=1)("while True: pass", "1") == "did not end"
    assert time.monotonic() - begun < 10


def test_a_limited_runner_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    program = f"f = open({str(path)!r}, 'w')\nf.write('x' * 100)\nf.close()"
    assert not FAST(program, "1").startswith("gave")
    assert not path.exists() or path.stat().st_size == 0
