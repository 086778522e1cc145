"""What is done with what was found: per kind and destination, and with a person's yes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from doorstep._errors import Blocked, BoundaryError, ConfigError, KeepHome
from doorstep.boundary import (
    Boundary,
    Clearance,
    Declared,
    Finding,
    Held,
    Ledger,
    Policy,
    Preview,
    Rule,
    Term,
)
from doorstep.boundary.policy import Do, strictest
from tests.boundary.cloud import Answer, Cloud, echo

Make = Callable[..., Boundary]
TERMS = (Term("Maya", "person"), Term("Initech", "organisation"), Term("Vienna", "place"))
TEXT = "Maya of Initech is in Vienna"


async def post(made: Boundary, cloud: Cloud, text: str = TEXT) -> httpx2.Response:
    async with made.client() as client:
        return await client.post(cloud.url + "/v1/responses", json={"model": "m", "input": text})


@pytest.fixture
def ruled(cloud: Cloud, boundary: Make) -> Callable[..., Boundary]:
    """Makes boundaries with rules."""

    def make(*rules: Rule, on_private: str = "mask", ask_timeout_s: float = 5, **more: object):  # type: ignore[no-untyped-def]
        policy = Policy(
            (cloud.url,),
            on_private=on_private,  # type: ignore[arg-type]
            rules=rules,
            ask_timeout_s=ask_timeout_s,
        )
        return boundary(policy=policy, detectors=(Declared(TERMS),), **more)

    return make


HERE, THERE = "https://here.example", "https://there.example"
RULES = (
    Rule(("person",), HERE, "home"),
    Rule(("person", "organisation"), "*", "ask"),
    Rule(("place",), "*", "allow"),
    Rule(("*",), THERE, "block"),
)
VERDICTS: list[tuple[str, str, bool, Do]] = [
    ("person", HERE, True, "home"),
    ("person", THERE, True, "ask"),
    ("organisation", HERE, True, "ask"),
    ("place", THERE, True, "allow"),
    ("email", HERE, True, "mask"),
    ("email", THERE, True, "block"),
    # a clearance that does not mask is stricter, never milder
    ("person", HERE, False, "home"),
    ("organisation", HERE, False, "block"),
    ("place", HERE, False, "block"),
    ("email", HERE, False, "block"),
]


@pytest.mark.parametrize(("kind", "where", "mask", "expected"), VERDICTS)
def test_the_first_rule_that_holds_counts(kind: str, where: str, mask: bool, expected: Do) -> None:
    assert Policy((HERE, THERE), rules=RULES).verdict(kind, where, mask=mask) == expected


def test_without_a_rule_on_private_counts() -> None:
    policy = Policy((HERE,), on_private="block", rules=(Rule(("place",), do="mask"),))
    assert policy.verdict("place", HERE) == "mask" and policy.verdict("person", HERE) == "block"


def test_the_strictest_counts() -> None:
    order: list[Do] = ["allow", "mask", "ask", "home", "block"]
    for at, verdict in enumerate(order):
        assert strictest(order[: at + 1]) == verdict == strictest(reversed(order[: at + 1]))
    assert strictest(()) == "allow"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Rule(do="forbid"),  # type: ignore[arg-type]
        lambda: Rule(kinds="person"),  # type: ignore[arg-type]
        lambda: Rule(kinds=()),
        lambda: Rule(to="api.example"),
        lambda: Policy((HERE,), rules=(Rule(to=THERE),)),
        lambda: Policy(opaque="maybe"),  # type: ignore[arg-type]
        lambda: Policy(words="few"),  # type: ignore[arg-type]
        lambda: Policy(approved=("Ostrow",)),
        lambda: Policy(ask_timeout_s=0),
    ],
)
def test_what_means_nothing_is_an_error(wrong: Callable[[], object]) -> None:
    with pytest.raises(ConfigError):
        wrong()


async def test_kinds_are_treated_apart(cloud: Cloud, ruled: Make, ledger: Ledger) -> None:
    cloud.answer = echo
    await post(ruled(Rule(("place",), do="allow")), cloud)
    text = json.loads(cloud.got[0].body)["input"]
    assert "Vienna" in text and "Maya" not in text and "Initech" not in text
    assert ledger.show(1).found == {"organisation": 1, "person": 1}


@pytest.mark.parametrize(
    ("rules", "error", "kinds"),
    [
        ([Rule(("place",), do="block")], Blocked, ("place",)),
        ([Rule(("person",), do="home")], KeepHome, ("person",)),
        ([Rule(("person",), do="home"), Rule(("place",), do="block")], Blocked, ("place",)),
        ([Rule(("person",), do="home"), Rule(("*",), do="ask")], KeepHome, ("person",)),
        ([Rule(("place",), do="home"), Rule(("*",), do="allow")], KeepHome, ("place",)),
    ],
)
async def test_a_combination_takes_the_strictest(
    cloud: Cloud,
    ruled: Make,
    ledger: Ledger,
    rules: list[Rule],
    error: type[BoundaryError],
    kinds: tuple[str, ...],
) -> None:
    made = ruled(*rules, approve=lambda _: True)
    with pytest.raises(error) as caught:
        await post(made, cloud)
    assert caught.value.kinds == kinds and type(caught.value) is error  # type: ignore[attr-defined]
    assert cloud.silent and not ledger.list() and "Maya" not in str(caught.value)


async def test_home_comes_out_of_a_crossing_as_itself(cloud: Cloud, ruled: Make) -> None:
    import openai

    made = ruled(Rule(("person",), do="home"))
    sdk = openai.AsyncOpenAI(api_key="k", base_url=cloud.url, http_client=made.client())
    with pytest.raises(KeepHome), made.crossing(Clearance(mask=True)):
        await sdk.responses.create(model="m", input=TEXT)
    assert cloud.silent


# a person


async def test_a_person_sees_exactly_what_would_leave(
    cloud: Cloud, ruled: Make, ledger: Ledger
) -> None:
    seen: list[Preview] = []

    def approve(preview: Preview) -> bool:
        assert cloud.silent and not ledger.list()
        assert threading.current_thread() is not threading.main_thread()
        seen.append(preview)
        return True

    await post(ruled(Rule(("person",), do="ask"), approve=approve), cloud)
    (preview,), (got,) = seen, cloud.got
    assert preview.body.encode() == got.body and preview.destination == cloud.url + "/v1/responses"
    assert preview.found == {"organisation": 1, "person": 1, "place": 1}
    assert b"Maya" not in got.body and "PERSON_" not in repr(preview)
    entry = ledger.show(1)
    assert entry.verdict == "ask" and entry.approved and entry.sha256 == preview.sha256


async def test_nobody_is_asked_where_nothing_is_found(
    cloud: Cloud, ruled: Make, ledger: Ledger
) -> None:
    await post(ruled(Rule(("person",), do="ask")), cloud, "What is the time?")
    assert len(cloud.got) == 1 and not ledger.show(1).approved


async def _no(_: Preview) -> bool:
    return False


async def _late(_: Preview) -> bool:
    await asyncio.sleep(5)
    return True


def _late_in_a_thread(_: Preview) -> bool:
    time.sleep(1)
    return True


def _fails(_: Preview) -> bool:
    raise RuntimeError("about Maya")


def _almost(_: Preview) -> bool:
    return "yes"  # type: ignore[return-value]


@pytest.mark.parametrize("approve", [None, _no, _late, _late_in_a_thread, _fails, _almost])
async def test_without_a_yes_nothing_leaves(
    cloud: Cloud, ruled: Make, ledger: Ledger, approve: object
) -> None:
    made = ruled(Rule(("person",), do="ask"), approve=approve, ask_timeout_s=0.2)
    start = time.monotonic()
    with pytest.raises(Blocked) as caught:
        await post(made, cloud)
    assert time.monotonic() - start < 0.9
    assert cloud.silent and not ledger.list() and "Maya" not in str(caught.value)


async def test_thinking_does_not_count_against_the_deadline(cloud: Cloud, boundary: Make) -> None:
    async def slow(_: Preview) -> bool:
        await asyncio.sleep(0.5)
        return True

    policy = Policy((cloud.url,), deadline_s=0.3, rules=(Rule(do="ask"),))
    await post(boundary(policy=policy, detectors=(Declared(TERMS),), approve=slow), cloud)
    assert len(cloud.got) == 1


async def test_a_dry_run_asks_nobody(cloud: Cloud, ruled: Make) -> None:
    def never(_: Preview) -> bool:
        raise AssertionError

    made = ruled(Rule(do="ask"), approve=never, dry_run=True)
    with pytest.raises(Held) as held:
        await post(made, cloud)
    assert held.value.crossing.verdict == "ask" and cloud.silent


async def test_where_it_goes_counts(cloud: Cloud, boundary: Make) -> None:
    other = Cloud()
    policy = Policy((cloud.url, other.url), rules=(Rule(("person",), other.url, "block"),))
    made = boundary(policy=policy, detectors=(Declared(TERMS),))
    await post(made, cloud)
    with pytest.raises(Blocked):
        await post(made, other)
    assert len(cloud.got) == 1 and other.silent
    other.close()


async def test_what_is_allowed_is_not_stopped_by_the_gate_in_any_form(
    cloud: Cloud, ruled: Make
) -> None:
    made = ruled(Rule(("place",), do="allow"), Rule(("person",), do="mask"))
    await post(made, cloud, "V-i-e-n-n-a, Vm=69enna and vienna")
    assert len(cloud.got) == 1
    with pytest.raises(Blocked):
        await post(made, cloud, "TWF5YQ== in Vienna")


# headers


@pytest.mark.parametrize(
    ("name", "value", "passes"),
    [
        ("anthropic-version", "2023-06-01", True),
        ("anthropic-version", "2023-06-01; Maya", False),
        ("anthropic-version", "latest", False),
        ("anthropic-beta", "files-api-2025-04-14", True),
        ("anthropic-beta", "files-api-2025-04-14,context-1m-2025-08-07", True),
        ("anthropic-beta", "files-api-2025-04-14, context-1m-2025-08-07", True),
        ("anthropic-beta", "maya", False),
        ("anthropic-beta", "files-api-2025-04-14 maya", False),
        ("x-app", "2023-06-01", False),
    ],
)
async def test_versions_pass_by_their_shape(
    cloud: Cloud, boundary: Make, name: str, value: str, passes: bool
) -> None:
    made = boundary(detectors=(Declared((Term("Ostrow"),)),))
    async with made.client() as client:
        await client.post(cloud.url + "/v1/messages", json={"model": "m"}, headers={name: value})
    assert (cloud.got[0].headers.get(name) == value) is passes
    assert passes or value not in cloud.got[0].headers.values()


async def test_a_name_in_a_beta_is_found(cloud: Cloud, boundary: Make) -> None:
    made = boundary(detectors=(Declared((Term("Ostrow"),)),))
    async with made.client() as client:
        with pytest.raises(Blocked):
            await client.post(
                cloud.url, json={"a": "b"}, headers={"anthropic-beta": "ostrow-2025-04-14"}
            )
    assert cloud.silent


# rules at the gate


class Codes:
    """A rule that needs more than one word to see a code, and runs at the gate, too."""

    at_gate = True

    def find(self, text: str) -> list[object]:
        import re

        from doorstep.boundary import Finding

        return [Finding(*m.span(), "order") for m in re.finditer(r"(?<!Maya )\bORD-\d+", text)]


async def test_what_a_rule_finds_between_placeholders_is_sealed_again(
    cloud: Cloud, boundary: Make
) -> None:
    cloud.answer = lambda got: Answer([got.body])
    made = boundary(detectors=(Declared(TERMS), Codes()), remember=0)
    reply = await post(made, cloud, "for Maya ORD-7781")  # missed by the seal: Maya stands before
    assert b"7781" not in cloud.got[0].body and b"ORDER_" in cloud.got[0].body
    assert reply.json()["input"] == "for Maya ORD-7781"


async def test_what_a_rule_finds_and_the_seal_cannot_mask_is_refused(
    cloud: Cloud, boundary: Make
) -> None:
    class Url(Codes):
        def find(self, text: str) -> list[object]:
            from doorstep.boundary import Finding

            return [Finding(0, len(text), "email")] if "@" in text else []

    made = boundary(detectors=(Url(), Declared(TERMS)))
    async with made.client() as client:
        with pytest.raises(Blocked) as caught:
            await client.post(cloud.url + "/v1/x?who=a@home.example", json={"a": "b"})
    assert caught.value.kinds == ("email",) and cloud.silent


class Slow:
    def find(self, text: str) -> list[Finding]:
        time.sleep(0.4)
        return []


@pytest.mark.parametrize(("size", "passes"), [(10, False), (99_000, False), (390_000, True)])
async def test_long_bodies_may_take_longer(
    cloud: Cloud, boundary: Make, size: int, passes: bool
) -> None:
    policy = Policy((cloud.url,), deadline_s=0.3)
    made = boundary(policy=policy, detectors=(Slow(),), propagate=False)
    async with made.client() as client:
        if passes:
            await client.post(cloud.url, json={"input": "a " * (size // 2)})
        else:
            with pytest.raises(Blocked, match=r"longer than 0\.3 s"):
                await client.post(cloud.url, json={"input": "a " * (size // 2)})
    assert bool(cloud.got) is passes
