"""Dates: of birth after the words for it; others and ages where they are asked for."""

from __future__ import annotations

import re

from doorstep.boundary.detect.checksums import calendar_date
from doorstep.boundary.detect.pattern import Pattern

_MONTH = (
    r"(?i:jan(?:uary|uar|vier|eiro)?|enero|gennaio|januari|feb(?:ruary|ruar|braio|rero|ruari)?|"
    r"février|fevereiro|mar(?:ch|s|zo|ço|et)?|märz|maart|apr(?:il|ile)?|avril|abril|may|mai|mayo|"
    r"maggio|maj|mei|maio|jun(?:e|i|io|ho)?|juin|giugno|jul(?:y|i|io|ho)?|juillet|luglio|"
    r"aug(?:ust|ustus|usti)?|août|agosto|sep(?:t|tember|tembre|tiembre)?|settembre|setembro|"
    r"oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|"
    r"dec(?:ember|embre)?|dez(?:ember|embro)?|décembre|diciembre|dicembre)"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:1[6-9]\d\d|20\d\d)"
_WRITTEN = (
    rf"{_DAY}(?i:st|nd|rd|th|er|\.|º|°)?(?i: of| de| d'|)[ .-]{{0,2}}{_MONTH}\.?(?:,|"
    rf"(?i: de| del))?"
    rf"[ -]{{0,2}}{_YEAR}|{_MONTH}\.?[ ]{{1,2}}{_DAY}(?i:st|nd|rd|th)?,?[ ]{{1,2}}{_YEAR}"
)
_NUMERIC = r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
_CJK = r"\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]?"

_BORN = (
    r"born|dob\b|d\.o\.b|date of birth|birth ?da(?:te|y)|b-?day|geb(?:\.|oren|urtsdatum|urtstag)|"
    r"né(?:e|\(e\))? le|née?\b|date de naissance|nacid[oa]|nacimiento|nat[oa] il|data di nascita|"
    r"nascid[oa]|nascimento|født|fødselsda\w*|född|födelse\w*|geboren|geboortedatum|syntynyt|"
    r"syntymä\w*|urodz\w*|narozen\w*|doğum|родил\w*|рожд\w*|出生|生年月日|생년월일"
)

_BIRTHDAY = (
    "birth ?day|born on|b-?day|geburtstag|anniversaire|cumpleaños|compleanno|fødselsdag|födelsedag"
)


_FIGURES = re.compile(r"\d+")


def _is_date(value: str) -> bool:
    """A day of the calendar, whether the day or the month comes first."""
    numbers = [int(number) for number in _FIGURES.findall(value)]
    if len(numbers) < 3:
        return True  # the month is a word
    if numbers[0] > 31:
        return calendar_date(numbers[0], numbers[1], numbers[2])
    day, month, year = numbers[:3]
    return calendar_date(year, month, day) or calendar_date(year, day, month)


PATTERNS = (
    Pattern(
        "birth date",
        "birth_date",
        "Dates after words for birth, in fifteen languages",
        rf"\b(?:{_WRITTEN}|{_NUMERIC})\b|{_CJK}",
        hint=r"\d{4}|\d[./-]\d{1,2}[./-]\d{2}",
        context=_BORN,
        reach=32,
        check=_is_date,
    ),
    Pattern(
        "birth date key",
        "birth_date",
        "Dates in fields called dob, birthdate, date_of_birth and the like",
        r"(?i:(?:dob|birth_?-?da(?:te|y)|date_?-?of_?-?birth|geburtsdatum|fecha_?nacimiento)"
        r"[\"']?[ \t]*[:=,][ \t]*[\"']?)(\d[0-9./T:-]{5,24})",
    ),
    Pattern(
        "birthday",
        "birth_date",
        "Day and month after words for a birthday",
        rf"\b(?:{_MONTH}\.? {_DAY}(?i:st|nd|rd|th)?|{_DAY}(?i:st|nd|rd|th|"
        rf"\.)?(?i: of)? {_MONTH})\b",
        hint=f"(?i:{_BIRTHDAY})",
        context=_BIRTHDAY,
        reach=32,
    ),
    Pattern(
        "date written",
        "date",
        "Full dates with the month as a word (only where dates are asked for)",
        rf"\b(?:{_DAY}(?: ?(?:-|to|and|/) ?| {_MONTH} (?:to|and|-) ))?(?:{_WRITTEN})\b|{_CJK}",
        hint=r"\d{4}",
    ),
    Pattern(
        "date month",
        "date",
        "A month as a word with its year (only where dates are asked for)",
        rf"\b{_MONTH}\.?(?: of| de)? {_YEAR}\b",
    ),
    Pattern(
        "date without year",
        "date",
        "Day and month (only where dates are asked for)",
        rf"\b(?:{_DAY}(?i:st|nd|rd|th|\.)?(?i: of)? {_MONTH}|{_MONTH} {_DAY}(?i:st|nd|rd|th)?)\b",
        hint=r"\d(?i:st|nd|rd|th|\.)?(?i: of)? [A-Za-z]|[a-z.] \d",
        check=lambda value: "may " not in value and " may" not in value,
    ),
    Pattern(
        "year",
        "date",
        "A year after a word of time (only where dates are asked for)",
        r"(?i:\b(?:in|since|from|until|till|by|during|before|after|of|and|to|year|years|early|late|"
        r"mid|about|around|between|circa|founded|born|seit|im jahr|depuis|en|desde|i|til|fra) )"
        r"((?:1[89]|20)\d\d(?:[-/](?:(?:1[89]|20)\d\d|\d\d))?)\b",
        hint=r" (?:1[89]|20)\d\d",
    ),
    Pattern(
        "date numeric",
        "date",
        "Full dates in figures (only where dates are asked for)",
        rf"\b(?:{_NUMERIC})(?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?Z?)?\b",
        check=lambda value: _is_date(value) and len(value) >= 8,
    ),
    Pattern(
        "age",
        "age",
        "Ages: aged 34, 34 years old, 34-year-old (only where ages are asked for)",
        r"(?i:\b(?:aged?|age of|age is|age:|(?:just |will |i'll |to )?turn(?:s|ed|ing)?|"
        r"when (?:i|he|she|they|we) (?:was|were)|at the age of)[ :]{1,2})(\d{1,3})\b",
        hint=r"(?i:age|turn|was|were)[A-Za-z: ]{0,5}\d",
    ),
    Pattern(
        "age in years",
        "age",
        "Ages: 34 years old, 34-year-old, 34 ans, 34 Jahre alt (only where ages are asked for)",
        r"\b(\d{1,3})(?i:[ -](?:years?|yrs?|months?)[ -](?:old|of age)|[ -]?y/?o\b| ans\b|"
        r" jahre alt| años| anni\b| år gammel)",
    ),
)
