"""docs/clients.md: what its blocks set up beyond running (see test_blocks.py) is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import httpx2
import pytest

from tests.docs.blocks import ROOT, Block, blocks_of
from tests.docs.far import answer
from tests.gateway.process import served
from tests.models.openai_server import OpenAIServer

HERE = "http://127.0.0.1:8080"
BLOCKS = blocks_of("docs/clients.md")


def block(language: str, holding: str) -> Block:
    (found,) = [one for one in BLOCKS if one.language == language and holding in one.text]
    return found


def test_the_port_is_that_of_every_block() -> None:
    start = shlex.split(block("sh", "doorstep serve").text)
    assert start[start.index("--port") + 1] == HERE.rsplit(":", 1)[1]


def test_what_the_settings_name_is_in_the_list(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="needs doorstep[gateway]")
    with OpenAIServer() as far:
        far.answer_with(answer)
        toml = block("toml", "key_env").text.replace("https://api.openai.com/v1", far.url)
        with served(tmp_path, toml=toml, environ={"OPENAI_API_KEY": "sk-of-this-test"}) as url:
            listed = httpx2.get(f"{url}/v1/models", trust_env=False).json()["data"]
            asked = [{"role": "user", "content": "To zoe@example.com"}]
            body = {"model": "gpt-x", "messages": asked}
            done = httpx2.post(f"{url}/v1/chat/completions", json=body, trust_env=False)
            assert done.is_success
        names = {model["id"] for model in listed}
        assert {"mask/gpt-5.4", "mask/gpt-5.4-mini"} <= names and "mask/*" not in names
        assert far.requests[0].json["model"] == "gpt-x"


def _variables(text: str) -> dict[str, str]:
    words = shlex.split(text.replace("\\\n", " "))
    given = [words[n + 1] for n, word in enumerate(words) if word == "-e"]
    return dict(pair.split("=", 1) for pair in given)


def test_open_webui() -> None:
    both = [one.text for one in BLOCKS if "docker run" in one.text]
    openai, ollama = map(_variables, both)
    assert openai["OPENAI_API_BASE_URL"] == HERE + "/v1" and openai["OPENAI_API_KEY"]
    assert openai["ENABLE_OLLAMA_API"] == "False"
    assert ollama["OLLAMA_BASE_URL"] == HERE and ollama["ENABLE_OPENAI_API"] == "False"
    for variables in (openai, ollama):
        assert variables["HOST"] == "127.0.0.1" and variables["PORT"] != "8080"


def test_every_model_that_is_named_is_one() -> None:
    from doorstep.assemble.tree import names
    from doorstep.config import Settings

    page = (ROOT / "docs/gateway.md").read_text("utf-8")
    named = page.split("## Names of models")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[a-z].*?`) \|", named, re.M)
    shown = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert shown == {*names(Settings()), "home", "mask/NAME"}
    assert "(gateway.md#names-of-models)" in (ROOT / "docs/clients.md").read_text("utf-8")
