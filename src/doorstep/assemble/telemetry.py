"""Spans to a collector, where OTEL_EXPORTER_OTLP_ENDPOINT names one.

Everything else follows OpenTelemetry's own variables (headers, sampling, service name). What
leaves here are names, counts and times: no span of ours has content, and there is no switch that
would put any in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from doorstep._errors import ConfigError

_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_OFF = "OTEL_SDK_DISABLED"


def trace_to_collector(environ: Mapping[str, str]) -> Callable[[], None]:
    """Start to send spans; gives what sends the last ones at the end.

    Does nothing where no collector is named. ConfigError where one is and the extra is missing.
    """
    named = next((name for name in _WHERE if environ.get(name)), None)
    if named is None or environ.get(_OFF, "").lower() == "true":
        return lambda: None
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(
            f"{named} is set, and OpenTelemetry is not installed.",
            hint="pip install 'doorstep[otel]', or unset it.",
        ) from None
    name = {} if environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "doorstep"}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown
