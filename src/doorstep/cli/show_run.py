"""What `doorstep run` prints: the answer, then every step, the verdict and what crossed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from doorstep._values import Crossing, Outcome, Step, Usage
from doorstep.assemble import SET_CLOUD, SET_HOME
from doorstep.assemble.patterns import PatternParts
from doorstep.assemble.rules import Layers
from doorstep.cli.show import crossing_object, dollars, figures, stand_in_notes, step_object, tokens

WIDTH = 80
WIDEST_NAME = 24  # of a step; a longer one only pushes its own line


def record(outcome: Outcome, name: str, layers: Layers) -> str:
    """All but the answer, for people: the verdict with its reasons, the steps, what crossed."""
    parts = [_verdict(outcome, name), _steps(outcome.steps), *_in_all(outcome)]
    parts.append(_crossed(outcome.crossings))
    if outcome.crossings:
        parts.append(_looked_for(layers))
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
        "cost": _number(outcome.cost),
        "stand_ins": list(outcome.stand_ins),
        "fallback": outcome.fallback,
        "notes": list(outcome.notes),
        "looked_for": list(parts.layers.names),
        "models": _models(parts),
    }


def preview(held: Sequence[Crossing], name: str, layers: Layers) -> str:
    """--dry-run: nothing was sent; the exact bytes that would have been."""
    if not held:
        return f"Nothing was sent, and nothing would leave: {name} ended without the cloud."
    lines = ["Nothing was sent. This is exactly what would leave, to"]
    for crossing in held:
        size = len(crossing.body.encode())
        lines += [f"{crossing.destination}:", "", crossing.body, ""]
        lines += [f"{size} bytes, sha256 {crossing.sha256}", ""]
    lines += [_looked_for(layers), "What would follow depends on the replies."]
    return "\n".join(lines)


def preview_object(held: Sequence[Crossing], parts: PatternParts) -> dict[str, object]:
    """--dry-run --json: `would_cross` in place of an answer; `crossings` is empty, as it was."""
    return {
        "dry_run": True,
        "name": parts.node.name,
        "crossings": [],
        "would_cross": [crossing_object(crossing) for crossing in held],
        "looked_for": list(parts.layers.names),
        "models": _models(parts),
    }


def _verdict(outcome: Outcome, name: str) -> str:
    own = f"{name} ({outcome.pattern})" if outcome.pattern not in ("", name) else name
    head = f"{own}: {outcome.verdict or 'answered'}"
    return "\n".join([head, *(_wrapped(f"  because {why}") for why in outcome.reasons)])


def _steps(steps: Sequence[Step]) -> str:
    """A line for each step, and one for all checks that come one after another."""
    rows = []
    for checks, grouped in groupby(steps, key=lambda step: step.actor == "check"):
        group = list(grouped)
        rows += [_checks(group)] if checks and len(group) > 1 else [_row(step) for step in group]
    width = min(max((len(name) for _, name, _ in rows), default=0), WIDEST_NAME)
    return "\n".join(["Steps:", *(_in_columns(row, width) for row in rows)])


def _in_columns(row: tuple[str, str, str], width: int) -> str:
    actor, name, did = row
    head = f"  {actor:<5}  {name:<{width}}  "
    return _wrapped(did, head, " " * (len("  check    ") + width))


def _row(step: Step) -> tuple[str, str, str]:
    # A check has no model, and so neither tokens nor a cost.
    did = f"{step.model}, {figures(step)}" if step.model else f"{step.seconds:.2f} s"
    return step.actor, step.name, f"{did} ({step.note})" if step.note else did


def _checks(steps: Sequence[Step]) -> tuple[str, str, str]:
    """What they saw is in the reasons as far as it counted, and in --json."""
    names = [step.name for step in steps]
    lead, colon, _ = names[0].rpartition(": ")
    shared = lead + colon if all(name.startswith(lead + colon) for name in names) else ""
    seconds = sum(step.seconds for step in steps)
    listed = ", ".join(name.removeprefix(shared) for name in names)
    where = shared.removesuffix("check: ")
    return "check", f"{where}{len(names)} checks", f"{seconds:.2f} s: {listed}"


def _in_all(outcome: Outcome) -> list[str]:
    """What more than one call of a model took together."""
    calls = sum(bool(step.model) for step in outcome.steps)
    if calls < 2 or not (outcome.usage.input_tokens or outcome.usage.output_tokens):
        return []
    of = ""
    if any(step.actor == "cloud" for step in outcome.steps):
        of = f", of them {tokens(outcome.cloud_usage)} in the cloud"
    return [_wrapped(f"In all: {tokens(outcome.usage)}{of}, {dollars(outcome.cost)}")]


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


def _looked_for(layers: Layers) -> str:
    """By what means, and at the lowest level also what was not looked for."""
    line = f"Looked for before it crossed (level {layers.level}): {'; '.join(layers.names)}."
    if layers.level == "rules":
        line += " Names of people and places only where you declared them: see boundary.level."
    return _wrapped(line)


def _wrapped(line: str, head: str = "", indent: str = "") -> str:
    """`line` after `head`; its further lines by `indent`, by two more than it has unless given."""
    lines = textwrap.wrap(
        line,
        WIDTH,
        initial_indent=head,
        subsequent_indent=indent or " " * (len(line) - len(line.lstrip()) + 2),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "\n".join(lines) or line


def _usage(usage: Usage) -> dict[str, int | None]:
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}


def _number(cost: Decimal | None) -> float | None:
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
