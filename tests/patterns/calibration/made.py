"""Examples of a made-up home model: it mostly shows its mistakes, sometimes not."""

from __future__ import annotations

import random

from doorstep.patterns.calibration import Example

_NAMES = "Ann Bob Cleo Dan Eve Finn Gus Hana".split()
_THINGS = "pens stamps shells marbles coins cards".split()


def made(n: int, seed: int = 1, wrong: float = 0.35, hidden: float = 0.1) -> list[Example]:
    """`wrong`: the share of wrong answers; `hidden`: of those, the share that looks right."""
    draw = random.Random(seed)
    return [_one(draw, draw.random() < wrong, draw.random() < hidden) for _ in range(n)]


def _one(draw: random.Random, wrong: bool, hidden: bool) -> Example:
    name, thing = draw.choice(_NAMES), draw.choice(_THINGS)
    boxes, each, more = draw.randint(2, 9), draw.randint(3, 30), draw.randint(2, 40)
    given = draw.choice(("buys", "finds", "is given"))
    question = (
        f"{name} has {boxes} boxes of {each} {thing} each and {given} {more} more. "
        f"How many {thing} does {name} have now?"
    )
    product = boxes * each
    if wrong and not hidden:
        answer = draw.choice(
            (
                f"{boxes} * {each} = {product} {thing}.\n#### {product}",
                f"{boxes} * {each} = {product + 7}, and {product + 7} + {more} = "
                f"{product + more + 7}.\n#### {product + more + 7}",
                f"{name} may have about {product / 4} {thing}, but it is hard to say.",
            )
        )
    else:
        answer = (
            f"{name} has {boxes} * {each} = {product} {thing} in boxes. With {more} more that is "
            f"{product} + {more} = {product + more} {thing}.\n#### {product + more}"
        )
    return Example.of(question, answer, not wrong, draw.random() < 0.9)
