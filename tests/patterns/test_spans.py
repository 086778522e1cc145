"""Spans: one for each call of a model, below the caller's own, and no content in any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from doorstep import AuthenticationFailed, EscalateOnHard, Message, SanitizeAndSolve
from doorstep.models.scripted import Scripted
from tests.models.openai_server import Answer
from tests.patterns.far import far

SECRET = "maya.okafor@example.org"
ASKED = [Message("user", f"Is {SECRET} still valid?")]


@pytest.fixture(scope="module")
def exported() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def found(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name != "mine"]


async def test_each_call_is_a_span_below_the_callers(
    tmp_path: Path, exported: InMemorySpanExporter
) -> None:
    exported.clear()
    async with far(tmp_path) as cloud:
        cloud.says("It is.")
        pattern = EscalateOnHard(
            Scripted(["I do not know."]),
            SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary),
        )
        with trace.get_tracer("mine").start_as_current_span("mine") as mine:
            await pattern.respond(ASKED)
    ended = found(exported)
    assert [s.name for s in ended] == [
        "chat scripted",
        f"chat {cloud.model.name}",
        "chat sanitize-and-solve",
    ]
    home, remote, nested = ended
    assert {s.parent.span_id for s in ended if s.parent} == {mine.get_span_context().span_id}
    assert remote.kind is trace.SpanKind.CLIENT and home.kind is trace.SpanKind.INTERNAL
    said = dict(remote.attributes or {})
    assert said["gen_ai.operation.name"] == "chat" and said["doorstep.zone"] == "cloud"
    assert said["doorstep.crossings"] == 1 and said["gen_ai.usage.input_tokens"] > 0
    assert (nested.attributes or {})["doorstep.pattern"] == "escalate-on-hard"
    assert SECRET not in "".join(span.to_json() for span in ended)


async def test_a_call_that_fails_says_how_and_nothing_else(
    tmp_path: Path, exported: InMemorySpanExporter
) -> None:
    exported.clear()
    async with far(tmp_path) as cloud:
        cloud.server.script(Answer.error(401, "invalid_api_key"))
        with pytest.raises(AuthenticationFailed):
            await SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary).respond(ASKED)
    (span,) = found(exported)
    assert (span.attributes or {})["error.type"] == "AuthenticationFailed"
    assert span.status.status_code is trace.StatusCode.ERROR and not span.events
    assert SECRET not in span.to_json()


def test_without_opentelemetry_there_are_none() -> None:
    """Nothing of it is loaded by running a pattern."""
    code = (
        "import asyncio, sys\n"
        "from doorstep import EscalateOnHard, Message\n"
        "from doorstep.models.scripted import Scripted\n"
        "p = EscalateOnHard(Scripted(['4']), Scripted(['5']))\n"
        "asyncio.run(p.respond([Message('user', 'What is 2 + 2?')]))\n"
        "assert not [m for m in sys.modules if m.startswith('opentelemetry')]\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
