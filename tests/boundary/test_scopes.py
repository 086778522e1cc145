"""Scopes side by side: what one declares, allows, or has said, is nothing for another."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import openai
import pytest

from doorstep._errors import Blocked, ConfigError
from doorstep.boundary import Boundary, Clearance, Declared, Policy, Scopes, Store, open_boundary
from doorstep.boundary.detect.declared import Expression
from tests.boundary.cloud import PLACEHOLDER, Answer, Cloud, echo
from tests.boundary.conftest import KEY

COMMON = Declared(["Heron"], allow=["info@shop.example"])
OPS = Declared(
    ["Kite"],
    patterns=[Expression("X-[0-9]+", "order")],
    fields={"metadata.who": "person"},
    allow=["help@ops.example"],
)
LAW = Declared(["Plover"], allow=["Kite"])
SCOPES = Scopes(COMMON, {"ops": OPS, "law": LAW})
TEXT = "Heron, Kite, Plover, X-12, info@shop.example, help@ops.example, a@b.example"
LEFT = {
    "ops": "… … Plover … info@shop.example help@ops.example …",
    "law": "… Kite … X-12 info@shop.example … …",
    "": "… Kite Plover X-12 info@shop.example … …",
    "elsewhere": "… Kite Plover X-12 info@shop.example … …",
}


@pytest.fixture
def made(cloud: Cloud, tmp_path: Path) -> Boundary:
    return open_boundary(cloud.url, private=SCOPES, ledger=tmp_path / "l.db", key=KEY)


def _seen(body: bytes) -> str:
    return PLACEHOLDER.sub("…", json.loads(body)["input"]).replace(",", "")


@pytest.mark.parametrize("scope", LEFT)
def test_a_scope_has_its_own_and_what_is_common(cloud: Cloud, made: Boundary, scope: str) -> None:
    """Others were there before, with the same text: nothing of theirs stays."""
    cloud.answer = lambda got: Answer([got.body])
    for other in (*LEFT, scope):
        reply = made.sync_client(scope=other).post(cloud.url, json={"input": TEXT})
        assert reply.json() == {"input": TEXT}
    assert _seen(cloud.got[-1].body) == LEFT[scope]


@pytest.mark.parametrize(("scope", "left"), [("ops", False), ("law", True), ("", True)])
def test_fields_of_a_scope(cloud: Cloud, made: Boundary, scope: str, left: bool) -> None:
    body = {"metadata": {"who": "tobias"}, "input": "tobias"}
    with made.crossing(Clearance(mask=True, scope=scope)):
        made.sync_client().post(cloud.url, json=body)
    assert (json.loads(cloud.got[0].body) == body) is left


@pytest.mark.parametrize(("scope", "left"), [("ops", False), ("law", True)])
def test_the_gate_looks_for_what_the_scope_declares(
    cloud: Cloud, made: Boundary, scope: str, left: bool
) -> None:
    for target in ("/v1/Kite", "/v1?q=k-i-t-e", "/v1/%4bite", "/v1/X-12"):
        before = len(cloud.got)
        client = made.sync_client(scope=scope)
        if left:
            client.post(cloud.url + target, json={})
        else:
            with pytest.raises(Blocked):
                client.post(cloud.url + target, json={})
        assert (len(cloud.got) > before) is left


async def test_two_scopes_at_the_same_time(cloud: Cloud, made: Boundary) -> None:
    async with made.client(scope="ops") as ops, made.client(scope="law") as law:
        for _ in range(5):
            await asyncio.gather(
                *(c.post(cloud.url, json={"input": TEXT, "n": 1}) for c in (ops, law) * 2)
            )
    texts = [_seen(got.body) for got in cloud.got]
    assert sorted(texts) == sorted([LEFT["ops"], LEFT["law"]] * 10)
    names = [set(PLACEHOLDER.findall(got.body.decode())) for got in cloud.got]
    ops_names = {frozenset(n) for n, t in zip(names, texts, strict=True) if t == LEFT["ops"]}
    law_names = {frozenset(n) for n, t in zip(names, texts, strict=True) if t == LEFT["law"]}
    assert len(ops_names) == len(law_names) == 1 and not set(*ops_names) & set(*law_names)


def test_an_sdk_client_in_a_scope_remembers_for_that_scope(cloud: Cloud, made: Boundary) -> None:
    cloud.answer = echo

    def ask(scope: str, text: str) -> str:
        client = openai.OpenAI(
            base_url=cloud.url + "/v1", api_key="k", http_client=made.sync_client(scope=scope)
        )
        return client.responses.create(model="m", input=text).output_text

    assert ask("ops", "a@b.example said it") == "Seen: a@b.example"
    assert ask("law", "QUFBYUBiLmV4YW1wbGU=") == "Seen: "  # it holds a@b.example, for "ops" only
    before = len(cloud.got)
    with pytest.raises(Blocked):
        ask("ops", "YUBiLmV4YW1wbGU=")
    assert len(cloud.got) == before


def test_client_and_crossing_must_agree(cloud: Cloud, made: Boundary) -> None:
    client = made.sync_client(scope="ops")
    for scope in ("", "ops"):
        with made.crossing(Clearance(mask=True, scope=scope)):
            client.post(cloud.url, json={"input": TEXT})
    with pytest.raises(Blocked, match="another"), made.crossing(Clearance(mask=True, scope="law")):
        client.post(cloud.url, json={"input": TEXT})
    assert [_seen(got.body) for got in cloud.got] == [LEFT["ops"]] * 2


def test_a_clearance_that_does_not_mask_is_refused_what_its_scope_declares(
    cloud: Cloud, made: Boundary
) -> None:
    for scope, left in (("law", 1), ("ops", 1), ("", 2)):
        try:
            with made.crossing(Clearance(scope=scope)):
                made.sync_client().post(cloud.url, json={"input": "a kite"})
        except Blocked:
            pass
        assert len(cloud.got) == left


def test_only_common_words_in_a_scope(cloud: Cloud, tmp_path: Path) -> None:
    policy = Policy((cloud.url,), words="common", approved=("Ostrow",))
    with open_boundary(policy, private=SCOPES, ledger=tmp_path / "l", key=KEY) as made:
        made.sync_client(scope="ops").post(cloud.url, json={"input": "Ostrow, Quixmere, kite"})
    assert _seen(cloud.got[0].body) == "Ostrow … …"


def test_declarations_say_nothing_of_themselves() -> None:
    assert not re.search("Heron|Kite|ops|example", repr(SCOPES))
    assert "ops" in SCOPES and "" not in SCOPES


def test_a_store_resolves_what_an_earlier_program_sent(cloud: Cloud, tmp_path: Path) -> None:
    def run(store: Store | Path, scope: str, text: str) -> str:
        with open_boundary(
            cloud.url, private=SCOPES, store=store, ledger=tmp_path / "l.db", key=KEY
        ) as made:
            reply = made.sync_client(scope=scope).post(cloud.url, json={"input": text})
            return str(reply.json()["text"])

    cloud.answer = lambda got: Answer(
        [json.dumps({"text": json.loads(got.body)["input"]}).encode()]
    )
    path = tmp_path / "vault.db"
    assert run(path, "ops", "Kite and Heron") == "Kite and Heron"
    old = json.loads(cloud.got[0].body)["input"]
    cloud.answer = lambda _: Answer([json.dumps({"text": old}).encode()])
    assert run(path, "ops", "go on") == "Kite and Heron"
    assert run(path, "law", "go on") == old
    with Store(path, KEY) as opened:
        assert run(opened, "ops", "go on") == "Kite and Heron"
        assert len(opened) == 2  # whoever opened it closes it
    assert b"Kite" not in path.read_bytes()


def test_a_store_of_another_key_is_said_at_once(cloud: Cloud, tmp_path: Path) -> None:
    Store(tmp_path / "v.db", KEY).close()
    for _ in range(2):  # the ledger was closed again
        with pytest.raises(ConfigError, match="key"):
            open_boundary(
                cloud.url,
                store=tmp_path / "v.db",
                ledger=tmp_path / "l.db",
                key=b"another key, of 16 bytes",
            )
