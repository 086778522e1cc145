"""A browser that has given the token once: a cookie, because it cannot send a bearer header.

The cookie says until when it holds, and an HMAC-SHA-256 of that under a key that is derived from
the token: whoever reads the cookie does not have the token, and a new token ends every visit.
Nothing is kept here, so all workers know all visits; a visit that is given up is forgotten by its
browser, and by us when its time is over. (OWASP, Session Management; RFC 6265bis.)
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable

COOKIE = "doorstep_visit"
HOURS = 12
_VALUE = re.compile(r"(\d{1,12})\.([0-9a-f]{16})\.([0-9a-f]{64})")


class Visits:
    """`token`: the gateway's, at least 16 characters. `clock`: seconds since 1970."""

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._key = hmac.digest(self._token, b"doorstep visits of the page", "sha256")
        self._clock = clock
        self.tries = Tries(clock)

    def right(self, token: str) -> bool:
        """Whether that is the token."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self._token)

    def begin(self) -> str:
        """The value of a new visit's cookie."""
        said = f"{int(self._clock()) + HOURS * 3600}.{secrets.token_hex(8)}"
        return f"{said}.{self._signed(said)}"

    def holds(self, value: str) -> bool:
        """Whether `value` is one of ours, and its time is not over."""
        found = _VALUE.fullmatch(value)
        if found is None:
            return False
        until, number, signed = found.groups()
        ours = hmac.compare_digest(signed, self._signed(f"{until}.{number}"))
        return ours and self._clock() < int(until)

    def _signed(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()


class Tries:
    """At most `MOST` wrong tokens a minute from one address, and ten times as many from all."""

    MOST = 10
    SECONDS = 60

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._wrong: list[tuple[float, str]] = []

    def rest(self, address: str) -> int:
        """Seconds until `address` may try again; 0 for now."""
        now = self._clock()
        self._wrong = [(at, who) for at, who in self._wrong if at > now - self.SECONDS]
        own = [at for at, who in self._wrong if who == address]
        for times, most in ((own, self.MOST), ([at for at, _ in self._wrong], 10 * self.MOST)):
            if len(times) >= most:
                return max(1, round(times[-most] + self.SECONDS - now))
        return 0

    def wrong(self, address: str) -> None:
        self._wrong.append((self._clock(), address))
