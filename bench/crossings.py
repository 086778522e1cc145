"""Private words in what crossed: over the test households, and over generated ones.

    python bench/crossings.py [--generated 1000] [--json]

Every household is asked for real: reader, boundary, ledger, a server on loopback, and back. What
is searched is the ledger, that is, the exact bytes sent. The search is written apart from the
boundary's own normal forms, so that the two do not share a mistake. Households that home refuses
to read (nothing is sent then) are counted as refused.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from doorstep._errors import DoorstepError
from doorstep.assemble import assemble
from doorstep.config import Settings
from doorstep.household.case import HouseholdCase
from doorstep.patterns import Ask, SolveCase

HERE = Path(__file__).parent / "households"

NAMES = """Siobhán|Ó Súilleabháin|Zoë|Jean-Luc|D'Artagnan|O’Neill|Łukasz|Grażyna|Jørgen|Åse|Müller
|Strauß|Nguyễn|Trần Thị Hạnh|Þórdís|Çağla|Iñaki|Ngũgĩ|Anaïs|François|Mary-Kate|van der Berg
|al-Rashid|MacDonald|McKenzie|DeShawn|LaToya|X Æ|Will|May|Grace|Mark|Hope|Bill|Art|Price|Max
|Энджел|Βασίλης|李雷|佐藤|Xiùyīng|Björk|Renée|Chloë|Nuño|Őrs|Ürün|Žofie|Đorđe|Wójcik|Åsa-Britt
|JÜRGEN|mAYA|Anne Marie|St. John|Bo|Al|Jo|Ty|Ng""".replace("\n", "").split("|")
ROOMS = "conservatory|box room|nursery|Grandma's annexe|utility room|loft|green room".split("|")
FRAMES = (
    "{name}'s bath is at 19:40, so the tap runs then.",
    "Yesterday {name} came by at 20:15 and stayed in the {room}.",
    "{name} sleeps in the {room}.",
    "Ask {name} ({mangled}) before anything is changed in the {room}.",
    "{mangled} does not like the smell of washing.",
    "The {room} is {name}'s, since {mangled} moved out.",
)


@dataclass(frozen=True, slots=True)
class Count:
    """`leaks` holds (household id, which private word by its place in the list), never the word."""

    asked: int = 0
    refused: int = 0
    crossings: int = 0
    words: int = 0
    leaks: tuple[tuple[str, int], ...] = ()


def households() -> list[dict[str, object]]:
    rows = []
    for name in ("dev.jsonl", "held_out.jsonl"):
        with (HERE / name).open(encoding="utf-8") as file:
            rows += [json.loads(line) for line in file if line.strip()]
    return rows


def generated(count: int, seed: int = 7) -> Iterator[dict[str, object]]:
    """Households with names, rooms and device owners put in, in odd forms."""
    rng = random.Random(seed)
    bases = households()
    for number in range(count):
        yield _inject(bases[number % len(bases)], number, rng)


def _inject(base: dict[str, object], number: int, rng: random.Random) -> dict[str, object]:
    name, other, room = rng.choice(NAMES), rng.choice(NAMES), rng.choice(ROOMS)
    mangled = _mangle(other, rng)
    bullets = [
        "- " + frame.format(name=name, mangled=mangled, room=room)
        for frame in rng.sample(FRAMES, 3)
    ]
    text = re.sub(
        r"(?im)^(\W*household memory\W*\n(?:[=-]+\n)?)",
        lambda found: found[1] + "\n" + "\n".join(bullets) + "\n",
        str(base["file"]),
        count=1,
    )
    private = [*_strings(base["private"]), name, other, room]
    return {**base, "id": f"g{number}", "file": text, "private": private}


def _mangle(name: str, rng: random.Random) -> str:
    ways = (
        str.upper,
        str.lower,
        lambda n: " ".join(n),
        lambda n: n.replace(" ", "_").replace("-", "_"),
        lambda n: n[:1] + "\u200b" + n[1:],
        lambda n: unicodedata.normalize("NFD", n),
        lambda n: n + "s",
        lambda n: f"**{n}**",
    )
    return rng.choice(ways)(name)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def leaks(body: str, words: Sequence[str]) -> list[int]:
    """Which of `words`, by their place, stand in `body` in any of the forms looked for."""
    decoded = json.dumps(json.loads(body), ensure_ascii=False) if body[:1] in "{[" else body
    texts = [_plain(body), _plain(decoded)]
    squeezed = [re.sub(r"[\W_]+", "", text) for text in texts]
    return [
        index
        for index, word in enumerate(words)
        if any(_stands(_plain(word), text) for text in texts)
        or any(form in body for form in _encoded(word))
        or (len(word) >= 8 and any(re.sub(r"[\W_]+", "", _plain(word)) in t for t in squeezed))
    ]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c) and c != "\u200b")


def _stands(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![^\W_]){re.escape(word)}(?:'?s)?(?![^\W_])", text))


def _encoded(word: str) -> tuple[str, ...]:
    data = word.encode()
    if len(data) < 4:
        return ()
    return (
        base64.b64encode(data).decode().rstrip("=")[:-1],
        data.hex(),
        quote(word + "ü", safe=""),
    )


async def count(rows: Sequence[dict[str, object]]) -> Count:
    asked = refused = crossings = words = 0
    found: list[tuple[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "home": {"model": "builtin"},
                "cloud": {"model": "stand-in"},
                "ledger": {"path": str(Path(folder) / "ledger.sqlite3")},
            }
        )
        async with AsyncExitStack() as stack:
            parts = await stack.enter_async_context(assemble(settings, {}))
            for row in rows:
                asked += 1
                private = _strings(row["private"])
                case = HouseholdCase(parts.home.home)
                pattern = SolveCase(case, parts.cloud_model, parts.boundary)
                try:
                    solved = await pattern.solve(Ask(str(row["question"]), str(row["file"])))
                except DoorstepError:
                    refused += 1
                    continue
                for crossing in solved.outcome.crossings:
                    crossings += 1
                    words += len(private)
                    found += [(str(row["id"]), index) for index in leaks(crossing.body, private)]
    return Count(asked, refused, crossings, words, tuple(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generated", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {
        "households": asyncio.run(count(households())),
        "generated": asyncio.run(count(list(generated(options.generated)))),
    }
    if options.json:
        print(json.dumps({name: _object(result) for name, result in results.items()}))
        return
    for name, result in results.items():
        print(
            f"{name}: {len(result.leaks)} private words in {result.crossings} crossings "
            f"({result.words} words looked for, {result.asked} asked, {result.refused} refused)"
        )


def _object(result: Count) -> dict[str, object]:
    return {
        "asked": result.asked,
        "refused": result.refused,
        "crossings": result.crossings,
        "words": result.words,
        "leaks": len(result.leaks),
    }


if __name__ == "__main__":
    main()
