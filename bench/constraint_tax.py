"""What a schema costs a home model in correctness ("constraint tax", Ray 2026, arXiv 2605.26128).

    python bench/constraint_tax.py --model ollama:gemma4:e4b
    python bench/constraint_tax.py --model gguf:path/to/file.gguf --json

Asks the 53 small questions of constraint_tax_items.jsonl (arithmetic, calendar entries, calls of
a home's tools, extraction of orders) in each way of typed output, and prints apart:

valid             the answer has the asked shape, after at most --tries tries
answer            the right values stand in what the model said last, valid or not
executable        the value, used, has the right effect: the sum is computed, the entry's begin and
                  end are compared, the tool call changes a home, the order is priced by SQL
wrong-but-valid   valid, and its effect is not the right one
"""

from __future__ import annotations

import argparse
import asyncio
import json
import operator
import re
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from doorstep._errors import DoorstepError, OutputInvalid
from doorstep._values import Message, Options, Piece, Usage
from doorstep.models.base import Model, Way
from doorstep.models.scripted import Scripted

ITEMS = Path(__file__).with_name("constraint_tax_items.jsonl")
WAYS: tuple[Way, ...] = ("prompted", "native", "two-pass")
Want = dict[str, Any]


# --- the shapes, and what using a value of them means ------------------------------------------


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Arithmetic(Shape):
    answer: int


class Calendar(Shape):
    """date is YYYY-MM-DD, start is HH:MM in 24 hours."""

    date: str
    start: str
    minutes: int


class Tool(Shape):
    """value is degrees or minutes, 0 where the tool takes none; target is one word."""

    tool: Literal["set_temperature", "set_timer", "turn_on", "turn_off"]
    target: str
    value: int


class Extraction(Shape):
    code: str
    quantity: int


def works_arithmetic(value: Arithmetic, want: Want) -> bool:
    sums: dict[str, Callable[[int, int], int]] = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "//": operator.floordiv,
    }
    return sums[want["op"]](want["left"], want["right"]) == value.answer


def works_calendar(value: Calendar, want: Want) -> bool:
    def entry(day: str, start: str, minutes: int) -> tuple[datetime, datetime]:
        begin = datetime.combine(date.fromisoformat(day), clock.fromisoformat(start))
        return begin, begin + timedelta(minutes=minutes)

    return entry(value.date, value.start, value.minutes) == entry(**_entry(want))


def _entry(want: Want) -> dict[str, Any]:
    return {"day": want["date"], "start": want["start"], "minutes": want["minutes"]}


def works_tool(value: Tool, want: Want) -> bool:
    return _home_after(value.tool, value.target, value.value) == _home_after(**want)


def _home_after(tool: str, target: str, value: int) -> dict[str, dict[str, int]]:
    """A small home after one call. Raises KeyError for a room or switch that it does not have."""
    home = {
        "rooms": {"kitchen": 20, "bedroom": 20, "bathroom": 20},
        "switches": {"lamp": 2, "fan": 2, "pump": 2},
        "timers": {"oven": 0, "washer": 0, "tea": 0},
    }
    where = {"set_temperature": "rooms", "set_timer": "timers"}.get(tool, "switches")
    home[where][target.strip().lower()] += 0
    home[where][target.strip().lower()] = {"turn_on": 1, "turn_off": 0}.get(tool, value)
    return home


PRICES = {"KX-204": 1250, "LM-118": 3999, "BQ-770": 120, "ZT-009": 870, "PD-350": 15900}


def works_extraction(value: Extraction, want: Want) -> bool:
    with closing(sqlite3.connect(":memory:")) as shop:
        shop.execute("create table article (code text primary key, cents integer)")
        shop.executemany("insert into article values (?, ?)", PRICES.items())
        query = "select cents * ? from article where code = ?"
        ordered = shop.execute(query, (value.quantity, value.code)).fetchone()
        return (
            bool(ordered)
            and ordered == shop.execute(query, (want["quantity"], want["code"])).fetchone()
        )


KINDS: dict[str, tuple[type[Shape], Callable[[Any, Want], bool], str]] = {
    "arithmetic": (Arithmetic, works_arithmetic, "Solve the task."),
    "calendar": (
        Calendar,
        works_calendar,
        "Write the calendar entry: date (YYYY-MM-DD), start (HH:MM, 24 hours), minutes.",
    ),
    "tool": (
        Tool,
        works_tool,
        "Choose the call for the wish. Tools: set_temperature (rooms kitchen, bedroom, bathroom; "
        "value in degrees), set_timer (oven, washer, tea; value in minutes), turn_on and turn_off "
        "(lamp, fan, pump; value 0).",
    ),
    "extraction": (Extraction, works_extraction, "Which article and how many are ordered now?"),
}


# --- one item ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    kind: str
    ask: str
    want: Want

    @property
    def expected(self) -> Want:
        """The right values, as a field of the shape would hold them."""
        if self.kind != "arithmetic":
            return self.want
        sums = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv}
        return {"answer": sums[self.want["op"]](self.want["left"], self.want["right"])}

    def stands_in(self, text: str) -> bool:
        """Whether all the right values stand in `text`, each as a word or number of its own."""
        said = text.lower()
        return all(
            re.search(rf"(?<![\w.]){re.escape(str(value).lower())}(?!\w|\.\d)", said)
            for name, value in self.expected.items()
            if not (name == "value" and value == 0)
        )

    def works(self, value: Shape) -> bool:
        """Whether using the value has the right effect; a value that cannot be used has not."""
        try:
            return KINDS[self.kind][1](value, self.want)
        except (ValueError, KeyError, OverflowError):
            return False


def items() -> list[Item]:
    return [Item(**json.loads(line)) for line in ITEMS.read_text(encoding="utf-8").splitlines()]


