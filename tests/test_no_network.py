"""Importing, building and running the boundary makes no network call of its own.

The program below runs in a process in which every use of a socket is an error, told by an audit
hook (PEP 578), and once more in a network namespace without any interface, where that is allowed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOOK = """
import sys

seen = []

def audit(event, args):
    if event.startswith("socket.") or event in ("urllib.Request", "http.client.connect"):
        # A pair of connected sockets in the process is how asyncio wakes itself up.
        if event == "socket.__new__" and args[1] == 1:  # AF_UNIX
            return
        seen.append(event)
        raise RuntimeError("network: " + event)

sys.addaudithook(audit)
"""
PROGRAM = """
import asyncio, importlib, json, pkgutil
from pathlib import Path

import doorstep.boundary
for module in pkgutil.walk_packages(doorstep.boundary.__path__, "doorstep.boundary."):
    importlib.import_module(module.name)
import doorstep, doorstep.config, doorstep.cli.main

from doorstep.boundary import Boundary, Clearance, Declared, Held, Ledger, Policy
from doorstep.boundary.detect.levels import detectors
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.keys import load_key
from doorstep.boundary.scan import Scanner

folder = Path(sys.argv[1])
key = load_key(folder=folder)
text = "I am Quixmere Zordvak, quix@home.example, +49 30 1234567, of 12 Long Lane."
declared = Declared(("Quixmere Zordvak",))
for level in sys.argv[2].split(","):
    found = detectors(level, declared=declared)
    assert len(Scanner(found, propagation=Propagation()).scan(text)) > 2

store = None
if "store" in sys.argv[3]:
    from doorstep.boundary.store import Store
    store = Store(folder / "vault.db", key)

async def main():
    with Ledger(folder / "ledger.db") as ledger:
        made = Boundary(
            ledger=ledger,
            policy=Policy(("https://api.example",)),
            key=key,
            detectors=found,
            store=store,
            dry_run=True,
        )
        async with made.client() as client:
            try:
                with made.crossing(Clearance(mask=True)):
                    await client.post("https://api.example/v1/responses", json={"input": text})
            except Held as held:
                assert "Quixmere" not in held.crossing.body and "PERSON" not in text
                print(len(held.crossing.body))
        assert ledger.verify().ok

asyncio.run(main())
assert not seen, seen
print("quiet")
"""
LATE = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except RuntimeError as error:
    print(error, seen)
"""


def _extras() -> tuple[str, str]:
    """The levels and parts that can be run with what is installed."""
    from doorstep.boundary.detect.classifier import Classifier

    levels = ["rules", "strict", *(["names"] if Classifier.available() else [])]
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return ",".join(levels), "-"
    return ",".join(levels), "store"


def _run(
    folder: Path, program: str, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-c", program, str(folder), *_extras()],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_boundary_makes_no_network_call(tmp_path: Path) -> None:
    done = _run(tmp_path, HOOK + PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("quiet\n")


def test_the_hook_would_tell() -> None:
    """Or the test above would hold for a hook that hears nothing."""
    done = _run(Path(), HOOK + LATE)
    assert "network: socket." in done.stdout and done.returncode == 0, done.stderr


def test_the_boundary_runs_without_any_network(tmp_path: Path) -> None:
    alone = _alone()
    if alone is None:
        pytest.skip("this machine lets nobody leave the network (unshare -n)")
    done = _run(tmp_path, "import sys\nseen = []\n" + PROGRAM, alone)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("quiet\n")


def _alone() -> tuple[str, ...] | None:
    """The command in front of another that takes its network away."""
    if shutil.which("unshare") is None:
        return None
    for flags in (("-n",), ("-rn",)):
        command = ("unshare", *flags)
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return None
