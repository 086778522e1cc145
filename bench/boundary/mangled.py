r"""Placeholders as models spell them: what is restored, and whether ever to the wrong person.

A form counts only if every placeholder of the trial is restored from it: the value stands in the
result and nothing of the placeholder's letters is left. A wrong-person trial changes one letter of
a placeholder (or drops, doubles or swaps letters) so that it is nobody's; any value in the result
is a wrong one. Letters that Crockford's base 32 reads alike (O and 0, I, L and 1) are not a change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from bench.boundary.figures import Figure
from doorstep.boundary.restore import Restorer
from doorstep.boundary.vault import Vault

Restore = Callable[[str], str]

_KEY = b"for the benchmark of the boundary"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIRST = "Maya Tobias Ingrid Rafael Yusuf Celeste Bronwyn Keanu Priya Anselm".split()
_LAST = "Okonkwo Lindqvist Varga Delacroix Hashimoto Pettersen Brannigan Kowalczyk".split()

FORMS: dict[str, Callable[[str, str], str]] = {
    "lower case": lambda kind, code: f"{kind}_{code}".lower(),
    "Title case": lambda kind, code: f"{kind.title()}_{code.title()}",
    "space for underscore": lambda kind, code: f"{kind} {code}",
    "no separator": lambda kind, code: f"{kind}{code}",
    "hyphen": lambda kind, code: f"{kind}-{code}",
    "backslash": lambda kind, code: rf"{kind}\_{code}",
    "HTML entity": lambda kind, code: f"{kind}&#95;{code}",
    "JSON escape": lambda kind, code: rf"{kind}\u005f{code}",
    "bold inside": lambda kind, code: f"{kind}_**{code}**",
    "brackets": lambda kind, code: f"[{kind}_{code}]",
    "possessive": lambda kind, code: f"{kind}_{code}'s",
    "line break": lambda kind, code: f"{kind}_\n{code}",
    "zero-width": lambda kind, code: f"{kind}_\u200b{code}",
}


def mangled(people: int = 60, trials: int = 20_000, seed: int = 11) -> list[Figure]:
    """Both figures, over a vault of `people` persons and as many addresses."""
    rng = random.Random(seed)
    vault = Vault(_KEY)
    pairs = dict(_pairs(vault, people))
    restore = Restorer.of(vault).text
    restored = {form: _restored(spell, pairs, restore) for form, spell in FORMS.items()}
    wrong = sum(_wrong(text, pairs, restore) for text in _changed(list(pairs), trials, rng))
    always = sum(number == len(pairs) for number in restored.values())
    return [
        *(_figure(f"form: {form}", len(pairs), "trials", n) for form, n in restored.items()),
        _figure("forms always restored", len(FORMS), "forms", always),
        _figure("wrong person restored", trials, "trials", wrong),
    ]


def _figure(name: str, n: int, of: str, value: int) -> Figure:
    return Figure("mangled", name, n, of, "count", {"doorstep": value})


def _pairs(vault: Vault, people: int) -> Iterator[tuple[str, str]]:
    """(placeholder, value)."""
    for number in range(people):
        first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
        yield vault.placeholder("person", f"{first} {last}"), f"{first} {last}"
        address = f"{first}.{last}@mail{number}.example".lower()
        yield vault.placeholder("email", address), address


def _restored(spell: Callable[[str, str], str], pairs: dict[str, str], restore: Restore) -> int:
    """How many placeholders are restored from this spelling."""
    number = 0
    for placeholder, value in pairs.items():
        kind, code = placeholder.split("_", 1)
        result = restore(f"Please ask {spell(kind, code)} about it.")
        left = _plain(code) in _plain(result)
        number += value in result and not left
    return number


def _changed(placeholders: list[str], trials: int, rng: random.Random) -> Iterator[str]:
    """Placeholders of nobody, each near to one that is somebody's."""
    known = {_plain(p) for p in placeholders}
    while trials:
        kind, code = rng.choice(placeholders).split("_", 1)
        text = f"{kind}_{_change(code, rng)}"
        if _plain(text) not in known:
            trials -= 1
            yield text


def _change(code: str, rng: random.Random) -> str:
    places = [i for i, char in enumerate(code) if char in _DIGITS]
    at = rng.choice(places)
    other = rng.choice([digit for digit in _DIGITS if digit != code[at]])
    ways = (
        code[:at] + other + code[at + 1 :],
        code[:at] + other + code[at + 1 :],
        code[:at] + code[at + 1 :],
        code[:at] + code[at] + code[at:],
        code[:at] + other + code[at:],
        code[:at] + code[at : at + 2][::-1] + code[at + 2 :],
    )
    return rng.choice(ways)


def _wrong(text: str, pairs: dict[str, str], restore: Restore) -> bool:
    result = restore(f"Please ask {text} about it.")
    return any(value in result for value in pairs.values())


def _plain(placeholder: str) -> str:
    return re.sub(r"[\W_]", "", placeholder).casefold()
