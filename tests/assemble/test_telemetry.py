"""Spans reach a collector over the wire, and nothing of what was asked is in them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from doorstep import ConfigError
from doorstep.assemble.telemetry import trace_to_collector

SECRET = "maya.okafor@example.org"
RUN = f"""
import asyncio, os
from doorstep import EscalateOnHard, Message
from doorstep.assemble.telemetry import trace_to_collector
from doorstep.models.scripted import Scripted

end = trace_to_collector(os.environ)
asyncio.run(EscalateOnHard(Scripted(["4"]), Scripted(["5"])).respond([Message("user", "{SECRET}")]))
end()
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    got: list[bytes] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got
    server.shutdown()
    server.server_close()


def run(**environ: str) -> subprocess.CompletedProcess[str]:
    plain = {name: v for name, v in os.environ.items() if not name.startswith("OTEL")}
    return subprocess.run(
        [sys.executable, "-c", RUN],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=plain | {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"} | environ,
    )


def test_spans_go_where_the_environment_says(collector: tuple[str, list[bytes]]) -> None:
    url, got = collector
    ran = run(OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_EXPORTER_OTLP_COMPRESSION="none")
    assert ran.returncode == 0, ran.stderr
    told = ExportTraceServiceRequest.FromString(b"".join(got)).resource_spans[0]
    named = {a.key: a.value.string_value for a in told.resource.attributes}
    assert named["service.name"] == "doorstep"
    assert {span.name for scope in told.scope_spans for span in scope.spans} == {"chat scripted"}
    assert SECRET.encode() not in b"".join(got)


@pytest.mark.parametrize("off", [{}, {"OTEL_SDK_DISABLED": "true"}], ids=["unset", "off"])
def test_nothing_is_sent_unasked(collector: tuple[str, list[bytes]], off: dict[str, str]) -> None:
    url, got = collector
    ran = run(**({"OTEL_EXPORTER_OTLP_ENDPOINT": url} | off if off else {}))
    assert ran.returncode == 0 and got == []


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match=r"doorstep\[otel\]"):
        trace_to_collector({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
