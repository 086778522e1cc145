"""`doorstep serve` as its own process, as an operator starts it.

with served(tmp_path, upstream=cloud.url + "/v1", toml='[boundary]\\nprivate = ["Maya"]') as url:
    ...                       # any client, at url
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

LISTENS = re.compile(r"Doorstep listens on (http://\S+)")
START_S = 60.0  # a machine under load; it is there in less than one


@contextmanager
def served(
    folder: Path,
    *,
    upstream: str = "",
    toml: str = "",
    environ: Mapping[str, str] = {},
    port: int | None = 0,
) -> Iterator[str]:
    """The URL of a running gateway, whose files are all in `folder`; it is ended with SIGTERM.
    `port` None: that of the settings.
    """
    settings, said = folder / "doorstep.toml", folder / "said.txt"
    settings.write_text(toml, "utf-8")
    command = [sys.executable, "-m", "doorstep", "--config", str(settings), "serve"]
    command += [] if port is None else ["--port", str(port)]
    command += ["--upstream", upstream] if upstream else []
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, cwd=folder, env=environment(folder) | dict(environ)
        )
    try:
        yield _listening(process, said)
    finally:
        process.terminate()
        process.wait(20)


def environment(folder: Path) -> dict[str, str]:
    """An environment that knows no key, no proxy and no folder but this."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}


def _listening(process: subprocess.Popen[bytes], said: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        found = LISTENS.search(said.read_text("utf-8"))
        if found:
            return found[1]
        assert process.poll() is None, said.read_text("utf-8")
        time.sleep(0.02)
    raise AssertionError("It does not say that it listens: " + said.read_text("utf-8"))


def pid_of(part: str) -> int:
    """Of the process with this part in its command line."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if part.encode() in file.read_bytes():
                return int(file.parent.name)
    raise AssertionError("no such process")
