"""Texts full of private values, the same in every run, as a gateway gets them."""

from __future__ import annotations

import json
import random

_NAMES = ("Maya Okafor", "Jürgen Straßmann", "Zoë O'Neil", "dish washer", "tbl_customers", "Al")


def _value(rng: random.Random) -> str:
    name = rng.choice(_NAMES)
    number = rng.randrange(10**6, 10**7)
    return rng.choice(
        (
            f"write to user{number}@mail{rng.randrange(99)}.example.org about the order",
            f"call +49 30 {number} before noon, or 030 {number}",
            f"the host is 10.{rng.randrange(256)}.{rng.randrange(256)}.7 in rack four",
            f"token sk-{''.join(rng.choices('abcdefABCDEF0123456789', k=40))}_x was rotated",
            f"{name} said: \\n{name.lower()}'s and {name.replace(' ', '_').upper()}{number % 50}",
            f"IBAN DE89 3704 0044 0532 0130 {number % 90 + 10}; card 4111 1111 1111 1111",
            f"{'%20'.join(name.split())}&amp;{number}, {' '.join(name)}",
            f"order {number} of 3.0{number % 9 + 1}.1985, plate B-MX {number % 9000 + 1000}",
            json.dumps({name: number, "mail": f"a{number % 9}@b.example.com", "n": [1.5, number]}),
            "and then we went to look at the garden for a while, it was nice",
        )
    )


def text(seed: int, values: int) -> str:
    """A text of about as many values; each seed another one."""
    rng = random.Random(seed)
    return rng.choice((". ", "\n", ", ")).join(_value(rng) for _ in range(values))


def body(seed: int, values: int) -> bytes:
    """A chat request with such texts: in a message, and in the arguments of a tool call."""
    rng = random.Random(-seed)
    call = {"name": "send_mail", "arguments": json.dumps({"to": _value(rng), "n": seed + 10**8})}
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": text(seed, values)},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_a1b2c3d4e5", "type": "function", "function": call}],
        },
    ]
    value = {"model": "gpt", "messages": messages, "metadata": {"customer": _value(rng)}}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
