"""Notebooks: run in a folder of their own, and turned into a page with what they printed.

Outputs are never in the repository: what the page shows was made by this run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

CELL_S = 120
# What would lead a run to somebody's own model, ledger or key.
_OURS = ("DOORSTEP_", "OPENAI_", "AZURE_OPENAI_", "OLLAMA_")


class NotRun(Exception):
    """A cell failed; the message says which, and how."""


def run(notebook: Path, root: Path, environ: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook with its outputs, run in an empty home beside a copy of examples/.

    `environ` is added to an environment without any key or setting, so that stand-ins answer.
    Raises NotRun where a cell raises.
    """
    from nbclient.exceptions import CellExecutionError

    node: NotebookNode = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder, _bare(folder, environ or {}):
        shutil.copytree(root / "examples", Path(folder) / "examples")
        client = NotebookClient(
            node,
            timeout=CELL_S,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=40"],
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise NotRun(f"{notebook.name}: {error}") from None
    return node


@contextmanager
def _bare(home: str, given: Mapping[str, str]) -> Iterator[None]:
    """This process's environment, which the kernel takes, for as long as the notebook runs."""
    before = dict(os.environ)
    for name in before:
        if name.startswith((*_OURS, "XDG_")):
            del os.environ[name]
    os.environ.update({"HOME": home, "IPYTHONDIR": f"{home}/.ipython", **given})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def page(node: NotebookNode, source: str) -> tuple[str, dict[str, str]]:
    """The page as markdown, and its pictures: SVG by file name. `source`: the notebook's path."""
    parts, pictures = [], dict[str, str]()
    for number, cell in enumerate(node.cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for shown in cell.outputs:
            name = f"cell-{number}-{len(pictures)}.svg"
            parts.append(_output(shown, name, pictures))
    note = f"*This page is the notebook `{source}`, run when this site was built.*"
    return "\n\n".join([part for part in [*parts, note] if part]) + "\n", pictures


def _output(shown: NotebookNode, name: str, pictures: dict[str, str]) -> str:
    if shown.output_type == "stream":
        return _block(shown.text)
    data = shown.get("data", {})
    if "image/svg+xml" in data:
        pictures[name] = data["image/svg+xml"]
        about = shown.metadata.get("image/svg+xml", {}).get("alt", "A picture")
        return f"![{about}]({name})"
    if "text/markdown" in data:
        return str(data["text/markdown"])
    return _block(data.get("text/plain", ""))


def _block(text: str) -> str:
    return f"``````text\n{text.rstrip()}\n``````" if text.strip() else ""
