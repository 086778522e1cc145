"""A request of Ollama as one of Chat Completions, for a cloud model or a server at home.

Nothing that would change the answer is dropped: it has its counterpart, goes on under its own
name for the upstream to take or refuse, or is refused here with its name.
https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import base64

from doorstep.gateway.content import whole, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.ollama_asked import Asked
from doorstep.gateway.sse import dumped

# How a model is loaded: a matter of the machine that it runs on.
LOADING = frozenset(
    "num_ctx num_batch num_gpu main_gpu num_thread num_keep numa low_vram f16_kv use_mmap \
use_mlock vocab_only logits_all embedding_only draft_num_predict".split()
)
_EFFORTS = ("low", "medium", "high", "max")
# OpenAI's newer models take only this one; servers at home take it, too.
_LIMIT = "max_completion_tokens"
_MAGIC = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def chat_completions(asked: Asked) -> Json:
    """The body, without `model`. Raises BadRequest for what has no counterpart."""
    _refuse(asked)
    body: Json = asked.extra | {"messages": _messages(asked), "stream": asked.stream}
    if asked.stream:
        body["stream_options"] = {"include_usage": True}
    if asked.body.get("tools"):
        body["tools"] = asked.body["tools"]
    return body | _options(asked.options) | _format(asked.body.get("format")) | _effort(asked)


def _refuse(asked: Asked) -> None:
    for name in ("suffix", "template", "context", "raw"):
        if asked.body.get(name):
            raise wrong(name, "has no counterpart at a chat model. Ask `home`, or leave it out.")
    for name in ("logprobs", "top_logprobs"):
        if asked.body.get(name):  # the tokens of a masked answer are not those that are read
            raise wrong(name, "cannot be given through a mask. Ask `home`, or leave it out.")


def _options(options: Json) -> Json:
    out = {name: value for name, value in options.items() if name not in LOADING}
    limit = whole(options, "num_predict")
    out.pop("num_predict", None)
    if limit is not None and limit > 0:  # -1 and -2 mean: without a limit
        out[_LIMIT] = limit
    return out


def _format(wanted: object) -> Json:
    if not wanted:
        return {}
    if wanted == "json":
        return {"response_format": {"type": "json_object"}}
    if not isinstance(wanted, dict):
        raise wrong("format", 'has to be "json" or a JSON Schema.')
    schema = {"name": "answer", "schema": wanted}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _effort(asked: Asked) -> Json:
    """`think` as a level is a level there; true and false only say whether to show it."""
    think = asked.body.get("think")
    if think is None or isinstance(think, bool):
        return {}
    if think not in _EFFORTS:
        raise wrong("think", f"has to be true, false or one of {', '.join(_EFFORTS)}.")
    return {"reasoning_effort": think}


# --- messages ----------------------------------------------------------------------------------


def _messages(asked: Asked) -> list[Json]:
    """Ollama's messages may leave out which call a tool's result answers; then it is the first
    one unanswered, or the first of that tool."""
    out: list[Json] = []
    waiting: list[tuple[str, str]] = []  # (id, name) of calls without a result
    made = 0
    for number, message in enumerate(asked.messages):
        if message["role"] == "tool":
            out.append(_result(message, waiting, f"messages[{number}]"))
            continue
        calls = _calls(message, made)
        made += len(calls)
        waiting += [(str(call["id"]), str(_function(call)["name"])) for call in calls]
        out.append(_message(message, calls))
    return out


def _message(message: Json, calls: list[Json]) -> Json:
    said: Json = {"role": message["role"], "content": _content(message)}
    if calls:
        said["tool_calls"] = calls
    return said


def _content(message: Json) -> object:
    text = message.get("content") or ""
    images = message.get("images")
    if not isinstance(images, list) or not images:
        return text
    parts: list[Json] = [{"type": "text", "text": text}] if text else []
    return parts + [{"type": "image_url", "image_url": {"url": _data_url(i)}} for i in images]


def _data_url(image: str) -> str:
    """Ollama's images are bare base64; their kind is in their first bytes."""
    if image.startswith("data:"):
        return image
    try:
        head = base64.b64decode(image[:16], validate=False)
    except ValueError:  # not base64, or not even ASCII
        head = b""
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "png")
    return f"data:image/{kind};base64,{image}"


def _calls(message: Json, made: int) -> list[Json]:
    calls = message.get("tool_calls")
    out: list[Json] = []
    for number, call in enumerate(calls if isinstance(calls, list) else ()):
        function = _function(call)
        text = dumped(function.get("arguments") or {}).decode()
        known = call.get("id")
        out.append(
            {
                "id": known if isinstance(known, str) and known else f"call_{made + number}",
                "type": "function",
                "function": {"name": function["name"], "arguments": text},
            }
        )
    return out


def _function(call: Json) -> Json:
    function = call["function"]
    assert isinstance(function, dict)  # checked when the request was read
    return function


def _result(message: Json, waiting: list[tuple[str, str]], where: str) -> Json:
    wanted, name = message.get("tool_call_id"), message.get("tool_name") or message.get("name")
    for place, (known, called) in enumerate(waiting):
        if wanted == known or (not wanted and name in (None, "", called)):
            del waiting[place]
            content = message.get("content") or ""
            return {"role": "tool", "tool_call_id": known, "content": content}
    raise wrong(where, "is the result of a tool that was not called.")
