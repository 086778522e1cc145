"""What a request says, for reading: its messages, and the placeholders in them.

The reply of a cloud is restored at the door, before anybody reads it. What it looked like as it
came is made again here: what each placeholder stood for is read off the question, by laying what
crossed over what was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\b[A-Z]{2,16}_[0-9A-HJKMNP-TV-Z]{8,}(?:_[0-9A-HJKMNP-TV-Z]{2,6})?\b")
_MOST = 2000  # placeholders that are laid over a text
PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True, repr=False)
class Stretch:
    """A piece of a text; `kind` says what it is, "" for plain text."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    who: str
    text: str


def said_in(body: str) -> tuple[Said, ...]:
    """The messages in the body of a Responses or Chat Completions request, in order; () for a body
    of another shape."""
    try:
        known = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return tuple(_messages(known)) if isinstance(known, dict) else ()


def readable(text: str) -> str:
    """JSON on lines of its own, any other text as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def placed(text: str) -> tuple[Stretch, ...]:
    """`text` with its placeholders as stretches of their own."""
    return _split(text, _PLACEHOLDER, PLACEHOLDER)


def put_back(
    originals: Iterable[str], sent: Iterable[str], private: Iterable[str]
) -> Mapping[str, str]:
    """What each placeholder in the texts `sent` stands for, where one of `originals`, with
    placeholders in the place of values of `private`, is that text."""
    known: dict[str, str] = {}
    texts, values = list(originals), sorted(set(private), key=len, reverse=True)
    for sealed in sent:
        for original in texts:
            known |= _laid_over(original, sealed, values)
    return known


def came(
    restored: str, known: Mapping[str, str]
) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """A reply as it came (with placeholders), and as it reads at home (its values marked by kind).
    Both () where no known value is in it."""
    by_value = {value: placeholder for placeholder, value in known.items()}
    if not by_value:
        return (), ()
    values = sorted(by_value, key=len, reverse=True)
    found = re.compile("|".join(re.escape(value) for value in values))
    here = [
        Stretch(part.text, part.kind and by_value[part.text].split("_")[0].lower())
        for part in _split(restored, found, "value")
    ]
    raw = tuple(Stretch(by_value[s.text], PLACEHOLDER) if s.kind else s for s in here)
    return (raw, tuple(here)) if any(s.kind for s in here) else ((), ())


def _split(text: str, pattern: re.Pattern[str], kind: str) -> tuple[Stretch, ...]:
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [Stretch(text[at : match.start()]), Stretch(match[0], kind)]
        at = match.end()
    return tuple(part for part in (*parts, Stretch(text[at:])) if part.text)


def _laid_over(original: str, sealed: str, values: Sequence[str]) -> dict[str, str]:
    """Placeholder to value where `sealed`, all of it, is `original` with placeholders in it; of two
    values that fit the longer one."""
    plain = _PLACEHOLDER.split(sealed)
    names = _PLACEHOLDER.findall(sealed)
    if not names or len(names) > _MOST or not original.startswith(plain[0]):
        return {}
    known: dict[str, str] = {}
    at = len(plain[0])
    for name, after in zip(names, plain[1:], strict=True):
        could = [known[name]] if name in known else values
        value = next((one for one in could if original.startswith(one + after, at)), "")
        if not value:
            return {}
        known[name] = value
        at += len(value) + len(after)
    return known if at == len(original) else {}


def _messages(body: Mapping[str, object]) -> Iterator[Said]:
    if isinstance(body.get("instructions"), str):
        yield Said("system", str(body["instructions"]))
    given = body.get("input", body.get("messages", body.get("prompt", ())))
    if isinstance(given, str):
        yield Said("user", given)
    elif isinstance(given, Sequence):
        for one in given:
            if isinstance(one, dict) and (text := _text(one.get("content", ""))):
                yield Said(str(one.get("role", "user")), text)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(p["text"]) for p in parts if isinstance(p, dict) and "text" in p)
