"""Programs: the same syntax tree, or the same behaviour where the user gives cases and a runner.

Nothing is run unless a runner is given. `LimitedRunner` is one for Python: a process of its own,
with limits on time, memory and files written. It is no sandbox: a program in it can still read
what you can read and reach the network. For code that you do not trust, give a runner that asks
a container or a virtual machine.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import dataclass

from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.value import What

_FENCE = re.compile(r"```[\w+-]*[ \t]*\n(.*?)```", re.DOTALL)
_LOOKS = re.compile(
    r"^[ \t]*(?:def |class |import |from \w+ import |async def |@\w|\w+ = lambda )", re.M
)

# What the process of a LimitedRunner does: limits first, then the program, then the case.
_CHILD = """
import json, resource, sys
task = json.load(sys.stdin)
for what, limit in task["limits"]:
    resource.setrlimit(getattr(resource, what), (limit, limit))
space = {"__name__": "program"}
sys.stdout = sys.stderr
try:
    exec(task["program"], space)
    said = "gave " + repr(eval(task["case"], space))
except BaseException as error:
    said = "raised " + type(error).__name__
sys.__stdout__.write(said[:100000])
"""


@dataclass(frozen=True, slots=True, repr=False)
class Program:
    """The source, without the prose and the fence around it."""

    source: str


def read(text: str, context: Context) -> Program | None:
    """The fenced blocks, or the whole text where it looks like a program."""
    fenced = _FENCE.findall(text)
    if fenced:
        return Program("\n".join(block.strip("\n") for block in fenced))
    return Program(text.strip("\n")) if _LOOKS.search(text) else None


whole = read


def compared(a: Program, b: Program, context: Context) -> What:
    """The cases in which they behave differently, by number; None where nothing can be said."""
    if _tree(a) is not None and _tree(a) == _tree(b):
        return ()
    runner, cases = context.rules.runner, context.rules.cases
    if runner is None or not cases:
        return None
    differ = [
        number
        for number, case in enumerate(cases, 1)
        if runner(a.source, case) != runner(b.source, case)
    ]
    return tuple(f"case {number}" for number in differ)


def _tree(program: Program) -> str | None:
    """The syntax tree of a Python program without comments, None where it is none."""
    try:
        return ast.dump(ast.parse(program.source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@dataclass(frozen=True, slots=True)
class LimitedRunner:
    """Runs a Python program and evaluates a case in a process of its own, under limits.

    `seconds` of processor time (twice that on the clock), `megabytes` of memory, no files
    written, no environment. Gives "gave <repr>", "raised <type>" or "did not end".
    """

    seconds: int = 5
    megabytes: int = 512

    def __call__(self, program: str, case: str) -> str:
        limits = [("RLIMIT_CPU", self.seconds), ("RLIMIT_AS", self.megabytes * 2**20)]
        task = {"program": program, "case": case, "limits": [*limits, ("RLIMIT_FSIZE", 0)]}
        try:
            done = subprocess.run(  # the limits hold from before the program's first line
                [sys.executable, "-I", "-S", "-B", "-c", _CHILD],
                input=json.dumps(task),
                capture_output=True,
                text=True,
                timeout=2 * self.seconds,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "did not end"
        return done.stdout or "did not end"
