"""A case: one domain in which what crosses is safe by construction.

A case turns a private text into a typed problem whose fields cannot hold prose, says how the
cloud's answer is checked, solves the problem itself when the cloud cannot, and writes the answer
a person reads. `SolveCase` runs any case; the household is the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from doorstep._values import Message, Usage
from doorstep.boundary import Clearance

K = TypeVar("K")
S = TypeVar("S", bound=BaseModel)
V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """A question, and the private text it is asked over."""

    question: str
    context: str


class Fault(Protocol):
    """Something wrong with a problem, a solution or an answer; `code` names the kind."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True, repr=False)
class Made(Generic[V_co]):
    """What a step at home made, by whom, with how many calls and tokens."""

    value: V_co
    by: str
    usage: Usage = field(default_factory=Usage)
    tries: int = 1


class Case(Protocol[K, S]):
    """`K` is what home keeps (the problem and the mapping back), `S` what the cloud returns."""

    @property
    def home(self) -> str:
        """The name of the home model, for the outcome."""
        ...

    @property
    def home_tries(self) -> int:
        """How often home may be asked again; 1 for one that would only repeat itself."""
        ...

    @property
    def stand_in(self) -> str:
        """What home stands in for, "" for a real model."""
        ...

    @property
    def solution(self) -> type[S]:
        """The shape of the cloud's answer."""
        ...

    async def sanitize(self, ask: Ask, faults: Sequence[Fault]) -> Made[K]:
        """Step 1: the anonymous problem and the mapping that stays at home."""
        ...

    def sanitize_by_rules(self, ask: Ask) -> K | None:
        """The problem without a model; None where the case has no such way."""
        ...

    def check_problem(self, kept: K) -> Sequence[Fault]:
        """Does all of the problem stand in the context, and nothing that matters outside it?"""
        ...

    def clearance(self, kept: K) -> Clearance:
        """What is private about this request, and what in it is constant."""
        ...

    def request(self, kept: K, faults: Sequence[Fault]) -> Sequence[Message]:
        """Step 2: what the cloud is sent; `faults` are those of its last answer."""
        ...

    def check_solution(self, kept: K, solution: S) -> Sequence[Fault]:
        """Is the cloud's answer, in its own terms, right, exactly?"""
        ...

    def back(self, kept: K, solution: S) -> S:
        """The cloud's answer in home's terms; itself where the request was not rewritten."""
        ...

    def solve(self, kept: K) -> S:
        """The exact answer, at home."""
        ...

    async def answer(
        self, kept: K, solution: S, overruled: Sequence[Fault], faults: Sequence[Fault]
    ) -> Made[str]:
        """Step 3: the answer a person reads; `overruled` says where the context won."""
        ...

    def check_answer(self, kept: K, solution: S, text: str) -> Sequence[Fault]:
        """Does the answer say what the schedule says, and nothing that is not so?"""
        ...

    def answer_by_rules(self, kept: K, solution: S, overruled: Sequence[Fault]) -> str:
        """The answer without a model."""
        ...
