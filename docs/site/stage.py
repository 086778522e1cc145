"""The site's source, laid out in a folder of its own: the pages, and each file that they link to.

The pages stay plain markdown with links that work on a code host: to `../examples/household.md`,
to a module, to a folder. In the site each of these becomes a page under `repository/`, so that no
link leads out of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from docs.site.links import relative, relinked, resolved

_LANGUAGES = {".py": "python", ".toml": "toml", ".yaml": "yaml", ".md": "markdown"}
_LANGUAGES |= {".jsonl": "json", ".csv": "text"}
_HIDDEN = {"__pycache__", ".cache"}


class Missing(Exception):
    """A page links to a file that is not there."""


def pages(root: Path) -> list[str]:
    """The markdown pages of the documentation, as paths from `root`; not those of this program."""
    found = [str(path.relative_to(root)) for path in sorted((root / "docs").rglob("*.md"))]
    return [path for path in found if not path.startswith("docs/site/")]


def stage(root: Path, folder: Path) -> list[str]:
    """Write every page, and whatever is linked to, below `folder`. Returns their paths there."""
    todo, done = pages(root), dict[str, str]()
    while todo:
        path = todo.pop()
        if path in done:
            continue
        if not (root / path).exists():
            raise Missing(f"{path} is linked to, and is not there")
        done[path] = place(root, path)
        target = folder / done[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        if PurePosixPath(path).suffix == ".ipynb":
            continue  # made when it is run
        if _is_picture(path):
            shutil.copy(root / path, target)
            continue
        text, linked = _page(root, path)
        todo += linked
        target.write_text(text, "utf-8")
    return sorted(page for page in done.values() if not _is_picture(page))


def _is_picture(path: str) -> bool:
    return PurePosixPath(path).suffix in (".svg", ".png")


def place(root: Path, path: str) -> str:
    """Where the file or folder `path` is in the site."""
    if path.startswith("docs/"):
        inside = PurePosixPath(path).relative_to("docs")
        if (root / path).is_dir():
            return f"repository/{path}/index.md"
        return str(inside.with_suffix(".md") if inside.suffix == ".ipynb" else inside)
    if (root / path).is_dir():
        return f"repository/{path}/index.md"
    name = path.replace("README.md", "readme.md")
    return f"repository/{name}" if name.endswith(".md") else f"repository/{name}.md"


def _page(root: Path, path: str) -> tuple[str, list[str]]:
    """The text of one page of the site, and the paths that it links to."""
    source = root / path
    if source.is_dir():
        return _folder(root, path)
    text = source.read_text("utf-8")
    if source.suffix != ".md" or path.startswith("examples/"):
        return _shown(path, text), []
    linked: list[str] = []

    def change(target: str) -> str:
        to, anchor = resolved(target, path)
        linked.append(to)
        return relative(place(root, to), place(root, path)) + anchor

    return relinked(text, change), linked


def _shown(path: str, text: str) -> str:
    """A file that is no page, shown as it is; the fence is longer than any in it."""
    fence = "`" * 6
    language = _LANGUAGES.get(PurePosixPath(path).suffix, "text")
    return f"# {path}\n\n{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _folder(root: Path, path: str) -> tuple[str, list[str]]:
    files = [
        str(file.relative_to(root))
        for file in sorted((root / path).rglob("*"))
        if file.is_file() and not _HIDDEN & set(file.parts) and file.suffix != ".pyc"
    ]
    here = place(root, path)
    rows = [f"- [{file}]({relative(place(root, file), here)})" for file in files]
    return "\n".join([f"# {path}/", "", *rows, ""]), files
