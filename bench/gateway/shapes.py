"""Requests of mixed shapes, each with what its echo must say.

Whole and streamed, Chat, Responses and Ollama's own, tools with arguments and results, list-shaped
content, several choices, Unicode, JSON in strings, private values in side fields, and words that
only look like placeholders. The same seed gives the same requests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.gateway import echo, values
from bench.gateway.prompts import mark, write

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
OLLAMA = "/api/chat"
_WINDOW = 2000  # values of the pool that a request draws from; it moves on
_ODD = (
    "naïve café 東京タワー ✅ \u200fשלום\u200e \U0001f469\u200d\U0001f469\u200d\U0001f467 Straße "
    'ﬁne e\u0301 \t tab 100% a&b {x} \\n "q" </s>'
)
_LOOKALIKE = "EMAIL_1, PERSON_7F3AQ2XK, [PHONE_2], CARD_, _IBAN and <SECRET_ABCDEFGH>"
_TOOL = {
    "type": "function",
    "function": {
        "name": echo.FUNCTION,
        "description": "Looks a text up.",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}},
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `texts`: what each choice must say; for `calls`, what the arguments hold."""

    shape: str
    path: str
    body: bytes
    mark: str
    texts: tuple[str, ...]
    stream: bool
    calls: bool = False


class Mixed:
    """Requests for the models `prefix`echo and `prefix`tools, from a pool of values. `surfaces`:
    "chat", "openai" (Responses, too), "all" (and Ollama's, which only a gateway has)."""

    def __init__(self, pool: Sequence[str], seed: str, *, prefix: str = "", surfaces: str = "all"):
        self._pool, self._prefix, self._seed = pool, prefix, seed
        self._names = values.declared()
        others = {"chat": (), "openai": _RESPONSES_SHAPES}
        self._makers = (*_CHAT_SHAPES, *others.get(surfaces, (*_RESPONSES_SHAPES, *_OLLAMA_SHAPES)))

    def asked(self, index: int, total: int) -> Asked:
        """The request `index` of `total`: the window moves through the whole pool."""
        rng = random.Random(f"{self._seed} {index}")
        start = int(index / total * max(0, len(self._pool) - _WINDOW))
        per, size = (40, 4096) if index % 10 == 0 else (rng.randrange(2, 12), 300)
        window = range(start, min(len(self._pool), start + _WINDOW))
        private = [self._pool[place] for place in rng.sample(window, per - 1)]
        private.append(rng.choice(self._names))
        text = write(rng, private, size)
        if index % 3 == 0:
            text = f"{text}. {_ODD} {rng.choice(private)} {_LOOKALIKE}"
        make = rng.choice(self._makers)
        return _Draft(rng, self._prefix, text, private).asked(make)


