"""A private value in any composed form, anywhere in a request: the gate refuses."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from bench.fuzz import gate
from doorstep.boundary import Clearance, Term
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.terms import Matcher
from tests.fuzz.profiles import examples


def test_a_form_of_a_private_value_never_passes() -> None:
    seen: Counter[str] = Counter()

    @examples(600)
    @given(gate.cases())
    def run(case: gate.Case) -> None:
        gate.holds(case)
        seen.update(case.path)

    run()
    assert len(seen) > 40, "hardly any forms were tried"


def test_a_request_without_the_value_passes() -> None:
    """Or the test above would hold for a gate that refuses everything."""
    clearance = Clearance(private=(Term("Quixmere", "person"),))
    body = b'{"model":"m","messages":[{"role":"user","content":"please ask the lamp at 22:30"}]}'
    request = Outgoing("POST", "https://cloud.example", "/v1/x?a=1", (("accept", "*/*"),), body)
    Gate(clearance, [Matcher(clearance.private)]).check(request)
