"""The process in which the Python blocks of one page run, one after another, as one program.

A line of JSON in (`page`, `line`, `text`), one out (`said`, `wrong`): what the block printed, and
its traceback, in lines of the page. What a block defines, the later ones have.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
import types


def main() -> None:
    asked = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdin = io.StringIO()
    module = types.ModuleType("__main__")  # dataclasses and pickle look their module up by name
    sys.modules["__main__"] = module
    for line in asked:
        answers.write(json.dumps(_run(module, **json.loads(line))) + "\n")
        answers.flush()


def _run(module: types.ModuleType, page: str, line: int, text: str) -> dict[str, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            exec(compile("\n" * line + text, page, "exec"), module.__dict__)
        except BaseException:
            return {"said": said.getvalue(), "wrong": traceback.format_exc(chain=False)}
    return {"said": said.getvalue(), "wrong": ""}


if __name__ == "__main__":
    main()