@dataclass(frozen=True, slots=True)
class _Draft:
    rng: random.Random
    prefix: str
    text: str
    private: Sequence[str]

    def asked(self, make: Callable[[_Draft], tuple[dict[str, Any], str]]) -> Asked:
        body, text = make(self)
        stream = self.rng.random() < 0.5
        path = RESPONSES if "input" in body else CHAT
        if make in _OLLAMA_SHAPES:
            path = OLLAMA
            body |= {"stream": stream}  # its default is true
        elif stream:
            body |= {"stream": True}
            if path == CHAT and self.rng.random() < 0.5:
                body |= {"stream_options": {"include_usage": True}}
        calls = echo.calls(body["model"])
        choices = range(1 if calls else body.get("n", 1))
        texts = tuple((echo.choice(k) if body.get("n") else "") + text for k in choices)
        data = json.dumps(body, ensure_ascii=self.rng.random() < 0.3).encode()
        return Asked(make.__name__, path, data, self.text[:12], texts, stream, calls)

    def chat(self, model: str, *messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
        system = {"role": "system", "content": f"Answer {self.rng.choice(self.private)} kindly."}
        return {"model": self.prefix + model, "messages": [system, *messages], **fields}


def plain(draft: _Draft) -> tuple[dict[str, Any], str]:
    body = draft.chat("echo", {"role": "user", "content": draft.text}, temperature=0.5)
    return body, draft.text


def several_turns(draft: _Draft) -> tuple[dict[str, Any], str]:
    first = {"role": "user", "content": f"Who is {draft.private[0]}?"}
    second = {"role": "assistant", "content": f"Somebody like {draft.private[-1]}."}
    return draft.chat("echo", first, second, {"role": "user", "content": draft.text}), draft.text


def list_content(draft: _Draft) -> tuple[dict[str, Any], str]:
    parts = echo.pieces(draft.text, 3)
    cut = draft.text.rfind(". ", 0, len(parts[0]) + len(parts[1])) + 1  # not through a value
    parts = [draft.text[:cut], draft.text[cut:]] if cut else [draft.text]
    content = [{"type": "text", "text": part} for part in parts]
    return draft.chat("echo", {"role": "user", "content": content}), draft.text


def two_choices(draft: _Draft) -> tuple[dict[str, Any], str]:
    return draft.chat("echo", {"role": "user", "content": draft.text}, n=2), draft.text


def side_fields(draft: _Draft) -> tuple[dict[str, Any], str]:
    noted = {"metadata": {"note": f"for {draft.private[0]}"}, "user": draft.private[-1]}
    body = draft.chat("echo", {"role": "user", "content": draft.text}, **noted)
    return body | {"x_unknown": {"deep": [{"who": draft.private[0]}, 1, None]}}, draft.text


def json_text(draft: _Draft) -> tuple[dict[str, Any], str]:
    inner = json.dumps({"who": draft.private[-1], "all": list(draft.private)})
    record = {"text": draft.text, "inner": inner, "n": 1}
    text = json.dumps(record, ensure_ascii=draft.rng.random() < 0.5)
    return draft.chat("echo", {"role": "user", "content": text}), text


def tool_call(draft: _Draft) -> tuple[dict[str, Any], str]:
    asked = {"role": "user", "content": draft.text}
    return draft.chat("tools", asked, tools=[_TOOL], tool_choice="auto"), draft.text


def tool_result(draft: _Draft) -> tuple[dict[str, Any], str]:
    said = echo.arguments(f"about {draft.private[0]}")
    function = {"name": echo.FUNCTION, "arguments": said}
    call = {"id": "call_1", "type": "function", "function": function}
    asked = {"role": "assistant", "content": None, "tool_calls": [call]}
    result = {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(list(draft.private))}
    last = {"role": "user", "content": draft.text}
    return draft.chat("tools", asked, result, last, tools=[_TOOL]), draft.text


def response_string(draft: _Draft) -> tuple[dict[str, Any], str]:
    body = {"model": draft.prefix + "echo", "instructions": "Be brief.", "input": draft.text}
    return body | {"store": False}, draft.text


def response_items(draft: _Draft) -> tuple[dict[str, Any], str]:
    content = [{"type": "input_text", "text": draft.text}]
    first = {"role": "user", "content": f"Remember {draft.private[0]}."}
    items = [first, {"role": "user", "content": content}]
    return {"model": draft.prefix + "echo", "input": items, "store": False}, draft.text


def response_call(draft: _Draft) -> tuple[dict[str, Any], str]:
    tool = {"type": "function", "name": echo.FUNCTION, "parameters": {"type": "object"}}
    body = {"model": draft.prefix + "tools", "input": draft.text, "tools": [tool]}
    return body, draft.text


def ollama_chat(draft: _Draft) -> tuple[dict[str, Any], str]:
    options = {"temperature": 0.5, "num_ctx": 8192}
    return draft.chat("echo", {"role": "user", "content": draft.text}, options=options), draft.text


def ollama_tools(draft: _Draft) -> tuple[dict[str, Any], str]:
    """Ollama's arguments are objects, not texts."""
    function = {"name": echo.FUNCTION, "arguments": json.loads(echo.arguments(draft.private[0]))}
    call = {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}
    result = {"role": "tool", "tool_name": echo.FUNCTION, "content": json.dumps(draft.private[-1])}
    last = {"role": "user", "content": draft.text}
    return draft.chat("tools", call, result, last, tools=[_TOOL]), draft.text


_CHAT_SHAPES = (
    plain, several_turns, list_content, two_choices, side_fields, json_text, tool_call, tool_result,
)  # fmt: skip
_RESPONSES_SHAPES = (response_string, response_items, response_call)
_OLLAMA_SHAPES = (ollama_chat, ollama_tools)


def one_prompt(model: str, text: str, *, stream: bool) -> Asked:
    """A plain chat request, for the load that is timed."""
    system = {"role": "system", "content": "You answer what you are asked, in full."}
    messages = [system, {"role": "user", "content": text}]
    fields = {"stream": True} if stream else {}
    body = json.dumps({"model": model, "messages": messages, **fields}, ensure_ascii=False)
    return Asked("prompt", CHAT, body.encode(), text[:12], (text,), stream)


__all__ = ["CHAT", "OLLAMA", "RESPONSES", "Asked", "Mixed", "mark", "one_prompt"]
