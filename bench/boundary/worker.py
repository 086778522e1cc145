"""The inside of a worker: a process that masks texts for the benchmark, one tool each.

Standard library only, since a worker runs in the environment of its tool. It speaks JSON lines:
first it says that it is ready, then it answers each line `{"texts": [...]}` with the spans
`[start, end, kind]` of each text. Every answer holds `cpu` (seconds of process CPU time, all
threads, that the work took) and `peak` (the largest resident set so far, in MiB).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Span = tuple[int, int, str]
Mask = Callable[[Sequence[str]], list[list[Span]]]

_WARM = "Please call Ann Lee at 030 123 45 67 in Berlin on 3 May."


def serve(load: Callable[[], Mask]) -> None:
    """Load, say so, answer until the input ends. What is raised is said, by type and message."""
    # Whatever the tool itself prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**answer: object) -> None:
        answers.write(json.dumps({**answer, "peak": peak_mib()}) + "\n")
        answers.flush()

    try:
        mask = load()
        mask([_WARM])
        say(cpu=time.process_time())
        for line in sys.stdin:
            texts = json.loads(line)["texts"]
            before = time.process_time()
            spans = mask(texts)
            say(cpu=time.process_time() - before, spans=spans)
    except Exception as error:
        first = (str(error).splitlines() or [""])[0]
        say(error=f"{type(error).__name__}: {first[:200]}")


def peak_mib() -> float:
    """The largest resident set of this process so far.

    On Linux from /proc (KiB): ru_maxrss would there be at least that of the process which started
    this one. Elsewhere ru_maxrss: bytes on macOS, KiB on the BSDs.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
