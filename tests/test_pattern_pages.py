"""Every python block of the pattern guides runs, one after another, as the page has them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs/patterns").glob("*.md"))
RUN_MAIN = """
import asyncio, inspect
if inspect.iscoroutinefunction(globals().get("main")):
    asyncio.run(main())
"""


def program(page: Path) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.S))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_program_of_a_page(page: Path, tmp_path: Path) -> None:
    code = program(page)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(
        [sys.executable, "-c", code + RUN_MAIN],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_each_pattern_has_a_page_with_a_program() -> None:
    pages = {page.stem for page in PAGES if program(page)}
    assert pages >= {
        "sanitize-and-solve",
        "plan-then-ground",
        "escalate-on-hard",
        "draft-then-refine",
        "cross-check",
    }
