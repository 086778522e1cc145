"""Every field of the four wire formats: nothing private gets through, and the protocol stays."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator

import httpx2
import pytest

from doorstep._errors import Blocked, KeepHome
from doorstep.boundary import Boundary, Clearance, Declared, Ledger, Policy, Term
from doorstep.boundary.bodies import Place, opaque, service_made
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.reply import whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.seal import Sealer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import dump, leaves, parse
from doorstep.boundary.vault import Vault
from tests.boundary.cloud import Answer, Cloud
from tests.boundary.conftest import KEY

Make = Callable[..., Boundary]

WHO = "Quixmere"
NUMBER = 4916338217
TERMS = (Term(WHO, "person"), Term(str(NUMBER), "account"))
SCHEMA = {
    "type": "object",
    "title": f"For {WHO}",
    "description": f"What {WHO} wants",
    "properties": {
        WHO: {"type": "string", "enum": [WHO, "nobody"], "default": WHO},
        "role": {"type": ["string", "null"], "examples": [f"{WHO}'s"], "const": WHO},
        "account": {"type": "integer", "default": NUMBER, "enum": [NUMBER]},
        "sub": {"$ref": f"#/$defs/{WHO}"},
    },
    "$defs": {WHO: {"type": "string", "pattern": f"^{WHO}$"}},
    "required": [WHO],
    "additionalProperties": False,
}
ARGUMENTS = json.dumps({"who": WHO, WHO: {"account": NUMBER, "list": [WHO]}, "role": WHO})
NAME = f"wake_{WHO}"

CHAT = {
    "model": "gpt-5.4",
    "messages": [
        {"role": "system", "content": f"You serve {WHO}.", "name": WHO},
        {"role": "developer", "content": [{"type": "text", "text": f"{WHO} is the owner"}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": f"I am {WHO}"},
                {"type": "image_url", "image_url": {"url": f"https://x.example/{WHO}.png"}},
                {"type": "file", "file": {"filename": f"{WHO}.pdf", "file_id": f"file-{WHO}"}},
            ],
        },
        {
            "role": "assistant",
            "content": f"Hello {WHO}",
            "refusal": f"not for {WHO}",
            "tool_calls": [
                {
                    "id": f"call_{WHO}",
                    "type": "function",
                    "function": {"name": NAME, "arguments": ARGUMENTS},
                }
            ],
        },
        {"role": "tool", "tool_call_id": f"call_{WHO}", "content": f'[{{"name":"{WHO}"}}]'},
        {"role": "function", "name": NAME, "content": f"{WHO} woke"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": NAME, "description": f"Wakes {WHO}", "parameters": SCHEMA},
        }
    ],
    "tool_choice": {"type": "function", "function": {"name": NAME}},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": f"for_{WHO}", "schema": SCHEMA, "strict": True},
    },
    "prediction": {"type": "content", "content": WHO},
    "metadata": {"who": WHO, WHO: "1", "account": NUMBER},
    "user": WHO,
    "safety_identifier": WHO,
    "prompt_cache_key": WHO,
    "stop": [WHO],
    "seed": NUMBER,
    "temperature": 0.2,
    "max_completion_tokens": 100,
    "reasoning_effort": "low",
    "x_unknown": {"deep": [{"field": WHO, "n": NUMBER}]},
}
RESPONSES = {
    "model": "gpt-5.4",
    "instructions": f"Help {WHO}",
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": f"I am {WHO}"}]},
        {"type": "message", "role": "assistant", "content": f"Hello {WHO}", "status": "completed"},
        {
            "type": "reasoning",
            "id": "rs_6890aa01bb23",
            "summary": [{"type": "summary_text", "text": WHO}],
        },
        {"type": "function_call", "call_id": f"call_{WHO}", "name": NAME, "arguments": ARGUMENTS},
        {
            "type": "function_call_output",
            "call_id": f"call_{WHO}",
            "output": json.dumps([{"who": WHO, "account": NUMBER}]),
        },
        {"type": "input_file", "filename": f"{WHO}.txt"},
    ],
    "prompt": {"id": "pmpt_1", "variables": {"who": WHO, WHO: "x"}},
    "tools": [{"type": "function", "name": NAME, "description": WHO, "parameters": SCHEMA}],
    "tool_choice": {"type": "function", "name": NAME},
    "text": {"format": {"type": "json_schema", "name": WHO, "schema": SCHEMA}},
    "metadata": {"who": WHO},
    "user": WHO,
    "include": ["reasoning.encrypted_content"],
    "reasoning": {"effort": "high", "summary": "auto"},
    "store": False,
}
ANTHROPIC = {
    "model": "some-model",
    "max_tokens": 1024,
    "system": [{"type": "text", "text": f"For {WHO}", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": f"I am {WHO}"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": f"{WHO} asks", "signature": "x"},
                {"type": "text", "text": f"Hello {WHO}"},
                {
                    "type": "tool_use",
                    "id": f"toolu_{WHO}",
                    "name": NAME,
                    "input": {"who": WHO, "type": WHO, "account": NUMBER, "role": "user"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": f"toolu_{WHO}",
                    "content": [{"type": "text", "text": f"{WHO} woke"}],
                    "is_error": False,
                },
                {
                    "type": "document",
                    "title": f"{WHO}'s will",
                    "context": f"by {WHO}",
                    "source": {"type": "text", "media_type": "text/plain", "data": f"I, {WHO}"},
                },
            ],
        },
    ],
    "tools": [{"name": NAME, "description": f"Wakes {WHO}", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": NAME},
    "stop_sequences": [WHO],
    "metadata": {"user_id": WHO},
}
OLLAMA = {
    "model": "llama",
    "messages": [
        {"role": "user", "content": f"I am {WHO}"},
        {
            "role": "assistant",
            "content": "",
            "thinking": WHO,
            "tool_calls": [
                {"function": {"name": NAME, "arguments": {"who": WHO, "account": NUMBER}}}
            ],
        },
        {"role": "tool", "tool_name": NAME, "content": WHO},
    ],
    "tools": [{"type": "function", "function": {"name": NAME, "parameters": SCHEMA}}],
    "format": SCHEMA,
    "options": {"num_ctx": 4096, "seed": NUMBER, "stop": [WHO]},
    "keep_alive": "5m",
    "system": WHO,
    "prompt": WHO,
    "suffix": WHO,
    "template": f"{{{{ .Prompt }}}} {WHO}",
    "think": "low",
    "stream": True,
}
BODIES = {"chat": CHAT, "responses": RESPONSES, "anthropic": ANTHROPIC, "ollama": OLLAMA}
each_body = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)


async def post(made: Boundary, cloud: Cloud, body: object) -> httpx2.Response:
    async with made.client() as client:
        return await client.post(cloud.url + "/v1/x", json=body)


@each_body
async def test_no_field_lets_a_private_value_out(
    cloud: Cloud, boundary: Make, body: dict[str, object]
) -> None:
    cloud.answer = lambda got: Answer([got.body])
    made = boundary(detectors=(Declared(TERMS),))
    reply = await post(made, cloud, body)
    sent = cloud.got[0].body.decode()
    assert WHO.lower() not in sent.lower()
    bare = sent.replace(f'"seed":{NUMBER}', "")  # a setting of the sampler is no account
    assert str(NUMBER) not in bare
    assert reply.json() == body


@each_body
async def test_the_protocol_stays_as_it_is_whatever_is_declared(
    cloud: Cloud, boundary: Make, body: dict[str, object]
) -> None:
    """The protocol's own words are private here; where they are its own, they still leave."""
    words = ("user", "text", "function", "system", "auto", "string", "object", "low", "message")
    made = boundary(detectors=(Declared([*TERMS, *map(Term, words)]),))
    await post(made, cloud, body)
    before, after = dump(body).decode(), cloud.got[0].body.decode()
    for said in SAID:
        ours = after.count(said) + ('"input":{' in before and said == '"role":"user"')
        assert ours == before.count(said), said


