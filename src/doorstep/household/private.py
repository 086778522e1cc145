"""Everything in a household's file that must not cross, as terms for the boundary.

Found by rules: name-like words of the whole text, device names and their words, rooms and places,
what the mapping maps to. Declared: whatever the person lists. Never numbers, times or units: the
problem is made of them. The terms may be too many; they decide what is held back, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from doorstep.boundary.clearance import Term

if TYPE_CHECKING:
    from doorstep.household.values import Household, Reading

_ROOMS = """
attic balcony barn basement bathroom bathrooms bath bedroom bedrooms boathouse boxroom cabin
caravan carport cellar cloakroom conservatory corridor cottage courtyard cupboard den dining
downstairs driveway entrance ensuite flat foyer gallery garage garden gazebo granny greenhouse
guestroom gym hall hallway hobby hut kitchen kitchens kitchenette landing larder laundry lean-to
library living loft lounge lobby mezzanine mudroom nursery office orangery outhouse outbuilding
pantry parlour patio penthouse playroom pool porch sauna scullery shed stable stairs stairwell
studio study sunroom terrace toilet upstairs utility veranda wardrobe washroom workroom workshop
yard
"""
# Words that a room or a device may be called by but that say nothing alone.
_PLAIN_WORDS = """
the a an of for in on at and or to with our my your new old room unit this that every each same
whole one any no
"""
_UNIT_WORDS = "w kw kwh wh v a h min mins minutes hours am pm l kg no nr"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLACE = re.compile(
    r"\b[^\W\d_]+(?:['’]s)? (?:room|house|floor|flat|corner|wing)s?\b", re.IGNORECASE
)
_PLAIN = frozenset(_PLAIN_WORDS.split())
_UNITS = frozenset(_UNIT_WORDS.split())


def private_terms(
    household: Household, reading: Reading | None = None, declared: Iterable[str] = ()
) -> tuple[Term, ...]:
    """Each private value once, by kind: *declared*, *device*, *room*, *name*.

    A value that stands under two kinds keeps the first. Values differ by more than case.
    """
    found: dict[str, Term] = {}
    for term in _all(household, reading, declared):
        found.setdefault(term.value.casefold(), term)
    return tuple(found.values())


def _all(household: Household, reading: Reading | None, declared: Iterable[str]) -> Iterator[Term]:
    from doorstep.boundary.detect.capitals import name_like_words

    yield from (Term(value.strip(), "declared") for value in declared if value.strip())
    devices = [device.name for device in household.devices]
    mapped = [] if reading is None else [*reading.mapping.values(), reading.target]
    for name in (*devices, *mapped):
        yield from _device(name)
    yield from (Term(room, "room") for room in _rooms(household.text))
    yield from (Term(word, "name") for word in name_like_words(household.text))


def _device(name: str) -> Iterator[Term]:
    """The whole name, and each word of it that tells something alone."""
    words = [w for w in _WORD.findall(name) if w.casefold() not in _PLAIN | _UNITS]
    if words:
        yield Term(" ".join(name.split()), "device")
    if len(words) > 1 or words != name.split():
        yield from (Term(word, "device") for word in words if len(word) > 1)


def _rooms(text: str) -> Iterator[str]:
    """Room words of the text, and pairs such as "music room" or "first floor"."""
    rooms = frozenset(_ROOMS.split())
    for match in _PLACE.finditer(text):
        if match.group().split()[0].casefold() not in _PLAIN:
            yield match.group()
    for word in _WORD.findall(text):
        low = word.casefold()
        if low in rooms or low.removesuffix("s") in rooms:
            yield word
