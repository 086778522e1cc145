"""What Ollama's clients ask before they chat: is it there, which models, what can this one do.

`/`, `/api/version`, `/api/tags`, `/api/show`, `/api/ps`, `/api/pull`; and the four that would
change models, which are refused. A name is listed with its tag, as a daemon does: some clients
add `:latest` to a name and then look it up in the list.
"""

from __future__ import annotations

import hashlib
from functools import partial

import orjson

from doorstep._errors import DoorstepError
from doorstep.gateway.body import read_json
from doorstep.gateway.core import Core, Json
from doorstep.gateway.http import NDJSON, Answer, BadRequest, Handler, Request
from doorstep.gateway.names import Target
from doorstep.gateway.ollama_asked import LATEST, plain_name
from doorstep.gateway.who import home_server

# The version of Ollama whose interface this is. Clients refuse what they hold for too old.
VERSION = "0.40.12"
MODIFIED = "2026-01-01T00:00:00Z"
NEVER = "2318-01-01T00:00:00Z"  # what a daemon says of a model that stays loaded
CONTEXT_TOKENS = 131_072  # what is promised to a client; the model behind may have more or less
SMALL = 100_000  # bytes; none of these requests holds a conversation


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    table: dict[tuple[str, str], Handler] = {
        ("GET", "/"): _running,
        ("HEAD", "/"): _running,
        ("GET", "/api/version"): _version,
        ("HEAD", "/api/version"): _version,
        ("GET", "/api/tags"): partial(_tags, core),
        ("HEAD", "/api/tags"): partial(_tags, core),
        ("GET", "/api/ps"): partial(_ps, core),
        ("POST", "/api/show"): partial(_show, core),
        ("POST", "/api/pull"): partial(_pull, core),
    }
    for method, verb in (("POST", "push"), ("POST", "create"), ("POST", "copy")):
        table[(method, f"/api/{verb}")] = partial(_fixed, verb)
    table[("DELETE", "/api/delete")] = partial(_fixed, "delete")
    return table


async def _running(request: Request, answer: Answer) -> None:
    """The words by which clients know an Ollama."""
    await answer.whole(b"Ollama is running", kind=b"text/plain; charset=utf-8")


async def _version(request: Request, answer: Answer) -> None:
    await answer.whole(orjson.dumps({"version": VERSION}))


async def _tags(core: Core, request: Request, answer: Answer) -> None:
    models = [_listed(core, name) | {"modified_at": MODIFIED} for name in core.names.all()]
    await answer.whole(orjson.dumps({"models": models}))


async def _ps(core: Core, request: Request, answer: Answer) -> None:
    """All of them: none needs to be loaded first."""
    more = {"expires_at": NEVER, "size_vram": 0, "context_length": CONTEXT_TOKENS}
    models = [_listed(core, name) | more for name in core.names.all()]
    await answer.whole(orjson.dumps({"models": models}))


async def _show(core: Core, request: Request, answer: Answer) -> None:
    target = await _named(core, request)
    shown: Json = {
        "modelfile": "",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": {
            "general.architecture": "doorstep",
            "general.basename": target.name,
            "doorstep.context_length": CONTEXT_TOKENS,
        },
        "capabilities": await _capabilities(core, target),
        "modified_at": MODIFIED,
    }
    await answer.whole(orjson.dumps(shown | _remote(target)))


async def _capabilities(core: Core, target: Target) -> list[str]:
    """Words of Ollama's own. A mask has no eyes: nobody could look at what an image shows."""
    tools = target.kind == "mask" or await _home_takes_tools(core, target)
    return ["completion", "tools"] if tools else ["completion"]


async def _home_takes_tools(core: Core, target: Target) -> bool:
    if target.kind == "pattern" and core.rules.tools != "home":
        return False
    try:
        return await home_server(core) is not None
    except DoorstepError:  # home is not there just now
        return False


async def _pull(core: Core, request: Request, answer: Answer) -> None:
    """Nothing is fetched: our own names are always there, and no other can be."""
    body = await read_json(request, SMALL)
    _target(core, body)
    if body.get("stream") is False:
        await answer.whole(orjson.dumps({"status": "success"}))
        return
    lines = [{"status": "pulling manifest"}, {"status": "success"}]
    await answer.whole(b"".join(orjson.dumps(line) + b"\n" for line in lines), kind=NDJSON)


async def _fixed(verb: str, request: Request, answer: Answer) -> None:
    raise BadRequest(
        f"Doorstep's models cannot be changed from outside, so there is no {verb}.",
        code="not_supported",
        hint="Set them in doorstep.toml, or ask the Ollama at home itself.",
    )


async def _named(core: Core, request: Request) -> Target:
    return _target(core, await read_json(request, SMALL))


def _target(core: Core, body: Json) -> Target:
    """Older clients say `name`, newer ones `model`."""
    return core.names.target(plain_name(body.get("model") or body.get("name")))


def _listed(core: Core, name: str) -> Json:
    tagged = f"{name}{LATEST}"
    digest = hashlib.sha256(tagged.encode()).hexdigest()
    return {
        "name": tagged,
        "model": tagged,
        "size": 0,
        "digest": digest,
        "details": _details(),
    } | _remote(core.names.target(name))


def _remote(target: Target) -> Json:
    """A daemon says of a model that runs elsewhere where it does. All but `home` may ask a cloud,
    so that nobody who looks for a home model may take one of them for it."""
    if target.kind == "home":
        return {}
    return {"remote_model": target.upstream or target.name, "remote_host": "doorstep"}


def _details() -> Json:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "doorstep",
        "families": ["doorstep"],
        "parameter_size": "",
        "quantization_level": "",
    }
