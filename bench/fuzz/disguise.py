"""Encoders: one text in the spellings and encodings in which it could slip out.

Three groups, put one on another: *spelling* (every letter stays, but looks or is coded
otherwise), *gaps* (something stands between the letters), *encoding* (percent, base64 …). They are
written from the standards, not from the decoders of the boundary.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable, Mapping

Change = Callable[[str], str]

# Letters that look the same in common typefaces (a part of Unicode's UTS 39).
_CYRILLIC = str.maketrans("aeopcxyisjABEKMHOPCTX", "аеорсхуіѕјАВЕКМНОРСТХ")
_GREEK = str.maketrans("oABEZHIKMNOPTYX", "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_SMALL_CAPITALS = str.maketrans("abcdeghjklmnoprtuvwz", "ᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡᴢ")
_TWO_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _mathematical(text: str) -> str:
    """Bold letters and digits (U+1D400): NFKC makes plain ones of them."""
    made = []
    for sign in text:
        if "A" <= sign <= "Z":
            sign = chr(0x1D400 + ord(sign) - ord("A"))
        elif "a" <= sign <= "z":
            sign = chr(0x1D41A + ord(sign) - ord("a"))
        elif "0" <= sign <= "9":
            sign = chr(0x1D7CE + ord(sign) - ord("0"))
        made.append(sign)
    return "".join(made)


def _circled(text: str) -> str:
    return "".join(
        chr(0x24B6 + ord(c) - ord("A")) if "A" <= c <= "Z"
        else chr(0x24D0 + ord(c) - ord("a")) if "a" <= c <= "z"
        else c
        for c in text
    )  # fmt: skip


def _tags(text: str) -> str:
    """Tag characters: ASCII that nobody sees."""
    return "".join(chr(0xE0000 + ord(c)) if " " <= c <= "~" else c for c in text)


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def _spelt_out(text: str) -> str:
    return "".join(_TWO_LETTERS.get(c, c) for c in unicodedata.normalize("NFC", text))


def _between(sign: str) -> Change:
    return lambda text: sign.join(text)


SPELLINGS: Mapping[str, Change] = {
    "as it is": str,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "swapped case": str.swapcase,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "full width": _full_width,
    "mathematical": _mathematical,
    "circled": _circled,
    "tags": _tags,
    "cyrillic": lambda text: text.translate(_CYRILLIC),
    "greek": lambda text: text.translate(_GREEK),
    "small capitals": lambda text: text.lower().translate(_SMALL_CAPITALS),
    "no marks": _bare,
    "two letters": _spelt_out,
    "more marks": lambda text: "".join(c + "\u0301" if c.isalpha() else c for c in text),
    "plural": lambda text: text + "s",
    "possessive": lambda text: text + "'s",
    "possessive, typeset": lambda text: text + "’s",
    **{f"zero width {ord(sign):x}": _between(sign) for sign in _ZERO_WIDTH},
}
"""Spellings that a person, or a machine, reads as the same text."""

GAPS: Mapping[str, Change] = {
    "hyphens": _between("-"),
    "underscores": _between("_"),
    "dots": _between("."),
    "spaces": _between(" "),
    "no-break spaces": _between("\u00a0"),
    "line ends": _between("\n"),
    "spaced dots": _between(" . "),
    "camel case": lambda text: "the" + text[:1].upper() + text[1:] + "Load",
    "snake case": lambda text: "the_" + text.replace(" ", "_") + "_load",
    "hyphens for spaces": lambda text: text.replace(" ", "-"),
    "no spaces": lambda text: text.replace(" ", ""),
    "line ends for spaces": lambda text: text.replace(" ", "\r\n"),
}
"""What may stand between the letters, or words, of a value."""


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in _utf8(text))


def _percent_some(text: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else f"%{byte:02x}"
        for byte in _utf8(text)
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _escapes(text: str) -> str:
    r"""JSON's \uXXXX for every character, pairs of surrogates beyond U+FFFF."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def _backslash_x(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode("latin-1", "ignore"))


def _quoted_printable(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in _utf8(text))


def _json_once_more(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode())


def _base32(text: str) -> str:
    return base64.b32encode(_utf8(text)).decode()


ENCODINGS: Mapping[str, Change] = {
    "percent": _percent,
    "percent, where needed": _percent_some,
    "percent twice": lambda text: _percent(text).replace("%", "%25"),
    "HTML, decimal": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
    "JSON escapes": _escapes,
    "JSON in a string": _json_once_more,
    "quoted-printable": _quoted_printable,
    "base64": lambda text: base64.b64encode(_utf8(text)).decode(),
    "base64, for URLs": lambda text: base64.urlsafe_b64encode(_utf8(text)).decode(),
    "base64, no padding": lambda text: base64.b64encode(_utf8(text)).decode().rstrip("="),
    "hex": lambda text: _utf8(text).hex(),
    "HEX": lambda text: _utf8(text).hex().upper(),
    "hex with spaces": lambda text: _utf8(text).hex(" "),
    "hex with colons": lambda text: _utf8(text).hex(":"),
    "hex with 0x": lambda text: "0x" + _utf8(text).hex(),
}
"""Encodings that the gate undoes, up to three on each other."""

LATIN_ONLY: Mapping[str, Change] = {"\\x": _backslash_x}
"""Encodings that only hold texts of one byte a character."""

OF_SENTENCES: Mapping[str, Change] = {
    "base32": _base32,
    "base32, small": lambda text: _base32(text).lower(),
    "base32, no padding": lambda text: _base32(text).rstrip("="),
}
"""Encodings that show only on longer texts: a short one could be any code."""