class Overheard(Model):
    """A model whose last words are kept, for answers that never became valid."""

    def __init__(self, inner: Model) -> None:
        self.name, self.zone, self.way = inner.name, inner.zone, inner.way
        self.can_schema = getattr(inner, "can_schema", True)
        self.last = ""
        self.calls = 0
        self.usage = Usage()
        self._inner = inner

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        async for piece in self._inner.stream(messages, options):
            if piece.reply is not None:
                self.last = piece.reply.text
                self.calls += 1
                self.usage += piece.reply.usage
            yield piece


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    kind: str
    valid: bool
    answer: bool
    executable: bool
    tries: int
    calls: int
    input_tokens: int
    output_tokens: int
    seconds: float


async def measure(model: Model, item: Item, way: Way, options: Options, tries: int) -> Result:
    heard = Overheard(model)
    shape, _, task = KINDS[item.kind]
    messages = [Message("system", task), Message("user", item.ask)]
    start = time.perf_counter()
    value: Shape | None = None
    took = tries
    try:
        typed = await heard.typed(messages, shape, options, way=way, tries=tries)
        value, took = typed.value, typed.tries
        if typed.way != way:
            raise SystemExit(f"{model.name} cannot do {way}.")
    except OutputInvalid:
        pass
    return Result(
        item.id,
        item.kind,
        value is not None,
        item.stands_in(heard.last),
        value is not None and item.works(value),
        took,
        heard.calls,
        heard.usage.input_tokens or 0,
        heard.usage.output_tokens or 0,
        time.perf_counter() - start,
    )


# --- the table ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    way: Way
    n: int
    valid: int
    answer: int
    executable: int
    wrong_but_valid: int
    tries: float
    calls: float
    input_tokens: int
    output_tokens: int
    seconds: float
    by_kind: dict[str, str] = field(default_factory=dict)


def row(way: Way, results: Sequence[Result]) -> Row:
    n = len(results)
    kinds = dict.fromkeys(result.kind for result in results)
    return Row(
        way,
        n,
        sum(r.valid for r in results),
        sum(r.answer for r in results),
        sum(r.executable for r in results),
        sum(r.valid and not r.executable for r in results),
        round(sum(r.tries for r in results) / n, 2),
        round(sum(r.calls for r in results) / n, 2),
        sum(r.input_tokens for r in results),
        sum(r.output_tokens for r in results),
        round(sum(r.seconds for r in results), 1),
        {kind: _share([r for r in results if r.kind == kind]) for kind in kinds},
    )


def _share(results: Sequence[Result]) -> str:
    return f"{sum(r.executable for r in results)}/{len(results)}"


def show(name: str, rows: Sequence[Row]) -> None:
    print(f"{name}, n = {rows[0].n}; shares of n, tries and calls a question, tokens in all")
    print("way        valid  answer  executable  wrong-but-valid  tries  calls  in / out tokens  s")
    for r in rows:
        share = [f"{100 * k / r.n:.0f}%" for k in (r.valid, r.answer, r.executable)]
        wrong = f"{100 * r.wrong_but_valid / r.n:.0f}%"
        print(
            f"{r.way:<10} {share[0]:>5}  {share[1]:>6}  {share[2]:>10}  {wrong:>15}  "
            f"{r.tries:>5}  {r.calls:>5}  {r.input_tokens} / {r.output_tokens}  {r.seconds}"
        )
    print("executable by kind:")
    for r in rows:
        print(f"  {r.way}: " + ", ".join(f"{kind} {share}" for kind, share in r.by_kind.items()))


# --- the command -------------------------------------------------------------------------------


async def opened(spec: str) -> Model:
    """ollama:NAME, gguf:PATH or scripted (which knows the answers: a check of this program)."""
    kind, _, rest = spec.partition(":")
    if kind == "ollama" and rest:
        from doorstep.models.ollama import Ollama

        return await Ollama.connect(rest)
    if kind == "gguf" and rest:
        from doorstep.models.embedded import Embedded

        return Embedded(rest)
    if spec == "scripted":
        return Scripted([_oracle] * 10_000, can_schema=True)
    raise SystemExit("--model is ollama:NAME, gguf:PATH or scripted")


def _oracle(messages: Sequence[Message], options: Options) -> str:
    asked = "\n".join(message.text for message in messages)
    known = [item for item in items() if item.ask in asked or f"[{item.id}]" in asked]
    return f"[{known[0].id}] {json.dumps(known[0].expected)}"


async def run(arguments: argparse.Namespace) -> None:
    chosen = items()[: arguments.limit]
    options = Options(temperature=0.0, max_tokens=arguments.max_tokens)
    rows, results = list[Row](), dict[Way, list[Result]]()
    async with await opened(arguments.model) as model:
        for way in arguments.way or WAYS:
            results[way] = []
            for item in chosen:
                results[way].append(await measure(model, item, way, options, arguments.tries))
                progress(f"\r{way} {len(results[way])}/{len(chosen)} ")
            progress("\n")
            rows.append(row(way, results[way]))
    if arguments.json:
        details = {way: [asdict(result) for result in results[way]] for way in results}
        summary = [asdict(row) for row in rows]
        print(json.dumps({"model": arguments.model, "rows": summary, "items": details}))
    else:
        show(arguments.model, rows)


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(text, end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", required=True, help="ollama:NAME, gguf:PATH or scripted")
    parser.add_argument("--way", action="append", choices=WAYS, help="default: all three")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--max-tokens", type=int, default=400, help="for each call")
    parser.add_argument("--tries", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one object, with every item")
    try:
        asyncio.run(run(parser.parse_args()))
    except DoorstepError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
