# ruff: noqa: E501
"""Sealing and restoring are each other's undoing: generated conversations, every field filled.

    python -m bench.round_trip            # 10,000 conversations in both styles, and streams
    python -m bench.round_trip -n 500

A conversation is a body of one of four wire formats (Chat Completions, Responses, Messages, Ollama)
in which every string, key and number is woven from private values in many spellings and from other
text. It is sealed, and restored as a reply would be; the bytes must be those of the canonical body.
For a sample, the sealed text comes back as a stream of the same format in pieces of every size.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.reply import Events, whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.seal import Sealer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import dump, parse
from doorstep.boundary.vault import Style, Vault

KEY = b"a key for measuring, no secret"
TERMS = (
    Term("Maya Quixmere", "person"),
    Term("Tobias O'Neil-Ostrow", "person"),
    Term("Zoë Müller", "person"),
    Term("Quixmere & Söhne GmbH", "organisation"),
    Term("Bad Quixo", "place"),
    Term("12 Quix Street,\nMereville", "address"),
    Term("maya.q@quixmere.example", "email"),
    Term("+49 30 90182000", "phone"),
    Term("4916338217", "account"),
    Term("DE89 3704 0044 0532 0130 00", "iban"),
    Term("2024-03-05", "date"),
    Term('the "blue\\den"', "declared"),
    Term("/home/quix/märchen", "path"),
    Term("qk-9f8a7b6c5d4e3f2a1b0c", "secret"),
    Term("王小明", "person"),
)
_STREAM = 64  # events of a stream, for the time that restoring adds
_NUMBERS = (4916338217, 4916338217.0, 7, -3.25, 1e20, True, None)
_OTHER = (
    "the plan for today",
    "É um dia",
    "{not json}",
    '{"a": 1, "b": [true, null]}',
    "[1] see there",
    'say "hi"\\n',
    "tab\tand\r\nline",
    "C:\\new\\table",
    "&amp; &#95; %5F \\u005f",
    "PERSON_ is a word, EMAIL too",
    "person 12345678",
    "**bold** _soft_ `code`",
    "\u200b\ufeff",
    "🙂👩‍👩‍👧",
    "Person",
    "",
    " ",
)


@dataclass(frozen=True, slots=True)
class Result:
    """How many conversations, how many came back byte for byte, how many as equal JSON only."""

    conversations: int
    same: int
    equal: int
    values: int
    seconds: float


class Weaver:
    """Text in which private values stand, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._style = self._random.randint(0, 3)  # one client, one way to write JSON

    def value(self) -> str:
        value = self._random.choice(TERMS).value
        spell: Callable[[str], str] = self._random.choice(
            (str, str, str.upper, str.lower, _squeezed, _parts(self._random), _possessive)
        )
        return spell(value)

    def text(self, most: int = 6) -> str:
        pieces = [
            self.value() if self._random.random() < 0.5 else self._random.choice(_OTHER)
            for _ in range(self._random.randint(1, most))
        ]
        return self._random.choice((" ", " ", "\n", ", ", "/", "_")).join(pieces)

    def number(self) -> object:
        return self._random.choice(_NUMBERS)

    def key(self) -> str:
        return f"{self.text(2)} {self._random.randint(0, 10**9)}"

    def tree(self, depth: int = 2) -> object:
        kind = self._random.randint(0, 3 if depth else 1)
        if kind == 0:
            return self.text(3)
        if kind == 1:
            return self.number()
        items = [self.tree(depth - 1) for _ in range(self._random.randint(1, 3))]
        return items if kind == 2 else {self.key(): item for item in items}

    def nested(self) -> str:
        """JSON inside a string, in one of the usual spellings."""
        value = {self.key(): self.tree(), "é" if self._random.random() < 0.5 else "n": 1}
        style = self._style
        if style == 0:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if style == 1:
            return json.dumps(value, ensure_ascii=False)
        return json.dumps(value, indent=2 if style == 2 else None)

    def schema(self) -> dict[str, object]:
        name = f"p{self._random.randint(0, 99)}"
        return {
            "type": "object",
            "description": self.text(3),
            "properties": {
                name: {"type": "string", "enum": [self.value()], "default": self.text(2)}
            },
            "required": [name],
        }


def chat(w: Weaver) -> dict[str, object]:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": w.nested()}}
    return {
        "model": "m",
        "messages": [
            {"role": "system", "content": w.text()},
            {"role": "developer", "content": [{"type": "text", "text": w.text()}]},
            {"role": "user", "content": w.text(), "name": "user"},
            {"role": "assistant", "content": w.text(), "refusal": w.text(2), "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": w.nested()},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": w.text(), "parameters": w.schema()}}],
        "prediction": {"type": "content", "content": w.text()},
        "metadata": {w.key(): w.text(2)},
        "user": w.text(2),
        "stop": [w.text(2)],
        "x_unknown": w.tree(),
    }  # fmt: skip


def responses(w: Weaver) -> dict[str, object]:
    return {
        "model": "m",
        "instructions": w.text(),
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": w.text()}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": w.nested()},
            {"type": "function_call_output", "call_id": "c", "output": w.nested()},
            {"type": "input_file", "filename": w.text(2)},
        ],
        "tools": [{"type": "function", "name": "f", "description": w.text(), "parameters": w.schema()}],
        "metadata": {w.key(): w.text(2)},
        "user": w.text(1),
        "store": False,
    }  # fmt: skip


