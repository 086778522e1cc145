"""What a reader may look at beside the answer itself."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.patterns.compare.value import STANDARD, Rules


@dataclass(frozen=True, slots=True, repr=False)
class Context:
    """The question that was asked, the rules, and whether money is meant."""

    question: str = ""
    rules: Rules = STANDARD
    money: bool = False
