"""Someone who follows one page from top to bottom, in an empty folder, and does what it says.

Blocks for a shell run in bash, with the variables and the folder that the block before left; those
of Python in one interpreter. The only programs are `doorstep`, a few that come with every machine,
and those of `programs.py`. There is no way out of the machine: a cloud is a stand-in or a server
on loopback, and HOME is empty.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.blocks import ROOT, Block
from tests.docs.kits import Kit
from tests.docs.programs import PROGRAMS, TOOLS, ended

HERE = re.compile(r"http://(127\.0\.0\.1|localhost):8080")
CLOUD = "https://api.openai.com"
COMMON = "bash sh cat head tail grep sed sort ls mkdir cp mv rm touch chmod sleep tee wc date env"
LIMIT_S = 200.0
AFTER = """trap 'code=$?
declare -px > "$DOCS_KIT/state"; pwd > "$DOCS_KIT/where"
exit $code' EXIT"""


@dataclass(frozen=True, slots=True)
class Result:
    """`said`: standard output. `wrong`: why the block does not do what a reader expects."""

    said: str = ""
    wrong: str = ""


@dataclass(slots=True)
class Reader:
    """`far` is the base URL, without /v1, of the server that plays the cloud; `ollama` that of the
    daemon at home, "" for none."""

    folder: Path
    kit: Kit
    far: str
    ollama: str = ""
    last: Result = field(default_factory=Result)
    _python: subprocess.Popen[str] | None = None

    def __post_init__(self) -> None:
        (self.folder / "home").mkdir(parents=True)
        _programs(self.own / "bin")
        (self.own / "site").mkdir()
        shutil.copy(Path(__file__).parent / "quiet.py", self.own / "site/sitecustomize.py")
        (self.own / "where").write_text(str(self.folder / "work"), "utf-8")
        shutil.copytree(ROOT / "examples", self.folder / "work/examples")
        for name, text in self.kit.files.items():
            (self.folder / "work" / name).write_text(text, "utf-8")

    @property
    def own(self) -> Path:
        return self.folder / "kit"

    def follow(self, blocks: Iterable[Block]) -> dict[int, Result]:
        """By line, what became of each block that is run or made into a file."""
        out = {}
        try:
            for block in blocks:
                if block.title:
                    self._write(block)
                elif block.runs:
                    out[block.line] = self.last = self._run(block)
        finally:
            self._end()
        return out

    def _write(self, block: Block) -> None:
        file = self._where() / block.title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self._meant(block.text), "utf-8")

    def _run(self, block: Block) -> Result:
        if HERE.search(block.text) and not (self.own / "serve.url").exists():
            started = self._shell(f"doorstep serve --upstream {CLOUD}/v1")
            if started.wrong:
                return started
        done = self._speak(block) if block.language == "python" else self._shell(block.text)
        left = self.own / "left.txt"
        if left.exists():
            return Result(done.said, f"It would leave this machine: {left.read_text('utf-8')}")
        return done

    def _meant(self, text: str) -> str:
        """`text` with the addresses of this reader's gateway and cloud in it."""
        return self._here(text).replace(CLOUD, self.far)

    def _here(self, text: str) -> str:
        url = self.own / "serve.url"
        return HERE.sub(url.read_text("utf-8"), text) if url.exists() else text

    def _where(self) -> Path:
        return Path((self.own / "where").read_text("utf-8").strip())

    def _environment(self) -> dict[str, str]:
        home = str(self.folder / "home")
        own = {"HOME": home, "PATH": str(self.own / "bin"), "LANG": "C.UTF-8", "COLUMNS": "100"}
        home_model = {"OLLAMA_HOST": self.ollama} if self.ollama else {}
        kit = {"DOCS_KIT": str(self.own), "PYTHONPATH": str(self.own / "site")}
        return own | kit | home_model | dict(self.kit.environ)

    def _account(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": "sk-of-the-reader", "OPENAI_BASE_URL": f"{self.far}/v1"}

    # --- a shell ----------------------------------------------------------------------------------

    def _shell(self, text: str) -> Result:
        commands, outputs = transcript(text)
        state = self.own / "state"
        before = f'. "{state}"\n' if state.exists() else ""
        typed = next((keys for start, keys in self.kit.typed.items() if start in text), None)
        script = f"{before}set -eo pipefail\n{AFTER}\n{self._meant(commands)}"
        code, said, wrong = self._bash(script, typed)
        if code:
            return Result(said, f"exit code {code}\n{said}\n{wrong}")
        if outputs and not same(outputs, said, self.kit.masks):
            return Result(said, f"It printed\n{said}")
        return Result(said)

    def _bash(self, script: str, typed: str | None) -> tuple[int, str, str]:
        """Exit code, standard output, standard error. `typed`: by a person at a terminal."""
        terminal, end = pty.openpty() if typed else (-1, -1)
        if typed:
            os.write(terminal, typed.encode())
        try:
            done = subprocess.run(
                ["/bin/bash", "-c", script],
                stdin=end if typed else subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd=self._where(),
                env=self._environment(),
                timeout=LIMIT_S,
                check=False,
            )
        finally:
            for one in {terminal, end} - {-1}:
                os.close(one)
        return done.returncode, done.stdout, done.stderr

    # --- Python -----------------------------------------------------------------------------------

    def _speak(self, block: Block) -> Result:
        if self._python is None:
            self._python = subprocess.Popen(
                [sys.executable, str(Path(__file__).parent / "interpreter.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self._where(),
                env=self._environment() | self._account(),
            )
        pipe = self._python
        assert pipe.stdin and pipe.stdout
        asked = {"page": block.page, "line": block.line, "text": self._here(block.text)}
        pipe.stdin.write(json.dumps(asked) + "\n")
        pipe.stdin.flush()
        line = pipe.stdout.readline()
        return Result(**json.loads(line)) if line else Result(wrong="the interpreter ended")

    def _end(self) -> None:
        if self._python is not None:
            self._python.kill()
            self._python.communicate()
        ended(self.own)


def _programs(folder: Path) -> None:
    """The only programs of a page, in one folder."""
    folder.mkdir(parents=True)
    for name in COMMON.split():
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    ours = f'"{sys.executable}" "{Path(__file__).parent / "programs.py"}"'
    for name in {*PROGRAMS, *TOOLS} - {"serve"}:
        _script(folder / name, f'exec {ours} {name} "$@"')
    is_serve = f'for word; do [ "$word" = serve ] && exec {ours} serve "$@"; done'
    _script(folder / "doorstep", f'{is_serve}\nexec "{sys.executable}" -m doorstep "$@"')


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/bash\n{text}\n", "utf-8")
    path.chmod(0o755)


def transcript(text: str) -> tuple[str, str]:
    """The commands and the output of a session with prompts (`$ command`); else `text` and ""."""
    if not text.startswith("$ "):
        return text, ""
    commands, outputs, goes_on = [], [], False
    for line in text.splitlines():
        if line.startswith("$ ") or goes_on:
            commands.append(line.removeprefix("$ "))
            goes_on = line.endswith("\\")
        else:
            outputs.append(line)
    return "\n".join(commands), "\n".join(outputs)


def same(shown: str, said: str, masks: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether `said` is what the page shows. A line `…` in it stands for any lines; what varies
    is named by `masks`, pairs of a pattern and what stands for it."""
    for pattern, name in masks:
        shown, said = re.sub(pattern, name, shown), re.sub(pattern, name, said)
    lines = [line.rstrip() for line in shown.strip().splitlines()]
    pattern = "\n".join("(?:.*\n)*?.*" if line == "…" else re.escape(line) for line in lines)
    got = "\n".join(line.rstrip() for line in said.strip().splitlines())
    return re.fullmatch(pattern, got) is not None
