"""The examples of a deployment say what they claim, and the gateway takes their settings."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from doorstep._errors import ConfigError
from doorstep.config import Settings, load
from doorstep.gateway.secret import from_file
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.process import served
from tests.models.ollama_server import OllamaServer, answer
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_events

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "examples" / "gateway"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
ALWAYS = sorted(name for name, one in SERVICES.items() if "profiles" not in one)
UNIT = FOLDER / "doorstep.service"


# --- compose.yaml --------------------------------------------------------------------------------


def internal(network: str) -> bool:
    return bool((COMPOSE["networks"][network] or {}).get("internal"))


def test_the_home_model_has_no_way_out() -> None:
    networks = SERVICES["ollama"]["networks"]
    assert networks and all(internal(network) for network in networks)
    assert "ports" not in SERVICES["ollama"] and "network_mode" not in SERVICES["ollama"]
    assert SERVICES["ollama"]["environment"]["OLLAMA_NO_CLOUD"] == "1"


def test_only_doorstep_stands_between_home_and_the_world() -> None:
    with_home = {name for name in ALWAYS if any(map(internal, SERVICES[name]["networks"]))}
    assert with_home == {"ollama", "doorstep"}
    on_out = {name for name in ALWAYS if "out" in SERVICES[name]["networks"]}
    assert on_out == {"doorstep"}
    assert not set(SERVICES["open-webui"]["networks"]) & set(SERVICES["ollama"]["networks"])


def test_what_fetches_the_model_is_started_by_name_only() -> None:
    assert ALWAYS == ["doorstep", "ollama", "open-webui"]
    pull = SERVICES["pull"]
    assert pull["profiles"] == ["pull"] and "ports" not in pull
    assert pull["volumes"] == SERVICES["ollama"]["volumes"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_held_short(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service and "network_mode" not in service
    assert "network_mode" not in service and "/var/run/docker.sock" not in str(service)
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "published to this machine only"


@pytest.mark.parametrize("name", ["ollama", "doorstep"])
def test_what_sees_private_text_writes_to_its_volume_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True and SERVICES[name]["tmpfs"] == ["/tmp"]


def test_secrets_are_files_and_in_no_environment() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    for service in SERVICES.values():
        assert not re.search(r"KEY|TOKEN|SECRET", str(service.get("environment", "")))
    assert SERVICES["doorstep"]["user"].split(":")[0] != "0"


def test_names_and_ports_agree_with_the_settings() -> None:
    settings = load(FOLDER / "doorstep.toml").settings
    (upstream,) = settings.gateway.upstreams
    assert settings.home.host == "http://ollama:11434" and "ollama" in SERVICES
    assert settings.home.trusted_hosts == ("ollama",)
    assert settings.gateway.names == ("doorstep",)
    command, mounted = SERVICES["doorstep"]["command"], SERVICES["doorstep"]["secrets"]
    assert "--token-file=/run/secrets/token" in command and "token" in mounted
    assert upstream.key_file == "/run/secrets/cloud_key" and "cloud_key" in mounted
    pulled = SERVICES["pull"]["entrypoint"][-1].split()[-1]
    assert pulled == settings.home.model
    base = SERVICES["open-webui"]["environment"]["OPENAI_API_BASE_URL"]
    assert base == "http://doorstep:8080/v1"


def test_the_image_holds_what_the_package_needs() -> None:
    lines = (FOLDER / "Dockerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert copied and all((ROOT / word).exists() for word in copied)
    user = next(line.split()[1] for line in lines if line.startswith("USER"))
    assert user == SERVICES["doorstep"]["user"]


# --- the settings, with the gateway running ------------------------------------------------------


def test_the_gateway_runs_with_these_settings(tmp_path: Path) -> None:
    """Only the addresses of the other containers are this test's."""
    token, key = tmp_path / "token", tmp_path / "key"
    for file, secret in ((token, "t" * 32), (key, "sk-of-the-cloud")):
        file.write_text(secret + "\n", "utf-8")
        file.chmod(0o600)
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        daemon.says(answer("A title"))
        cloud.answer_with(_echo)
        changes = {
            "http://ollama:11434": daemon.url,
            "https://api.openai.com/v1": cloud.url,
            "/run/secrets/cloud_key": str(key),
            "private = []": 'private = ["Maya Okafor"]',
            "[gateway]": f'[gateway]\ntoken_file = "{token}"',
        }
        toml = (FOLDER / "doorstep.toml").read_text("utf-8")
        for old, new in changes.items():
            assert old in toml
            toml = toml.replace(old, new)
        with served(tmp_path, toml=toml) as url:
            _ask(url, {"authorization": "Bearer " + "t" * 32, "host": "doorstep:8080"})
            refused = httpx2.get(url + "/api/tags", trust_env=False)
            assert refused.status_code == 401
        (sent,) = cloud.requests
        assert sent.headers["authorization"] == "Bearer sk-of-the-cloud"
        assert "Maya" not in sent.body.decode() and sent.json["model"] == "gpt-5.4"
        assert daemon.chats()


