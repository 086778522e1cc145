"""A span for each call of a model, where the program traces with OpenTelemetry.

The names are those of OpenTelemetry's conventions for generative AI. Content is never among them,
whatever the environment asks for. Where the program has not loaded OpenTelemetry nothing is
loaded for it, and there are no spans.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep._values import Step, Zone
from doorstep.models.base import Model

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_API = "opentelemetry.trace"


@dataclass(frozen=True, slots=True)
class CallSpan:
    """The span of one call, which is ended once."""

    span: Span

    def end(self, step: Step, failed: str) -> None:
        """`failed`: the name of the error's type, "" for a call that went well."""
        self.span.set_attributes(_counts(step))
        if failed:
            self.span.set_attribute("error.type", failed)
            self.span.set_status(sys.modules[_API].StatusCode.ERROR)
        self.span.end()


def begin(pattern: str, step: str, model: Model) -> CallSpan | None:
    """The span of a call that begins now, below the span that is current here."""
    api = sys.modules.get(_API)
    if api is None:
        return None
    remote = model.zone is Zone.CLOUD
    attributes: Mapping[str, str] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": model.provider or "other",
        "gen_ai.request.model": model.name,
        "doorstep.pattern": pattern,
        "doorstep.step": step,
        "doorstep.zone": model.zone.value,
    }
    kind = api.SpanKind.CLIENT if remote else api.SpanKind.INTERNAL
    tracer = api.get_tracer("doorstep")
    return CallSpan(tracer.start_span(f"chat {model.name}", kind=kind, attributes=attributes))


def _counts(step: Step) -> dict[str, int | float]:
    said = {
        "gen_ai.usage.input_tokens": step.usage.input_tokens,
        "gen_ai.usage.output_tokens": step.usage.output_tokens,
        "doorstep.cost": None if step.cost is None else float(step.cost),
    }
    counts = {name: value for name, value in said.items() if value is not None}
    return {**counts, "doorstep.crossings": len(step.crossings)}
