"""The program on the library page runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_program_of_the_library_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/library.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.S)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport asyncio\nasyncio.run(main())"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer, crossing = done.stdout.splitlines()
    assert "20:00" in answer and re.search(r"/v1/responses [0-9a-f]{64}$", crossing)
