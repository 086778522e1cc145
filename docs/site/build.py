"""The site, from the pages: staged, with the reference and the notebook, and built by zensical."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from docs.site import commands, errors, names, notebook, settings
from docs.site.check import faults
from docs.site.stage import place, stage

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "docs/site/zensical.toml"
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
STYLE = "docs/site/site.css"


class Broken(Exception):
    """The site cannot be built as it is; the message holds a line for each fault."""


def build(out: Path, root: Path = ROOT) -> list[str]:
    """Build the site of `root` into the folder `out`; what was there is replaced.

    Returns the pages. Raises Broken for a link that leads nowhere, a page in no menu, a load from
    another host; NotRun where a cell of a notebook fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        notebooks = [str(path.relative_to(root)) for path in (root / "docs").rglob("*.ipynb")]
        pages = stage(root, here / "docs") + reference(root, here / "docs")
        pages = sorted({*pages, *(place(root, path) for path in notebooks)})
        _every_page_is_in_the_menu(pages, tomllib.loads((root / CONFIG).read_text("utf-8")))
        for path in notebooks:
            _run(path, root, here / "docs")
        shutil.copy(root / CONFIG, here / "zensical.toml")
        shutil.copy(root / STYLE, here / "docs/site.css")
        _built(here)
        if wrong := faults(here / "built"):
            raise Broken("\n".join(wrong))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(here / "built", out)
    return pages


def reference(root: Path, docs: Path) -> list[str]:
    """Write the generated pages below `docs`; their paths there."""
    told = (root / "docs/settings.md").read_text("utf-8")
    made = {
        "commands": commands.page(),
        "settings": settings.page(told),
        "errors": errors.page(),
        **names.modules(root / "src"),
    }
    folder = docs / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return [f"reference/{name}.md" for name in made]


def _run(path: str, root: Path, docs: Path) -> None:
    """Run the notebook `path`, and write what came of it as a page with its pictures."""
    text, pictures = notebook.page(notebook.run(root / path, root), path)
    target = docs / place(root, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    for name, picture in pictures.items():
        (target.parent / name).write_text(picture, "utf-8")


def _every_page_is_in_the_menu(pages: list[str], config: dict[str, object]) -> None:
    project = config["project"]
    assert isinstance(project, dict)
    listed = set(_listed(project["nav"]))
    wrong = [f"{page} is in no menu ({CONFIG})" for page in pages if page not in listed]
    wrong = [line for line in wrong if not line.startswith("repository/")]
    wrong += [f"{page} is in the menu, and is no page" for page in sorted(listed - set(pages))]
    if wrong:
        raise Broken("\n".join(wrong))


def _listed(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    inner = entry.values() if isinstance(entry, dict) else entry
    assert not isinstance(inner, str)
    return [path for one in inner for path in _listed(one)]  # type: ignore[attr-defined]


def _built(folder: Path) -> None:
    """Run the builder, strictly: a broken link or anchor between pages ends it."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = _COLOUR.sub("", done.stdout + done.stderr)
        raise Broken(said.split("\nTraceback ")[0])  # what follows is the builder's own code
