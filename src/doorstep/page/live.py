"""What happens in a run, as the browser is told: an event's name and plain values.

run      id and address of the run
began    a step: call, step, actor, model, stand_in
said     a piece of what its model says: call, text
held     a crossing that waits for the person: all that would leave
released it waits no longer: id
crossed  a crossing that left: call, id, destination, size, sha256, verdict, body, text
ended    a step: call, state, figures, note, said
done     the run as it was kept: ending, verdict, answer, reasons, notes, details
failed   why there is no answer: line, hint
"""

from __future__ import annotations

from dataclasses import asdict

from doorstep._values import Crossing, Step
from doorstep.page.asking import Happening, Waits
from doorstep.page.filters import dollars, size
from doorstep.page.lanes import ENDINGS, VERDICTS, state_of
from doorstep.page.readable import visible
from doorstep.page.sent import placed, readable, said_in
from doorstep.page.stream import Named
from doorstep.patterns.listening import Began, Crossed, Ended, Said
from doorstep.runs.held_values import HeldCrossing
from doorstep.runs.values import KeptRun


def told(happening: Happening) -> Named:
    """The event for one of them."""
    match happening:
        case Began():
            return "began", asdict(happening)
        case Said():
            return "said", {"call": happening.call, "text": happening.text}
        case Crossed():
            return "crossed", {"call": happening.call, **_crossed(happening.crossing)}
        case Ended():
            return "ended", _ended(happening)
        case Waits(over=True):
            return "released", {"id": happening.crossing.id}
        case Waits():
            return "held", _held(happening.crossing)
        case KeptRun():
            return "done", _done(happening)


def _crossed(crossing: Crossing) -> dict[str, object]:
    return {
        "id": crossing.id,
        "verdict": VERDICTS.get(crossing.verdict, crossing.verdict),
        **_body(crossing.destination, crossing.body, crossing.sha256),
    }


def _held(crossing: HeldCrossing) -> dict[str, object]:
    return {
        "id": crossing.id,
        "until": crossing.until,
        "look": crossing.look,
        "round": crossing.round,
        "method": crossing.method,
        "found": sorted(crossing.found.items()),
        **_body(crossing.destination, crossing.body, crossing.sha256),
    }


def _body(destination: str, body: str, sha256: str) -> dict[str, object]:
    return {
        "destination": destination,
        "size": size(len(body.encode())),
        "sha256": sha256,
        "body": body,
        "exact": visible(body),
        "text": [
            {"who": one.who, "stretches": [asdict(part) for part in placed(visible(one.text))]}
            for one in said_in(body)
        ],
    }


def _ended(event: Ended) -> dict[str, object]:
    step = event.step
    return {
        "call": event.call,
        "step": step.name,
        "actor": step.actor,
        "state": state_of(step.note),
        "figures": figures(step),
        "note": step.note,
        "said": event.said,
        "readable": readable(event.said),
        "parts": event.parts,
    }


def figures(step: Step) -> str:
    """ "0.42 s, 12 tokens in, 3 out, $0.0004"; a check has its time alone."""
    parts = [f"{step.seconds:.2f} s"]
    if step.actor != "check":
        parts.append(tokens(step.usage.input_tokens, step.usage.output_tokens))
        parts.append(dollars(step.cost))
    if step.tries > 1:
        parts.append(f"{step.tries} tries")
    return ", ".join(parts)


def tokens(given: int | None, made: int | None) -> str:
    """ "12 tokens in, 3 out"."""
    if given is None and made is None:
        return "tokens not counted"
    return f"{given or 0:,} tokens in, {made or 0:,} out"


def _done(run: KeptRun) -> dict[str, object]:
    texts = run.texts
    return {
        "id": run.id,
        "ending": run.ending,
        "ended": ENDINGS[run.ending],
        "verdict": run.verdict,
        "seconds": f"{run.seconds:.2f} s",
        "cost": dollars(run.cost),
        "sent": size(run.sent),
        "crossings": len(run.crossings),
        "fell_back": run.fell_back,
        "stand_ins": run.stand_ins,
        "answer": texts.answer if texts else "",
        "fallback": texts.fallback if texts else "",
        "reasons": texts.reasons if texts else (),
        "notes": texts.notes if texts else (),
        "details": texts.details if texts else None,
    }
