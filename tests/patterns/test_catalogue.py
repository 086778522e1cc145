"""The catalogue says what is so, and the adviser finds what fits."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from doorstep import BadInput
from doorstep.config import Settings
from doorstep.models import Model, Scripted
from doorstep.patterns.adviser import Buys, First, When, Wish, advise
from doorstep.patterns.build import build
from doorstep.patterns.catalogue import (
    CATALOGUE,
    NAMES,
    Direction,
    Entry,
    Purpose,
    Trigger,
    code,
    entry,
    toml,
)
from doorstep.patterns.settings import OPTIONS
from tests.models.ollama_server import OllamaServer, answer
from tests.models.openai_server import Answer, OpenAIServer, responses_events

entries = pytest.mark.parametrize("known", CATALOGUE, ids=NAMES)


def test_there_are_five_each_at_a_place_of_its_own() -> None:
    assert len({(e.direction, e.trigger, e.purpose) for e in CATALOGUE}) == len(CATALOGUE) == 5
    assert list(OPTIONS) == list(NAMES)
    for known in CATALOGUE:
        assert known.direction in get_args(Direction)
        assert known.trigger in get_args(Trigger)
        assert {known.purpose, *known.also} <= set(get_args(Purpose))
        assert known.purpose not in known.also


@entries
def test_every_text_is_there_and_short_enough_to_read(known: Entry) -> None:
    for lines in (known.take, known.leave, known.costs):
        assert lines and all(10 < len(line) < 110 for line in lines)
    assert known.says.endswith(".") and len(known.says) < 90


@entries
def test_its_figures_have_their_command(known: Entry) -> None:
    assert (Path(__file__).parents[2] / known.bench).is_file()


@entries
def test_the_ready_settings_are_settings(known: Entry) -> None:
    settings = Settings.model_validate(tomllib.loads(toml(known)))
    assert settings.patterns["mine"].use == known.name


@entries
def test_the_ready_code_imports_what_there_is_and_gives_it_what_it_takes(known: Entry) -> None:
    tree = ast.parse(code(known))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = import_module(node.module)
            assert all(hasattr(module, name.name) for name in node.names)
    assert known.module in code(known) and f"{known.type}(home, cloud, boundary" in code(known)


@entries
def test_a_pattern_is_built_by_its_name(known: Entry, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("The storm came on 14 February 2026.")
    options = {"folder": str(tmp_path)} if known.name == "plan-then-ground" else {}
    pattern = build(known.name, Scripted([]), Scripted([]), **options)  # type: ignore[arg-type]
    assert isinstance(pattern, Model)
    assert pattern.name == known.name and pattern.zone == "home"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("solve-it", {}, "no such pattern"),
        ("cross-check", {"levle": "mask"}, "no option levle"),
        ("cross-check", {"level": "raw"}, "level cannot be used"),
        ("plan-then-ground", {}, "needs a folder"),
    ],
)
def test_what_cannot_be_built_is_said_in_a_line(
    name: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        build(name, Scripted([]), Scripted([]), **options)  # type: ignore[arg-type]


def test_an_unknown_name() -> None:
    assert entry("cross-check").title == "Cross-Check"
    with pytest.raises(BadInput, match="cross-check"):
        entry("crosscheck")


EXACT = {
    ("home", "always", "privacy"): "sanitize-and-solve",
    ("cloud", "always", "privacy"): "plan-then-ground",
    ("home", "needed", "cost"): "escalate-on-hard",
    ("home", "optional", "cost"): "draft-then-refine",
    ("both", "always", "trust"): "cross-check",
}
WISHES = [Wish(*wish) for wish in product(get_args(First), get_args(When), get_args(Buys))]


@pytest.mark.parametrize("wish", WISHES, ids=lambda w: f"{w.first}-{w.when}-{w.buys}")
def test_every_wish_gets_advice(wish: Wish) -> None:
    advice = advise(wish)
    if wish.when == "never" or wish.buys == "nothing":
        assert advice.alone and not advice.fits and not advice.exact
        return
    named = [fit.entry.name for fit in advice.fits]
    fitting = EXACT.get((wish.first, wish.when, wish.buys))
    assert advice.exact == (fitting is not None)
    assert named == [fitting] if fitting else 1 <= len(named) <= 2
    assert all(bool(fit.misfits) != advice.exact for fit in advice.fits)


def test_never_and_nothing_lead_to_opposite_advice() -> None:
    assert "home model alone" in advise(Wish("home", "never", "privacy")).alone
    assert "cloud alone" in advise(Wish("home", "always", "nothing")).alone
    assert "home model alone" in advise(Wish("cloud", "never", "nothing")).alone


@pytest.mark.parametrize(
    ("wish", "names", "misfit"),
    [
        # Privacy, but only where needed: what escalates masks, too.
        (Wish("home", "needed", "privacy"), "escalate-on-hard", "and privacy beside it"),
        (Wish("cloud", "always", "cost"), "plan-then-ground", "and cost and latency beside it"),
        (Wish("home", "always", "trust"), "cross-check", "both act side by side"),
        (Wish("both", "always", "privacy"), "sanitize-and-solve plan-then-ground", "not both"),
    ],
)
def test_where_none_fits_the_nearest_and_what_does_not_fit(
    wish: Wish, names: str, misfit: str
) -> None:
    fits = advise(wish).fits
    assert fits[0].entry.name in names.split()
    assert any(misfit in line for line in fits[0].misfits)


@entries
def test_the_ready_code_runs_as_it_stands(known: Entry, tmp_path: Path) -> None:
    """All but its addresses, which are those of real servers on this machine."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text("The storm came on 14 February 2026.")
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        daemon.says(*(answer("A draft.") for _ in range(4)))
        cloud.answer_with(lambda request: Answer.sse(responses_events("It is done.")))
        program = code(known).replace('"https://api.openai.com"', repr(cloud.url))
        program = program.replace("api_key=key)", f"api_key=key, base_url={cloud.url!r})")
        program = program.replace('"gemma4:e4b")', f'"gemma4:e4b", host={daemon.url!r})')
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "OPENAI_API_KEY": "k"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    # A cloud that writes no plan is refused; every other pattern has an answer.
    if known.name == "plan-then-ground":
        assert cloud.requests and "no valid plan" in done.stderr
    else:
        assert done.returncode == 0 and done.stdout.strip(), done.stderr
        assert daemon.chats or cloud.requests
