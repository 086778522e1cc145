"""Who may ask for the page: as for the gateway (`guard`), but as browsers do it.

A link from another page may lead here, as it may to any page; what another page loads, embeds or
sends by itself is refused (W3C Fetch Metadata; OWASP, Cross-Site Request Forgery Prevention). Where
a token is set, a browser that has given it once comes in by its cookie.
"""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.gateway.guard import Check, Hosts, Token, same_site, single
from doorstep.gateway.http import BadRequest, Request
from doorstep.gateway.visits import COOKIE, Visits

OPEN = ("/page/enter", "/page/enter.json", "/page/static/")  # there is nothing private in these
_READ = ("GET", "HEAD")
_LARGEST = 8192  # of the header with the cookies


def page_checks(
    host: str, names: Iterable[str] = (), token: str = "", visits: Visits | None = None
) -> tuple[Check, ...]:
    """All checks of the page; `visits` for those who gave `token` in a form."""
    return (single, Hosts(host, names), own_or_link, PageToken(token, visits))


def own_or_link(request: Request) -> None:
    """403 for what a browser sends on behalf of another site, but for a link that was followed."""
    if not _is_link(request):
        same_site(request)


class PageToken:
    """401 without the token, as a bearer's or as a visit's cookie."""

    def __init__(self, token: str, visits: Visits | None) -> None:
        self._bearer = Token(token)
        self._visits = visits

    def __call__(self, request: Request) -> None:
        if self._visits is not None:
            path = request.path
            if path in OPEN[:2] or path.startswith(OPEN[2]):
                return
            if any(map(self._visits.holds, _cookies(request))):
                return
        self._bearer(request)


def _is_link(request: Request) -> bool:
    """The whole window goes to the page; nothing can be read or clicked from where it came."""
    headers = request.headers
    return (
        request.method in _READ
        and headers.get(b"sec-fetch-mode") == b"navigate"
        and headers.get(b"sec-fetch-dest") == b"document"
        and b"origin" not in headers
    )


def _cookies(request: Request) -> list[str]:
    """All values of ours (RFC 6265, 4.2). Cookies know no port: what other servers of this machine
    have set comes, too, one of the same name among it, or what is no cookie by the letter."""
    sent = request.headers.get(b"cookie", b"")
    if len(sent) > _LARGEST:
        raise BadRequest("The cookies are too many.", status=431, code="too_large")
    pairs = (pair.partition("=") for pair in sent.decode("latin-1").split(";"))
    return [value.strip() for name, _, value in pairs if name.strip() == COOKIE]
