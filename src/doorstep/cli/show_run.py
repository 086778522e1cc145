"""What `doorstep run` prints: the answer, then every step, the verdict and what crossed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from decimal import Decimal

from doorstep._values import Crossing, Outcome, Step, Usage
from doorstep.assemble import SET_CLOUD, SET_HOME
from doorstep.assemble.patterns import PatternParts
from doorstep.cli.show import crossing_object, figures, stand_in_notes, step_object

WIDTH = 100


def record(outcome: Outcome, name: str) -> str:
    """All but the answer, for people: the verdict with its reasons, the steps, what crossed."""
    parts = [_verdict(outcome, name), _steps(outcome.steps), _crossed(outcome.crossings)]
    notes = [f"Fell back: {outcome.fallback}."] if outcome.fallback else []
    notes += [f"Note: {line}" for line in outcome.notes]
    notes += stand_in_notes(outcome.stand_ins, SET_HOME, SET_CLOUD)
    return "\n".join([*parts, *(_wrapped(line) for line in notes)])


def as_object(outcome: Outcome, parts: PatternParts) -> dict[str, object]:
    """The one object of --json; its keys are promised."""
    return {
        "answer": outcome.answer,
        "name": parts.node.name,
        "pattern": outcome.pattern,
        "verdict": outcome.verdict,
        "reasons": list(outcome.reasons),
        "steps": [{**step_object(step), "note": step.note} for step in outcome.steps],
        "crossings": [crossing_object(crossing) for crossing in outcome.crossings],
        "usage": {**_usage(outcome.usage), "cloud": _usage(outcome.cloud_usage)},
        "cost": _dollars(outcome.cost),
        "stand_ins": list(outcome.stand_ins),
        "fallback": outcome.fallback,
        "notes": list(outcome.notes),
        "models": _models(parts),
    }


def preview(held: Sequence[Crossing], name: str) -> str:
    """--dry-run: nothing was sent; the exact bytes that would have been."""
    if not held:
        return f"Nothing was sent, and nothing would leave: {name} ended without the cloud."
    lines = ["Nothing was sent. This is exactly what would leave, to"]
    for crossing in held:
        size = len(crossing.body.encode())
        lines += [f"{crossing.destination}:", "", crossing.body, ""]
        lines += [f"{size} bytes, sha256 {crossing.sha256}", ""]
    lines.append("What would follow depends on the replies.")
    return "\n".join(lines)


def preview_object(held: Sequence[Crossing], parts: PatternParts) -> dict[str, object]:
    """--dry-run --json: `would_cross` in place of an answer; `crossings` is empty, as it was."""
    return {
        "dry_run": True,
        "name": parts.node.name,
        "crossings": [],
        "would_cross": [crossing_object(crossing) for crossing in held],
        "models": _models(parts),
    }


def _verdict(outcome: Outcome, name: str) -> str:
    own = f"{name} ({outcome.pattern})" if outcome.pattern not in ("", name) else name
    head = f"{own}: {outcome.verdict or 'answered'}"
    return "\n".join([head, *(_wrapped(f"  because {why}") for why in outcome.reasons)])


def _steps(steps: Sequence[Step]) -> str:
    width = max((len(step.name) for step in steps), default=0)
    lines = []
    for step in steps:
        # A check has no model, and so neither tokens nor a cost.
        did = f"{step.model}, {figures(step)}" if step.model else f"{step.seconds:.2f} s"
        note = f" ({step.note})" if step.note else ""
        lines.append(f"  {step.actor:<5}  {step.name:<{width}}  {did}{note}")
    return "\n".join(["Steps:", *(_wrapped(line) for line in lines)])


def _crossed(crossings: Sequence[Crossing]) -> str:
    if not crossings:
        return "Nothing crossed."
    lines = ["What crossed:"]
    for crossing in crossings:
        size = len(crossing.body.encode())
        lines.append(f"  -> {crossing.destination.partition('://')[2]}, {size} bytes")
        lines.append(f"     sha256 {crossing.sha256}")
        lines.append(f"     all of it: doorstep ledger show {crossing.id}")
    return "\n".join(lines)


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=indent)) or line


def _usage(usage: Usage) -> dict[str, int | None]:
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}


def _dollars(cost: Decimal | None) -> float | None:
    return None if cost is None else float(cost)


def _models(parts: PatternParts) -> dict[str, object]:
    return {
        "home": [
            {
                "name": chosen.model.name if chosen.model else chosen.home.name,
                "zone": "home",
                "zone_reason": chosen.zone_reason,
                "why": chosen.why,
            }
            for chosen in parts.homes.values()
        ],
        "cloud": [
            {
                "name": chosen.name,
                "zone": "cloud",
                "destination": chosen.origin,
                "why": chosen.why,
            }
            for chosen in parts.clouds.values()
        ],
    }
