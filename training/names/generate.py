"""Texts out of templates: every `{slot}` is filled with a value, and most values are private."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from training.names.pools import JOBS, Pools
from training.names.text import Mark, Text

_SLOT = re.compile(r"\{\{|\}\}|\{(\w+)(?::(\w\w))?\}")
_FOLDER = Path(__file__).parent / "templates"
_SHARES = {"letters": 0.46, "records": 0.18, "languages": 0.14, "innocent": 0.13, "abroad": 0.09}

# Slot -> kind of its value; None: said of nobody in particular, so not private; "-": no side.
_KIND = {
    "p": "person", "pf": "person", "pl": "person", "pt": "person", "i": "person",
    "o": "organisation", "acr": "organisation", "school": "organisation",
    "hosp": "organisation", "hotel": "organisation", "c": "place", "co": "place",
    "addr": "address", "addrml": "address", "street": "address", "d": "date", "dob": "date",
    "my": "-", "year": "-", "wd": "-", "time": "-", "age": "age", "nat": "demographic",
    "lang": "-", "job": "-", "sex": None, "n": None, "a": None, "trade": None, "c1": "-",
    "q": "-", "num": "-", "num4": "identifier", "email": "email", "phone": "phone", "url": "url",
    "card": "account", "iban": "account", "acct": "account", "id": "identifier",
    "case": "case", "order": "order", "plate": "identifier", "code": "identifier",
    "ip": "identifier", "host": "url", "secret": "secret", "handle": "handle", "prod": "other",
    "brand": "organisation", "place2": "place", "pf2": "person",
}  # fmt: skip


class Generator:
    """Fills templates, each drawn by the share of its file."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._templates = {
            name: (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip("\n").split("\n---\n")
            for name in _SHARES
        }

    def text(self, name: str | None = None) -> Text:
        """One text, of the named file or of any."""
        names = list(_SHARES)
        name = name or self._pools.random.choices(names, list(_SHARES.values()))[0]
        template = self._pools.pick(self._templates[name])
        out, marks, done = "", [], 0
        drawn: list[str] = []
        for slot in _SLOT.finditer(template):
            out += template[done : slot.start()]
            done = slot.end()
            if slot[1] is None:
                out += slot[0][0]
                continue
            skip, value = self._value(slot[1], slot[2], drawn)
            kind = _KIND[slot[1]]
            if kind is not None:
                weight = 0.0 if kind == "-" else 0.6 if kind == "other" else 1.0
                plain = "other" if kind == "-" else kind
                if skip:
                    marks.append(Mark(len(out), len(out) + skip, plain, 0.0))
                marks.append(Mark(len(out) + skip, len(out) + len(value), plain, weight))
            out += value
        return Text(out + template[done:], tuple(marks), name)

    def _value(self, slot: str, language: str | None, drawn: list[str]) -> tuple[int, str]:
        """A value, and how many of its first characters are a title (which takes no side)."""
        pools = self._pools
        if slot == "pt":
            title = pools.title(language)
            name = pools.family(language) if pools.chance(0.6) else pools.person(language)
            return len(title) + 1, f"{title} {name}"
        if slot in ("p", "pf") and drawn and pools.chance(0.25):
            # The same people come again, mostly by their first names.
            again = pools.pick(drawn)
            return 0, again.split()[0].strip(",") if slot == "pf" else again
        value = _DRAW[slot](pools, language)
        if slot in ("p", "pf"):
            drawn.append(value)
        return 0, value


_DRAW: dict[str, Callable[[Pools, str | None], str]] = {
    "p": lambda x, at: x.person(at),
    "pf": lambda x, at: x.given(at),
    "pl": lambda x, at: x.family(at),
    "i": lambda x, at: x.pick("ABCDEFGHJKLMNPRSTW"),
    "o": lambda x, at: x.organisation(),
    "acr": lambda x, at: x.acronym(),
    "school": lambda x, at: x.school(),
    "hosp": lambda x, at: x.hospital(),
    "hotel": lambda x, at: x.hotel(),
    "c": lambda x, at: x.city(at),
    "co": lambda x, at: x.country(),
    "addr": lambda x, at: x.address(at),
    "addrml": lambda x, at: x.address_lines(at),
    "street": lambda x, at: x.street(at),
    "d": lambda x, at: x.date(at),
    "dob": lambda x, at: x.date(at, 1930, 2015),
    "my": lambda x, at: x.month(),
    "year": lambda x, at: str(x.random.randint(1950, 2026)),
    "wd": lambda x, at: x.pick(["Monday", "tuesday", "Friday", "Saturday", "Thursday morning"]),
    "time": lambda x, at: f"{x.random.randint(0, 23):02}:{x.random.randint(0, 59):02}",
    "age": lambda x, at: str(x.random.randint(3, 95)),
    "nat": lambda x, at: x.nationality(),
    "lang": lambda x, at: x.nationality(),
    "job": lambda x, at: x.pick(JOBS),
    "sex": lambda x, at: x.pick(["male", "female"]),
    "n": lambda x, at: str(x.random.randint(2, 60)),
    "a": lambda x, at: x.pick(["a", "an"]),
    "trade": lambda x, at: x.pick(["roofing", "dental care", "web design", "car repair"]),
    "c1": lambda x, at: x.city().replace(" ", ""),
    "q": lambda x, at: x.money(),
    "num": lambda x, at: x.digits(5),
    "num4": lambda x, at: x.digits(4),
    "email": lambda x, at: x.fake("email", x.pick(["en_US", "de_DE", "fr_FR"])),
    "phone": lambda x, at: x.fake("phone_number", x.locale()),
    "url": lambda x, at: x.fake("url", "en_US"),
    "card": lambda x, at: x.fake("credit_card_number", "en_US"),
    "iban": lambda x, at: x.fake("iban", x.pick(["de_DE", "en_GB", "fr_FR"])),
    "acct": lambda x, at: x.digits(10),
    "id": lambda x, at: x.identifier(),
    "case": lambda x, at: x.case(),
    "order": lambda x, at: x.pick([f"#{x.digits(6)}", f"INV-{x.digits(5)}", x.identifier()]),
    "plate": lambda x, at: x.fake("license_plate", x.pick(["en_GB", "de_DE", "en_US"])),
    "code": lambda x, at: f"{x.acronym()[:2]}{x.digits(4)}",
    "ip": lambda x, at: x.fake("ipv4", "en_US"),
    "host": lambda x, at: x.host(),
    "secret": lambda x, at: x.secret(),
    "handle": lambda x, at: x.handle(),
    "prod": lambda x, at: x.product(),
    "brand": lambda x, at: x.brand(),
    "place2": lambda x, at: x.pick([x.city(), f"the {x.city()} bridge", f"{x.family()} Street"]),
    "pf2": lambda x, at: x.given(),
}
