"""Blocks that show a part of something: what each is held against.

A key is the page and the first line of the block; a check takes its text and an empty folder.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from doorstep import Ask
from doorstep.gateway import chat
from tests.docs.blocks import ROOT
from tests.gateway.running import openai_at, post
from tests.patterns.far import NAMES

Check = Callable[[str, Path], None]
HERE = "http://127.0.0.1:8080"


def constructors(text: str, folder: Path) -> None:
    """Each call names a class of the package, and its parameters in their order."""
    import doorstep

    calls = [ast.parse(one, mode="eval").body for one in re.findall(r"\w+\([^)]*\)", text)]
    assert len(calls) == 6
    for call in calls:
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        taken = list(inspect.signature(getattr(doorstep, call.func.id)).parameters)
        shown = [word.id for word in call.args if isinstance(word, ast.Name)]
        positional = [name for name in shown if name in taken[: len(shown)]]
        assert positional == shown[: len(positional)] and set(shown) <= set(taken), call.func.id


def goal(text: str, folder: Path) -> None:
    """What the cloud sees of a plan, after the constant prompt."""
    words = ["How much did we spend on the garden since the storm?", "--json"]
    command = [sys.executable, "-m", "doorstep", "run", "plan-then-ground", *words]
    done = subprocess.run(
        [*command, "--folder", str(ROOT / "examples/plan")],
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    (crossing,) = json.loads(done.stdout)["crossings"]
    assert text.strip() in list(_texts(json.loads(crossing["body"])))


def _texts(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body.strip()
    elif isinstance(body, (dict, list)):
        for one in body.values() if isinstance(body, dict) else body:
            yield from _texts(one)


def budget(text: str, folder: Path) -> None:
    example = ROOT / "examples/budget"
    module = _module(example / "budget.py")
    ask = Ask("How do we save 150 a month?", (example / "month.md").read_text("utf-8"))
    assert module.read(ask).problem.text().startswith(text)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_budget", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def doorstep_object(text: str, folder: Path) -> None:
    """The same keys, all the way down, as what the gateway says of a masked answer."""
    shown = json.loads(text)
    assert _shape(shown) == _shape(asyncio.run(_details(shown["pattern"], folder)))
    assert Decimal(shown["cost"]) and Decimal(shown["steps"][0]["cost"])


async def _details(pattern: str, folder: Path) -> Any:
    """What a gateway says of an answer that crossed masked."""
    async with openai_at(chat, folder) as (house, _, url):
        house.cloud.says("At seven.")
        asked = [{"role": "user", "content": f"When does {NAMES[0]} fly?"}]
        answer = await post(
            f"{url}/v1/chat/completions", model=pattern, messages=asked, doorstep=True
        )
        return answer.json()["doorstep"]


def _shape(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shape(one) for key, one in value.items()}
    return [_shape(one) for one in value[:1]] if isinstance(value, list) else None


# --- settings of other programs ------------------------------------------------------------------


def home_assistant(text: str, folder: Path) -> None:
    fields = yaml.safe_load(text)
    assert re.fullmatch(r"http://[\d.]+:8080", fields["URL"])
    assert fields["Model"].startswith("mask/")


def continue_dev(text: str, folder: Path) -> None:
    config = yaml.safe_load(text)
    assert {"name", "version", "schema", "models"} <= set(config)
    cloud, home = config["models"]
    assert (cloud["provider"], cloud["apiBase"]) == ("openai", HERE + "/v1")
    assert (home["provider"], home["apiBase"], home["model"]) == ("ollama", HERE, "home")
    assert all({"name", "model", "roles"} <= set(model) for model in (cloud, home))


def librechat(text: str, folder: Path) -> None:
    config: dict[str, Any] = yaml.safe_load(text)
    (endpoint,) = config["endpoints"]["custom"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", config["version"])
    assert endpoint["apiKey"] == "${DOORSTEP_TOKEN}" and endpoint["models"]["default"]
    assert endpoint["baseURL"] == "http://host.docker.internal:8080/v1"
    assert 'gateway.names = ["host.docker.internal"]' in _page("docs/clients.md")


def codex(text: str, folder: Path) -> None:
    config = tomllib.loads(text)
    provider = config["model_providers"][config["model_provider"]]
    assert provider["base_url"] == HERE + "/v1" and provider["wire_api"] == "responses"
    assert config["model"].startswith("mask/")
    assert f"export {provider['env_key']}=" in _page("docs/clients.md")


def _page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


CLIENTS = "docs/clients.md"
EXCERPTS: Mapping[tuple[str, str], Check] = {
    (
        "docs/library.md",
        "SanitizeAndSolve(home, cloud, boundary)      PlanThenGround(home, cloud, boundary, tools)",
    ): constructors,
    (
        "docs/patterns/plan-then-ground.md",
        "Goal: find total amount for {slot_a}, since {slot_b}",
    ): goal,
    ("docs/patterns/sanitize-and-solve.md", "target=10000"): budget,
    (
        "docs/gateway-openai.md",
        '{"pattern": "sanitize-and-solve", "verdict": "masked", "reasons": [],',
    ): doorstep_object,
    (
        CLIENTS,
        "URL: http://192.168.1.20:8080   "
        "# the machine of the gateway; http://127.0.0.1:8080 on the same one",
    ): home_assistant,
    (CLIENTS, "name: Doorstep"): continue_dev,
    (CLIENTS, "version: 1.2.1"): librechat,
    (CLIENTS, 'model = "mask/gpt-5.4"'): codex,
}
