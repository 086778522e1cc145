"""The blocks of docs/clients.md: those for a shell and for Python run as they stand, against a
gateway that is started as the page says; those of other programs are parsed, field by field."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.process import environment, served
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_events

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "clients.md").read_text("utf-8")
GATEWAY_PAGE = (DOCS / "gateway.md").read_text("utf-8")
HERE = "http://127.0.0.1:8080"
BLOCKS = re.findall(r"^```(\w+)[^\n]*\n(.*?)^```", PAGE, re.S | re.M)
SAYS = "Maya Okafor knows."


def blocks(language: str, holding: str = "") -> list[str]:
    return [text for found, text in BLOCKS if found == language and holding in text]


def block(language: str, holding: str) -> str:
    (text,) = blocks(language, holding)
    return text


def answer(request: Request) -> Answer:
    """Streamed or whole: one sentence, about the first placeholder that came."""
    text = f"{PLACEHOLDER.findall(request.body.decode())[0]} knows."
    if request.json.get("stream"):
        return Answer.sse(chat_events(text), cut=9)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    reply = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    whole = reply | {"choices": [choice | {"finish_reason": "stop"}]}
    return Answer(pieces=[json.dumps(whole).encode()])


@pytest.fixture
def far() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        server.answer_with(answer)
        yield server


@pytest.fixture
def gateway(far: OpenAIServer, tmp_path: Path) -> Iterator[str]:
    toml = block("toml", "private") + '[home]\nmodel = "builtin"\n'
    with served(tmp_path, upstream=far.url, toml=toml) as url:
        yield url


def unseen(far: OpenAIServer) -> None:
    (request,) = far.requests
    seen = request.body.decode() + str(request.headers)
    assert "Maya" not in seen and "unused" not in seen
    assert request.json["model"] == "gpt-5.4"


# --- blocks that run -----------------------------------------------------------------------------


def test_the_start_is_a_command_of_ours() -> None:
    from doorstep.cli.serve import serve

    start = shlex.split(block("sh", "doorstep serve"))
    words = start[start.index("serve") + 1 :]
    known = {name for param in serve.params for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert words[words.index("--port") + 1] == HERE.rsplit(":", 1)[1]


def test_what_the_settings_name_is_in_the_list(far: OpenAIServer, tmp_path: Path) -> None:
    toml = block("toml", "key_env").replace("https://api.openai.com/v1", far.url)
    with served(tmp_path, toml=toml, environ={"OPENAI_API_KEY": "sk-of-this-test"}) as url:
        listed = httpx2.get(f"{url}/v1/models", trust_env=False).json()["data"]
        body = {"model": "gpt-x", "messages": [{"role": "user", "content": "To zoe@example.com"}]}
        assert httpx2.post(f"{url}/v1/chat/completions", json=body, trust_env=False).is_success
    names = {model["id"] for model in listed}
    assert {"mask/gpt-5.4", "mask/gpt-5.4-mini"} <= names and "mask/*" not in names
    assert far.requests[0].json["model"] == "gpt-x"


@pytest.mark.parametrize("text", blocks("python"), ids=["openai", "ollama"])
def test_python(text: str, gateway: str, far: OpenAIServer, tmp_path: Path) -> None:
    assert HERE in text
    done = subprocess.run(
        [sys.executable, "-c", text.replace(HERE, gateway)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (SAYS, "")
    unseen(far)


@pytest.mark.parametrize("text", blocks("sh", "curl"), ids=["openai", "ollama"])
def test_curl(text: str, gateway: str, far: OpenAIServer, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    assert HERE in text
    done = subprocess.run(
        ["sh", "-c", text.replace(HERE, gateway)],
        env={**environment(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    message = reply["choices"][0]["message"] if "choices" in reply else reply["message"]
    assert message["content"] == SAYS
    if '"doorstep": true' in text:
        assert reply["doorstep"]["verdict"] == "masked"
    unseen(far)


# --- blocks of other programs --------------------------------------------------------------------


def _variables(text: str) -> dict[str, str]:
    words = shlex.split(text.replace("\\\n", " "))
    given = [words[n + 1] for n, word in enumerate(words) if word == "-e"]
    return dict(pair.split("=", 1) for pair in given)


def test_open_webui() -> None:
    openai, ollama = (_variables(text) for text in blocks("sh", "docker run"))
    assert openai["OPENAI_API_BASE_URL"] == HERE + "/v1" and openai["OPENAI_API_KEY"]
    assert openai["ENABLE_OLLAMA_API"] == "False"
    assert ollama["OLLAMA_BASE_URL"] == HERE and ollama["ENABLE_OPENAI_API"] == "False"
    for variables in (openai, ollama):
        assert variables["HOST"] == "127.0.0.1" and variables["PORT"] != "8080"


def test_home_assistant() -> None:
    fields = yaml.safe_load(block("yaml", "API key:"))
    assert re.fullmatch(r"http://[\d.]+:8080", fields["URL"])
    assert fields["Model"].startswith("mask/")


def test_continue() -> None:
    config = yaml.safe_load(block("yaml", "schema: v1"))
    assert {"name", "version", "schema", "models"} <= set(config)
    cloud, home = config["models"]
    assert (cloud["provider"], cloud["apiBase"]) == ("openai", HERE + "/v1")
    assert (home["provider"], home["apiBase"], home["model"]) == ("ollama", HERE, "home")
    assert all({"name", "model", "roles"} <= set(model) for model in (cloud, home))


def test_librechat() -> None:
    config: dict[str, Any] = yaml.safe_load(block("yaml", "endpoints:"))
    (endpoint,) = config["endpoints"]["custom"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", config["version"])
    assert endpoint["apiKey"] == "${DOORSTEP_TOKEN}" and endpoint["models"]["default"]
    assert endpoint["baseURL"] == "http://host.docker.internal:8080/v1"
    assert 'gateway.names = ["host.docker.internal"]' in PAGE


def test_codex() -> None:
    config = tomllib.loads(block("toml", "model_provider"))
    provider = config["model_providers"][config["model_provider"]]
    assert provider["base_url"] == HERE + "/v1" and provider["wire_api"] == "responses"
    assert config["model"].startswith("mask/")
    assert f"export {provider['env_key']}=" in PAGE


def test_every_model_that_is_named_is_one() -> None:
    from doorstep.assemble.tree import names
    from doorstep.config import Settings

    named = GATEWAY_PAGE.split("## Names of models")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[a-z].*?`) \|", named, re.M)
    shown = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert shown == {*names(Settings()), "home", "mask/NAME"}
    assert "(gateway.md#names-of-models)" in PAGE
