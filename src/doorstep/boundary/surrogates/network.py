"""Addresses of networks that documentation keeps free: RFC 5737 and RFC 3849; MACs that are
administered locally (IEEE 802, second least bit of the first octet)."""

from __future__ import annotations

import ipaddress
import re

from doorstep.boundary.surrogates.draw import Draw, laid

_NETS = ("192.0.2.", "198.51.100.", "203.0.113.")
_IP = re.compile(r"(\[?)([0-9A-Fa-f.:]*[.:][0-9A-Fa-f.:]*[0-9A-Fa-f:])(\]?(?:[:/]\d{1,5})?)")


def ip(value: str, draw: Draw) -> str | None:
    """An address for documentation; brackets, port and prefix length stay."""
    match = _IP.fullmatch(value)
    if match is None and (match := re.fullmatch(r"()([0-9.]+)((?::|/)\d{1,5})", value)) is None:
        return None
    try:
        address = ipaddress.ip_address(match[2])
    except ValueError:
        return _with_port(value, draw)
    if address.version == 4:
        return match[1] + draw.pick(_NETS, "net") + str(1 + draw.below(254, "host")) + match[3]
    made = ipaddress.IPv6Address((0x20010DB8 << 96) | draw.below(1 << 96, "host"))
    text = made.exploded if match[2] == address.exploded else made.compressed
    return match[1] + (text.upper() if match[2].isupper() else text) + match[3]


def _with_port(value: str, draw: Draw) -> str | None:
    host, sign, port = value.rpartition(":")
    if not sign or ":" in host or not 0 < len(port) < 6 or not port.isdigit():
        return None
    made = ip(host, draw)
    return made and f"{made}:{port}"


def mac(value: str, draw: Draw) -> str | None:
    """Locally administered, to one device; the same signs between the octets."""
    signs = "".join(c for c in value if c.isalnum())
    if len(signs) != 12 or not all(c in "0123456789abcdefABCDEF" for c in signs):
        return None
    made = f"02{draw.below(1 << 40, 'rest'):010x}"
    return laid(value, made.upper() if signs.isupper() or signs.isdigit() else made)
