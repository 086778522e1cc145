"""Which upstreams and which cloud a gateway has, and when its models are opened."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from doorstep._errors import ConfigError
from doorstep.assemble.library import Library
from doorstep.assemble.patterns import Chosen
from doorstep.assemble.upstreams import cloud_of, stands_in, upstreams_of, with_upstreams
from doorstep.boundary import Boundary, Ledger, Policy
from doorstep.config import CloudSettings, GatewaySettings, HomeSettings, Settings
from tests.models.ollama_server import OllamaServer, Stored

URL = "https://api.example.com/v1"
OPENAI = {"OPENAI_API_KEY": "sk-1"}
AZURE = {"AZURE_OPENAI_API_KEY": "az-1"}


def test_without_anything_there_is_no_upstream_and_a_stand_in_for_patterns() -> None:
    settings = Settings()
    assert upstreams_of(settings, {}) == ()
    assert stands_in(*cloud_of(settings, {}, ()))


@pytest.mark.parametrize(
    ("cloud", "environ", "url", "key"),
    [
        ({}, OPENAI, "https://api.openai.com/v1", "sk-1"),
        ({"base_url": f"{URL}/"}, OPENAI, URL, "sk-1"),
        ({"base_url": "http://127.0.0.1:1/v1"}, {}, "http://127.0.0.1:1/v1", ""),
        (
            {"azure_endpoint": "https://x.example/"},
            AZURE | OPENAI,
            "https://x.example/openai/v1",
            "az-1",
        ),
    ],
)
def test_the_cloud_of_the_settings_is_the_upstream(
    cloud: dict[str, str], environ: dict[str, str], url: str, key: str
) -> None:
    settings = Settings(cloud=CloudSettings(**cloud))  # type: ignore[arg-type]
    (one,) = upstreams_of(settings, environ)
    assert (one.url, one.key) == (url, key)
    assert not stands_in(*cloud_of(settings, environ, (one,)))


def test_upstreams_on_the_command_line_take_the_place_of_others_and_serve_the_patterns() -> None:
    settings = with_upstreams(Settings(), (URL, URL, "https://b.example/v1"), "sk-1")
    found = upstreams_of(settings, OPENAI)
    assert [(one.url, one.key) for one in found] == [
        (URL, "sk-1"),
        ("https://b.example/v1", "sk-1"),
    ]
    assert settings.gateway.unknown == "mask"
    inner, environ = cloud_of(settings, OPENAI, found)
    assert (inner.cloud.base_url, environ["OPENAI_API_KEY"]) == (URL, "sk-1")


def test_a_cloud_of_the_patterns_own_stays_theirs() -> None:
    settings = Settings(cloud=CloudSettings(base_url="https://own.example/v1"))
    settings = with_upstreams(settings, (URL,), "sk-1")
    inner, _ = cloud_of(settings, OPENAI, upstreams_of(settings, OPENAI))
    assert inner.cloud.base_url == "https://own.example/v1"


@pytest.mark.parametrize(
    ("given", "environ", "says"),
    [
        ({"url": "http://10.0.0.1/v1"}, {}, "without encryption"),
        ({"url": "https://a.example/v1#x"}, {}, "must end with its path"),
        ({"url": URL, "key_env": "NONE"}, {}, "variable NONE"),
        ({"url": URL, "key_env": "K"}, {"K": "two words"}, "cannot be sent"),
    ],
)
def test_an_upstream_that_cannot_be_used_is_told_without_its_key(
    given: dict[str, str], environ: dict[str, str], says: str
) -> None:
    gateway = GatewaySettings.model_validate({"upstreams": [given]})
    with pytest.raises(ConfigError, match=says) as caught:
        upstreams_of(Settings(gateway=gateway), environ)
    assert "two words" not in str(caught.value)


def test_two_upstreams_of_one_name_are_refused() -> None:
    tables = [{"url": URL, "name": "a"}, {"url": "https://b.example/v1", "name": "a"}]
    gateway = GatewaySettings.model_validate({"upstreams": tables})
    with pytest.raises(ConfigError, match="the name a"):
        upstreams_of(Settings(gateway=gateway), {})


def test_a_key_file_of_an_upstream_must_be_ours_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-file\n")
    tables = [{"url": URL, "key_file": str(file)}]
    settings = Settings(gateway=GatewaySettings.model_validate({"upstreams": tables}))
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="may be read by others"):
        upstreams_of(settings, {})
    file.chmod(0o400)
    assert upstreams_of(settings, {})[0].key == "sk-file"


async def test_a_home_model_that_comes_later_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.assemble.library.LOOK_AGAIN_S", 0.0)
    async with AsyncExitStack() as stack:
        daemon = stack.enter_context(OllamaServer([]))
        settings = Settings(home=HomeSettings(host=daemon.url))
        library = await opened(settings, tmp_path, stack)
        before = await library.model("home")
        pattern = await library.model("sanitize-and-solve")
        assert before.stand_in
        daemon.models.append(Stored("gemma4:e4b"))
        after = await library.model("home")
        assert (after.stand_in, after.name) == ("", "gemma4:e4b")
        assert await library.model("home") is after
        assert await library.model("sanitize-and-solve") is not pattern


async def test_every_name_has_one_model_over_one_set_of_parts(tmp_path: Path) -> None:
    settings = Settings(home=HomeSettings(model="builtin"))
    async with AsyncExitStack() as stack:
        library = await opened(settings, tmp_path, stack)
        first = await library.model("cross-check")
        assert await library.model("cross-check") is first
        home = await library.model("home")
        assert home.stand_in


async def opened(settings: Settings, folder: Path, stack: AsyncExitStack) -> Library:
    chosen = Chosen(settings, {}, stack)
    await chosen.cloud(("", False))
    ledger = stack.enter_context(Ledger(folder / "ledger.sqlite3"))
    boundary = Boundary(ledger=ledger, policy=Policy(chosen.origins), key=b"k" * 32)
    return Library(settings, chosen, boundary, stack)
