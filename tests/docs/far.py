"""The server that plays the cloud for a page: it says one sentence, about what it was told of."""

from __future__ import annotations

import json

from tests.boundary.cloud import PLACEHOLDER
from tests.models.openai_server import (
    Answer,
    Request,
    chat_events,
    response_object,
    responses_events,
)


def answer(request: Request) -> Answer:
    """Streamed or whole, in the words of the interface that was asked."""
    found = PLACEHOLDER.findall(request.body.decode())
    text = f"{found[0]} knows." if found else "It depends."
    responses = request.path.endswith("/responses")
    if request.json.get("stream"):
        events = responses_events(text) if responses else chat_events(text)
        return Answer.sse(events, cut=9)
    return Answer(pieces=[json.dumps(_response(text) if responses else _chat(text)).encode()])


def _chat(text: str) -> dict[str, object]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    base = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return base | {"choices": [choice | {"finish_reason": "stop"}]}


def _response(text: str) -> dict[str, object]:
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed"}
    return response_object(output=[message | {"content": [part]}])
