"""What `doorstep ask` prints: the page in three lanes, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from doorstep._values import Crossing, Step, Usage
from doorstep.assemble import Parts
from doorstep.cli.lanes import Block, draw
from doorstep.household.problem import Solution
from doorstep.household.values import Kept, Limit
from doorstep.patterns import Solved

Result = Solved[Kept, Solution]
KINDS = {
    "finish_by": "finish by",
    "quiet_by": "quiet by",
    "quiet_until": "quiet until",
    "not_before": "not before",
}


def page(result: Result, parts: Parts, set_home: str, set_cloud: str) -> str:
    """The three lanes, then the answer, then what a reader has to know about it."""
    outcome = result.outcome
    titles = (
        f"HOME · {parts.home.home.name}",
        "WHAT CROSSED",
        f"CLOUD · {parts.cloud.name}",
    )
    lanes = draw(titles, _blocks(result, parts))
    notes = [f"Fell back: {outcome.fallback}."] if outcome.fallback else []
    notes += [f"Unsure: {line}" for line in result.kept.reading.unsure]
    notes += stand_in_notes(outcome.stand_ins, set_home, set_cloud)
    return "\n\n".join([lanes, outcome.answer, *(["\n".join(notes)] if notes else [])])


def as_object(result: Result, parts: Parts) -> dict[str, object]:
    """The one object of --json; its keys are promised."""
    outcome, reading = result.outcome, result.kept.reading
    return {
        "answer": outcome.answer,
        "recommendation": result.solution.recommendation,
        "schedule": [
            {"device": reading.mapping[row.load_id], "start": row.start, "end": row.end}
            for row in result.solution.proposed_schedule
        ],
        "blinding": list(_blinding(result.kept)),
        "crossings": [crossing_object(crossing) for crossing in outcome.crossings],
        "steps": [step_object(step) for step in outcome.steps],
        "models": _models(parts),
        "stand_ins": list(outcome.stand_ins),
        "unsure": list(reading.unsure),
        "fallback": outcome.fallback,
        "understood": [_limit_object(limit) for limit in reading.limits],
    }


def preview(kept: Kept, held: Crossing) -> str:
    """--dry-run: nothing was sent; the exact bytes that would have been."""
    lines = [
        f"Nothing was sent. This is exactly what would leave, to {held.destination}:",
        "",
        held.body,
        "",
        f"{len(held.body.encode())} bytes, sha256 {held.sha256}",
        f"Stays at home: {_mapping(kept)}",
        *(f"Blinded {line}" for line in _blinding(kept)),
    ]
    return "\n".join(lines)


def preview_json(kept: Kept, held: Crossing) -> str:
    """--dry-run --json: `would_cross` in place of an answer; `crossings` is empty, as it was."""
    body = {
        "dry_run": True,
        "crossings": [],
        "would_cross": [crossing_object(held)],
        "mapping": _sources(kept),
        "blinding": list(_blinding(kept)),
        "understood": [_limit_object(limit) for limit in kept.reading.limits],
        "unsure": list(kept.reading.unsure),
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def crossing_object(crossing: Crossing) -> dict[str, object]:
    return {
        "id": crossing.id,
        "destination": crossing.destination,
        "body": crossing.body,
        "sha256": crossing.sha256,
    }


def _blocks(result: Result, parts: Parts) -> list[Block]:
    outcome, reading = result.outcome, result.kept.reading
    blocks = []
    for step in outcome.steps:
        if step.name == "sanitize":
            lines = [*_understood(reading.limits)]
            lines += [f"blinded {line}" for line in _blinding(result.kept)]
            lines.append(f"stays home: {_mapping(result.kept)}")
            blocks.append(Block("home", ("read the notes", *lines, figures(step))))
        elif step.actor == "cloud":
            blocks += [Block("crossed", _crossed(crossing)) for crossing in outcome.crossings]
            blocks.append(Block("cloud", (*_solved(result), figures(step))))
        else:
            words = "write the answer" if step.name == "answer" else step.name
            rows = _given_back(result) if step.name == "answer" else []
            blocks.append(Block("home", (*rows, words, figures(step))))
    return blocks


def _understood(limits: Sequence[Limit]) -> list[str]:
    width = max((len(limit.device) for limit in limits), default=0)
    return [
        f" {limit.device:<{width}} {KINDS[limit.kind]} {limit.time} {limit.confidence:.0%}"
        for limit in limits
    ]


def _crossed(crossing: Crossing) -> tuple[str, ...]:
    size = len(crossing.body.encode())
    return (
        f"-> {crossing.destination.partition('://')[2]}",
        *(f" {line}" for line in sent_text(crossing.body).splitlines()),
        f"{size} bytes with the constant instructions",
        f"sha256 {crossing.sha256[:12]}…",
        f"all of it: doorstep ledger show {crossing.id}",
    )


def sent_text(body: str) -> str:
    """The last message in the body of a Responses or Chat Completions request."""
    data = json.loads(body)
    last = (data.get("input") or data.get("messages") or [{"content": ""}])[-1]
    content = last["content"] if isinstance(last, dict) else str(last)
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content)


def _solved(result: Result) -> list[str]:
    """What the cloud said, as it said it."""
    if result.said is None:
        return ["its answer did not pass the checks"]
    rows = [f"  {r.load_id} {r.start}-{r.end}" for r in result.said.proposed_schedule]
    return [result.said.recommendation, *rows]


def _given_back(result: Result) -> list[str]:
    """The schedule in home's terms, where what crossed was in others."""
    if not _blinding(result.kept):
        return []
    names = result.kept.reading.mapping
    rows = result.solution.proposed_schedule
    return ["that is", *(f"  {names[r.load_id]} {r.start}-{r.end}" for r in rows)]


