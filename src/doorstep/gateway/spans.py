"""A span for each request that the gateway answers, and for each that it sends upstream.

Names, counts and times (OpenTelemetry's conventions for HTTP and for generative AI). A path or a
model's name that is none of ours could hold anything, so it is "other" here.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from doorstep.gateway.http import Request

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_API = "opentelemetry.trace"
_PARENT = b"traceparent"


class Spans:
    """`routes` are the paths, `models` the names that may stand in a span."""

    def __init__(self, routes: Collection[str], models: Collection[str]) -> None:
        self._routes = frozenset(routes)
        self._models = frozenset(models)

    def request(self, request: Request) -> AbstractContextManager[Span | None]:
        """The span of one request, current while it is answered; below the client's own."""
        api = sys.modules.get(_API)
        if api is None:
            return nullcontext()
        route = request.path if request.path in self._routes else "other"
        span: AbstractContextManager[Span] = api.get_tracer("doorstep").start_as_current_span(
            f"{request.method} {route}",
            context=_parent(request),
            kind=api.SpanKind.SERVER,
            attributes={"http.request.method": request.method, "http.route": route},
            record_exception=False,
            set_status_on_exception=False,
        )
        return span

    def upstream(self, model: str, upstream: str) -> AbstractContextManager[Span | None]:
        """The span of one request to an upstream, of which `upstream` is the configured name."""
        api = sys.modules.get(_API)
        if api is None:
            return nullcontext()
        name = model if model in self._models else "other"
        span: AbstractContextManager[Span] = api.get_tracer("doorstep").start_as_current_span(
            f"chat {name}",
            kind=api.SpanKind.CLIENT,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": upstream,
                "gen_ai.request.model": name,
                "doorstep.pattern": "mask",
                "doorstep.zone": "cloud",
            },
            record_exception=False,
            set_status_on_exception=False,
        )
        return span


def answered(span: Span | None, status: int) -> None:
    """Note the HTTP status that was sent back, or that came from an upstream."""
    if span is not None:
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_attribute("error.type", str(status))
            span.set_status(sys.modules[_API].StatusCode.ERROR)


def _parent(request: Request) -> object:
    """The client's own span, as W3C Trace Context gives it; None where it gave none."""
    given = request.header(_PARENT)
    if not given:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({_PARENT.decode(): given})
