"""The linear model of limit kinds, as shipped, and its recipe."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from doorstep.household.kinds import LABELS, KindModel, features
from doorstep.household.prose import clauses, tokens
from doorstep.household.times import find_times

ROOT = Path(__file__).resolve().parents[2]


def kind_of(text: str, device: str = "dryer") -> tuple[str, float]:
    (time,) = find_times(text)
    slots = [(time.start, time.end, "RANGE" if time.until else "TIME")]
    if device in text:
        slots.append((text.index(device), text.index(device) + len(device), "DEV"))
    toks = tokens(text, slots)
    at = next(i for i, t in enumerate(toks) if t.slot in ("TIME", "RANGE"))
    model = KindModel.shipped()
    probs = model.probabilities(features(toks, clauses(toks), at), is_range=time.until is not None)
    best = max(probs, key=lambda k: probs[k])
    assert sum(probs.values()) == pytest.approx(1)
    return best, probs[best]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The dryer must be done by 06:30.", "finish_by"),
        ("The dryer must be emptied before Ana leaves at 06:30.", "finish_by"),
        ("The dryer must be silent by 22:00.", "quiet_by"),
        ("The dryer must not run after 22:00.", "quiet_by"),
        ("Never run the dryer while the baby sleeps, from 19:30 on.", "quiet_by"),
        ("The dryer may not start before 21:00.", "not_before"),
        ("Don't start the dryer until the guests have left at 22:15.", "not_before"),
        ("The dryer ran yesterday at 21:00.", "none"),
        ("The dryer usually starts at 19:00.", "none"),
        ("Grandma arrives at noon on Saturday.", "none"),
        ("The rule about the dryer after 21:00 no longer applies.", "none"),
        ("The dryer must stay off between 22:00 and 06:00.", "quiet_range"),
        ("The dryer may only run from 09:00 to 17:00.", "allowed_range"),
        ("The library is open from 09:00 to 17:00.", "none"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    best, sure = kind_of(text)
    assert best == kind
    assert sure > 0.5


def test_without_weights_every_kind_is_as_likely() -> None:
    probs = KindModel({}, 1.0).probabilities(["w=after"], is_range=False)
    assert set(probs.values()) == {0.2}


def test_the_weights_are_small() -> None:
    path = ROOT / "src/doorstep/household/kind_weights.json"
    assert path.stat().st_size < 150_000


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"training/kinds/{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_the_recipe_learns_from_nothing() -> None:
    pytest.importorskip("numpy")
    _module("grammar")
    train = _module("train")
    data, lost = train.items(1500, 7)
    assert lost < 75
    assert {x[1] for x in data} == set(LABELS)
    weights = train.train(data[300:], epochs=4, l2=2e-4, keep=1500, seed=1)
    assert train.accuracy(weights, data[:300]) > 0.8
