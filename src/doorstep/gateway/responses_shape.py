"""Answers as the Responses interface words them, whole and as events.

https://platform.openai.com/docs/api-reference/responses/object and .../responses-streaming: every
event has its type and a number that counts up from 0; the last one holds the whole response.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from doorstep._values import Reply, Usage
from doorstep.gateway.asked import Asked
from doorstep.gateway.core import Json
from doorstep.gateway.errors import fault_of
from doorstep.gateway.sse import Script, event

_ECHOED = ("instructions", "max_output_tokens", "temperature", "top_p", "metadata")
_CUT = {"length": "max_output_tokens", "filter": "content_filter"}


class Response:
    """One response, as it grows: `of` gives the object in a status, with what it holds by then."""

    def __init__(self, asked: Asked) -> None:
        body = asked.body
        reasoning = body.get("reasoning")
        self._base: Json = {
            "id": f"resp_{secrets.token_hex(16)}",
            "object": "response",
            "created_at": int(time.time()),
            "model": asked.name,
            "store": False,
            "background": False,
            "previous_response_id": None,
            "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
            "tool_choice": body.get("tool_choice") or "auto",
            "tools": body.get("tools") or [],
            "truncation": "disabled",
            "text": body.get("text") or {"format": {"type": "text"}},
            "reasoning": reasoning or {"effort": None, "summary": None},
            **{name: body.get(name) for name in _ECHOED},
        }

    def of(self, status: str, output: list[Json], **more: object) -> Json:
        rest = {"error": None, "incomplete_details": None, "usage": None}
        return self._base | {"status": status, "output": output} | rest | more

    def ended(self, output: list[Json], reply: Reply, doorstep: Json | None) -> Json:
        """The whole response: completed, or incomplete and why."""
        why = _CUT.get(reply.finish)
        status = "incomplete" if why else "completed"
        whole = self.of(
            status,
            output,
            usage=usage_of(reply.usage),
            incomplete_details={"reason": why} if why else None,
        )
        return whole if doorstep is None else whole | {"doorstep": doorstep}


def message_item(text: str, status: str = "completed", number: str = "") -> Json:
    """The item of an answer's text."""
    part: Json = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "id": number or f"msg_{secrets.token_hex(16)}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [part] if status == "completed" else [],
    }


def usage_of(usage: Usage) -> Json | None:
    """None where nobody counted."""
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    asked, said = usage.input_tokens or 0, usage.output_tokens or 0
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": asked + said,
    }


class Events(Script):
    """The events of one answer in text. `account` gives the `doorstep` object or None."""

    def __init__(self, asked: Asked, account: Callable[[Reply], Json | None]) -> None:
        self._response = Response(asked)
        self._account = account
        self._item = f"msg_{secrets.token_hex(16)}"
        self._text: list[str] = []
        self._open = False
        self._count = 0

    def begin(self) -> bytes:
        started = self._response.of("in_progress", [])
        return self.event("response.created", response=started) + self.event(
            "response.in_progress", response=started
        )

    def text(self, text: str) -> bytes:
        head = b"" if self._open else self._opened()
        self._text.append(text)
        return head + self._on_part("response.output_text.delta", delta=text, logprobs=[])

    def end(self, reply: Reply) -> bytes:
        head = b"" if self._open else self._opened()
        item = message_item(reply.text, number=self._item)
        whole = self._response.ended([item], reply, self._account(reply))
        return head + self._closed(item, reply.text) + self.last(whole)

    def last(self, whole: Json) -> bytes:
        return self.event(f"response.{whole['status']}", response=whole)

    def failed(self, error: Exception) -> bytes:
        fault = fault_of(error)
        said = {"code": "server_error", "message": fault.message}
        output = [message_item("".join(self._text), "incomplete", self._item)] if self._open else []
        return self.event(
            "response.failed", response=self._response.of("failed", output, error=said)
        )

    def event(self, kind: str, **fields: object) -> bytes:
        number, self._count = self._count, self._count + 1
        return event({"type": kind, "sequence_number": number, **fields}, kind)

    def _opened(self) -> bytes:
        self._open = True
        item = message_item("", "in_progress", self._item)
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        added = self._added(0, item)
        return added + self._on_part("response.content_part.added", part=part)

    def _closed(self, item: Json, text: str) -> bytes:
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        return (
            self._on_part("response.output_text.done", text=text, logprobs=[])
            + self._on_part("response.content_part.done", part=part)
            + self.event("response.output_item.done", output_index=0, item=item)
        )

    def _added(self, index: int, item: Json) -> bytes:
        return self.event("response.output_item.added", output_index=index, item=item)

    def _on_part(self, kind: str, **fields: object) -> bytes:
        where = {"item_id": self._item, "output_index": 0, "content_index": 0}
        return self.event(kind, **where, **fields)


class Items(Events):
    """The events of an answer that is already whole: its items one by one, in their order."""

    def items(self, output: list[Json], reply: Reply) -> bytes:
        """All events from the first item to the end."""
        said = b"".join(self._whole(index, item) for index, item in enumerate(output))
        return said + self.last(self._response.ended(output, reply, self._account(reply)))

    def _whole(self, index: int, item: Json) -> bytes:
        where: Json = {"item_id": item["id"], "output_index": index}
        content, begun = item.get("content"), {"status": "in_progress"}
        # Events are numbered as they are made, so in their order.
        if item["type"] == "message" and isinstance(content, list):
            said = self._added(index, item | begun | {"content": []})
            said += self._message(where | {"content_index": 0}, content[0])
        else:
            said = self._added(index, item | begun | {"arguments": ""})
            said += self._call(where, str(item["arguments"]), str(item["name"]))
        return said + self.event("response.output_item.done", output_index=index, item=item)

    def _message(self, where: Json, part: Json) -> bytes:
        text = part["text"]
        return (
            self.event("response.content_part.added", **where, part=part | {"text": ""})
            + self.event("response.output_text.delta", **where, delta=text, logprobs=[])
            + self.event("response.output_text.done", **where, text=text, logprobs=[])
            + self.event("response.content_part.done", **where, part=part)
        )

    def _call(self, where: Json, arguments: str, name: str) -> bytes:
        delta = "response.function_call_arguments.delta"
        done = "response.function_call_arguments.done"
        return self.event(delta, **where, delta=arguments) + self.event(
            done, **where, arguments=arguments, name=name
        )
