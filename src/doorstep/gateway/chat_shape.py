"""Answers as Chat Completions words them, whole and as chunks.

https://platform.openai.com/docs/api-reference/chat/object and .../chat/streaming. The model is
named as it was asked for.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from doorstep._values import Finish, Reply, TokenLogprob, Usage
from doorstep.gateway.core import Json
from doorstep.gateway.sse import DONE, Script, event

FINISH: Mapping[Finish, str] = {
    "stop": "stop",
    "length": "length",
    "refusal": "stop",  # what the model said instead is its text
    "filter": "content_filter",
    "cancelled": "stop",
}


def new_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"


def completion(name: str, reply: Reply, doorstep: Json | None = None) -> Json:
    """A whole answer."""
    message: Json = {"role": "assistant", "content": reply.text, "refusal": None}
    choice: Json = {
        "index": 0,
        "message": message,
        "logprobs": _logprobs(reply.logprobs),
        "finish_reason": FINISH[reply.finish],
    }
    whole: Json = {
        "id": new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": name,
        "choices": [choice],
    }
    usage = usage_of(reply.usage)
    whole |= {"usage": usage} if usage else {}
    return whole if doorstep is None else whole | {"doorstep": doorstep}


class Chunks(Script):
    """The chunks of one answer. `account` gives the `doorstep` object, None where nobody asked."""

    def __init__(
        self, name: str, *, usage: bool = False, account: Callable[[Reply], Json | None]
    ) -> None:
        self._head: Json = {
            "id": new_id(),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": name,
        }
        self._usage = usage
        self._account = account

    def begin(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def end(self, reply: Reply) -> bytes:
        out = self._chunk({}, FINISH[reply.finish])
        if self._usage:
            out += event(self._head | {"choices": [], "usage": usage_of(reply.usage)})
        account = self._account(reply)
        if account is not None:
            out += event(self._head | {"choices": [], "doorstep": account})
        return out + DONE

    def _chunk(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        more: Json = {"usage": None} if self._usage else {}
        return event(self._head | {"choices": [choice]} | more)


def usage_of(usage: Usage) -> Json | None:
    """None where nobody counted."""
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    asked, said = usage.input_tokens or 0, usage.output_tokens or 0
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _logprobs(tokens: Sequence[TokenLogprob]) -> Json | None:
    if not tokens:
        return None
    content = [
        _token(one.token, one.logprob) | {"top_logprobs": [_token(*rival) for rival in one.rivals]}
        for one in tokens
    ]
    return {"content": content, "refusal": None}


def _token(token: str, logprob: float) -> Json:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "replace"))}
