"""The gateway's own OpenAPI document (OpenAPI 3.1), at /openapi.json.

It says what is read and what is answered here. Fields of a request that it does not list go to
an upstream as they are, but for what is private in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from doorstep.gateway.http import Answer, Handler, Request

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_OBJECT: Schema = {"type": "object"}
_STRINGS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def _object(required: Sequence[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_PART = _object(["type"], type={"enum": ["text", "image_url"]}, text=_TEXT, image_url=_OBJECT)
_OWN: Schema = {"doorstep": {"type": "boolean", "description": "Say what happened, in the reply."}}

_SCHEMAS: dict[str, Schema] = {
    "Message": _object(
        ["role", "content"],
        role={"enum": ["system", "developer", "user", "assistant"]},
        content={"anyOf": [_TEXT, _list(_PART)]},
    ),
    "Chat": _object(
        ["model", "messages"],
        model=_ref("Model"),
        messages={**_list(_ref("Message")), "minItems": 1},
        stream=_FLAG,
        stream_options=_object([], include_usage=_FLAG),
        temperature={"type": "number", "minimum": 0, "maximum": 2},
        max_tokens=_COUNT,
        max_completion_tokens=_COUNT,
        seed={"type": "integer"},
        n=_COUNT,
        tools=_list(_OBJECT),
        response_format=_object(["type"], type={"enum": ["text", "json_object", "json_schema"]}),
        **_OWN,
    ),
    "Responses": _object(
        ["model", "input"],
        model=_ref("Model"),
        input={"anyOf": [_TEXT, _list(_OBJECT)]},
        instructions=_TEXT,
        stream=_FLAG,
        max_output_tokens=_COUNT,
        temperature={"type": "number", "minimum": 0, "maximum": 2},
        tools=_list(_OBJECT),
        **_OWN,
    ),
    "Embeddings": _object(["model", "input"], model=_ref("Model"), input=_STRINGS),
    "OllamaMessage": _object(
        ["role", "content"],
        role={"enum": ["system", "user", "assistant", "tool"]},
        content=_TEXT,
        images=_list(_TEXT),
    ),
    "OllamaChat": _object(
        ["model"],
        model=_ref("Model"),
        messages=_list(_ref("OllamaMessage")),
        stream=_FLAG,
        format={"anyOf": [{"enum": ["json", ""]}, _OBJECT]},
        options=_OBJECT,
        keep_alive={"anyOf": [_TEXT, {"type": "number"}]},
        tools=_list(_OBJECT),
        think={"anyOf": [_FLAG, {"enum": ["low", "medium", "high"]}]},
        **_OWN,
    ),
    "OllamaGenerate": _object(
        ["model"],
        model=_ref("Model"),
        prompt=_TEXT,
        system=_TEXT,
        stream=_FLAG,
        options=_OBJECT,
        images=_list(_TEXT),
        raw=_FLAG,
        **_OWN,
    ),
    "OllamaEmbed": _object(["model", "input"], model=_ref("Model"), input=_STRINGS),
    "OllamaEmbeddings": _object(["model", "prompt"], model=_ref("Model"), prompt=_TEXT),
    "OllamaName": _object(["model"], model=_ref("Model"), stream=_FLAG),
    "Error": _object(
        ["error"],
        error=_object(
            ["message", "type", "param", "code"],
            message=_TEXT,
            type=_TEXT,
            param={"type": ["string", "null"]},
            code={"type": ["string", "null"]},
        ),
    ),
    "OllamaError": _object(["error"], error=_TEXT),
}

# (method, path, what it does, the schema of its body, whether it may stream)
_OPERATIONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("post", "/v1/chat/completions", "Chat Completions", "Chat", "text/event-stream"),
    ("post", "/v1/responses", "Responses, without state", "Responses", "text/event-stream"),
    ("get", "/v1/models", "The models that are offered", "", ""),
    ("get", "/v1/models/{model}", "One of them", "", ""),
    ("post", "/v1/embeddings", "Embeddings, of the home model's server only", "Embeddings", ""),
    ("get", "/", "Ollama's sign of life", "", ""),
    ("get", "/api/version", "The version of Ollama's API that is spoken", "", ""),
    ("get", "/api/tags", "The models that are offered", "", ""),
    ("get", "/api/ps", "The models that are loaded", "", ""),
    ("post", "/api/show", "What a model can do", "OllamaName", ""),
    ("post", "/api/chat", "Chat", "OllamaChat", "application/x-ndjson"),
    ("post", "/api/generate", "Completion", "OllamaGenerate", "application/x-ndjson"),
    ("post", "/api/embed", "Embeddings, of the home model's server only", "OllamaEmbed", ""),
    ("post", "/api/embeddings", "The older form of them", "OllamaEmbeddings", ""),
    (
        "post",
        "/api/pull",
        "Success for a model that is offered",
        "OllamaName",
        "application/x-ndjson",
    ),
    ("get", "/healthz", "Whether the gateway can work", "", ""),
    ("get", "/metrics", "Counts and times, for Prometheus", "", ""),
    ("get", "/openapi.json", "This document", "", ""),
)


def document(models: Sequence[str], version: str) -> dict[str, Any]:
    """The document of a gateway that offers `models`."""
    paths: dict[str, Any] = {}
    for method, path, summary, body, stream in _OPERATIONS:
        paths.setdefault(path, {})[method] = _operation(path, summary, body, stream)
    model = {"type": "string", "minLength": 1, "examples": list(models)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Doorstep", "version": version},
        "paths": paths,
        "components": {
            "schemas": {"Model": model, **_SCHEMAS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(path: str, summary: str, body: str, stream: str) -> dict[str, Any]:
    kind = "text/plain" if path in ("/", "/metrics") else "application/json"
    content: dict[str, Any] = {kind: {}} | ({stream: {}} if stream else {})
    error = _ref("OllamaError" if path.startswith("/api/") else "Error")
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {
            "200": {"description": "The answer", "content": content},
            "default": {
                "description": "What went wrong",
                "content": {"application/json": {"schema": error}},
            },
        },
    }
    if body:
        schema = {"application/json": {"schema": _ref(body)}}
        operation["requestBody"] = {"required": True, "content": schema}
    if "{model}" in path:
        operation["parameters"] = [
            {"name": "model", "in": "path", "required": True, "schema": _ref("Model")}
        ]
    return operation


def routes(models: Sequence[str], version: str) -> dict[tuple[str, str], Handler]:
    """The document's own route."""
    said = orjson.dumps(document(models, version), option=orjson.OPT_INDENT_2)

    async def show(request: Request, answer: Answer) -> None:
        await answer.whole(said)

    return {("GET", "/openapi.json"): show}
