"""The gateway's metrics for Prometheus (text format 0.0.4).

Every label is from a closed set: a surface, a kind of model, a status, a verdict, a kind of
private value, an upstream's name from the settings. With several worker processes each writes its
numbers into a file of the folder that PROMETHEUS_MULTIPROC_DIR names, and any of them can tell
all; the files hold numbers and these labels.
"""

from __future__ import annotations

import os
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from doorstep._errors import BoundaryError
from doorstep.gateway.errors import fault_of
from doorstep.gateway.http import Answer, Handler, Request
from doorstep.gateway.metrics import FOLDER, Metrics
from doorstep.gateway.places import Places
from doorstep.gateway.said import MASKED, PATTERN, VERDICT
from doorstep.gateway.upstreams import Upstream
from doorstep.gateway.way import Coming

_SURFACES = {
    "/v1/chat/completions": "chat",
    "/v1/responses": "responses",
    "/v1/embeddings": "embeddings",
}
_TIMES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_STATES = {"closed": 0.0, "half-open": 0.5, "open": 1.0}
Kind = Literal["mask", "home", "pattern", "none"]


class Counting(Metrics):
    """Numbers in a registry of their own."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._registry = registry = CollectorRegistry()

        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(f"doorstep_{name}", says, labels, registry=registry)

        def times(name: str, says: str, *labels: str) -> Histogram:
            return Histogram(
                f"doorstep_{name}_seconds", says, labels, registry=registry, buckets=_TIMES
            )

        def gauge(name: str, says: str, mode: Literal["livesum", "livemax"]) -> Gauge:
            return Gauge(f"doorstep_{name}", says, registry=registry, multiprocess_mode=mode)

        self._requests = counter("requests", "Answers by status", "surface", "model", "status")
        self._seconds = times("request", "From a request to the end of its answer", "surface")
        self._replies = counter("upstream_replies", "Tries by status", "upstream", "status")
        self._first = times("upstream_begin", "From sealing until the reply begins", "upstream")
        self._crossings = counter("crossings", "Requests that left", "upstream", "verdict")
        self._refused = counter("refused", "Requests that did not leave", "verdict")
        self._sent = counter("sent_bytes", "Bytes of bodies that left", "upstream")
        self._masked = counter("masked", "Private values masked", "kind")
        self._open = Gauge(
            "doorstep_upstream_open",
            "Circuit breaker: 0 closed, 0.5 half open, 1 open",
            ("upstream",),
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._now = gauge("requests_now", "Requests being worked on", "livesum")
        self._waiting = gauge("requests_waiting", "Requests that wait for a place", "livesum")

    def answered(self, request: Request, answer: Answer, seconds: float) -> None:
        """See `Metrics.answered`. Status 0: the client went away before there was one."""
        surface = surface_of(request.path)
        self._requests.labels(surface, kind_of(answer), str(answer.status)).inc()
        self._seconds.labels(surface).observe(seconds)
        self._now.set(self._places.taken)
        self._waiting.set(self._places.waiting)

    def tried(self, upstream: Upstream, status: int) -> None:
        """See `Metrics.tried`."""
        self._replies.labels(upstream.name, str(status)).inc()
        self._open.labels(upstream.name).set(_STATES[upstream.breaker.state])

    def crossed(self, upstream: Upstream, coming: Coming, seconds: float) -> None:
        """See `Metrics.crossed`."""
        self._first.labels(upstream.name).observe(seconds)
        self._crossings.labels(upstream.name, coming.verdict).inc()
        self._sent.labels(upstream.name).inc(coming.sent)
        for kind, count in coming.found.items():
            self._masked.labels(kind).inc(count)

    def refused(self, error: BoundaryError) -> None:
        """See `Metrics.refused`."""
        self._refused.labels(fault_of(error).code).inc()

    def text(self) -> bytes:
        """All numbers, those of all workers where there are several."""
        self._now.set(self._places.taken)
        self._waiting.set(self._places.waiting)
        if FOLDER not in os.environ:
            return bytes(generate_latest(self._registry))
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(every))

    def routes(self) -> dict[tuple[str, str], Handler]:
        async def metrics(request: Request, answer: Answer) -> None:
            await answer.whole(self.text(), kind=CONTENT_TYPE_PLAIN_0_0_4.encode())

        return {("GET", "/metrics"): metrics}


def surface_of(path: str) -> str:
    """Which surface a path belongs to."""
    if path == "/page" or path.startswith("/page/"):
        return "page"
    return "ollama" if path.startswith("/api/") else _SURFACES.get(path, "other")


def kind_of(answer: Answer) -> Kind:
    """What kind of model answered, as the answer itself says."""
    head = dict(answer.head)
    if PATTERN in head:
        return "pattern"
    verdict = head.get(VERDICT)
    if verdict is None:
        return "none"
    return "mask" if verdict == MASKED.encode() else "home"