SAID = (
    *(f'"role":"{role}"' for role in ("system", "developer", "user", "assistant", "tool")),
    *(f'"type":"{name}"' for name in ("text", "function", "string", "object", "message", "tool")),
    *('"reasoning_effort":"low"', '"effort":"high"', '"summary":"auto"', '"think":"low"'),
    *('"type":["string","null"]', '"status":"completed"', '"media_type":"text/plain"'),
    *('"include":["reasoning.encrypted_content"]', '"keep_alive":"5m"', '"type":"json_schema"'),
)


async def test_a_declared_word_of_the_protocol_is_sealed_where_it_is_text(
    cloud: Cloud, boundary: Make
) -> None:
    made = boundary(detectors=(Declared((Term("user"), Term("text"))),))
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": "the user"}]}]}
    call = {"arguments": '{"role":"user"}', "metadata": {"type": "text"}, "input": {"role": "user"}}
    await post(made, cloud, {**body, **call})
    sent = json.loads(cloud.got[0].body)
    assert sent["messages"][0]["role"] == "user"
    assert sent["messages"][0]["content"][0]["type"] == "text"
    assert "user" not in sent["messages"][0]["content"][0]["text"]
    assert '"user"' not in sent["arguments"]
    assert "text" not in sent["metadata"].values() and "user" not in sent["input"].values()


