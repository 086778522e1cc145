"""What went wrong, as HTTP says it: a status, a word for programs, a line for people.

The line is the error's own, which never holds private text. Clients try again by themselves at
408, 409, 429 and 5xx, so whatever will not go away by trying again is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep import _errors as e
from doorstep.gateway.http import BadRequest


@dataclass(frozen=True, slots=True)
class Fault:
    """`retry_after`: seconds, where trying again then may help. `more`: headers of its own."""

    status: int
    code: str
    message: str
    param: str | None = None
    retry_after: float | None = None
    more: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        if self.code in _FOR_GOOD:
            return (*self.more, (b"x-should-retry", b"false"))  # OpenAI's clients obey it
        if self.retry_after is None:
            return self.more
        return (*self.more, (b"retry-after", str(max(1, round(self.retry_after))).encode()))


# 5xx, but the same again until somebody changes something.
_FOR_GOOD = frozenset({"upstream_refuses_key", "not_configured", "no_upstream", "internal"})
# The first that an error is one of holds: narrow before wide.
_TABLE: tuple[tuple[type[e.DoorstepError], int, str], ...] = (
    (e.LedgerError, 503, "ledger_unavailable"),
    (e.KeepHome, 403, "keep_home"),
    (e.DestinationRefused, 403, "destination_refused"),
    (e.BoundaryError, 403, "blocked"),
    (e.RateLimited, 429, "rate_limited"),
    (e.AuthenticationFailed, 502, "upstream_refuses_key"),
    (e.ModelTimeout, 504, "timeout"),
    (e.ModelUnavailable, 503, "model_unavailable"),
    (e.ModelRefused, 422, "model_refused"),
    (e.ModelError, 502, "model_failed"),
    (e.ZoneError, 503, "not_at_home"),
    (e.ConfigError, 500, "not_configured"),
    (e.BadInput, 400, "invalid_request"),
    (e.DoorstepError, 500, "internal"),
)


def fault_of(error: BaseException) -> Fault:
    """What to say about an error. One that is none of ours is a bug: only its type is told."""
    if isinstance(error, BadRequest):
        return Fault(error.status, error.code, str(error), error.param, more=error.headers)
    if not isinstance(error, e.DoorstepError):
        return Fault(500, "internal", f"Doorstep failed inside ({type(error).__name__}).")
    status, code = next((s, c) for kind, s, c in _TABLE if isinstance(error, kind))
    retry = getattr(error, "retry_after", None)
    if status == 503 and retry is None:
        retry = 5.0
    return Fault(status, code, str(error), None, retry)


def openai_error(fault: Fault) -> dict[str, object]:
    """OpenAI's error object."""
    kind = "invalid_request_error" if fault.status < 500 else "server_error"
    return {
        "error": {
            "message": fault.message,
            "type": "rate_limit_error" if fault.status == 429 else kind,
            "param": fault.param,
            "code": fault.code,
        }
    }


def ollama_error(fault: Fault) -> dict[str, object]:
    """Ollama's: a line of text, also in the middle of a stream."""
    return {"error": fault.message}
