"""Words of a private text that look like names: the capital rule.

`name_like_words` is the rule of a household's notes, with a few hundred ordinary words: a word
is name-like if it begins with a capital (wherever it stands, with or without a possessive
ending) or is all in capitals, and is no ordinary word, unit or date; or if it has a letter with
a mark. A word that also stands in the text in small letters is an ordinary word.

`Capitals` is the rule of the level *strict*, for texts of any kind, with a large dictionary and
an eye for where sentences and titles begin. Nouns of a language that capitalises them are
accepted losses.

Names in small letters ("maya") have to be declared, or found by the name model. Both rules take
too much rather than too little: they decide what is held back, never what may go.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import Literal

from doorstep._errors import ConfigError
from doorstep.boundary.clearance import Term
from doorstep.boundary.common import CommonWords
from doorstep.boundary.detect import Finding
from doorstep.boundary.terms import Cased, Matcher

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+)*")
_HUMP = re.compile(r"[^\W\d_a-z]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-z])")
# A sentence or a line begins here: after its end, a mark of a list or of speech, or a number.
_OPENS = re.compile(r"(?:\A|[.!?:;\n…\"“”„(\[{*#>|•–—/=-][\s\"“*_#'‘]*|\d[.)]\s*)\Z")
_NEXT = re.compile(
    r"\s+(?:i|you|he|she|it|we|they|this|that|the|there|all|your|my)\b", re.IGNORECASE
)
_BRAND = re.compile(r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+(?:['’]s)?")
_CODE_LINE = re.compile(r"[{};]\s*$|=>|\(\)", re.MULTILINE)
_CODE_LINES = 4
_OPENERS = frozenset(("will", "may", "hope"))
_DATE_BEFORE = re.compile(
    r"(?:\b(?:in|of|by|since|until|till|early|late|mid|next|last|this|every|from|to|and|or|during)"
    r"|\d(?:st|nd|rd|th)?\.?)[\s-]+\Z",
    re.IGNORECASE,
)
_DATE_AFTER = re.compile(r"[\s,.-]{1,3}\d|\s+(?:and|or|to)\s+(?:June|July|September)")
_SIGN = re.compile(r"[.:;!?\"“”()\[\]|•–—]|\s[-*]\s")
_SHORT_LINE = 8  # words of a heading
_LONGEST_LINE = 400  # characters of a line that are looked at
_FOREIGN = 3  # words with marks in small letters from which a text is not in English
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


class Capitals:
    """The rule for texts of any kind, with a dictionary: finds name-like words, in all their forms.

    A word that is not common and has a capital is private, wherever it stands. A common one is
    ordinary where any word is capitalised (where a sentence or a line begins, in a title), in a
    text that also has it in small letters, and all in capitals. A common word that is a name
    besides ("Mark", "Rose") is ordinary only in small letters; months that people are called by
    are months beside a number or after "in", "since", "next". Words in camel case are taken apart.

    `middle`: which common words count elsewhere, in the middle of a sentence. "names": those that
    are names besides. "all": every one ("the Heron Board"), and outside of program text also
    CamelCase ("LandVault"): on chats a third less leaks, and a third more is masked.
    """

    def __init__(
        self,
        common: CommonWords | None = None,
        *,
        middle: Literal["names", "all"] = "all",
        kind: str = "name",
    ) -> None:
        if middle not in ("names", "all"):
            raise ConfigError("middle must be names or all.")
        self._common = common or CommonWords()
        self._all = middle == "all"
        self._kind = kind

    def find(self, text: str) -> list[Finding]:
        small = _small(text) if self._all else frozenset()
        brands = self._all and not _is_code(text)
        found = [
            m
            for m in _WORD.finditer(text)
            if self._private(m, text, small) or (brands and _BRAND.fullmatch(m.group()))
        ]
        if not found:
            return []
        words = {m.start(): _POSSESSIVE.sub("", m.group()) for m in found}
        terms = [self._term(word) for word in dict.fromkeys(words.values())]
        spans = {(start, start + len(word)) for start, word in words.items()}
        spans |= {(hit.start, hit.end) for hit in Matcher(terms).find(text)}
        return [Finding(*span, self._kind, "capital rule") for span in _outer(spans)]

    def _term(self, word: str) -> Term:
        cased = word in self._common or word.lower() == word
        return Cased(word, self._kind) if cased else Term(word, self._kind)

    def _private(self, word: re.Match[str], text: str, small: frozenset[str]) -> bool:
        return self.name_like(word, text) or (
            self._all
            and word.group().lower() not in small
            and self._stands_out(word, text)
            and not _title(text, *word.span())
        )

    def name_like(self, word: re.Match[str], text: str) -> bool:
        """Whether this word of `text` is no common one, or one that is a name besides."""
        spelled = _POSSESSIVE.sub("", word.group())
        if len(spelled) < 2 or spelled == spelled.lower():
            return _marked(spelled) and spelled not in self._common and not _foreign(text)
        if not all(part in self._common for part in _parts(spelled)):
            return True
        if self._common.is_month_name(spelled):
            return not _dated(text, *word.span()) and not self._opens(word, text)
        if not self._common.is_name(spelled):
            return False
        return not (self._opens(word, text) and spelled.lower() in _OPENERS)

    def _opens(self, word: re.Match[str], text: str) -> bool:
        """Whether it opens a question or a wish: "Will you", "May I"."""
        return begins(text, word.start()) and bool(_NEXT.match(text, word.end()))

    def _stands_out(self, word: re.Match[str], text: str) -> bool:
        """Whether it is Written So where a common word would not be."""
        spelled = _POSSESSIVE.sub("", word.group())
        titled = len(spelled) > 2 and spelled[0].isupper() and spelled[1:].islower()
        if not titled or begins(text, word.start()):
            return False
        low = spelled.lower()
        return low not in _NO_NAME_SET and not low.startswith(("i'", "i’"))


def begins(text: str, start: int) -> bool:
    """Whether a sentence or a line begins at `start`."""
    return not start or bool(_OPENS.search(text, max(0, start - 6), start))


def _is_code(text: str) -> bool:
    """Whether it has lines that end like those of a program, where CamelCase is no firm."""
    return sum(1 for _ in islice(_CODE_LINE.finditer(text), _CODE_LINES)) == _CODE_LINES


def _small(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text) if word == word.lower())


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


def _outer(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that lie in no other one, in order."""
    outer: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not outer or end > outer[-1][1]:
            outer.append((start, end))
    return outer