async def test_the_name_of_a_tool_is_the_same_everywhere(cloud: Cloud, boundary: Make) -> None:
    await post(boundary(detectors=(Declared(TERMS),)), cloud, CHAT)
    sent = json.loads(cloud.got[0].body)
    names = {
        sent["tools"][0]["function"]["name"],
        sent["tool_choice"]["function"]["name"],
        sent["messages"][3]["tool_calls"][0]["function"]["name"],
        sent["messages"][5]["name"],
    }
    (name,) = names
    assert name.startswith("wake_") and name.replace("_", "").isalnum() and len(name) <= 64
    schema = sent["tools"][0]["function"]["parameters"]
    (required,) = schema["required"]
    assert required in schema["properties"]
    assert schema["properties"]["sub"]["$ref"].removeprefix("#/$defs/") in schema["$defs"]


async def test_ids_of_the_service_are_none_of_the_detectors_business(
    cloud: Cloud, boundary: Make
) -> None:
    items = [{"type": "function_call", "id": "fc_68a0712345678901", "call_id": "call_4111111111"}]
    made = boundary(detectors=(Formats(), Declared(TERMS)))
    await post(made, cloud, {"model": "gpt-4o-2024-08-06", "input": items})
    assert json.loads(cloud.got[0].body) == {"model": "gpt-4o-2024-08-06", "input": items}


