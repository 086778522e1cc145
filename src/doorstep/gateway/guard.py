"""Who may ask at all: what is looked at before anything else of a request is.

A gateway on loopback can be reached by every web page that its owner opens. So: no name but ours
in `Host` (DNS rebinding), nothing that a browser sends for another site (`Origin`, and
`Sec-Fetch-Site` of the W3C's Fetch Metadata), no type of body that a page may send without asking
(WHATWG Fetch, CORS-safelisted), and never a CORS header in an answer.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from doorstep.gateway.http import BadRequest, Request

Check = Callable[[Request], None]
LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
OPEN = frozenset(("/healthz",))  # paths that need no token
# What must not stand twice: readers would differ in which one counts (RFC 9110, 5.3; 9112, 6.3).
_ONCE = frozenset(
    b"host content-length transfer-encoding content-type content-encoding authorization api-key "
    b"origin sec-fetch-site x-doorstep-scope".split()
)


def checks(host: str, names: Iterable[str] = (), token: str = "") -> tuple[Check, ...]:
    """All checks of a gateway that is bound to `host`, in order; `token` "" asks for none."""
    return (single, Hosts(host, names), same_site, plain_json, Token(token))


def is_local(host: str) -> bool:
    """Whether only this machine can reach what is bound to `host`."""
    if host == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def single(request: Request) -> None:
    """No header twice that must not be, and a body whose length is said once."""
    names = request.scope["headers"]
    if len(names) != len(request.headers):
        twice = [name for name, n in Counter(name for name, _ in names).items() if n > 1]
        if wrong := _ONCE.intersection(twice):
            raise BadRequest(f"The header {min(wrong).decode()} stands twice.")
    if b"transfer-encoding" in request.headers and b"content-length" in request.headers:
        raise BadRequest("The length of the body is said in two ways.")


class Hosts:
    """421 (RFC 9110, 15.5.20) where `Host` is none of ours.

    Ours are loopback's names, the host that we are bound to, and `names`. Where other machines can
    reach us, an address in digits is one of ours, too: rebinding needs a name.
    """

    def __init__(self, host: str, names: Iterable[str] = ()) -> None:
        self._names = LOOPBACK | {_bare(name) for name in (host, *names)}
        self._digits = not is_local(host)
        self._known: frozenset[bytes] = frozenset()

    def __call__(self, request: Request) -> None:
        said = request.headers.get(b"host", b"")
        if said in self._known:
            return
        if not self._ours(said.decode("latin-1")):
            raise BadRequest(
                "This gateway is not called by that name.",
                status=421,
                code="unknown_host",
                hint="Add the name to gateway.names in doorstep.toml.",
            )
        if len(self._known) < 64:
            self._known |= {said}

    def _ours(self, said: str) -> bool:
        name = _host_of(said)
        return name in self._names or (self._digits and _address(name) is not None)


def same_site(request: Request) -> None:
    """403 for what a browser sends on behalf of a page that is not ours."""
    origin = request.headers.get(b"origin")
    site = request.headers.get(b"sec-fetch-site", b"none")
    if origin is None and site in (b"none", b"same-origin"):
        return
    ours = origin is None or _is_ours(origin, request)
    if not ours or site not in (b"none", b"same-origin"):
        raise BadRequest(
            "A web page of another site may not ask here.", status=403, code="cross_site"
        )


def plain_json(request: Request) -> None:
    """415 for a body that is not JSON, or is compressed (a bomb, or something to hide)."""
    if request.headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise BadRequest(
            "The body is compressed.", status=415, code="encoding", hint="Send it as it is."
        )
    if request.method != "POST":
        return
    kind = request.headers.get(b"content-type", b"application/json")
    if kind != b"application/json" and kind.split(b";")[0].strip().lower() != b"application/json":
        raise BadRequest(
            "The body must be JSON.",
            status=415,
            code="content_type",
            hint="Send the header content-type: application/json.",
        )


def is_visitor(request: Request) -> bool:
    """A browser that somebody pointed at the server itself. There is nothing private at /."""
    return request.path == "/" and request.headers.get(b"accept", b"").startswith(b"text/html")


class Token:
    """401 without the bearer token (RFC 6750), where one is set. `api-key` may carry it, too.

    Without one, whatever a client sends is ignored: client libraries insist on sending a key.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode("ascii")

    def __call__(self, request: Request) -> None:
        if not self._token or request.path in OPEN or is_visitor(request):
            return
        if not hmac.compare_digest(_given(request), self._token):
            raise BadRequest(
                "This gateway asks for its token.",
                status=401,
                code="token",
                hint="Send it as the API key.",
                headers=((b"www-authenticate", b"Bearer"),),
            )


def _given(request: Request) -> bytes:
    scheme, _, given = request.headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer":
        return given.strip()
    return request.headers.get(b"api-key", b"")


def _is_ours(origin: bytes, request: Request) -> bool:
    """A page of ours: the same host and port as in `Host`, which has been checked."""
    for scheme in (b"http://", b"https://"):
        if origin.lower() == scheme + request.headers.get(b"host", b"").lower():
            return True
    return False


def _host_of(said: str) -> str:
    """The name in a `Host` header, without port and brackets; "" for what is none (RFC 3986)."""
    if not said or any(c in said for c in "@/?#\\ ,"):
        return ""
    try:
        parts = urlsplit(f"//{said}")
        _ = parts.port
    except ValueError:
        return ""
    return _bare(parts.hostname or "")


def _bare(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