def _blinding(kept: Kept) -> tuple[str, ...]:
    return kept.blinded.told if kept.blinded else ()


def _sources(kept: Kept) -> dict[str, str]:
    """Each id that crosses, and the device that it stands for."""
    names = kept.reading.mapping
    if kept.blinded is None:
        return dict(names)
    return {key: names[own] if own else "decoy" for key, own in kept.blinded.sources().items()}


def _mapping(kept: Kept) -> str:
    return ", ".join(f"{load} = {device}" for load, device in _sources(kept).items())


def figures(step: Step) -> str:
    tries = f", {step.tries} tries" if step.tries > 1 else ""
    return f"{step.seconds:.2f} s, {tokens(step.usage)}, {dollars(step.cost)}{tries}"


def tokens(usage: Usage) -> str:
    if usage.input_tokens is None and usage.output_tokens is None:
        return "no tokens"
    return f"{usage.input_tokens or 0}+{usage.output_tokens or 0} tokens"


def dollars(cost: Decimal | None) -> str:
    if cost is None:
        return "cost unknown"
    return "$0" if cost == 0 else f"${cost:.5f}"


def stand_in_notes(stand_ins: Sequence[str], set_home: str, set_cloud: str) -> list[str]:
    if not stand_ins:
        return []
    lines = [f"Stand-ins answered, no language model ({'; '.join(stand_ins)})."]
    if any(line.startswith("home") for line in stand_ins):
        lines.append(f"For a real home model: {set_home}.")
    if any(line.startswith("cloud") for line in stand_ins):
        lines.append(f"For a real cloud model: {set_cloud}.")
    return lines


def _models(parts: Parts) -> dict[str, object]:
    home, cloud = parts.home, parts.cloud
    return {
        "home": {
            "name": home.home.name,
            "zone": "home",
            "zone_reason": home.zone_reason,
            "why": home.why,
        },
        "cloud": {
            "name": cloud.name,
            "zone": "cloud",
            "destination": cloud.origin,
            "why": cloud.why,
        },
    }


def step_object(step: Step) -> dict[str, object]:
    return {
        "name": step.name,
        "actor": step.actor,
        "model": step.model,
        "seconds": round(step.seconds, 4),
        "input_tokens": step.usage.input_tokens,
        "output_tokens": step.usage.output_tokens,
        "cost_usd": None if step.cost is None else float(step.cost),
        "tries": step.tries,
        "crossings": list(step.crossings),
    }


def _limit_object(limit: Limit) -> dict[str, object]:
    return {
        "device": limit.device,
        "kind": limit.kind,
        "time": limit.time,
        "confidence": round(limit.confidence, 3),
    }