# what nobody can look at

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
SMALL = base64.b64encode(b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff").decode()
OPAQUE: dict[str, object] = {
    "chat image": {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
    "chat audio": {"type": "input_audio", "input_audio": {"data": PNG, "format": "wav"}},
    "chat file": {"type": "file", "file": {"file_data": SMALL}},
    "anthropic": {"type": "image", "source": {"type": "base64", "data": SMALL}},
    "ollama": {"role": "user", "content": "look", "images": [SMALL]},
    "text": {"type": "text", "text": f"see data:image/gif;base64,{SMALL} there"},
    "bare": {"type": "text", "text": PNG},
    "folded": {"type": "text", "text": "\n".join(PNG[i : i + 76] for i in range(0, len(PNG), 76))},
    "unknown": {"x": {"y": PNG}},
    "nested": {"type": "tool_result", "content": json.dumps({"screenshot": {"data": SMALL}})},
    "disguised": {"type": "reasoning", "encrypted_content": PNG},
}  # fmt: skip


@pytest.mark.parametrize("part", OPAQUE.values(), ids=OPAQUE)
async def test_what_nobody_can_look_at_does_not_leave(
    cloud: Cloud, boundary: Make, ledger: Ledger, part: object
) -> None:
    body = {"messages": [{"role": "user", "content": [part]}]}
    made = boundary(detectors=(Declared(TERMS),))
    with pytest.raises(Blocked, match="nobody can look") as caught:
        await post(made, cloud, body)
    assert caught.value.kinds == ("opaque",) and cloud.silent and not ledger.list()
    policy = Policy((cloud.url,), opaque="allow")
    await post(boundary(detectors=(Declared(TERMS),), policy=policy), cloud, body)
    assert json.loads(cloud.got[0].body) == body and ledger.show(1).found == {"opaque": 1}


@pytest.mark.parametrize("part", OPAQUE.values(), ids=OPAQUE)
async def test_what_nobody_can_look_at_is_kept_at_home_where_the_policy_says_so(
    cloud: Cloud, boundary: Make, ledger: Ledger, part: object
) -> None:
    policy = Policy((cloud.url,), opaque="home")
    made = boundary(detectors=(Declared(TERMS),), policy=policy)
    with made.crossing(Clearance(mask=True)), pytest.raises(KeepHome, match="nobody can look") as e:
        await post(made, cloud, {"messages": [{"role": "user", "content": [part]}]})
    assert e.value.kinds == ("opaque",) and "home model" in str(e.value.hint)
    assert cloud.silent and not ledger.list()
    await post(made, cloud, {"messages": [{"role": "user", "content": "no picture"}]})
    assert len(cloud.got) == 1


def test_the_gate_keeps_at_home_what_the_seal_let_through() -> None:
    body = dump({"messages": [{"role": "user", "content": PNG}]})
    request = Outgoing("POST", "https://a.example", "/v1/x", (), body)
    with pytest.raises(KeepHome):
        Gate(Clearance(), (), opaque="home").check(request)
    with pytest.raises(Blocked):
        Gate(Clearance(), ()).check(request)
    Gate(Clearance(), (), opaque="allow").check(request)


@pytest.mark.parametrize(
    "text",
    [
        "A long text about data: it has commas, and more of them, too.",
        "internationalisation" * 20,
        "see https://x.example/a/b/c/d?q=1",
        base64.b64encode(b"only text, which the gate reads " * 20).decode(),
        "0123456789 " * 40,
        "a text without a full stop in which PERSON_7F3AQ2XK stands for somebody " * 9,
        "data:,short",
        "const x = 'data:' + mime + ';base64,' + rest",
    ],
)
def test_text_is_not_opaque(text: str) -> None:
    assert not opaque(text, Place(key="text"))


@pytest.mark.parametrize(
    ("text", "key"),
    [("for Maya", "signature"), ("x", "encrypted_content"), ("Maya and Ana", "model")],
)
def test_words_are_not_of_the_services_making(text: str, key: str) -> None:
    assert not service_made(text, Place((key,), key))


def test_sealed_reasoning_of_the_service_passes() -> None:
    cipher = base64.b64encode(bytes((i * 89 + 7) % 256 for i in range(300))).decode()
    assert service_made(cipher, Place(key="encrypted_content"))
    assert not service_made(cipher, Place(key="text")) and opaque(cipher, Place(key="text"))
    assert not service_made(cipher, Place(key="signature", payload=True))


# numbers


def sealed(value: object, *terms: Term) -> tuple[object, Vault]:
    vault = Vault(KEY)
    body = Sealer(Clearance(mask=True), (Matcher(terms),), (), vault).seal(dump(value)).body
    return parse(body), vault


@pytest.mark.parametrize("value", [NUMBER, -NUMBER, float(NUMBER)])
def test_a_private_number_is_sealed_and_comes_back_as_a_number(value: float) -> None:
    body = {"input": [{"type": "x", "account": value, "other": 5, "list": [value, True]}]}
    new, vault = sealed(body, *TERMS)
    assert str(NUMBER) not in json.dumps(new)
    back = parse(whole(dump(new), Restorer.of(vault)))
    assert back == body and isinstance(back, dict)
    assert json.dumps(back) == json.dumps(body)


def test_numbers_inside_of_json_in_a_string() -> None:
    body = {"arguments": json.dumps({"account": NUMBER, "n": 3})}
    new, vault = sealed(body, *TERMS)
    assert str(NUMBER) not in json.dumps(new)
    assert parse(whole(dump(new), Restorer.of(vault))) == body


def test_other_numbers_stay() -> None:
    body = {"seed": NUMBER, "n": 2, "x": [1, 2.5, 100], "temperature": 0.5}
    assert sealed(body, *TERMS)[0] == body


async def test_a_number_that_a_detector_knows_by_its_key(cloud: Cloud, boundary: Make) -> None:
    class Phones:
        def find(self, text: str) -> list[object]:
            from doorstep.boundary import Finding

            start = text.find("phone: ") + 7
            return [Finding(0, len(text), "phone")] if start >= 7 else []

    cloud.answer = lambda got: Answer([got.body])
    body = {"metadata": {"phone": 4930123456, "height": 4930123456}, "input": {"phone": "x1"}}
    reply = await post(boundary(detectors=(Phones(),)), cloud, body)
    sent = json.loads(cloud.got[0].body)
    assert sent["metadata"]["phone"].startswith("PHONE_") and reply.json() == body
    assert list(sent["metadata"]) == ["phone", "height"]  # the key was found, not meant


# fields that somebody declared


async def test_declared_fields_are_private_as_a_whole(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda got: Answer([got.body])
    fields = {"metadata.tier": "account", "**.customer": "person"}
    made = boundary(detectors=(Declared(fields=fields),))
    body = {
        "metadata": {"tier": "gold plus", "note": "nothing"},
        "input": [
            {"type": "message", "content": json.dumps({"customer": "an old friend", "n": 1})}
        ],
    }
    reply = await post(made, cloud, body)
    sent = json.loads(cloud.got[0].body)
    assert sent["metadata"]["tier"].startswith("ACCOUNT_") and sent["metadata"]["note"] == "nothing"
    assert "friend" not in sent["input"][0]["content"] and reply.json() == body


async def test_what_is_allowed_leaves_and_what_is_declared_does_not(
    cloud: Cloud, boundary: Make
) -> None:
    declared = Declared(("Maya",), allow=("info@shop.example", "Maya"))
    made = boundary(detectors=(declared, Formats()))
    text = "Maya wrote to info@shop.example and to maya@home.example"
    await post(made, cloud, {"input": text})
    sent = json.loads(cloud.got[0].body)["input"]
    assert "info@shop.example" in sent and "home" not in sent and "aya" not in sent


def _all_strings(value: object) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(value, str):
        yield [], value
    for key, item in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        yield from (([key, *path], text) for path, text in _all_strings(item))


@each_body
def test_a_value_alone_in_any_one_field(body: dict[str, object]) -> None:
    """Each string of a body, one at a time, is the only place that holds the value."""
    clean = json.loads(json.dumps(body).replace(WHO, "Thing").replace(str(NUMBER), "5"))
    constants = {x.path for x in leaves(clean, Clearance()) if x.constant and x.role == "text"}
    for path, _ in _all_strings(clean):
        if tuple(path) in constants:
            continue
        one = copy.deepcopy(clean)
        at = one
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = f"for {WHO.upper()} only"
        new, vault = sealed(one, *TERMS)
        assert WHO.lower() not in json.dumps(new).lower(), path
        assert parse(whole(dump(new), Restorer.of(vault))) == one
