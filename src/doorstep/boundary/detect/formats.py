"""Private values that show by their form: mail addresses, web addresses, telephone numbers."""

from __future__ import annotations

import re

from doorstep.boundary.detect import Finding

# Simplified from RFC 5322 (addr-spec without quoted parts), RFC 3986 (the schemes and www that
# people write), and E.164 with the gaps that people put in (7 to 15 digits).
_FORMATS = (
    ("email", re.compile(r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>\"'`]{3,2000}", re.IGNORECASE)),
    ("phone", re.compile(r"(?<![\w.:/+-])(?:\+|00)\d{1,3}(?:[ ./()-]{0,2}\d){6,12}(?![\w:])")),
    ("phone", re.compile(r"(?<![\w.:/+-])\(?0\d{1,4}\)?(?:[ ./-]?\d){5,10}(?![\w:])")),
    ("phone", re.compile(r"(?<![\w.:/+-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w:])")),
    ("iban", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")),
)


class Formats:
    """Finds values by their form. Overlaps (a mail address and the domain in it) may occur."""

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(match.start(), match.end(), kind)
            for kind, pattern in _FORMATS
            for match in pattern.finditer(text)
        ]
