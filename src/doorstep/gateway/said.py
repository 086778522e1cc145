"""What happened, as an answer says it: headers, and the `doorstep` object where it is asked for.

Headers (all may be absent):
  x-doorstep-pattern     the pattern that answered
  x-doorstep-verdict     how it ended: a pattern's own word, "home", "masked", or why home answered
                         in the place of another: "kept-home", "cloud-down", "tools", "auxiliary"
  x-doorstep-crossings   the ledger's ids of what left for it ("12,13"), "none" where nothing did
  x-doorstep-cost        US dollars; absent where nobody knows the price
  x-doorstep-stand-in    what is none of the real thing
A stream's head goes out before most of it is known: there the object has the rest. Nothing of a
request or an answer is in either: names, counts, ids, hashes and a pattern's own lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from doorstep._values import Crossing, Outcome, Reply, Step
from doorstep.gateway.core import Core, Json
from doorstep.gateway.http import Request
from doorstep.gateway.names import Target

FIELD = "doorstep"
HEADER = b"x-doorstep"
DETAILS = "details"

PATTERN = b"x-doorstep-pattern"
VERDICT = b"x-doorstep-verdict"
CROSSINGS = b"x-doorstep-crossings"
COST = b"x-doorstep-cost"
STAND_IN = b"x-doorstep-stand-in"

HOME = "home"
MASKED = "masked"
KEPT_HOME = "kept-home"
CLOUD_DOWN = "cloud-down"
TOOLS = "tools"
AUXILIARY = "auxiliary"

Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of an answer; `ended` is False while it is still to come. `reasons`: a line
    each. `cost` is None where it could not be priced."""

    pattern: str = ""
    verdict: str = ""
    reasons: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    ids: tuple[int, ...] = ()
    cost: Decimal | None = None
    fallback: str | None = None
    stand_ins: tuple[str, ...] = ()
    ended: bool = True

    def headers(self) -> tuple[Pair, ...]:
        """Those of the headers that are known."""
        out: list[tuple[bytes, str]] = [(PATTERN, self.pattern), (VERDICT, self.verdict)]
        if self.ended:
            out.append((CROSSINGS, ",".join(map(str, self.ids)) or "none"))
            out.append((COST, dollars(self.cost) or ""))
        out.append((STAND_IN, "; ".join(self.stand_ins)))
        return tuple((name, _plain(value)) for name, value in out if value)

    def object(self) -> Json:
        """The `doorstep` object."""
        return {
            "pattern": self.pattern or None,
            "verdict": self.verdict or None,
            "reasons": list(self.reasons),
            "steps": [_step(step) for step in self.steps],
            "crossings": [_crossing(one) for one in self.crossings]
            or [{"id": number} for number in self.ids],
            "cost": dollars(self.cost),
            "fallback": self.fallback,
            "stand_ins": list(self.stand_ins),
        }


def wanted(body: Json, request: Request) -> bool:
    """Whether the client asks for the object: `"doorstep": true`, or `x-doorstep: details`."""
    return body.get(FIELD) is True or request.header(HEADER).strip().lower() == DETAILS


def without(body: Json) -> Json:
    """The body without what is Doorstep's own; it goes to no model."""
    return {key: value for key, value in body.items() if key != FIELD}


def before(target: Target, verdict: str = "", stand_in: str = "") -> Said:
    """What is known while the library's model is still answering."""
    pattern = target.name if target.kind == "pattern" else ""
    known = verdict or (HOME if target.kind == "home" else "")
    stand_ins = (stand_in,) if stand_in else ()
    return Said(pattern, known, stand_ins=stand_ins, ended=False)


def after(target: Target, reply: Reply, verdict: str = "", stand_in: str = "") -> Said:
    """What is known once the library's model has answered. `verdict` goes before its own."""
    outcome = reply.outcome
    if outcome is None:
        stand_ins = (stand_in,) if stand_in else ()
        return Said(verdict=verdict or HOME, cost=Decimal(0), stand_ins=stand_ins)
    return _of_outcome(target, outcome, verdict)


def _of_outcome(target: Target, outcome: Outcome, verdict: str) -> Said:
    return Said(
        target.name if target.kind == "pattern" else outcome.pattern,
        verdict or outcome.verdict,
        outcome.reasons,
        outcome.steps,
        outcome.crossings,
        tuple(one.id for one in outcome.crossings),
        outcome.cost,
        outcome.fallback,
        outcome.stand_ins,
    )


def by_server(verdict: str = HOME, reason: str = "") -> Said:
    """Home's own server answers: nothing leaves, and nothing is paid."""
    reasons = (reason,) if reason else ()
    return Said(verdict=verdict, reasons=reasons, cost=Decimal(0))


def by_mask(core: Core, ids: Iterable[int]) -> Said:
    """An upstream answered through the boundary."""
    return Said(verdict=MASKED, ids=tuple(ids), stand_ins=tuple((core.stand_ins or {}).values()))


def dollars(cost: Decimal | None) -> str | None:
    """Plain digits, without the zeros that say nothing: "0.00042"."""
    if cost is None:
        return None
    text = f"{cost:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _step(step: Step) -> Json:
    return {
        "name": step.name,
        "actor": step.actor,
        "model": step.model,
        "seconds": round(step.seconds, 3),
        "input_tokens": step.usage.input_tokens,
        "output_tokens": step.usage.output_tokens,
        "cost": dollars(step.cost),
        "tries": step.tries,
        "crossings": list(step.crossings),
    }


def _crossing(one: Crossing) -> Json:
    return {
        "id": one.id,
        "destination": one.destination,
        "bytes": len(one.body.encode()),
        "sha256": one.sha256,
        "verdict": one.verdict,
    }


def _plain(value: str) -> bytes:
    """A header's value: visible ASCII and spaces (RFC 9110 5.5); everything else becomes "?"."""
    return "".join(c if " " <= c <= "~" else "?" for c in value).encode("ascii")
