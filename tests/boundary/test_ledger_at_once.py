"""Several processes that open a ledger which is not there yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Each round three processes wait for the same moment, and open the same new file.
ROUNDS = """
import os, sys, time
from pathlib import Path
from doorstep.boundary.ledger import Ledger

failed = 0
for number in range(int(sys.argv[2])):
    path, moment, pids = Path(sys.argv[1], str(number), "l.sqlite3"), time.time() + 0.01, []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            while time.time() < moment: pass
            try:
                Ledger(path)
            except BaseException as error:
                print(error, flush=True)
                os._exit(1)
            os._exit(0)
        pids.append(pid)
    failed += sum(os.waitpid(pid, 0)[1] != 0 for pid in pids)
sys.exit(bool(failed))
"""


def test_nobody_fails_where_several_make_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROUNDS, str(tmp_path), "60"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
