"""Every refusal says what to do: it has a hint, its kind has one, or its own line says it.

All places in which an error of ours is made are read from the source. Such a line says it where it
names what would be right ("must be …", "1 to 26 …"); the others are counted, file by file.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from doorstep import _errors
from doorstep._errors import BoundaryError, DoorstepError, ModelError, ReplyBroken
from tests.docs.blocks import ROOT

SOURCE = ROOT / "src/doorstep"
ERRORS = {
    name: kind
    for name, kind in vars(_errors).items()
    if isinstance(kind, type) and issubclass(kind, DoorstepError)
}
# A line that says itself what would be right.
SAYS = re.compile(
    r"\b(must|needs?|has to|have to|is none of|at most|at least|or more|above|between|not both|"
    r"goes with neither|without a reason|is up to|is a share|is a whole|names results|only)\b"
)
# What is left, at most: lines that name a fault and no way out of it. Take out what has one.
COUNTED = {
    "assemble/choices.py": 3,
    "boundary/approval.py": 3,
    "boundary/chain.py": 1,
    "boundary/ledger.py": 1,
    "boundary/passing.py": 2,
    "patterns/checks/own.py": 1,  # "A check answers True, False, …": this and the next say it
    "patterns/checks/shape.py": 1,
    "patterns/compare/compare.py": 1,
    "patterns/drafting/background.py": 2,
    "patterns/drafting/judge.py": 1,
    "patterns/expression.py": 9,  # sums that a model wrote: who hears of them is the model
}


@dataclass(frozen=True)
class Made:
    """A place in which an error is made; `line` is the code of its message."""

    file: str
    number: int
    kind: str
    line: str
    hinted: bool

    @property
    def says(self) -> bool:
        return self.hinted or ERRORS[self.kind].usual is not None or bool(SAYS.search(self.line))


def places() -> Iterator[Made]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (made := _made(node)):
                yield Made(str(path.relative_to(SOURCE)), node.lineno, *made)


def _made(call: ast.Call) -> tuple[str, str, bool] | None:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in ERRORS or not call.args:
        return None
    hinted = any(word.arg == "hint" for word in call.keywords)
    return name, ast.unparse(call.args[0]), hinted


def test_every_refusal_says_what_to_do() -> None:
    silent = [made for made in places() if not made.says]
    assert Counter(made.file for made in silent) <= Counter(COUNTED), "\n".join(map(str, silent))


def test_the_places_are_found() -> None:
    found = list(places())
    assert len(found) > 300
    assert {made.kind for made in found} >= {"Blocked", "ConfigError", "BadInput", "LedgerError"}
    assert sum(made.hinted for made in found) > 200


def test_a_refusal_without_advice_is_seen() -> None:
    (call,) = (n for n in ast.walk(ast.parse("Blocked('It is bad.')")) if isinstance(n, ast.Call))
    made = _made(call)
    assert made and not Made("f", 1, *made).says


@pytest.mark.parametrize("kind", [k for k in ERRORS.values() if issubclass(k, ModelError)])
def test_what_a_model_did_has_advice_of_its_kind(kind: type[ModelError]) -> None:
    assert kind.usual and str(kind("It broke.")) == f"It broke. {kind.usual}"
    assert str(kind("It broke.", hint="Mend it.")) == "It broke. Mend it."


def test_a_line_without_advice_stays_a_line() -> None:
    assert str(BoundaryError("It is so.")) == "It is so."
    assert ReplyBroken("It broke.").message == "It broke."
