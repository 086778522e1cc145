"""The content of a message as clients write it: a string, or a list of parts.

A text part has a text; everything else (images, audio, files) is a medium, which cannot be masked
and is never dropped: its kind is told, and who reads it decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.gateway.core import Json
from doorstep.gateway.http import BadRequest

_TEXTS = frozenset({"text", "input_text", "output_text", "refusal"})


@dataclass(frozen=True, slots=True)
class Content:
    """The text, parts joined by line ends; `media` are the kinds of the parts that are none."""

    text: str
    media: tuple[str, ...] = ()


def content_of(value: object, where: str) -> Content:
    """BadRequest, which names `where` and quotes nothing, for what is neither."""
    if value is None:
        return Content("")
    if isinstance(value, str):
        return Content(value)
    if not isinstance(value, list):
        raise wrong(where, "has to be a text or a list of parts.")
    texts, media = [], []
    for number, part in enumerate(value):
        text, kind = _part(part, f"{where}[{number}]")
        texts += [text] if kind is None else []
        media += [kind] if kind is not None else []
    return Content("\n".join(texts), tuple(media))


def _part(part: object, where: str) -> tuple[str, str | None]:
    """The text of a part, or its kind where it is a medium."""
    if isinstance(part, str):
        return part, None
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        raise wrong(where, "has to be an object with a type.")
    kind: str = part["type"]
    if kind not in _TEXTS:
        return "", kind
    text = part.get("refusal" if kind == "refusal" else "text")
    if not isinstance(text, str):
        raise wrong(f"{where}.text", "has to be a text.")
    return text, None


def wrong(param: str, why: str) -> BadRequest:
    """`why` ends the sentence that begins with the field's name."""
    return BadRequest(f"`{param}` {why}", param=param)


# --- fields of a request, by type ----------------------------------------------------------------


def number(body: Json, name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name, "has to be a number.")
    return float(value)


def whole(body: Json, name: str, least: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name, "has to be a whole number.")
    if least is not None and value < least:
        raise wrong(name, f"has to be {least} or more.")
    return value


def flag(body: Json, name: str) -> bool:
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise wrong(name, "has to be true or false.")
    return value


def table(body: Json, name: str) -> Json:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(name, "has to be an object.")
    return value


def items(body: Json, name: str) -> list[object]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(name, "has to be a list.")
    return value
