"""How to reach a person: mail addresses, telephone numbers, handles."""

from __future__ import annotations

import re
from functools import lru_cache

from doorstep.boundary.detect.checksums import digits
from doorstep.boundary.detect.pattern import Pattern, Span

# Letters of local parts and domains beyond ASCII (RFC 6531, RFC 5890): Latin with marks.
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_LABEL = f"[0-9{_LETTER}](?:[0-9{_LETTER}-]{{0,61}}[0-9{_LETTER}])?"

# Countries in which a number without "+" is looked up, the likeliest first.
_REGIONS = "US GB DE FR ES IT NL BE AT CH DK SE NO FI PL PT IE IN AU BR MX JP KR CN".split()

# Places in which a number written in groups, without a leading 0, counts as a telephone number.
_GROUPED_REGIONS = "US DK NO ES FR PL PT SE".split()

_CALL = (
    r"tel(?:efon\w*|\b\.?)|tél\w*|tlf|phones?\b|telephones?|mobile?s?\b|cell(?:phone)?\b|fax|"
    r"call(?:ed|ing)?\b|text me|sms\b|dial|whats\s?app|signal\b|handy(?:nr|nummer)?\b|rufnummer|"
    r"ruf mich|anrufen|portable\b|móvil|teléfono|celular|puhelin|hotline|contact (?:no|number|at)|"
    r"reach (?:me|us|him|her|them) (?:at|on)|ring (?:me|us)|номер|телефон|전화|电话|電話|手机"
)

_PLAIN_NUMBER = re.compile(r"\+ ?[1-9][0-9 ./-]*")
_GOES_ON = re.compile(r"[-./:]\d")
_BEGAN = re.compile(r"\d[-./:,]")
_DATE = re.compile(r"[0-3]\d[./-][01]\d[./-](?:\d\d){1,2}")

# Words after "@" that are not people: decorators, annotations, style sheets, documentation tags.
_NO_HANDLE = frozenset(
    "abstractmethod app async author autowired bean before beforeeach after aftereach cached "
    "charset classmethod click component contextmanager controller data dataclass define "
    "deprecated end enum entity example extend fixture font-face frozen function getter if import "
    "implements include injectable input interface internal jit keyframes layer link media "
    "mixin model module namespace nonnull notnull nullable observable output override overload "
    "page param params private property protected public pytest repository requestmapping "
    "restcontroller return returns route safevarargs see service setter since static "
    "staticmethod supports suppresswarnings synthesize table test tf throws todo transactional "
    "type typedef types use using value version warning wraps id column size max min pattern "
    "functools optional selector implementation".split()
)


def _is_phone(value: str) -> bool:
    """Whether a number with a country code, or with a leading 0, exists (E.164, `phonenumbers`)."""
    number = "+" + value[2:] if value.startswith("00") else value
    if number.startswith(("+", "(+")):
        return _has_length(number) or _possible(number, None, 1)
    return any(_possible(number, region, 2) for region in _REGIONS)


def _has_length(number: str) -> bool:
    """Whether the digits behind a country code are as many as a number of that country has.

    Parsing comes to the same, at twenty times the cost. False where only parsing can tell: where
    digits of a prefix may have to be taken off first, or the number is written in another way.
    """
    if _PLAIN_NUMBER.fullmatch(number) is None:
        return False
    figures = digits(number)
    for size in (1, 2, 3):
        if lengths := _lengths(figures[:size]):
            prefix, possible = lengths
            national = figures[size:]
            return len(national) in possible and not (prefix and prefix.match(national))
    return False


@lru_cache(maxsize=2048)
def _lengths(code: str) -> tuple[re.Pattern[str] | None, tuple[int, ...]] | None:
    """What is taken off the numbers of a country code, and how many digits are left then."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(int(code))
    if region == phonenumbers.UNKNOWN_REGION:
        return None
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    if known is None or known.general_desc is None:
        return None
    prefix = known.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None, tuple(known.general_desc.possible_length)


def _is_grouped(value: str) -> bool:
    return any(_possible(value, region, 2) for region in _GROUPED_REGIONS)


def _possible(number: str, region: str | None, least: int) -> bool:
    """`least` 1: the length is right for the country; 2: the range is in use, too."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if least == 1:
        return bool(phonenumbers.is_possible_number(parsed))
    return bool(phonenumbers.is_valid_number(parsed))


