"""Known values that leave in any later field or turn: conversations through a real boundary.

Each conversation speaks one of four protocols with a server on loopback that keeps every byte.
The first turn names private values in plain sentences; every later turn puts one value, in some
form, into some field. Every other conversation repeats all turns before (as clients do), the rest
do not, so that the boundary has to remember. Half of them declare their values, and in the other
half nothing is declared: the rules have to find the values in the first turn (those that have a
form), and to know them again.

What is searched is what the server received: method, path, headers and body. The search shares no
code with the boundary. A request that the boundary refused has sent nothing; refusals are shown,
since a boundary that refuses everything leaks nothing, too.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import tempfile
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import httpx2

from bench.boundary.bodies import PROTOCOLS, Protocol, filled, slots
from bench.boundary.figures import Figure
from doorstep._errors import BoundaryError
from doorstep.boundary import Boundary, Clearance, Declared, Detector, Ledger, Policy, Term
from doorstep.boundary.detect.levels import detectors

_KEY = b"for the benchmark of the boundary"
_TURNS = 4
_QUERY = "the query of the URL"

_PEOPLE = """Ottoline Brackenridge|Zoë Lindqvist|Jean-Luc D'Arcangelo|Siobhán Ó Súilleabháin
|Nguyễn Thị Hạnh|Mary-Kate Fitzwilliam|Łukasz Wójcik|Priyanka Venkataraman|Björk Þórisdóttir
|Anaïs van der Meulen""".replace("\n", "").split("|")
_FIRMS = "Quillfeather Optics|Nordhavn Bageri|Tessellate & Vane|Harrowgate Mutual".split("|")
_CODES = "Project Bluefinch|Operation Tin Lantern|tbl_rk_ledger_77|Marlowe-9".split("|")
_DOMAINS = "quillfeather.example|nordhavn.example|post.example".split("|")
_IBANS = "DE89370400440532013000|GB82WEST12345698765432|FR1420041010050500013M02606".split("|")
_CARDS = "4111 1111 1111 1111|5500-0000-0000-0004|340000000000009".split("|")

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda v: v,
    "lower case": str.lower,
    "upper case": str.upper,
    "possessive": lambda v: v + "'s",
    "two spaces": lambda v: v.replace(" ", "  "),
    "no marks": lambda v: "".join(
        c for c in unicodedata.normalize("NFD", v) if not unicodedata.combining(c)
    ),
    "decomposed": lambda v: unicodedata.normalize("NFD", v),
    "zero-width": lambda v: v[:2] + "\u200b" + v[2:],
    "underscores": lambda v: v.replace(" ", "_").replace("-", "_"),
    "percent": lambda v: quote(v, safe=""),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "JSON in text": lambda v: json.dumps({"who": v}),
    "in a link": lambda v: f"https://shop.example/find?q={quote(v)}",
}


ENCODED = ("percent", "base64", "hex", "zero-width", "in a link")


@dataclass(slots=True)
class Count:
    """`sent` and `refused` by whether the value came in the open (where it could be sealed) or
    encoded or in the URL (where it could only be refused). `left`: by protocol, form, field and
    kind, how many values were read in what arrived."""

    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    looked: int = 0
    left: Counter[str] = field(default_factory=Counter)


def later(conversations: int = 160, seed: int = 5) -> list[Figure]:
    """Half with declared values, half with none declared."""
    counts = {
        "declared": asyncio.run(_run(conversations // 2, seed, declared=True)),
        "found by rules": asyncio.run(_run(conversations // 2, seed + 1, declared=False)),
    }
    figures = [f for name, count in counts.items() for f in _figures(name, count)]
    left = sum(count.left.total() for count in counts.values())
    looked = sum(count.looked for count in counts.values())
    return [*figures, _figure("known values that left", looked, "looked for", left)]


def _figures(name: str, count: Count) -> list[Figure]:
    sent = count.sent.total()
    return [
        _figure(f"{name}: arrived", sent, "requests", count.arrived),
        *(
            _figure(f"{name}: refused, {way}", count.sent[way], "requests", count.refused[way])
            for way in sorted(count.sent)
        ),
        _figure(f"{name}: left", count.looked, "looked for", count.left.total()),
        *(
            _figure(f"left: {place}", count.looked, "looked for", number)
            for place, number in sorted(count.left.items())
        ),
    ]


def _figure(name: str, n: int, of: str, value: int) -> Figure:
    return Figure("later", name, n, of, "count", {"doorstep": value})


async def _run(conversations: int, seed: int, *, declared: bool) -> Count:
    rng = random.Random(seed)
    count = Count()
    rules = () if declared else detectors("rules")
    with (
        tempfile.TemporaryDirectory() as folder,
        _server() as server,
        Ledger(Path(folder) / "ledger.sqlite3") as ledger,
    ):
        for number in range(conversations):
            protocol = PROTOCOLS[number % len(PROTOCOLS)]
            values, repeats = _values(number, rng, declared), number // len(PROTOCOLS) % 2 == 0
            talk = _Talk(protocol, values, repeats, rng)
            layers: tuple[Detector, ...] = (Declared(values),) if declared else rules
            policy = Policy((server.url,))
            boundary = Boundary(ledger=ledger, policy=policy, key=_KEY, detectors=layers)
            await talk.hold(boundary, server, count)
    return count


def _values(number: int, rng: random.Random, declared: bool) -> tuple[Term, ...]:
    """Values that have a form, and, where they are declared, some that have none."""
    person, firm = _PEOPLE[number % len(_PEOPLE)], rng.choice(_FIRMS)
    box = f"{rng.choice('abcdefgh')}.{rng.randrange(100, 999)}"
    formed = (
        Term(f"ottoline.{box}@{rng.choice(_DOMAINS)}", "email"),
        Term(f"+4930{rng.randrange(2_000_000, 9_000_000)}", "phone"),
        Term(rng.choice(_IBANS), "iban"),
        Term(rng.choice(_CARDS), "card"),
        Term(f"https://{rng.choice(_DOMAINS)}/u/{rng.randrange(10**5, 10**6)}", "url"),
    )
    named = (Term(person, "person"), Term(firm, "organisation"), Term(rng.choice(_CODES)))
    return (*named, *formed) if declared else formed


class _Talk:
    """One conversation: `values` are known from its first turn on. `repeats`: it sends all turns
    before again."""

    def __init__(
        self, protocol: Protocol, values: Sequence[Term], repeats: bool, rng: random.Random
    ) -> None:
        self.values = values
        self._protocol = protocol
        self._repeats = repeats
        self._rng = rng
        self._turns: list[object] = []

    async def hold(self, boundary: Boundary, server: _Server, count: Count) -> None:
        async with boundary.client() as client:
            for turn in range(_TURNS):
                form, where = self._choice(turn)
                before, kept = len(server.received), list(self._turns)
                request = self._request(form, where, server.url)
                way = "encoded" if form in ENCODED or where == _QUERY else "open"
                count.sent[way] += 1
                try:
                    with boundary.crossing(Clearance(mask=True)):
                        await client.send(request)
                except BoundaryError:
                    count.refused[way] += 1
                    self._turns = kept
                self._look(server.received[before:], f"{form}, {where}", count)

    def _choice(self, turn: int) -> tuple[str, str]:
        """In which form, and where, a turn brings a value; the first one brings all of them."""
        if turn == 0:
            return "as it is", "user"
        places = [*slots(self._protocol.body), *slots(self._protocol.turn), _QUERY]
        return self._rng.choice(list(FORMS)), self._rng.choice(places)

    def _request(self, form: str, where: str, url: str) -> httpx2.Request:
        first = not self._turns
        some = self.values if first else [self._rng.choice(self.values)]
        text = "; ".join(FORMS[form](term.value) for term in some)
        new = filled(self._protocol.turn, {where: text})
        body = filled(self._protocol.body, {where: text})
        assert isinstance(new, list) and isinstance(body, dict)
        self._turns = [*self._turns, *new] if self._repeats else new
        key = self._protocol.turns
        return httpx2.Request(
            "POST",
            url + self._protocol.path,
            params={"note": text} if where == _QUERY else None,
            headers={"x-note": quote(some[0].value)},
            json={**body, key: [*body[key], *self._turns]},
        )

    def _look(self, received: Sequence[bytes], place: str, count: Count) -> None:
        for request in received:
            count.arrived += 1
            seen = readings(request)
            for term in self.values:
                count.looked += 1
                if stands(term.value, seen):
                    count.left[f"{term.kind}, {self._protocol.name}, {place}"] += 1


def readings(request: bytes) -> list[str]:
    """What was received, folded: as it is, percent decoded, and as the strings of its JSON (those
    of JSON in strings, too); and the same without anything between letters and digits."""
    raw = request.decode("utf-8", "replace")
    head, _, body = raw.partition("\r\n\r\n")
    strings = "\n".join([head, *_strings(json.loads(body))])
    plain = [_plain(text) for text in (raw, strings, unquote(strings))]
    return [raw, *plain, *("".join(filter(str.isalnum, text)) for text in plain)]


def stands(value: str, seen: Sequence[str]) -> bool:
    """Whether a value can be read in `readings`, in the clear, in base64 or in hex."""
    data = value.encode()
    whole = _plain(value)
    squeezed = "".join(filter(str.isalnum, whole))
    forms = [whole, squeezed, data.hex(), base64.b64encode(data).decode().rstrip("=")[:-1]]
    return any(form in reading for form in forms for reading in seen)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, str):
        yield value
        for start in (at for at, char in enumerate(value) if char == "{"):
            with suppress(ValueError):
                yield from _strings(json.JSONDecoder().raw_decode(value, start)[0])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


@dataclass(slots=True)
class _Server:
    url: str
    received: list[bytes]


@contextmanager
def _server() -> Iterator[_Server]:
    """A server on loopback that keeps what it gets, head and body, and answers an empty object."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one write, or each answer waits for an acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            head = f"{self.requestline}\r\n{self.headers}".rstrip()
            received.append(head.encode() + b"\r\n\r\n" + body)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed for each request."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield _Server(f"http://127.0.0.1:{http.server_port}", received)
    finally:
        http.shutdown()
        http.server_close()
        thread.join(5)
