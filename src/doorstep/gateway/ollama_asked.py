"""What a client asks `/api/chat` or `/api/generate`, read and checked, in one form for both."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from doorstep.gateway.content import table, wrong
from doorstep.gateway.core import Core, Json
from doorstep.gateway.http import Request
from doorstep.gateway.names import Target
from doorstep.gateway.ollama_lines import Kind
from doorstep.gateway.said import wanted, without

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
LATEST = ":latest"

# Fields with a meaning of their own in either request.
_OWN = "model messages prompt system tools format options stream keep_alive think logprobs \
top_logprobs truncate shift images suffix template context raw width height steps".split()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a client. `body` is Ollama's own, without what is Doorstep's; `messages` are
    those of a chat, whichever of the two it was; `extra` holds fields that Ollama does not have.
    `began`: when it came (`time.perf_counter_ns`)."""

    kind: Kind
    name: str
    target: Target
    body: Json
    messages: tuple[Json, ...]
    options: Json
    stream: bool
    details: bool
    extra: Json
    began: int = field(default_factory=time.perf_counter_ns)

    @property
    def loads(self) -> bool:
        """Whether it only asks for the model to be loaded, or let go of (`keep_alive` 0)."""
        words = self.body.get("messages" if self.kind == "chat" else "prompt")
        return not words and not (self.kind == "generate" and _images(self.body, "images"))

    @property
    def unloads(self) -> bool:
        return self.body.get("keep_alive") in (0, "0", "0s", "0m")


def asked(core: Core, kind: Kind, body: Json, request: Request) -> Asked:
    """Raises BadRequest, which names the field and never quotes it."""
    given = without(body)
    target = core.names.target(plain_name(given.get("model")))
    messages = _chat(given) if kind == "chat" else _generate(given)
    return Asked(
        kind,
        str(given["model"]),
        target,
        given,
        messages,
        {key: one for key, one in table(given, "options").items() if one is not None},
        _flag(given, "stream", True),
        wanted(body, request),
        {name: value for name, value in given.items() if name not in _OWN},
    )


def plain_name(name: object) -> object:
    """A model's name without the tag that Ollama's clients add where there is none."""
    return name.removesuffix(LATEST) if isinstance(name, str) else name


def _chat(body: Json) -> tuple[Json, ...]:
    messages = body.get("messages") or []
    if not isinstance(messages, list):
        raise wrong("messages", "has to be a list.")
    for number, message in enumerate(messages):
        _check_message(message, f"messages[{number}]")
    return tuple(messages)


def _check_message(message: object, where: str) -> None:
    if not isinstance(message, dict):
        raise wrong(where, "has to be an object.")
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise wrong(f"{where}.role", f"has to be one of {', '.join(sorted(ROLES))}.")
    if not isinstance(message.get("content") or "", str):
        raise wrong(f"{where}.content", "has to be a text.")
    _images(message, f"{where}.images")
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list) or not all(map(_is_call, calls)):
        raise wrong(f"{where}.tool_calls", "has to be a list of {function: {name, arguments: {}}}.")


def _is_call(call: object) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return (
        isinstance(function, dict)
        and isinstance(function.get("name"), str)
        and isinstance(function.get("arguments") or {}, dict)
    )


def _generate(body: Json) -> tuple[Json, ...]:
    """The same as a chat: the system's words, then the prompt with its images."""
    prompt, system = body.get("prompt") or "", body.get("system") or ""
    if not isinstance(prompt, str):
        raise wrong("prompt", "has to be a text.")
    if not isinstance(system, str):
        raise wrong("system", "has to be a text.")
    user: Json = {"role": "user", "content": prompt}
    images = _images(body, "images")
    if images:
        user["images"] = images
    first: tuple[Json, ...] = ({"role": "system", "content": system},) if system else ()
    return (*first, user)


def _images(holder: Json, where: str) -> list[str]:
    images = holder.get("images") or []
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise wrong(where, "has to be a list of texts in base64.")
    return images


def _flag(body: Json, name: str, default: bool) -> bool:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong(name, "has to be true or false.")
    return value
