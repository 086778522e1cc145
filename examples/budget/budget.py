"""A second case: what to give up to save a sum each month. What crosses holds no word and no sum.

    OPENAI_API_KEY=… python examples/budget/budget.py "How do we save 150 a month?"

A case says seven things: what home keeps, what crosses, how it is read, how it is checked, how
the answer is checked, how to do without the cloud, and how a person is told. Here they are in
that order.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from doorstep import Ask, BadInput, Clearance, Infeasible, Message, SolveCase, Term, open_boundary
from doorstep.models import OpenAIChat
from doorstep.models.structured import asking, strict_schema
from doorstep.patterns import Fault, Made

# --- what crosses: an id, a share, one of three words -------------------------------------------

ItemId = Annotated[str, StringConstraints(pattern=r"^item_[A-Z]$")]
Effort = Literal["low", "medium", "high"]
WEIGHTS: dict[Effort, int] = {"low": 1, "medium": 2, "high": 4}
TARGET = 10_000  # what is to be saved, always: amounts are shares of it, so that no sum crosses

INSTRUCTIONS = f"""\
You solve an anonymous problem exactly: which items should be cut?

- The amounts of the items that are cut must come to {TARGET} or more together.
- Each item costs effort to cut: low counts 1, medium 2, high 4. Of all choices that are enough,
  take one with the least effort in total.
