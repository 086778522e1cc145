"""Home is proved, not believed."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2
import pytest

from doorstep._errors import BadInput, ModelUnavailable
from doorstep._values import Zone
from doorstep.models.zone import asks_for_cloud, is_loopback, prove_ollama
from tests.models.ollama_server import Chat, OllamaServer, Stored, refusal

OFF = Chat([b'{"cloud": {"disabled": true, "source": "env"}}'])
ON = Chat([b'{"cloud": {"disabled": false, "source": "none"}}'])
LOCAL = Stored("gemma4:e4b")
COPIED = Stored("gemma4:e4b", remote_host="https://ollama.com:443", remote_model="gpt-oss:120b")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434",
        "http://127.8.9.10",
        "https://127.0.0.1",
        "http://localhost:11434",
        "http://LOCALHOST",
        "http://[::1]:11434",
        "http://[::ffff:127.0.0.1]",
        "http://127.0.0.1:11434/prefix",
    ],
)
def test_literally_this_machine(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.example.com",
        "http://localhost.",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://example.com#@127.0.0.1",
        "http://example.com?h=127.0.0.1",
        "http://user@127.0.0.1",
        "http://0.0.0.0:11434",
        "http://128.0.0.1",
        "http://12.7.0.0.1",
        "http://192.168.1.4:11434",
        "http://[::2]",
        "http://[::ffff:8.8.8.8]",
        "http://localtest.me",
        "http://my-laptop.local",
        "file://localhost/api",
        "ftp://127.0.0.1",
        "127.0.0.1:11434",
        "http://127.0.0.1:port",
        "http://",
        "",
    ],
)
def test_not_literally_this_machine(url: str) -> None:
    assert not is_loopback(url)


@pytest.mark.parametrize(
    "name",
    [
        "gpt-oss:cloud",
        "gpt-oss:120b-cloud",
        "gpt-oss:CLOUD",
        "gpt-oss:120b-Cloud ",
        "gpt-oss: cloud",
        "gpt-oss:120b:cloud",
        "gpt-oss:cloud:local",
        "team/gpt-oss:cloud",
        "registry.example:5000/team/gpt-oss:20b-cloud",
    ],
)
def test_names_that_ask_for_the_cloud(name: str) -> None:
    assert asks_for_cloud(name)


@pytest.mark.parametrize(
    "name",
    [
        "gemma4:e4b",
        "cloud",
        "my-cloud",
        "my-cloud:7b",
        "cloud/model:7b",
        "cloudy:cloudy",
        "model:cloud-7b",
        "model:precloud",
        "registry.example:5000/x-cloud",
        "model:local",
    ],
)
def test_names_that_only_look_like_it(name: str) -> None:
    assert not asks_for_cloud(name)


@dataclass(frozen=True)
class Row:
    """What a daemon says, and what follows from it."""

    what: str
    zone: Zone
    fix: str = ""
    models: tuple[Stored, ...] = (LOCAL,)
    name: str = "gemma4:e4b"
    status: Chat | None = OFF
    knows_local: bool = True
    overrides: dict[str, Chat] = field(default_factory=dict)
    served: str = ""
    guarded: bool = False


HTML = Chat([b"<html>It works!</html>"])
ROWS = [
    Row("cloud off", Zone.HOME, served="gemma4:e4b:local", guarded=True),
    Row("cloud on, :local known", Zone.HOME, status=ON, served="gemma4:e4b:local", guarded=True),
    Row("cloud off, :local unknown", Zone.HOME, knows_local=False, served="gemma4:e4b"),
    Row("old daemon", Zone.HOME, status=None, served="gemma4:e4b"),
    Row(
        "asked for with :local",
        Zone.HOME,
        name="gemma4:e4b:local",
        served="gemma4:e4b:local",
        guarded=True,
    ),
    Row(
        "without a tag",
        Zone.HOME,
        models=(Stored("phi:latest"),),
        name="Phi",
        status=None,
        served="Phi",
        overrides={"/api/show": Chat([b"{}"])},
    ),
    Row("cloud on, :local unknown", Zone.CLOUD, "OLLAMA_NO_CLOUD=1", status=ON, knows_local=False),
    Row("copied model", Zone.CLOUD, "ollama pull", models=(COPIED,)),
    Row("copied model, cloud on", Zone.CLOUD, "ollama pull", models=(COPIED,), status=ON),
    Row("copied model, old daemon", Zone.CLOUD, "ollama pull", models=(COPIED,), status=None),
    Row(
        "remote_model alone",
        Zone.CLOUD,
        "ollama pull",
        models=(Stored("gemma4:e4b", remote_model="gpt-oss:120b"),),
        status=None,
    ),
    Row(
        "remote only in the list",
        Zone.CLOUD,
        "ollama pull",
        models=(COPIED,),
        overrides={"/api/show": Chat([b'{"details": {}}'])},
    ),
    Row(
        "remote only in its description",
        Zone.CLOUD,
        "ollama pull",
        overrides={"/api/show": Chat([b'{"remote_host": "https://ollama.com"}'])},
    ),
    Row(
        "description withheld",
        Zone.CLOUD,
        "ollama pull",
        overrides={"/api/show": refusal(403, "ollama cloud is disabled")},
    ),
    Row("cloud tag", Zone.CLOUD, "ollama pull", name="gpt-oss:120b-cloud"),
    Row("status is a page", Zone.CLOUD, "update", overrides={"/api/status": HTML}),
    Row("list is a page", Zone.CLOUD, "update", overrides={"/api/tags": HTML}),
    Row("description is a page", Zone.CLOUD, "update", overrides={"/api/show": HTML}),
    Row(
        "list is not a list",
        Zone.CLOUD,
        "update",
        overrides={"/api/tags": Chat([b'{"models": {}}'])},
    ),
    Row(
        "switch is a word",
        Zone.CLOUD,
        "OLLAMA_NO_CLOUD=1",
        status=Chat([b'{"cloud": {"disabled": "true"}}']),
        knows_local=False,
    ),
    Row(
        "switch is missing",
        Zone.CLOUD,
        "OLLAMA_NO_CLOUD=1",
        status=Chat([b"{}"]),
        knows_local=False,
    ),
    Row(
        "redirect",
        Zone.CLOUD,
        "update",
        overrides={"/api/status": Chat([], 307, {"location": "http://192.0.2.1/api/status"})},
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
async def test_what_a_daemon_says(row: Row) -> None:
    settings = {"status": row.status, "knows_local": row.knows_local, "overrides": row.overrides}
    with OllamaServer(row.models, **settings) as daemon:
        async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as client:
            proof = await prove_ollama(daemon.url, row.name, client)
    assert (proof.zone, proof.name, proof.guarded) == (row.zone, row.served, row.guarded)
    assert row.fix in proof.fix
    assert bool(proof.fix) == (row.zone is Zone.CLOUD)
    assert proof.reason


@pytest.mark.parametrize("host", ["http://192.0.2.1:11434", "http://localhost.example.com:1"])
async def test_another_machine_is_not_even_asked(host: str) -> None:
    def asked(request: httpx2.Request) -> httpx2.Response:
        raise AssertionError("a request went out")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(asked)) as client:
        proof = await prove_ollama(host, "gemma4:e4b", client)
    assert proof.zone is Zone.CLOUD
    assert "trusted" in proof.fix


async def test_a_trusted_host_is_asked_the_same_questions() -> None:
    with OllamaServer([COPIED]) as daemon:
        # No loopback address, although it gets there.
        host = daemon.url.replace("127.0.0.1", "0.0.0.0")
        async with httpx2.AsyncClient(trust_env=False) as client:
            far = await prove_ollama(host, "gemma4:e4b", client)
            copied = await prove_ollama(host, "gemma4:e4b", client, trusted_hosts=("0.0.0.0",))
            daemon.models = [LOCAL]
            near = await prove_ollama(host, "gemma4:e4b", client, trusted_hosts=(" 0.0.0.0 ",))
    assert "not declared as trusted" in far.reason
    assert "remote host" in copied.reason
    assert near.zone is Zone.HOME


async def test_a_model_that_is_not_there() -> None:
    with OllamaServer([Stored("gemma4:e2b")]) as daemon:
        async with httpx2.AsyncClient(trust_env=False) as client:
            with pytest.raises(ModelUnavailable, match="ollama pull gemma4:e4b"):
                await prove_ollama(daemon.url, "gemma4:e4b", client)


async def test_a_model_that_is_described_but_not_stored() -> None:
    """A recent daemon describes a model of its cloud that was never pulled."""
    with OllamaServer([], overrides={"/api/show": Chat([b'{"details": {}}'])}) as daemon:
        async with httpx2.AsyncClient(trust_env=False) as client:
            with pytest.raises(ModelUnavailable):
                await prove_ollama(daemon.url, "gemma4:e4b", client)


async def test_no_name() -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(BadInput):
            await prove_ollama("http://127.0.0.1:1", "  ", client)


async def test_nobody_listens() -> None:
    with OllamaServer() as daemon:
        url = daemon.url
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(ModelUnavailable, match="ollama serve"):
            await prove_ollama(url, "gemma4:e4b", client)