def messages(w: Weaver) -> dict[str, object]:
    return {
        "model": "m",
        "max_tokens": 100,
        "system": [{"type": "text", "text": w.text()}],
        "messages": [
            {"role": "user", "content": w.text()},
            {"role": "assistant", "content": [
                {"type": "text", "text": w.text()},
                {"type": "tool_use", "id": "t", "name": "f", "input": {w.key(): w.tree(3)}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": w.nested()}]},
                {"type": "document", "title": w.text(2), "source": {"type": "text", "media_type": "text/plain", "data": "So: " + w.text()}},
            ]},
        ],
        "tools": [{"name": "f", "description": w.text(), "input_schema": w.schema()}],
        "stop_sequences": [w.text(1)],
        "metadata": {"user_id": w.text(1)},
    }  # fmt: skip


def ollama(w: Weaver) -> dict[str, object]:
    return {
        "model": "m",
        "messages": [
            {"role": "user", "content": w.text()},
            {"role": "assistant", "content": w.text(), "thinking": w.text(), "tool_calls": [
                {"function": {"name": "f", "arguments": {w.key(): w.tree(3)}}}]},
            {"role": "tool", "tool_name": "f", "content": w.nested()},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": w.schema()}}],
        "system": w.text(),
        "format": w.schema(),
        "options": {"stop": [w.text(1)]},
        "stream": True,
    }  # fmt: skip


BODIES: dict[str, Callable[[Weaver], dict[str, object]]] = {
    "chat": chat,
    "responses": responses,
    "messages": messages,
    "ollama": ollama,
}
_MATCHER = Matcher(TERMS)


def sealed(body: object, style: Style) -> tuple[bytes, Vault]:
    vault = Vault(KEY, style=style)
    clearance = Clearance(private=TERMS, mask=True)
    return Sealer(clearance, (_MATCHER,), (), vault).seal(dump(body)).body, vault


def come_back(body: object, style: Style) -> tuple[str, int]:
    """("same" bytes, "equal" JSON or "other", how many values were replaced)."""
    out, vault = sealed(body, style)
    back = whole(out, Restorer.of(vault))
    if back == dump(parse(dump(body))):
        return "same", len(vault)
    return ("equal" if unfolded(parse(back)) == unfolded(body) else "other"), len(vault)


def unfolded(value: object) -> object:
    """The value with JSON inside strings read, so that its spelling does not count."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"'):
        try:
            return ["json", unfolded(json.loads(value))]
        except ValueError:
            return value
    if isinstance(value, list):
        return [unfolded(item) for item in value]
    if isinstance(value, dict):
        return [(unfolded(key), unfolded(item)) for key, item in value.items()]
    return value


def conversations(count: int, style: Style, seed: int = 0) -> Result:
    found = {"same": 0, "equal": 0, "other": 0}
    values, start = 0, time.perf_counter()
    for number in range(count):
        make = tuple(BODIES.values())[number % len(BODIES)]
        how, size = come_back(make(Weaver(seed + number)), style)
        found[how] += 1
        values += size
    return Result(count, found["same"], found["equal"], values, time.perf_counter() - start)


def events(name: str, text: str, size: int, *, arguments: bool = False) -> Iterator[bytes]:
    """`text` as a stream of that wire format, `size` characters an event, each with its end."""
    for at in range(0, len(text), size):
        piece = text[at : at + size]
        yield _event(name, piece, arguments)
    if name == "ollama":
        yield b'{"model":"m","message":{"role":"assistant","content":""},"done":true}\n'
    elif name == "chat":
        yield b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    elif name == "messages":
        yield b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
    else:
        kind = "response.function_call_arguments.done" if arguments else "response.output_text.done"
        yield b"data: " + dump({"type": kind, "item_id": "i", "output_index": 0}) + b"\n\n"


def _event(name: str, piece: str, arguments: bool) -> bytes:
    if name == "ollama":
        return dump({"model": "m", "message": {"role": "assistant", "content": piece}}) + b"\n"
    value: dict[str, object]
    if name == "chat":
        call = {"index": 0, "function": {"arguments": piece}}
        delta = {"tool_calls": [call]} if arguments else {"content": piece}
        value = {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    elif name == "messages":
        part = {"type": "input_json_delta", "partial_json": piece}
        other = {"type": "text_delta", "text": piece}
        value = {"type": "content_block_delta", "index": 0, "delta": part if arguments else other}
    else:
        kind = "function_call_arguments" if arguments else "output_text"
        value = {
            "type": f"response.{kind}.delta",
            "item_id": "i",
            "output_index": 0,
            "delta": piece,
        }
    return b"data: " + dump(value) + b"\n\n"


def heard(name: str, stream: bytes) -> str:
    """The text that a client of that wire format puts together."""
    out = ""
    for line in stream.decode().splitlines():
        data = line.removeprefix("data: ")
        if not data.startswith("{"):
            continue
        value = json.loads(data)
        if name == "ollama":
            out += value["message"]["content"]
        elif name == "chat":
            delta = value["choices"][0]["delta"]
            out += delta.get("content", "")
            out += "".join(c["function"]["arguments"] for c in delta.get("tool_calls", ()))
        elif name == "messages":
            delta = value.get("delta", {})
            out += delta.get("text", "") + delta.get("partial_json", "")
        else:
            out += value.get("delta", "")
    return out


def streamed(name: str, text: str, size: int, restorer: Restorer, *, arguments: bool) -> str:
    made = Events(restorer)
    out = b""
    for event in events(name, text, size, arguments=arguments):
        end = b"\n" if name == "ollama" else b"\n\n"
        out += made.feed(event.removesuffix(end), end)
    return heard(name, out + made.flush())


def streams(count: int, style: Style, sizes: tuple[int, ...], seed: int = 0) -> tuple[int, int]:
    """(streams, those that came back exactly): texts and arguments in pieces of each size."""
    right = total = 0
    for number in range(count):
        weaver = Weaver(seed + number)
        told = "Told: " + weaver.text(8)
        arguments = json.dumps({"x": weaver.tree(2), "y": weaver.text()}, ensure_ascii=False)
        out, vault = sealed({"a": told, "arguments": arguments}, style)
        restorer = Restorer.of(vault)
        body = parse(out)
        assert isinstance(body, dict)
        for name in BODIES:
            for size in sizes:
                total += 1
                right += streamed(name, body["a"], size, restorer, arguments=False) == told
                if name != "ollama":  # its arguments come as an object
                    back = streamed(name, body["arguments"], size, restorer, arguments=True)
                    total += 1
                    right += json.loads(back) == json.loads(arguments)
    return total, right


def added_per_chunk(count: int = 4000) -> dict[str, float]:
    """Microseconds that restoring adds to an event of a stream: prose, streams of 64 pieces of
    which a fifth or a little more are changed by a name, and text that is nothing but names."""
    vault = Vault(KEY)
    names = [vault.placeholder("person", f"Person {i}", of=f"Person {i}") for i in range(50)]
    prose = "The plan for today is to wash, then to charge the car when power is cheap. " * 200
    dense = " and ".join(names * 20)
    found = {}
    mixed = " ".join(f"{name} is at home and washes, then she charges the car." for name in names)
    for label, text in (("prose", prose), ("usual", mixed), ("names", dense)):
        for name in BODIES:
            blocks = list(events(name, text, 4))[:count]
            end = b"\n" if name == "ollama" else b"\n\n"
            blocks = [block.removesuffix(end) for block in blocks]
            changed, seconds = 0, 0.0
            for at in range(0, len(blocks), _STREAM):
                made = Events(Restorer.of(vault))
                start = time.process_time()
                out = [made.feed(block, end) for block in blocks[at : at + _STREAM]]
                seconds += time.process_time() - start
                changed += sum(a != b + end for a, b in zip(out, blocks[at:], strict=False))
            share = f"{changed / len(blocks):.0%} of events changed"
            found[f"{label}, {name}, {share}"] = seconds / len(blocks) * 1e6
    return found


def _squeezed(value: str) -> str:
    return value.replace(" ", "")


def _possessive(value: str) -> str:
    return value + "'s"


def _parts(chance: random.Random) -> Callable[[str], str]:
    return lambda value: chance.choice(value.split() or [value])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=10_000, help="conversations (in each style)")
    parser.add_argument("--style", choices=("placeholder", "surrogate"), action="append")
    told = parser.parse_args()
    count = told.n
    for style in told.style or ("placeholder", "surrogate"):
        got = conversations(count, style)
        other = got.conversations - got.same - got.equal
        print(
            f"{style}: n={got.conversations}, byte for byte {got.same}, equal as JSON {got.equal}, "
            f"other {other}; {got.values} values, {got.seconds:.0f} s",
            flush=True,
        )
        total, right = streams(max(1, count // 100), style, (1, 2, 3, 5, 8, 13, 1000))
        print(f"{style}: streams n={total}, right {right}", flush=True)
    for name, micros in added_per_chunk().items():
        print(f"added per event, {name}: {micros:.1f} us", flush=True)


if __name__ == "__main__":
    main()
