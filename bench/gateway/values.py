"""Private values by a seed: the same seed gives the same values, in the load and at the upstream.

Six kinds that the boundary's rules know by their form, with right check digits, and names that
nobody can know by their form: those the gateway is told of (`declared`, for its settings).
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator

DECLARED = 200
_FIRST = "Adaeze Bohumil Cosima Dagny Eirlys Fiachra Guiomar Hjördis Ioana Jarmila".split()
_LAST = "Abernethy Brzozowski Castellanos Dvořáček Ezekwueme Fjeldstad Grünewald Hrafnsson".split()
_ESCAPED = ('Jörg "Jogi" Brückstraß', "\\\\quarzserver\\akten", "O'Zwick & Söhne", "Wuddel🦊bach")
_DOMAINS = "gmx.de fastmail.fm uni-ulm.example post.example.org kontor.example.com".split()
_LETTERS = string.ascii_lowercase
_WORD = string.ascii_letters + string.digits


def stream(seed: str) -> Iterator[str]:
    """Values of all kinds in turn, without an end."""
    rng = random.Random(seed)
    while True:
        for make in _KINDS:
            yield make(rng)


def pool(seed: str, count: int) -> list[str]:
    """`count` different values."""
    values: dict[str, None] = {}
    made = stream(seed)
    while len(values) < count:
        values[next(made)] = None
    return list(values)


def declared(count: int = DECLARED) -> list[str]:
    """Names of persons who do not exist, and a few that JSON has to escape."""
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    longer = [f"{first} {last}-{other}" for first in _FIRST for last in _LAST for other in _LAST]
    return [*_ESCAPED, *names, *longer][:count]


def _mail(rng: random.Random) -> str:
    name = "".join(rng.choices(_LETTERS, k=9))
    return f"{name}.{rng.randrange(10, 10**4)}@{rng.choice(_DOMAINS)}"


def _phone(rng: random.Random) -> str:
    """German mobile numbers (ITU-T E.164; the Bundesnetzagentur's 0151 to 0179)."""
    area = rng.choice(("151", "160", "170", "171", "175"))
    return f"+49 {area} {rng.randrange(10**6, 10**7)}{'0' if area == '151' else ''}"


def _iban(rng: random.Random) -> str:
    """ISO 13616: DE, bank code, account, MOD 97-10."""
    account = f"{rng.randrange(10**7, 10**8)}{rng.randrange(10**10):010d}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def _card(rng: random.Random) -> str:
    """ISO/IEC 7812: sixteen digits that begin with 4, Luhn."""
    digits = [4, *(rng.randrange(10) for _ in range(14))]
    doubled = [n * 2 - 9 * (n > 4) if place % 2 == 0 else n for place, n in enumerate(digits)]
    return "".join(map(str, [*digits, -sum(doubled) % 10]))


def _ip(rng: random.Random) -> str:
    """Not 127.x.x.x, which is this machine and nobody's secret."""
    return ".".join(str(rng.randrange(128, 254)) for _ in range(4))


def _key(rng: random.Random) -> str:
    return rng.choice(("sk-proj-", "ghp_", "sk-")) + "".join(rng.choices(_WORD, k=40))


_KINDS: tuple[Callable[[random.Random], str], ...] = (_mail, _phone, _iban, _card, _ip, _key)
