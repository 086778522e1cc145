"""The generic rule: a token with three digits or more that is no quantity, time, date or year.

It takes what no other pattern knows: serial numbers, machine names, ids of databases. What it lets
pass has to show that it is a number of something: by a unit, a currency, an operator beside it, or
by its form.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits

from doorstep.boundary.detect.pattern import Pattern, Span

KIND = "identifier"

_ELEMENTS = (
    "He|Li|Be|Ne|Na|Mg|Al|Si|Cl|Ar|Ca|Sc|Ti|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Kr|Rb|Sr|Zr|Nb|Mo|"
    "Tc|Ru|Rh|Pd|Ag|Cd|In|Sn|Sb|Te|Xe|Cs|Ba|La|Ce|Pr|Nd|Pm|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|Ta|Re|"
    "Os|Ir|Pt|Au|Hg|Tl|Pb|Bi|Po|At|Rn|Fr|Ra|Ac|Th|Pa|Np|Pu|Am|Cm|Bk|Cf|H|B|C|N|O|F|P|S|K|V|Y|I|W|U|X|D"
)
_UNITS = (
    r"[kKMGTPcdmµunpf]?(?:g|m|l|L|s|W|Wh|V|A|VA|Hz|J|N|Pa|bar|cal|mol|M|eV|B|b|bit|bits|bps|byte|"
    r"bytes|px|pt|dpi|Ω|ohm|F|H|T|K|C|R|x|X|th|st|nd|rd|ish|k|bn|mn|s|ms|us|ns|min|mins|h|hr|hrs|hrs|d|"
    r"days?|yrs?|years?|am|pm|AM|PM|mg|kg|lb|lbs|oz|ft|in|inch|yd|mi|mph|kmh|rpm|ppm|ppb|bp|kb|Mb|"
    r"kDa|Da|nm|mm|cm|km|ml|dl|mL|dL|mmHg|mmol|nmol|kJ|kcal|IU|mAh|Ah|sq|sqft|cc|hp|fps|p|i|e|f|"
    r"D|W|USD|EUR|GBP|usd|eur|gbp|Rs|tons?|people|words?|pages?|bpm|C|F)"
)
_NUMBERS = (
    # with thousands separators, decimals, exponents, signs
    r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?",
    r"\d+(?:[.,]\d+)?[x.·]10-?\d{1,4}[A-Za-z]{0,3}|[01]{3,}|\d*[.,]\d+(?:[eE]-?\d+)?|\d+\.?(?:[eE]-?\d+)",
    # quantities with their unit, decades, ordinals
    rf"\d{{1,6}}(?:[.,]\d+)*-?{_UNITS}(?:[/.-]?{_UNITS})*\d?",
    r"\d{2,4}'?s",
    # ranges, ratios, scores, times, dates
    r"\d{1,6}(?:\.\d+)?(?:[-/:x]\d{1,4}(?:\.\d+)?)?(?:am|pm|AM|PM)?[smhdkKM]?",
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,3}(?::\d{1,3}){2,12}",
    r"\d{4}-\d{2}-\d{2}[Tt]?(?:\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?",
    r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?-?(?:\d{1,2}:\d{2})?(?:[ap]m)?",
    r"\d{1,4}(?:st|nd|rd|th)?-[A-Za-z]{2,}(?:-[A-Za-z]+)*",  # 200-page, 2000-acre
    # versions
    r"[vVrR]?\.?\d+(?:\.\d+)+(?:-?(?:a|b|rc|alpha|beta|dev|post|SNAPSHOT|lts)\.?\d*)?",
    # chemistry: formulas and isotopes
    rf"(?:\d{{1,3}})?(?:(?:{_ELEMENTS})\d{{0,3}}){{2,}}|(?:{_ELEMENTS})-?\d{{2,3}}|\d{{1,3}}(?:{_ELEMENTS})",
    r"(?i:(?:hydrogen|carbon|nitrogen|oxygen|potassium|cobalt|strontium|technetium|iodine|"
    r"caesium|cesium|polonium|radon|radium|thorium|uranium|plutonium|americium|lead|gold|helium|"
    r"boeing|airbus|apollo|voyager)-?\d{1,3})|(?i:[a-z])-?\d{2,3}[a-z]?",
    # names of things that everybody has: formats, standards, models of machines
    r"(?i:(?:rfc|iso|iec|ieee|din|ansi|nist|sp|cve|sa|pep|bs|astm|iupac|sha|aes|rsa|des|md|crc|utf|"
    r"ascii|cp|latin|x86_?|amd|arm|rs|usb|http|tls|ipv|mp|av|rtx|gtx|rx|gpt|gemini|llama|claude|"
    r"windows|win|office|php|python|py|java|es|ecma|node|sql|oracle|covid|sars|cov|"
    r"h\d+n|ts|tc|lm|cortex|stm|esp|arduino|pi|rj|db|ch|unit|step|level|"
    r"day|week|year|page|fig|figure|table|eq|col|row|test|item|node|line|img|image|photo|file|"
    r"chapter|section|ver|version|rev|int|uint|float|double|fp|bf|base|port|error|err|http|code|"
    r"status)[-_ ]?\d{2,5}(?:[-_.]\d{1,5})?[a-z]{0,2})",
    r"0[xX][0-9A-Fa-f]{1,8}|0b[01]+|0o[0-7]+",
)
_NUMBER = re.compile("|".join(f"(?:{source})" for source in _NUMBERS))
# What begins with a letter is none of those that begin with a digit, and the other way round.
_LETTER_FIRST = re.compile("|".join(f"(?:{source})" for source in _NUMBERS[9:13]))
_DIGIT_FIRST = re.compile("|".join(f"(?:{source})" for source in _NUMBERS[:11] + _NUMBERS[13:]))
_JOINED = re.compile(r"[/:_-]")
_COLOUR = re.compile(r"(?i)[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8}")
_PART = re.compile(r"\d{1,4}|(?:19|20)\d{6}|\d{1,3}(?:\.\d+)*")
_THREE = re.compile(r"(?:[0-9][^0-9]*){3}")
_MATH_BEFORE = re.compile(r"(?:[=+*^\\{}<>$€£¥₹%~≈≤≥×÷±_|&]|[-/(] ?\d*|[A-Z]{3}|\bUS\$) ?\Z")
_MATH_AFTER = re.compile(
    r" ?(?:[=+*^\\{}<>%$€£¥₹°≈≤≥×÷±_|!]|[-/] ?\d)|"
    r" (?:[a-zA-Zµ]{1,4}\b|dollars?|euros?|pounds?|yen|rupees?|people|persons|"
    r"inhabitants|residents|"
    r"miles|metres|meters|feet|tonnes|tons|units|shares|times|years|days|hours|words|kilo\w+|mega\w+|"
    r"giga\w+|square|cubic|cases|deaths|votes|soldiers|students|patients|workers|copies|points)"
)
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def _identifier(text: str, start: int, end: int) -> Span | None:
    value = text[start:end]
    if len(value) < 7 and value.isdigit():
        return None
    start += len(value) - len(value.lstrip("._/:#-"))
    value = value.strip("._/:#-")
    end = start + len(value)
    colour = text[start - 1 : start] == "#" and _COLOUR.fullmatch(value)
    if colour or not _THREE.search(value):
        return None
    if value.isdigit():
        return (start, end) if _long_number(text, start, end) else None
    if _is_number(value) or _in_formula(text, start, end) or _only_parts(value):
        return None
    return start, end


def _long_number(text: str, start: int, end: int) -> bool:
    """Seven digits or more without separators, not round, not in a calculation."""
    value = text[start:end]
    if len(value) < 7 or value.endswith("000") or set(value) <= {"0", "1"}:
        return False
    before, after = text[max(0, start - 6) : start], text[end : end + 16]
    return not (_MATH_BEFORE.search(before) or _MATH_AFTER.match(after))


def _in_formula(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return before in tuple("\\^{}=+*<>$€£%") or after in tuple("\\^{}=+*<>%")


def _only_parts(value: str) -> bool:
    """Words and numbers joined by "/" or "-", none of which would count alone: 1979/1986-ish."""
    parts = _JOINED.split(value)
    if len(parts) < 2:
        return False
    return all(
        sum(map(str.isdigit, part)) < 3 or _PART.fullmatch(part) or _named_number(part)
        for part in parts
    )


def _named_number(part: str) -> bool:
    return not part.isdigit() and _is_number(part)


def _is_number(value: str) -> bool:
    if value[0] in ascii_letters:
        return _LETTER_FIRST.fullmatch(value) is not None
    number = _DIGIT_FIRST if value[0] in digits else _NUMBER
    return number.fullmatch(value) is not None


_PUBLIC_PACKAGES = frozenset(
    "google android apache springframework sun oracle microsoft amazonaws facebook github "
    "fasterxml mysql w3 eclipse junit hibernate jetbrains kotlin mozilla python gradle maven "
    "slf4j json xml postgresql mongodb elasticsearch openai netty squareup firebase "
    "androidx gnu linux freedesktop gnome kde apple adobe intellij sourceforge".split()
)

PATTERNS = (
    Pattern("uuid", KIND, "UUIDs (RFC 9562)", rf"\b{_UUID}\b"),
    Pattern(
        "hash",
        KIND,
        "Hexadecimal strings of 24 or more digits: commits, digests, object ids",
        r"\b[0-9a-f]{24,128}\b|\b[0-9A-F]{24,128}\b",
        hint="[0-9][A-Fa-f]|[A-Fa-f][0-9]",
        check=lambda value: 2 <= sum(map(str.isdigit, value)) < len(value),
    ),
    Pattern(
        "commit",
        KIND,
        "Short hashes after the word commit",
        r"\b[0-9a-f]{7,12}\b",
        hint="[0-9][a-f]|[a-f][0-9]",
        context=r"commit|revision|cherry.?pick|sha\b|git",
        check=lambda value: 1 <= sum(map(str.isdigit, value)) < len(value),
    ),
    Pattern(
        "generic identifier",
        KIND,
        "Tokens with three digits or more that are no quantity, time, date, year or version",
        r"[A-Za-z0-9_./:#-]*[0-9][A-Za-z0-9_./:#-]*[0-9][A-Za-z0-9_./:#-]*[0-9][A-Za-z0-9_./:#-]*",
        hint=r"[0-9][A-Za-z_./:#-]*[0-9][A-Za-z_./:#-]*[0-9]",
        narrow=_identifier,
    ),
    Pattern(
        "code package",
        KIND,
        "Names of packages that hold a name: com.company.app, ru.name.project",
        r"\b(?:com|org|net|io|de|ru|fr|uk|us|cn|in|eu|me|dev|app)\.[a-z][a-z0-9_]{2,}"
        r"(?:\.[A-Za-z][A-Za-z0-9_]*){1,8}\b",
        check=lambda value: value.split(".")[1] not in _PUBLIC_PACKAGES,
    ),
)
