"""One target under atheris, in a process of its own, as `bench.fuzz` starts it.

libFuzzer gives bytes, Hypothesis makes a case of them (`fuzz_one_input`), the target looks at it.
Short inputs are filled up with bytes that depend on their first two only, so that nearly all of
them make a case; those that make none are counted as "no case". What a target finds is written
down, each kind of failure once, and the run goes on.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

TARGETS = ("seal", "gate", "restore", "hidden", "ledger")
_LONGEST = 4096  # bytes of an input
_WANTED = 8192  # bytes that Hypothesis takes at most
_EVERY_S = 5.0  # how often the report is written


class Found:
    """What a target found: each kind of failure once, with the input that showed it."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._start = self._written = time.monotonic()
        self._found: dict[str, dict[str, str]] = {}
        self.ended: Counter[str] = Counter()

    def failure(self, data: bytes, error: BaseException) -> None:
        from bench.fuzz.leaks import Broken, Leak

        kind = "leak" if isinstance(error, Leak) else "crash"
        kind = "broken" if isinstance(error, Broken) else kind
        self.ended[kind] += 1
        what = f"{kind}: {type(error).__name__} {_where(error)}"
        if what in self._found:
            return
        place = self._folder / "found"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{self._target}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        self._found[what] = {
            "kind": kind,
            "what": what,
            "said": str(error)[:200],
            "file": str(path),
        }
        print(f"{self._target}: {what}: {str(error)[:200]} -> {path}", flush=True)

    def tell(self, *, now: bool = False) -> None:
        if not now and time.monotonic() - self._written < _EVERY_S:
            return
        self._written = time.monotonic()
        report = {
            "target": self._target,
            "seconds": self._written - self._start,
            "runs": sum(self.ended.values()),
            "ended": dict(self.ended),
            "found": list(self._found.values()),
        }
        (self._folder / f"{self._target}.json").write_text(json.dumps(report), "utf-8")


def _where(error: BaseException) -> str:
    """The innermost place in Doorstep; where a promise does not hold, what it says."""
    if isinstance(error, AssertionError) and str(error):
        return str(error)[:60]
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "doorstep" in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "elsewhere"


def filled(data: bytes) -> bytes:
    """As many bytes as a case may need; what stands before the filling does not move it."""
    return (data[2:] + random.Random(data[:2]).randbytes(_WANTED))[:_WANTED]


def one_input(target: str, show: Callable[[str], None]) -> Callable[[bytes], bytes | None]:
    """A function that makes a case of bytes and lets the target look; `show` is told the end."""
    from hypothesis import HealthCheck, given, settings

    module = import_module(f"bench.fuzz.{target}")

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(module.cases())
    def look(case: Any) -> None:
        show(module.holds(case))

    run: Callable[[bytes], bytes | None] = look.hypothesis.fuzz_one_input
    return lambda data: run(filled(data))


def run_file(path: Path) -> int:
    """Run one input again, with all that can be said about it."""
    print(f"{path}: ", end="")
    one_input(path.name.partition("-")[0], print)(path.read_bytes())
    return 0


def main() -> None:
    import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

    target, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    # Only the boundary is measured: libFuzzer looks for new ways through its code.
    with atheris.instrument_imports(include=["doorstep.boundary"]):
        found = Found(target, folder)
        look = one_input(target, lambda how: found.ended.update([how]))

    def test(data: bytes) -> None:
        try:
            if look(data) is None:
                found.ended["no case"] += 1
        except Exception as error:
            found.failure(data, error)
        found.tell()

    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    atexit.register(found.tell, now=True)
    limits = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        "-timeout=60",
        "-rss_limit_mb=3000",
    ]
    quiet = [f"-artifact_prefix={folder}/", "-verbosity=0", "-print_final_stats=0"]
    atheris.Setup([sys.argv[0], *limits, *quiet, str(corpus)], test)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