def _parts(word: str) -> list[str]:
    """ "e-Mail" -> e, Mail; "getUserName" -> get, User, Name; else the word."""
    parts = [part for part in word.split("-") if len(part) > 1]
    return [piece for part in parts for piece in _camel(part)]


def _camel(word: str) -> list[str]:
    if word[1:] == word[1:].lower() or word == word.upper():
        return [word]
    return [piece for piece in _HUMP.findall(word) if len(piece) > 1] or [word]


def _foreign(text: str) -> bool:
    """Whether the text is in a language whose ordinary words have marks."""
    marked = (word for word in _WORD.findall(text) if word == word.lower() and _marked(word))
    return sum(1 for _ in islice(marked, _FOREIGN)) == _FOREIGN


def _line(text: str, start: int, end: int) -> str:
    stop = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : stop if stop >= 0 else len(text)][:_LONGEST_LINE]


def _title(text: str, start: int, end: int) -> bool:
    """Whether The Piece Between Two Signs is Written Like This, or all of a short line is."""
    line, first = _line(text, start, end), text.rfind("\n", 0, start) + 1
    before = [match.end() for match in _SIGN.finditer(line, 0, start - first)]
    after = _SIGN.search(line, end - first)
    piece = line[before[-1] if before else 0 : after.start() if after else len(line)]
    words = [word for word in _WORD.findall(piece) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    if len(words) > 2 and capitals * 10 >= len(words) * 7:
        return True
    short = len(line.split()) <= _SHORT_LINE and not line.rstrip().endswith((".", ","))
    return short and capitals == len(words)


def _dated(text: str, start: int, end: int) -> bool:
    """Whether a month is meant: "in May", "5 May", "May 2024"."""
    return bool(
        _DATE_AFTER.match(text, end) or _DATE_BEFORE.search(text, max(0, start - 10), start)
    )


_KNOWN = frozenset((_DATES + _UNITS + _ORDINARY).split())
_NO_NAME_SET = frozenset((_DATES + " mr mrs ms miss mx dr prof sir madam dear").split())
_MARKED_ORDINARY = frozenset(
    ("café", "cafés", "naïve", "à", "entrée", "fiancé", "fiancée", "cliché")
)