def _named_phone(value: str) -> bool:
    return 6 <= len(digits(value)) <= 15


def _not_decimal(text: str, start: int, end: int) -> Span | None:
    """A number of which more follows ("-1234", ".5") is part of something longer."""
    if _GOES_ON.match(text, end) or _BEGAN.fullmatch(text, max(0, start - 2), start):
        return None
    return start, end


def _handle(text: str, start: int, end: int) -> Span | None:
    name = text[start + 1 : end].rstrip(".")
    end = start + 1 + len(name)
    if name.lower().split(".")[0] in _NO_HANDLE or text[end : end + 1] in ("(", "/", "{"):
        return None
    if start and (text[start - 1] in "/`\\" or text[start - 1].isalnum()):
        return None
    return start, end


def _named_handle(text: str, start: int, end: int) -> Span | None:
    """After a verb ("my login is indeed") a plain word is no name; nor is an expression of code."""
    value = text[start:end]
    if value.lower() in _COMMON_AFTER_HANDLE or re.match(r"(?:self|this|req\w*|args|os)\.", value):
        return None
    verb = re.search(r" (?:is|ist|est|es|er) +\Z", text[max(0, start - 6) : start])
    return None if verb and value.isalpha() and value == value.lower() else (start, end)


_COMMON_AFTER_HANDLE = frozenset(
    "and or the a an is are was not for in on at to of with must should can cannot will has have "
    "password field name string text null none true false required optional str int input "
    "username user login exists already taken here below above invalid empty".split()
)

