"""Words of a private text that look like names: the capital rule.

A word is name-like if it begins with a capital (wherever it stands, with or without a possessive
ending) or is all in capitals, and is no ordinary word, unit or date; or if it has a letter with
a mark. A word that also stands in the text in small letters is an ordinary word. Names in small
letters ("maya") have to be declared, and so has a name that is an ordinary word ("Will"). The
rule takes too much rather than too little: it decides what is held back, never what may go.
"""

from __future__ import annotations

import re
import unicodedata

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.terms import Matcher

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’][sS]?$")

_DATES = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
sun january february march april june july august september october november december jan feb mar
apr jun jul aug sep sept oct nov dec may spring summer autumn winter fall christmas easter
today tomorrow yesterday tonight noon midnight morning afternoon evening night
"""
_UNITS = """
ev evs tv tvs pv led usb wifi hvac ac dc am pm kwh kw wh w mw v a co id ok faq pdf url api json
usd eur gbp utc gmt cet cest est pst bst dst usa uk eu ai llm nb eg ie ps vs no nr i
"""
_ORDINARY = """
the a an and or but nor so yet for of in on at by to from with without into onto over under about
above below after before between during until till since while when whenever where wherever why
how what which who whom whose that this these those there here it its he she they we you i me him
her them us my your his our their mine yours hers ours theirs be is are was were been being am do
does did done have has had having can could shall should will would may might must need not no yes
if then else than as because though although unless whether both either neither each every any all
some many much more most few fewer less least other another such same own only just even also too
very quite rather still already again once twice never always often sometimes usually normally
maybe perhaps please thanks thank hello hi hey dear sorry well now later soon early late first last
next finally meanwhile however therefore instead otherwise except apart since given note notes
everyone everybody someone somebody anyone anybody nobody nothing something anything everything
one two three four five six seven eight nine ten eleven twelve half quarter
keep run start stop finish end begin charge wash dry cook heat cool turn switch set let make take
get put leave wait use avoid remember check ask tell give go come stay sleep wake eat work play
do don't doesn't didn't can't cannot won't isn't aren't wasn't it's i'm we're they're he's she's
that's there's let's you're i've we've i'd we'd i'll we'll they'll it'll what's who's
kids children child baby family people person parents neighbours neighbors guests guest house home
household memory device devices facts fact tariff price prices energy power electricity current
time times date day days week weeks month year hour hours minute minutes context question answer
breakfast lunch dinner supper bedtime bed school work office door window room rooms kitchen bathroom
bedroom bedrooms living garage garden hall hallway basement attic laundry study nursery
dishwasher washer washing machine dryer tumble oven stove hob fridge freezer vacuum robot cleaner
charger car heat pump boiler heater heating water lights light lamp pool battery batteries solar
available ready full empty clean dirty quiet loud noisy cheap expensive new old big small good bad
between around roughly approximately otherwise anyway usually weekdays weekends weekday weekend
north south east west english german french spanish european american internet
"""


def name_like_words(text: str) -> list[str]:
    """The name-like words of `text`, each spelling once, in order, without possessive endings."""
    words = _words(text)
    small = {word for word in words if word == word.lower()}
    return [word for word in dict.fromkeys(words) if _name_like(word, small)]


class Names:
    """Finds name-like words in a text that leaves; every form of each of them."""

    def __init__(self, *, kind: str = "name") -> None:
        self._kind = kind

    def find(self, text: str) -> list[Finding]:
        terms = [Term(word, self._kind) for word in name_like_words(text)]
        return [Finding(h.start, h.end, self._kind) for h in Matcher(terms).find(text)]


def _words(text: str) -> list[str]:
    return [_POSSESSIVE.sub("", match.group()) for match in _WORD.finditer(text)]


def _name_like(word: str, small: set[str]) -> bool:
    low = word.lower()
    if _marked(word) and low not in _MARKED_ORDINARY:
        return True
    if len(word) < 2 or word == low:
        return False
    ordinary = low in _KNOWN or _singular(low) in _KNOWN
    return not (ordinary or low in small or _singular(low) in small)


def _singular(low: str) -> str:
    return low[:-1] if low.endswith("s") else low


def _marked(word: str) -> bool:
    return any(unicodedata.decomposition(char) or char in "øłđßæœþðı" for char in word.lower())


_KNOWN = frozenset((_DATES + _UNITS + _ORDINARY).split())
_MARKED_ORDINARY = frozenset(
    ("café", "cafés", "naïve", "à", "entrée", "fiancé", "fiancée", "cliché")
)
