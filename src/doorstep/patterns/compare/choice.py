"""One of lettered options: by its letter, its text, or its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from doorstep.patterns.compare.answer import marked, sentences
from doorstep.patterns.compare.clean import clean, folded
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.value import What

_OPTION = re.compile(
    r"(?:(?<=\s)|^)\(?([A-Ja-j])[).:]\s*(.+?)(?=\s+\(?[A-Ja-j][).:]\s|\s*\n|\s*\Z)", re.MULTILINE
)
_NOT = re.compile(
    r"\b(?:rule[sd]? out|eliminate[sd]?|exclude[sd]?|discard(?:ed)?|(?:incorrect|wrong)(?::| is))"
    r"\s+(?:option\s+)?\(?[A-J]\b\)?(?:(?:,|,?\s+and|,?\s+or)\s+\(?[A-J]\b\)?)*|"
    r"\bneither\s+\(?[A-J]\)?\s+nor\s+\(?[A-J]\b\)?|"
    r"\b(?:not|isn't|rather than|instead of|except|unlike)\s+(?:option\s+)?\(?[A-J]\b\)?"
    r"|\(?\b[A-J]\b\)?(?:(?:,|\s+and|\s+or)\s+\(?[A-J]\b\)?)*\s+(?:is|are|looks|seems)"
    r"\s+(?:both\s+|all\s+)?(?:nonsense|wrong|incorrect|false|not|too|out)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:answer|option|choice|choose|pick|select|go with|it is|it's|be)(?:\s+is)?(?:\s+option)?"
    r"[\s:*\"']*(?:\((?P<p>[A-Ja-j])\)|(?P<l>[A-J])\b(?!'))"
    r"|(?:\((?P<q>[A-J])\)|\b(?P<r>[A-J]))\s+(?:is|must be)\s+"
    r"(?:the\s+)?(?:correct|right|best|true|more \w+|most \w+|closest|it\b)"
    r"|\b(?:[Ss]o|[Tt]hus|[Tt]herefore|[Hh]ence),?\s+\(?(?P<s>[A-J])\)?(?=\W*\Z)"
    r"|\boption\s+\(?(?P<o>[a-jA-J])\b\)?",
)
_LEAD = re.compile(
    r"\s*\(?([A-Ja-j])(?:[).:]+(?:\s(?!(?:is|are|was|looks?|seems?|would|could|may|might|can|does"
    r"|and|or)\b)|\s*\Z)|\)?\s*\Z)"
)
_MARKED = re.compile(r"\W*(?:option )?(?:([B-J])\b|(A)\b(?!\s[a-z])|([A-Ja-j])\))(?!')")
_REASON = re.compile(
    r"(?:,|;)?\s(?:because|since|as|whereas|while|although|though|even though|unlike)\b[^.!?;\n]*",
    re.IGNORECASE,
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_PLACE = re.compile(
    rf"\b(?:the\s+)?({'|'.join(_ORDINALS)}|[1-9](?=st|nd|rd|th))(?:st|nd|rd|th)?(?:\s+(?:option|one|choice))\b",
    re.I,
)
_NUMBERED = re.compile(r"\b(?:option|choice)\s+([1-9])\b", re.I)
_FINAL = re.compile(r"\b(?:the\s+)?last\s+(?:option|one|choice)\b", re.I)
_TWO = re.compile(r"\b[A-J]\)?\s+(?:or|and)\s+\(?[A-J]\b")
_DENIED = re.compile(r"(?:\bnot|n't|rather than|instead of)\s+(?:the\s+|an?\s+)?\Z")
_LONE = re.compile(r"(?<![\w'])\(?([B-HJ])\)?(?![\w'])|\(([AI])\)")


@dataclass(frozen=True, slots=True, repr=False)
class Choice:
    """The letter, None where only the text of an option is known, and that text."""

    letter: str | None
    text: str


def options(context: Context) -> dict[str, str]:
    """The options that the rules give or the question lists, at least two from A on, folded."""
    if context.rules.options:
        return {chr(ord("A") + n): folded(text) for n, text in enumerate(context.rules.options)}
    found = {m[1].upper(): folded(m[2]) for m in _OPTION.finditer(context.question)}
    return found if len(found) >= 2 and "A" in found else {}


def read(text: str, context: Context) -> Choice | None:
    """What `text` chooses; None where it chooses nothing, or two things."""
    text = clean(text).strip()
    listed = options(context)
    if listed and _FINAL.search(text):
        return Choice(max(listed), listed[max(listed)])
    text = _REASON.sub("", text) or text
    said = _affirmed(marked(text) or "")
    if (first := _MARKED.match(said)) and not _TWO.match(said.lstrip(" (*")):
        letter = next(sign for sign in first.groups() if sign).upper()
        return Choice(letter, listed.get(letter, ""))
    for part in (said, _affirmed(text)):
        letter = _letter(part) or _by_text(part, listed)
        if letter is not None:
            return Choice(letter, listed.get(letter, ""))
    letter = _by_text(_affirmed(sentences(text)[-1]) if text else "", listed) or _lone(text)
    if letter is not None:
        return Choice(letter, listed.get(letter, ""))
    return Choice(None, folded(text)) if text and len(text) <= 80 and not listed else None


def whole(text: str, context: Context) -> Choice | None:
    """A letter, in brackets or with the text of its option behind it."""
    plain = clean(text).strip()
    short = re.fullmatch(r"(?:option\s+)?\(?[A-Ja-j][).:]?\.?", plain, re.IGNORECASE)
    return read(text, context) if short or _SAID.search(plain) or _LEAD.match(plain) else None


def compared(a: Choice, b: Choice, context: Context) -> What:
    if a.letter is not None and b.letter is not None:
        return () if a.letter == b.letter else ("option",)
    if a.letter is None and b.letter is None:
        return () if a.text == b.text else ("option",)
    return None


def _affirmed(text: str) -> str:
    """Without the options that it turns down."""
    return _NOT.sub(" ", text)


def _letter(text: str) -> str | None:
    lead = _LEAD.match(text)
    if lead is not None:
        return lead[1].upper()
    if said := list(_SAID.finditer(text)):
        return next(letter for letter in said[-1].groups() if letter).upper()
    place = _PLACE.search(text) or _NUMBERED.search(text)
    if place is None:
        return None
    nth = place[1].lower()
    return chr(ord("A") + (int(nth) - 1 if nth.isdecimal() else _ORDINALS.index(nth)))


def _by_text(text: str, listed: dict[str, str]) -> str | None:
    """The one option whose text this is, or names as the last one."""
    said = folded(text)
    exact = [letter for letter, option in listed.items() if option == said]
    if exact:
        return exact[0]
    ends = {letter: _last(option, said) for letter, option in listed.items() if option}
    named = {letter: end for letter, end in ends.items() if end >= 0}
    return max(named, key=lambda letter: (named[letter], len(listed[letter]))) if named else None


def _last(option: str, text: str) -> int:
    """Where `option` stands last in `text` as whole words, its end; -1 where it does not."""
    named = re.finditer(rf"(?<!\w){re.escape(option)}(?!\w)", text)
    found = [match for match in named if not _DENIED.search(text[: match.start()][-30:])]
    return found[-1].end() if found else -1


def _lone(text: str) -> str | None:
    text = _affirmed(text)
    if _TWO.search(text):
        return None
    letters = {a or b for a, b in _LONE.findall(text)}
    return letters.pop() if len(letters) == 1 else None
