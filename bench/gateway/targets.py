"""What is measured: the upstream itself, the pass-through P, the gateway, and others by hand."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.gateway import values
from bench.gateway.jobs import Done, Job
from bench.gateway.processes import Server, python

_BY_HAND_S = 90.0  # that such a proxy may take to start


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test. `prefix` stands before the names of the upstream's models."""

    name: str
    server: Server
    prefix: str = ""

    @property
    def url(self) -> str:
        return self.server.url


def upstream(folder: Path, *, watch: str = "", keep: bool = False) -> Server:
    words = [*(("--watch", watch) if watch else ()), *(("--keep",) if keep else ())]
    command = python("bench.gateway.upstream", *words)
    return Server(command, folder / "upstream.log", wait_s=120.0)


def plain(folder: Path, upstream_url: str) -> Target:
    folder.mkdir(parents=True, exist_ok=True)
    command = python("bench.gateway.plain", "--upstream", upstream_url)
    return Target("P", Server(command, folder / "plain.log"))


def gateway(
    folder: Path,
    upstream_url: str,
    *,
    name: str = "gateway",
    module: str = "doorstep",
    words: Sequence[str] = (),
    settings: str = "",
) -> Target:
    """`doorstep serve` with its data under `folder` and the declared names in its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = json.dumps(values.declared(), ensure_ascii=False)
    (folder / "doorstep.toml").write_text(f"[boundary]\nprivate = {declared}\n{settings}", "utf-8")
    served = ("serve", "--port", "0", "--upstream", f"{upstream_url}/v1", *words)
    environ = {
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "OPENAI_API_KEY": "none",
        "OLLAMA_HOST": "http://127.0.0.1:1",
    }
    server = Server(python(module, *served), folder / f"{name}.log", environ)
    return Target(name, server, "mask/")


def by_hand(folder: Path, upstream_url: str, command: str) -> Target:
    """A proxy that the user has installed (LiteLLM's). In `command`, {port}, {upstream} and
    {config} are replaced; the configuration names the upstream's models as LiteLLM wants it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    config = folder / "litellm.json"  # JSON is YAML
    names = ("echo", "echo-pace1", "echo-pace5")
    route = {"api_base": f"{upstream_url}/v1", "api_key": "none"}
    models = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", **route}}
        for name in names
    ]
    config.write_text(json.dumps({"model_list": models}))
    words = shlex.split(command.format(port=port, config=config, upstream=upstream_url))
    log, url = folder / "by_hand.log", f"http://127.0.0.1:{port}"
    server = Server(words, log, {"HOME": str(folder)}, url=url)
    server.answers(_BY_HAND_S)
    return Target("LiteLLM", server)


class Load:
    """The process that sends; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._errors = (folder / "load.log").open("w")
        self._process = subprocess.Popen(
            python("bench.gateway.load"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=Path(__file__).resolve().parents[2],
            text=True,
        )

    def start(self, job: Job) -> None:
        assert self._process.stdin
        print(job.line(), file=self._process.stdin, flush=True)

    def done(self) -> Done:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit("The load ended early; see load.log.")
        return Done.of(line)

    def run(self, job: Job) -> Done:
        self.start(job)
        return self.done()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._errors.close()
