"""What was found once is looked for ever after: fields, turns, and forms; and scopes stay apart."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from urllib.parse import quote

import httpx2
import pytest

from doorstep._errors import Blocked, BoundaryError
from doorstep.boundary import Boundary, Clearance, Finding, Policy, Term
from doorstep.boundary.memory import Memory
from tests.boundary.cloud import Answer, Cloud

Make = Callable[..., Boundary]
NAME, PHONE, MAIL = "Tobias Quixmere", "+49 30 4916338", "toby.q@home.example"
VALUES = {NAME: "person", PHONE: "phone", MAIL: "email"}


class OnlyOnce:
    """Knows the values in a letter of introduction, and never again: as weak as detectors are."""

    def find(self, text: str) -> list[Finding]:
        if not text.startswith("Let me introduce"):
            return []
        return [
            Finding(match.start(), match.end(), kind)
            for value, kind in VALUES.items()
            for match in re.finditer(re.escape(value), text)
        ]


INTRODUCTION = f"Let me introduce: {NAME}, {PHONE}, {MAIL}."


def _said(text: str) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def _call(text: str) -> dict[str, object]:
    function = {"name": "look", "arguments": json.dumps({"q": text})}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    return {"messages": [{"role": "assistant", "content": None, "tool_calls": calls}]}


FIELDS: dict[str, Callable[[str], dict[str, object]]] = {
    "message": _said,
    "system": lambda t: {"system": t, "messages": []},
    "part": lambda t: {"messages": [{"role": "user", "content": [{"type": "text", "text": t}]}]},
    "tool call": _call,
    "tool result": lambda t: {"messages": [{"role": "tool", "tool_call_id": "x", "content": t}]},
    "result in JSON": lambda t: {"input": [{"output": json.dumps([{"who": t}])}]},
    "description": lambda t: {"tools": [{"name": "f", "description": t}]},
    "property": lambda t: {"tools": [{"name": "f", "input_schema": {"properties": {t: {}}}}]},
    "enum": lambda t: {"tools": [{"name": "f", "parameters": {"enum": [t]}}]},
    "metadata": lambda t: {"metadata": {"note": t}},
    "metadata key": lambda t: {"metadata": {t: "1"}},
    "instructions": lambda t: {"instructions": t},
    "user": lambda t: {"user": t},
    "file name": lambda t: {"input": [{"type": "input_file", "filename": t + ".pdf"}]},
    "stop": lambda t: {"stop": [t]},
    "unknown": lambda t: {"new_field": {"deep": [t]}},
    "model": lambda t: {"model": t},
    "id": lambda t: {"messages": [{"role": "tool", "tool_call_id": t, "content": "ok"}]},
}
MASKED: dict[str, Callable[[str], str]] = {
    "as it was": str,
    "small": str.lower,
    "capitals": str.upper,
    "wide": lambda v: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in v),
    "zero width": lambda v: v[:2] + "\u200b" + v[2:],
    "underscores": lambda v: v.replace(" ", "_"),
    "in a sentence": lambda v: f"Is {v} at home?",
    "no spaces": lambda v: v.replace(" ", ""),
}
ENCODED: dict[str, Callable[[str], str]] = {
    "percent": lambda v: "".join(f"%{b:02x}" for b in v.encode()),
    "percent some": lambda v: quote(v).replace("o", "%6F").replace("6", "%36"),
    "html": lambda v: "".join(f"&#{ord(c)};" for c in v),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64 inside": lambda v: base64.b64encode(f"it is {v}, yes".encode()).decode(),
    "base32": lambda v: base64.b32encode(v.encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "escapes": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "json": lambda v: json.dumps(json.dumps({"a": v})),
}
PARTS = {"last name": "quixmere", "first name": "Tobias's", "national number": "0304916338"}


async def _turns(made: Boundary, cloud: Cloud, *bodies: object) -> list[bytes]:
    """What the cloud got of each; nothing where it was refused."""
    left = []
    async with made.client() as client:
        for body in bodies:
            before = len(cloud.got)
            try:
                await client.post(cloud.url + "/v1/x", json=body)
            except BoundaryError:
                assert len(cloud.got) == before
            left.append(b"".join(got.body for got in cloud.got[before:]))
    return left


def _plain(text: str) -> str:
    """A second opinion, far simpler than the gate: letters and digits of what was received."""
    return "".join(c for c in text.lower() if c.isalnum())


SIGNS = ("quixmere", "tobias", "4916338", "tobyq", "homeexample")


@pytest.mark.parametrize("field", FIELDS)
async def test_known_values_in_any_later_field_turn_and_form(
    cloud: Cloud, boundary: Make, field: str
) -> None:
    made = boundary(detectors=(OnlyOnce(),))
    forms = [(form(v), True) for v in VALUES for form in MASKED.values()]
    forms += [(form(v), False) for v in VALUES for form in ENCODED.values()]
    forms += [(part, True) for part in PARTS.values()]
    later = [FIELDS[field](text) for text, _ in forms]
    first, *left = await _turns(made, cloud, _said(INTRODUCTION), *later)
    assert first
    for (text, masked), body in zip(forms, left, strict=True):
        assert body or not masked, f"{text!a} could have been masked"
        assert text not in body.decode() and json.dumps(text)[1:-1] not in body.decode()
        assert not any(sign in _plain(body.decode()) for sign in SIGNS), ascii(text)


@pytest.mark.parametrize("text", [NAME.lower(), "QUIXMERE", MAIL, quote(NAME)])
async def test_known_values_in_the_head_of_a_later_request(
    cloud: Cloud, boundary: Make, text: str
) -> None:
    made = boundary(detectors=(OnlyOnce(),))
    await _turns(made, cloud, _said(INTRODUCTION))
    async with made.client() as client:
        for url, headers in (
            (f"/v1/{quote(text)}", {}),
            (f"/v1/x?user={quote(text)}", {}),
            ("/v1/x", {"accept": text}),
        ):
            with pytest.raises(Blocked):
                await client.post(cloud.url + url, json={"a": "b"}, headers=headers)
    assert len(cloud.got) == 1


HEADS: dict[str, tuple[str, dict[str, str]]] = {
    "path": ("/v1/responses/tobias-quixmere", {}),
    "path in percent": ("/v1/%74obias%20quixmere", {}),
    "deployment": ("/openai/deployments/gpt-quixmere/chat/completions", {}),
    "query": ("/v1/responses?user=quixmere", {}),
    "query in base64": ("/v1/responses?u=VG9iaWFzIFF1aXhtZXJl", {}),
    "accept": ("/v1/responses", {"accept": "text/quixmere"}),
    "type": ("/v1/responses", {"content-type": "application/json; boundary=tobias_quixmere"}),
    "key": ("/v1/responses", {"authorization": "Bearer quixmere-key"}),
    "api key": ("/v1/responses", {"api-key": "toby.q@home.example"}),
    "beta": ("/v1/messages", {"anthropic-beta": "quixmere-2025-01-01"}),
}


@pytest.mark.parametrize("body", ["the same", "an earlier", "none"])
@pytest.mark.parametrize("head", HEADS)
async def test_values_of_the_body_in_the_head(
    cloud: Cloud, boundary: Make, head: str, body: str
) -> None:
    made = boundary(detectors=(OnlyOnce(),))
    target, headers = HEADS[head]
    text = INTRODUCTION if body == "the same" else "hello"
    async with made.client() as client:
        if body == "an earlier":
            await client.post(cloud.url + "/v1/responses", json=_said(INTRODUCTION))
        before = len(cloud.got)
        if body == "none":  # nobody knows the value
            reply = await client.post(cloud.url + target, json=_said(text), headers=headers)
            assert reply.status_code == 200
        else:
            with pytest.raises(Blocked):
                await client.post(cloud.url + target, json=_said(text), headers=headers)
            with pytest.raises(Blocked):
                await client.get(cloud.url + target, headers=headers)
            assert len(cloud.got) == before


@pytest.mark.parametrize("body", ["the same", "an earlier"])
def test_values_of_the_body_in_the_head_of_an_sdk(cloud: Cloud, boundary: Make, body: str) -> None:
    import openai

    made = boundary(detectors=(OnlyOnce(),))
    client = openai.OpenAI(
        base_url=cloud.url + "/v1", api_key="k", http_client=made.sync_client(), max_retries=0
    )
    said = INTRODUCTION if body == "the same" else "hello"
    if body == "an earlier":
        client.responses.create(model="m", input=INTRODUCTION)
    before = len(cloud.got)
    for more in (
        {"extra_headers": {"accept": "text/quixmere"}},
        {"extra_query": {"customer": "Tobias Quixmere"}},
    ):
        with pytest.raises((openai.APIConnectionError, Blocked)):
            client.responses.create(model="m", input=said, **more)  # type: ignore[call-overload]
    if body == "an earlier":
        with pytest.raises((openai.APIConnectionError, Blocked)):
            client.responses.retrieve("tobias-quixmere")
    # What is in no allow-list is dropped, not sent.
    client.responses.create(model="m", input=said, extra_headers={"x-customer": "Quixmere"})
    assert len(cloud.got) == before + 1
    assert "quixmere" not in str(cloud.got[-1]).lower()


async def test_replies_of_later_turns_are_restored(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda got: Answer([got.body])
    made = boundary(detectors=(OnlyOnce(),))
    async with made.client() as client:
        await client.post(cloud.url, json=_said(INTRODUCTION))
        body = _said(f"and {NAME.lower()}, MR QUIXMERE, {PHONE}")
        assert (await client.post(cloud.url, json=body)).json() == body
    assert not any(sign in _plain(cloud.got[1].body.decode()) for sign in SIGNS)


async def test_scopes_are_kept_apart(cloud: Cloud, boundary: Make) -> None:
    made = boundary(detectors=(OnlyOnce(),))
    one, two = (Clearance(mask=True, scope=name) for name in ("one", "two"))
    async with made.client() as client:
        for clearance, text in ((one, INTRODUCTION), (two, "quixmere"), (one, "quixmere")):
            with made.crossing(clearance):
                await client.post(cloud.url, json=_said(text))
    texts = [json.loads(got.body)["messages"][0]["content"] for got in cloud.got]
    assert texts[1] == "quixmere" and texts[2].startswith("PERSON_")
    with made.crossing(two):
        async with made.client() as client:
            await client.post(cloud.url, json=_said(INTRODUCTION))
    other = json.loads(cloud.got[3].body)["messages"][0]["content"]
    assert not set(re.findall(r"[A-Z]+_\w+", texts[0])) & set(re.findall(r"[A-Z]+_\w+", other))


async def test_memory_can_be_off_and_parts_too(cloud: Cloud, boundary: Make) -> None:
    made = boundary(detectors=(OnlyOnce(),), remember=0)
    await _turns(made, cloud, _said(INTRODUCTION), _said("quixmere"))
    assert b"quixmere" in cloud.got[1].body
    made = boundary(detectors=(OnlyOnce(),), propagate=False)
    await _turns(made, cloud, _said(INTRODUCTION), _said("quixmere"), _said(NAME.lower()))
    assert b"quixmere" in cloud.got[3].body and b"quixmere" not in cloud.got[4].body


async def test_what_was_refused_is_remembered_too(cloud: Cloud, boundary: Make) -> None:
    made = boundary(
        detectors=(OnlyOnce(),), policy=Policy((cloud.url,), on_private="block"), remember=9
    )
    assert await _turns(made, cloud, _said(INTRODUCTION), _said("Quixmere")) == [b"", b""]


async def test_a_text_is_looked_at_once(cloud: Cloud, boundary: Make) -> None:
    class Counts:
        seen: list[str] = []  # noqa: RUF012

        def find(self, text: str) -> list[Finding]:
            self.seen.append(text)
            return [Finding(0, 4, "person")] if text == "Maya again" else []

    detector = Counts()
    made = boundary(detectors=(detector,))
    turns = [{"role": "user", "content": text} for text in ("Maya again", "two", "three")]
    bodies = [{"messages": turns[:n]} for n in (1, 2, 3)]
    await _turns(made, cloud, *bodies)
    assert detector.seen.count("Maya again") == 1 and detector.seen.count("two") == 1
    assert all(b"Maya" not in got.body for got in cloud.got)


async def test_an_ordinary_word_is_masked_where_it_was_found_and_nowhere_else(
    cloud: Cloud, boundary: Make
) -> None:
    class Wrong:
        """Takes a common word, an age and a letter for private, once each."""

        def find(self, text: str) -> list[Finding]:
            where = {"I am will": (5, 9, "person"), "34 years": (0, 2, "age"), "J.": (0, 1, "name")}
            return [Finding(*where[text])] if text in where else []

    made = boundary(detectors=(Wrong(),))
    later = "will 34 people come, J?"
    _, _, _, last = await _turns(
        made, cloud, _said("I am will"), _said("34 years"), _said("J."), _said(later)
    )
    texts = [json.loads(got.body)["messages"][0]["content"] for got in cloud.got]
    assert texts[0].startswith("I am PERSON_") and texts[1].startswith("AGE_")
    assert texts[2].startswith("NAME_") and texts[3] == later and last


def test_the_memory_is_bounded_and_keeps_the_newest() -> None:
    memory = Memory(100)
    for i in range(500):
        memory.add("a", [Term(f"value{i}x")])
    matchers = memory.matchers("a")
    assert len(matchers) <= 12 and sum(map(len, matchers)) <= 110
    known = [i for i in range(500) if any(m.find(f"value{i}x") for m in matchers)]
    assert len(known) >= 70 and known == list(range(500 - len(known), 500))
    assert not memory.matchers("b")
    memory.forget("a")
    assert not memory.matchers("a")


def test_matchers_are_built_only_when_something_is_new() -> None:
    memory = Memory(100)
    first = memory.add("a", [Term("Maya"), Term("Tobias")])
    assert memory.add("a", [Term("Tobias")]) == first == memory.matchers("a")
    assert "Maya" not in repr(memory)


def test_the_memory_is_safe_for_threads() -> None:
    memory = Memory(10_000)

    def add(letter: str) -> None:
        for i in range(100):
            memory.add("a", [Term(f"{letter}name{i}x")])

    threads = [threading.Thread(target=add, args=(c,)) for c in "pqrs"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    matchers = memory.matchers("a")
    assert all(any(m.find(f"{c}name{i}x") for m in matchers) for c in "pqrs" for i in range(100))


async def test_many_users_at_once(cloud: Cloud, boundary: Make) -> None:
    import asyncio

    made = boundary(detectors=(OnlyOnce(),))

    async def user(n: int) -> None:
        async with made.client() as client:
            with made.crossing(Clearance(mask=True, scope=str(n))):
                if n % 2:
                    await client.post(cloud.url, json=_said(INTRODUCTION))
                reply: httpx2.Response = await client.post(cloud.url, json=_said(f"{n}: tobias"))
                assert reply.status_code == 200

    await asyncio.gather(*(user(n) for n in range(20)))
    for got in cloud.got:
        text = json.loads(got.body)["messages"][0]["content"]
        if (match := re.match(r"(\d+): (.*)", text)) is not None:
            assert (match[2] == "tobias") is (int(match[1]) % 2 == 0)