PATTERNS = (
    Pattern(
        "email",
        "email",
        "Mail addresses (RFC 5322 without quoted parts, RFC 6531 letters)",
        rf"[0-9{_LETTER}_.%+'-]*[0-9{_LETTER}_%+-]@(?:{_LABEL}\.)+[{_LETTER}][0-9{_LETTER}-]*"
        rf"[0-9{_LETTER}]",
        hint=rf"@[0-9{_LETTER}]",
    ),
    Pattern(
        "email in words",
        "email",
        "Mail addresses spelled out: name at host dot com, name [at] host [dot] com",
        r"\b[A-Za-z0-9][A-Za-z0-9_.%+-]*(?i: ?[\[({<] ?(?:at|@) ?[\])}>] ?| at | @ )"
        r"[A-Za-z0-9-]+(?:(?i: ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot |\.)[A-Za-z0-9-]+)*"
        r"(?i: ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot )(?i:[a-z]{2,10})\b",
        hint=r"(?i: dot [a-z]|[\[({<] ?(?:dot|\.) ?[\])}>])",
    ),
    Pattern(
        "email at bracket",
        "email",
        "Mail addresses with a bracketed at: name[at]host.com",
        r"\b[A-Za-z0-9][A-Za-z0-9_.%+-]* ?[\[({<] ?(?i:at|@) ?[\])}>] ?(?:[A-Za-z0-9-]+\.)+"
        r"[A-Za-z]{2,10}\b",
        hint=r"[\[({<] ?(?i:at|@) ?[\])}>]",
    ),
    Pattern(
        "phone international",
        "phone",
        "Telephone numbers with a country code (E.164; length checked by country)",
        r"(?:\+ ?|\(\+|\b00 ?)[1-9]\d{0,2}\)?(?:[ ./-]{0,2}\(0\))?(?:[ ./()-]{0,2}\d){5,13}"
        r"(?: ?(?i:x|ext\.?) ?\d{1,6})?",
        check=lambda value: (
            _is_phone(re.split("(?i)[x e]", value.strip())[0])
            or _is_phone(re.sub(r"(?i) ?(?:x|ext\.?) ?\d+\Z", "", value))
        ),
        narrow=_not_decimal,
    ),
    Pattern(
        "phone national",
        "phone",
        "Telephone numbers with a leading 0 that exist in one of 24 countries",
        r"(?:\(0\d{1,4}\)|\b0\d{1,4})(?:(?: - |[ ./-])\d{2,8}){1,5}\b",
        check=lambda value: not _DATE.fullmatch(value) and _is_phone(value),
        narrow=_not_decimal,
    ),
    Pattern(
        "phone north american",
        "phone",
        "Telephone numbers as written in North America: (xxx) xxx-xxxx, xxx-xxx-xxxx",
        r"(?:\b(?:1|001)[ .-]?)?(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}"
        r"(?: ?(?i:x|ext\.?) ?\d{1,6})?\b",
        narrow=_not_decimal,
    ),
    Pattern(
        "phone grouped",
        "phone",
        "Numbers in groups (xx xxx xxx, xxx xx xxx, xx xx xx xx) that exist in one of 8 countries",
        r"\b(?:\d{3} \d{3} \d{3}|\d{2} \d{3} \d{3}|\d{3} \d{2} \d{3}|\d{3} \d{2} \d{2} \d{2}"
        r"|[2-9]\d(?: \d{2}){3})\b",
        check=_is_grouped,
        unless=r"\d[ ,]{1,2}|[$€£¥=+*/<>^(] ?|[A-Z]{3} ",
        narrow=lambda text, start, end: (
            None
            if re.match(r" ?[\d%=+*/€$£°]| [a-zA-Z]{3}\b", text[end : end + 4])
            else _not_decimal(text, start, end)
        ),
    ),
    Pattern(
        "phone local",
        "phone",
        "Local numbers of North America: xxx-xxxx, not a range",
        r"\b[2-9]\d{2}-\d{4}\b",
        unless=r"[\d$€£.,=+*/-]|pages? |pp\.? ?|from |between |of |about |~",
        check=lambda value: not re.search(r"-(?:1[5-9]|20)\d\d|[05]0\Z|\d-\d{3}0", value),
        narrow=_not_decimal,
    ),
    Pattern(
        "phone named",
        "phone",
        "Any 6 to 15 digits after a word for telephone, in twelve languages",
        r"\(?\b\d{1,5}\)?(?:[ ./-]{0,2}\(?\d{1,8}\)?){1,6}\b",
        hint=r"\d[ ./()-]{0,4}\d[ ./()-]{0,4}\d[ ./()-]{0,4}\d[ ./()-]{0,4}\d",
        context=_CALL,
        reach=24,
        check=_named_phone,
        narrow=_not_decimal,
    ),
    Pattern(
        "handle",
        "handle",
        "Names behind an at sign, also those of Matrix and Mastodon",
        r"@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{1,38}[A-Za-z0-9_])(?:[:@](?:[a-z0-9-]+\.)+[a-z]{2,10})?",
        narrow=_handle,
    ),
    Pattern(
        "handle named",
        "handle",
        "A name after the words user name, login, handle, or the name of a network",
        r"(?i:\b(?:user ?-?_?name|user ?id|login|screen ?name|nick ?name|handle|benutzername|"
        r"nutzername|nom d'utilisateur|usuario|brugernavn|instagram|insta|ig|twitter|tiktok|"
        r"snapchat|telegram|discord|skype|github|gitlab|steam|xbox|psn|gamertag)\b"
        r"[\"']? ?(?:id|name|user(?:name)?|handle)?(?: is|:|=| ist| est| es| er)[ \t]{0,2}"
        r"[\"'@]{0,2})([A-Za-z0-9][A-Za-z0-9_.#-]{1,38}[A-Za-z0-9])",
        narrow=_named_handle,
    ),
    Pattern(
        "reddit user",
        "handle",
        "Reddit names: u/name",
        r"\b/?u/[A-Za-z0-9_-]{3,20}\b",
    ),
    Pattern(
        "discord user",
        "handle",
        "Discord names of the older form: name#1234",
        r"\b[A-Za-z][A-Za-z0-9_.]{1,31}#\d{4}\b",
        hint=r"#\d{4}",
    ),
)