def _echo(request: Request) -> Answer:
    return Answer.sse(chat_events("To " + PLACEHOLDER.findall(request.body.decode())[0]))


def _ask(url: str, headers: dict[str, str]) -> None:
    with httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        listed = [model["model"] for model in client.get("/api/tags").json()["models"]]
        assert "mask/gpt-5.4:latest" in listed
        ask: dict[str, Any] = {"role": "user", "content": "A word to Maya Okafor"}
        body = {"model": "mask/gpt-5.4", "messages": [ask]}
        assert "Maya Okafor" in client.post("/api/chat", json=body).text
        picture = {**ask, "images": ["iVBORw0KGgoAAAANSUhEUg=="]}
        kept = client.post("/api/chat", json=body | {"messages": [picture]})
        assert kept.status_code == 200 and kept.headers["x-doorstep-verdict"] == "kept-home"


# --- doorstep.service ----------------------------------------------------------------------------


def _unit(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_the_unit_is_hardened() -> None:
    service = _unit(UNIT.read_text("utf-8"))["Service"]
    wanted = {"DynamicUser": "yes", "ProtectSystem": "strict", "NoNewPrivileges": "yes"}
    wanted |= {"ProtectHome": "yes", "CapabilityBoundingSet": "", "StateDirectory": "doorstep"}
    assert {name: service[name] for name in wanted} == wanted
    assert service["LoadCredential"].startswith("cloud.key:")
    assert not re.search(r"KEY|TOKEN|sk-", service["Environment"] + service["ExecStart"])
    assert "XDG_DATA_HOME=/var/lib " in service["Environment"]  # where StateDirectory= lies


def test_its_command_is_one_of_ours() -> None:
    from doorstep.cli.main import cli
    from doorstep.cli.serve import serve

    command = _unit(UNIT.read_text("utf-8"))["Service"]["ExecStart"].split()
    given = {word for word in command if word.startswith("--")}
    known = {name for part in (cli, serve) for p in part.params for name in p.opts}
    assert "serve" in command and given <= known


@pytest.fixture
def verified(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    text = UNIT.read_text("utf-8").replace("/opt/doorstep/bin/doorstep", sys.executable)
    unit = tmp_path / "doorstep.service"
    unit.write_text(text, "utf-8")
    return unit


def test_systemd_takes_the_unit(verified: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(verified)], capture_output=True, text=True, timeout=60
    )
    about_us = [line for line in done.stderr.splitlines() if "doorstep.service" in line]
    assert done.returncode == 0 and not about_us, done.stderr


def test_systemd_finds_little_exposed(verified: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(verified)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    score = re.search(r"Overall exposure level for doorstep.service: ([\d.]+)", done.stdout)
    assert score, done.stdout + done.stderr
    assert float(score[1]) <= 2.0  # of 10; a unit without any of it has 9.6


def test_a_credential_of_systemd_is_a_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemd gives the service's user access by an ACL, of which the mode shows 0440."""
    credential = tmp_path / "cloud.key"
    credential.write_text("sk-of-the-cloud", "utf-8")
    credential.chmod(0o440)
    with pytest.raises(ConfigError, match="may be read by others"):
        from_file(credential, "The key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert from_file(credential, "The key") == "sk-of-the-cloud"
    credential.chmod(0o444)
    with pytest.raises(ConfigError, match="may be read by others"):
        from_file(credential, "The key")


def test_the_settings_are_settings() -> None:
    assert isinstance(load(FOLDER / "doorstep.toml").settings, Settings)