- Answer with the ids of the items to cut, as they are given."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """Something that could be given up; `amount` is in ten-thousandths of the target."""

    id: ItemId
    amount: Annotated[int, Field(ge=0, le=9_999_999)]
    effort: Effort


class Problem(_Strict):
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=26)]

    def text(self) -> str:
        lines = (f"{i.id}: amount={i.amount} effort={i.effort}" for i in self.items)
        return "\n".join((f"target={TARGET}", *lines))


class Cut(_Strict):
    """The answer of the cloud."""

    cut: list[ItemId]


_LINE = r"\nitem_[A-Z]: amount=[0-9]{1,7} effort=(?:low|medium|high)"
_AGAIN = "\nThe last answer was wrong: {code}."
_CODES = ("not_the_shape", "unknown_item", "not_enough", "too_much_effort")
_FAULTS = rf"(?:\nThe last answer was wrong: (?:{'|'.join(_CODES)})\.)*"
SHAPE = rf"target={TARGET}(?:{_LINE}){{1,26}}{_FAULTS}"


# --- what home keeps ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Expense:
    name: str
    cents: int
    effort: str  # an `Effort`, or "fixed"


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """The budget, what is to be saved in cents, the problem, and which id is which expense."""

    expenses: tuple[Expense, ...]
    target: int
    problem: Problem
    ids: dict[str, Expense]


@dataclass(frozen=True, slots=True)
class Wrong:
    code: str


_SUM = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+(?:\.\d\d)?")
_EXPENSE = re.compile(rf"^- (.+): ({_SUM.pattern}), (fixed|low|medium|high)$", re.MULTILINE)


def read(ask: Ask) -> Kept:
    """Rules read the file; what cannot be given up does not even become an item."""
    expenses = tuple(Expense(m[1], _cents(m[2]), m[3]) for m in _EXPENSE.finditer(ask.context))
    wanted = _SUM.search(ask.question)
    if wanted is None or not _cents(wanted[0]):
        raise BadInput("The question names no sum to save.")
    can_go = sorted((e for e in expenses if e.effort != "fixed"), key=lambda e: -e.cents)
    if not 1 <= len(can_go) <= 26:
        raise BadInput("There must be 1 to 26 expenses that could be given up.")
    target = _cents(wanted[0])
    ids = {f"item_{chr(ord('A') + n)}": expense for n, expense in enumerate(can_go)}
    # Rounded down: whatever is enough of the shares is enough of the money.
    items = (
        Item.model_validate({"id": key, "amount": e.cents * TARGET // target, "effort": e.effort})
        for key, e in ids.items()
    )
    return Kept(expenses, target, Problem(items=tuple(items)), ids)


def _cents(text: str) -> int:
    whole, _, rest = text.replace(",", "").partition(".")
    return int(whole) * 100 + int(rest or 0)


def least_effort(kept: Kept) -> list[str]:
    """The exact answer: for each effort the most that it can save, item by item."""
    best: dict[int, tuple[int, list[str]]] = {0: (0, [])}
    for item in kept.problem.items:
        for effort, (saved, cut) in sorted(best.items(), reverse=True):
            more = saved + kept.ids[item.id].cents
            at = effort + WEIGHTS[item.effort]
            if more > best.get(at, (-1, []))[0]:
                best[at] = (more, [*cut, item.id])
    enough = [effort for effort, (saved, _) in best.items() if saved >= kept.target]
    if not enough:
        raise Infeasible("Giving up everything that is not fixed does not save as much.")
    return best[min(enough)][1]


# --- the case -----------------------------------------------------------------------------------


class BudgetCase:
    home = "rules"
    home_tries = 1
    stand_in = ""
    solution: type[Cut] = Cut

    async def sanitize(self, ask: Ask, faults: Sequence[Fault]) -> Made[Kept]:
        return Made(read(ask), self.home)

    def sanitize_by_rules(self, ask: Ask) -> Kept:
        return read(ask)

    def check_problem(self, kept: Kept) -> Sequence[Wrong]:
        least_effort(kept)  # Infeasible: a person has to know, and nothing need be sent
        return ()

    def clearance(self, kept: Kept) -> Clearance:
        """Every name is private, and the gate is told what our own constants look like."""
        notes = (f"\n\n{asking(Cut, template=t)}" for t in (False, True))
        shapes = (SHAPE, *(SHAPE + re.escape(note) for note in notes))
        return Clearance(
            private=tuple(Term(expense.name, "expense") for expense in kept.expenses),
            public=(INSTRUCTIONS,),
            shapes=tuple(re.compile(shape, re.ASCII) for shape in shapes),
            public_json=(strict_schema(Cut),),
        )

    def request(self, kept: Kept, faults: Sequence[Fault]) -> Sequence[Message]:
        wrong = "".join(_AGAIN.format(code=fault.code) for fault in faults)
        return (Message("system", INSTRUCTIONS), Message("user", kept.problem.text() + wrong))

    def check_solution(self, kept: Kept, solution: Cut) -> Sequence[Wrong]:
        return tuple(_wrong(kept, solution.cut))

    def back(self, kept: Kept, solution: Cut) -> Cut:
        return solution

    def solve(self, kept: Kept) -> Cut:
        return Cut(cut=least_effort(kept))

    async def answer(
        self, kept: Kept, solution: Cut, overruled: Sequence[Fault], faults: Sequence[Fault]
    ) -> Made[str]:
        return Made(self.answer_by_rules(kept, solution, overruled), self.home)

    def check_answer(self, kept: Kept, solution: Cut, text: str) -> Sequence[Wrong]:
        named = all(kept.ids[key].name in text for key in solution.cut)
        return () if named else (Wrong("not_named"),)

    def answer_by_rules(self, kept: Kept, solution: Cut, overruled: Sequence[Fault]) -> str:
        lines = [f"- {kept.ids[k].name}: {kept.ids[k].cents / 100:,.2f}" for k in solution.cut]
        saved = sum(kept.ids[key].cents for key in solution.cut)
        return "\n".join((f"Give up these, and you save {saved / 100:,.2f} a month:", *lines))


def _wrong(kept: Kept, cut: Sequence[str]) -> Iterator[Wrong]:
    """Judged against the real sums, not against the shares that crossed."""
    if set(cut) - set(kept.ids) or len(set(cut)) < len(cut):
        yield Wrong("unknown_item")
        return
    if sum(kept.ids[key].cents for key in cut) < kept.target:
        yield Wrong("not_enough")
    if _effort(kept, cut) > _effort(kept, least_effort(kept)):
        yield Wrong("too_much_effort")


def _effort(kept: Kept, cut: Sequence[str]) -> int:
    return sum(WEIGHTS[item.effort] for item in kept.problem.items if item.id in cut)


async def main(ask: Ask) -> None:
    url = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
    with open_boundary(url) as boundary:
        async with boundary.client() as client:
            cloud = OpenAIChat("gpt-5.4", client=client, base_url=url)
            pattern = SolveCase[Kept, Cut](BudgetCase(), cloud, boundary)
            solved = await pattern.solve(ask)
    print(solved.outcome.answer)
    for crossing in solved.outcome.crossings:
        print(f"\nWhat crossed, to {crossing.destination}:\n{crossing.body}")


if __name__ == "__main__":
    file = Path(sys.argv[2]) if sys.argv[2:] else Path(__file__).parent / "month.md"
    asyncio.run(main(Ask(sys.argv[1], file.read_text("utf-8"))))
