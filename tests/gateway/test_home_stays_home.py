"""What is kept at home, or answered there because the cloud is down, crosses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstep import Ledger
from tests.gateway.canaries import WORD
from tests.gateway.test_promises import TOML, running, shows
from tests.gateway.upstream import Reply, Upstream
from tests.models.ollama_server import Chat, OllamaServer, Stored, answer

MODEL = "gemma4:e4b"
HOME = '[boundary]\nprivate = ["%s"]\n[home]\nhost = "%s"\nmodel = "%s"\n'
TO_HOME = '[[boundary.rules]]\nkinds = ["*"]\ndo = "home"\n'
TURN = {"role": "user", "content": f"I am {WORD}."}
ASKED = {
    "/v1/chat/completions": {"model": "mask/m", "messages": [TURN]},
    "/v1/responses": {"model": "mask/m", "input": TURN["content"]},
    "/api/chat": {"model": "mask/m", "messages": [TURN], "stream": False},
    "/api/generate": {"model": "mask/m", "prompt": TURN["content"], "stream": False},
}


@pytest.mark.parametrize("path", ASKED)
async def test_what_the_policy_keeps_at_home_is_answered_there_alone(
    tmp_path: Path, path: str
) -> None:
    with OllamaServer() as daemon:
        daemon.says(answer(f"Hello {WORD}."))
        toml = HOME % (WORD, daemon.url, MODEL) + TO_HOME
        async with Upstream() as cloud, running(tmp_path / "d", cloud, toml) as client:
            reply = await client.post(path, json=ASKED[path])
    assert reply.status_code == 200 and WORD in reply.text
    assert reply.headers["x-doorstep-verdict"] == "kept-home"
    assert cloud.got == []
    assert WORD in json.dumps([request.body for request in daemon.requests])


@pytest.mark.parametrize("path", ASKED)
async def test_where_the_cloud_is_down_home_answers_and_what_was_tried_is_in_the_ledger(
    tmp_path: Path, path: str
) -> None:
    with OllamaServer() as daemon:
        daemon.says(answer(f"Hello {WORD}."))
        toml = HOME % (WORD, daemon.url, MODEL)
        async with Upstream() as cloud, running(tmp_path / "d", cloud, toml) as client:
            cloud.answers(Reply(status=503))
            reply = await client.post(path, json=ASKED[path])
    assert reply.status_code == 200 and WORD in reply.text
    assert reply.headers["x-doorstep-verdict"] == "cloud-down"
    assert len(cloud.got) == 3 and not any(shows(got.body) for got in cloud.got)
    with Ledger(tmp_path / "d" / "doorstep" / "ledger.sqlite3", create=False) as ledger:
        assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]


REMOTE = [
    {"models": [Stored(MODEL, "https://ollama.com", "gemma4")], "status": None},
    {"models": [Stored("gemma4:cloud", "https://ollama.com", "gemma4")]},
    {"status": Chat([b'{"cloud": {"disabled": false}}']), "knows_local": False,
     "models": [Stored(MODEL, "https://ollama.com", "gemma4")]},
]  # fmt: skip


@pytest.mark.parametrize("settings", REMOTE)
@pytest.mark.parametrize("path", ASKED)
async def test_a_home_that_is_not_one_never_answers_in_its_place(
    tmp_path: Path, path: str, settings: dict[str, object]
) -> None:
    """A daemon on this machine that passes its requests on to a vendor."""
    with OllamaServer(**settings) as daemon:  # type: ignore[arg-type]
        daemon.says(answer("Hello."))
        toml = HOME % (WORD, daemon.url, daemon.models[0].name) + TO_HOME
        try:
            async with Upstream() as cloud, running(tmp_path / "d", cloud, toml) as client:
                reply = await client.post(path, json=ASKED[path])
                asked = await client.post(path, json=ASKED[path] | {"model": "home"})
        except AssertionError as error:  # it may refuse to start, too
            assert "does not say" not in str(error)
        else:
            assert reply.status_code >= 400 and asked.status_code >= 400
            assert not shows(reply.content)
        assert cloud.got == []
    assert not [r for r in daemon.requests if WORD in json.dumps(r.body)]
    assert daemon.chats() == []


async def test_embeddings_are_made_at_home_or_not_at_all(tmp_path: Path) -> None:
    async with Upstream() as cloud, running(tmp_path / "d", cloud, TOML) as client:
        for model in ("mask/m", "anything", "home", "sanitize-and-solve"):
            for path in ("/v1/embeddings", "/api/embed", "/api/embeddings"):
                body = {"model": model, "input": WORD, "prompt": WORD}
                reply = await client.post(path, json=body)
                assert reply.status_code in (400, 404, 501, 503), (model, path, reply.text)
    assert cloud.got == []
