"""A run as a row of the book, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from doorstep.runs.took import bucket
from doorstep.runs.values import Doubt, KeptRun, KeptStep, Mark, Said, Texts

_PICO = Decimal(10) ** 12
_MOST = 2**63 - 1
_FAST = 1  # zlib's level
_ELSEWHERE = ("texts", "texts_are", "doubts")  # no part of the plain side, or a column


def columns(run: KeptRun) -> dict[str, object]:
    """The plain side of a run, by column."""
    return {
        "id": run.id,
        "at": run.at,
        "day": run.at[:10],
        "pattern": run.pattern,
        "ending": run.ending,
        "verdict": run.verdict,
        "why": run.why,
        "fell_back": int(run.fell_back),
        "seconds": run.seconds,
        "bucket": bucket(run.seconds),
        "crossings": len(run.crossings),
        "sent": run.sent,
        "cost": _pico(run.cost),
        "alone": _pico(run.alone),
        "home_tokens": _tokens(step for step in run.steps if step.actor == "home"),
        "cloud_tokens": _tokens(step for step in run.steps if step.actor == "cloud"),
        "uncounted": int(any(_silent(step) for step in run.steps)),
        "doubts": json.dumps([[doubt.check, int(doubt.scored)] for doubt in run.doubts]),
        "data": _data(run),
    }


def run_of(data: str, doubts: str) -> KeptRun:
    """The plain side of a run."""
    known = json.loads(data)
    known["steps"] = tuple(_step(step) for step in known["steps"])
    known["stand_ins"], known["crossings"] = tuple(known["stand_ins"]), tuple(known["crossings"])
    known["alone"] = _money(known["alone"])
    said = tuple(Doubt(check, bool(scored)) for check, scored in json.loads(doubts))
    return KeptRun(**known, doubts=said)


def plain_texts(run: KeptRun) -> bytes:
    """The private side of a run, to be sealed."""
    value = {"texts": asdict(run.texts or Texts()), "notes": [step.note for step in run.steps]}
    return zlib.compress(json.dumps(value).encode(), _FAST)


def with_texts(run: KeptRun, plain: bytes) -> KeptRun:
    """`run` with its private side."""
    value = json.loads(zlib.decompress(plain))
    notes = zip(run.steps, value["notes"], strict=True)
    steps = tuple(replace(step, note=note) for step, note in notes)
    return replace(run, steps=steps, texts=_texts(value["texts"]), texts_are="kept")


def dollars(pico: int | None) -> Decimal:
    return Decimal(pico or 0).scaleb(-12)


def _pico(cost: Decimal | None) -> int | None:
    if cost is None:
        return None
    return min(int((cost * _PICO).to_integral_value(ROUND_HALF_EVEN)), _MOST)


def _tokens(steps: Iterable[KeptStep]) -> int:
    return sum((step.input_tokens or 0) + (step.output_tokens or 0) for step in steps)


def _silent(step: KeptStep) -> bool:
    """Whether a model did not say how many tokens it used."""
    asked = step.actor != "check" and step.model and not step.stand_in
    return bool(asked and step.input_tokens is None)


def _data(run: KeptRun) -> str:
    data = asdict(replace(run, texts=None))
    for name in _ELSEWHERE:
        del data[name]
    for step in data["steps"]:
        del step["note"]
    return json.dumps(data, default=str)


def _step(known: dict[str, Any]) -> KeptStep:
    known["cost"] = _money(known["cost"])
    known["crossings"] = tuple(known["crossings"])
    return KeptStep(**known)


def _money(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _texts(known: Mapping[str, Any]) -> Texts:
    said = {name: tuple(_said(one) for one in known[name]) for name in ("asked", "said")}
    lines = {name: tuple(known[name]) for name in ("reasons", "notes")}
    return Texts(**(dict(known) | said | lines))


def _said(one: Mapping[str, Any]) -> Said:
    return Said(one["who"], one["text"], tuple(Mark(**mark) for mark in one["marks"]))
