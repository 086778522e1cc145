"""Names and numbers of machines, and addresses of pages."""

from __future__ import annotations

import ipaddress
import re

from doorstep.boundary.detect.checksums import luhn
from doorstep.boundary.detect.pattern import Pattern, Span

# Endings of host names that are hardly ever anything else.
_ENDINGS = (
    "com|org|net|edu|gov|mil|int|info|biz|name|io|dev|app|ai|cloud|online|site|website|shop|store|"
    "tech|xyz|space|blog|page|wiki|email|live|news|world|agency|digital|academy|systems|solutions|"
    "services|software|network|media|studio|design|club|team|group|global|today|tv|cc|eu|uk|de|fr|"
    "es|it|nl|be|at|ch|dk|se|no|fi|pl|pt|ie|cz|sk|hu|ro|bg|gr|hr|si|lt|lv|ee|lu|ru|ua|by|kz|tr|il|"
    "ae|sa|in|pk|bd|lk|cn|jp|kr|tw|hk|sg|my|th|vn|ph|au|nz|br|mx|ar|cl|co|pe|ve|us|ca|za|ng|ke|eg|"
    "ma|tn|ir|iq|me|im|ly|to|fm|gg|is|li|su|onion|local|lan|internal|home|arpa"
)
# Endings that are words, abbreviations or file types too: more is asked of the rest.
_WEAK = frozenset(
    "it is in at be to no me my am name space page email live news world today team group global "
    "design media home local internal app ai es de us so do as co ma by im li is at cc store shop "
    "club studio digital network services software systems solutions online site tech int si se "
    "ch il pe ph in eg fm ca la id int".split()
)
_NOT_HOSTS = frozenset("asp.net vb.net ado.net ml.net e.g i.e node.js system.net socket.io".split())
_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"

# What no person is known by: this machine, everybody, masks (RFC 5735, RFC 5737 are examples and
# stay private: an example of somebody's is still theirs).
_NOBODY = re.compile(r"0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.\d+\.\d+\.\d+|1\.0\.0\.0|1\.1\.1\.1")

# As `ipaddress` reads it: four numbers up to 255 without leading zeros.
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_BEHIND_IPV4 = re.compile("[/:]")


def _trim_url(text: str, start: int, end: int) -> Span | None:
    """Without the punctuation of the sentence around it."""
    while end > start and text[end - 1] in ".,;:!?*'\"_)]}":
        closing = text[end - 1]
        if closing in ")]}" and text.count("([{"[")]}".index(closing)], start, end) >= text.count(
            closing, start, end
        ):
            break
        end -= 1
    return (start, end) if end - start > 6 else None


def _host(text: str, start: int, end: int) -> Span | None:
    span = _trim_url(text, start, end)
    if span is None or (start and text[start - 1] in "@/\\.$"):
        return None
    value = text[start : span[1]]
    host, _, path = value.partition("/")
    labels = host.partition(":")[0].split(".")
    if host.lower() in _NOT_HOSTS or text[span[1] : span[1] + 1] in ("(", "@", "="):
        return None
    if labels[-1].lower() in _WEAK and not _surely(labels, bool(path), host):
        return None
    return span if labels[-1] == labels[-1].lower() or host.isupper() else None


def _surely(labels: list[str], path: bool, host: str) -> bool:
    """A host whose ending is also a word: with a path, www, digits, dashes or a second level."""
    second = labels[-2].lower() in ("co", "com", "org", "ac", "gov", "edu", "net")
    odd = any(char.isdigit() or char == "-" for char in host)
    lower = host == host.lower() and len(labels[-2]) > 3 and labels[-1] in ("de", "es", "it", "ai")
    return labels[-1] == labels[-1].lower() and (
        path or second or odd or labels[0].lower() == "www" or lower
    )


def _is_ipv4(value: str) -> bool:
    address = _BEHIND_IPV4.split(value, 1)[0]
    return _IPV4.fullmatch(address) is not None and _NOBODY.fullmatch(address) is None


def _is_ipv6(value: str) -> bool:
    """RFC 4291, and not a time, a ratio or a scope of C++."""
    try:
        address = ipaddress.IPv6Address(value.partition("%")[0].partition("/")[0])
    except ValueError:
        return False
    groups = [group for group in value.split(":") if group]
    # A ratio has no letters, no leading zeros and no gap; a scope of C++ no digits.
    ratio = "::" not in value and not re.search("[A-Fa-f]|:0[0-9]|^0[0-9]", value)
    long = any(len(group) >= 3 for group in groups) and len(groups) >= 2
    return long and not ratio and not address.is_loopback and any(map(str.isdigit, value))


def _is_mac(value: str) -> bool:
    """EUI-48: a ratio of six numbers has no letters and no leading zeros."""
    parts = re.split("[:.-]", value)
    return bool(re.search("[A-Fa-f]", value)) or sum(part[0] == "0" for part in parts) >= 2


def _is_imei(value: str) -> bool:
    return luhn(value)


def _whole_url(text: str, start: int, end: int) -> Span | None:
    return _trim_url(text, start, end)


PATTERNS = (
    Pattern(
        "url",
        "url",
        "Web addresses with a scheme (RFC 3986)",
        r"\b(?i:https?|ftps?|sftp|wss?|ssh|git|socks[45]?|rtsp|rtmp|ldaps?|smb|nfs|magnet|ipfs)"
        r"://[^ \t\r\n<>\"`|^]+",
        hint="://",
        narrow=_whole_url,
    ),
    Pattern(
        "url www",
        "url",
        "Web addresses that begin with www",
        r"\b(?i:www)\.[A-Za-z0-9-]+\.[^ \t\r\n<>\"`|^]+",
        hint=r"(?i:www)\.",
        narrow=_whole_url,
    ),
    Pattern(
        "host",
        "url",
        "Host names by their known endings, with port and path",
        rf"\b(?:{_LABEL}\.)+(?i:{_ENDINGS})\b(?::\d{{2,5}})?(?:/[^ \t\r\n<>\"`|^]*)?",
        hint=rf"[A-Za-z0-9_]\.(?i:{_ENDINGS})\b",
        narrow=_host,
    ),
    Pattern(
        "ipv4",
        "ip",
        "IPv4 addresses with port or network, not versions, not this machine (RFC 791, 5735)",
        r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?:/\d{1,2}\b|:\d{1,5}\b)?",
        unless=r"(?:version|ver\.?|v|release|section|§|chapter|build)[ :=]{0,2}|[\d.]|[A-Za-z]/",
        check=_is_ipv4,
        narrow=lambda text, start, end: (
            None if re.match(r"\.\d", text[end : end + 2]) else (start, end)
        ),
    ),
    Pattern(
        "ipv6",
        "ip",
        "IPv6 addresses with zone or network (RFC 4291)",
        r"(?:\b[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{0,4}:){0,6}[0-9A-Fa-f]{1,4}"
        r"(?:%[a-z0-9]{1,12})?(?:/\d{1,3})?\b",
        hint=r"[0-9][0-9A-Fa-f:]*:|:[0-9A-Fa-f:]*[0-9]|:[0-9A-Fa-f]+%[a-z0-9]*[0-9]",
        check=_is_ipv6,
    ),
    Pattern(
        "mac",
        "mac",
        "MAC addresses (EUI-48), with letters or leading zeros",
        r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}\b|\b[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}\b"
        r"|\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b",
        check=_is_mac,
        narrow=lambda text, start, end: (
            None
            if re.match(r"[:.-][0-9A-Fa-f]", text[end : end + 2])
            or re.search(r"[0-9A-Fa-f][:.-]\Z", text[max(0, start - 2) : start])
            else (start, end)
        ),
    ),
    Pattern(
        "mac named",
        "mac",
        "Six pairs after the words MAC, BSSID, ethernet, hardware address",
        r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b|\b[0-9A-Fa-f]{12}\b",
        context=r"mac\b|bssid|ether(?:net)?|hw ?addr|hardware address|wi-?fi|adapter",
    ),
    Pattern(
        "imei",
        "identifier",
        "IMEI of a telephone after its name (Luhn)",
        r"\b\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d\b",
        context=r"imei|meid|handset|device id",
        check=_is_imei,
    ),
    Pattern(
        "network name",
        "identifier",
        "The name of a wireless network after SSID",
        r"(?i:\bE?SSID|wi-?fi (?:name|network))(?i: is|[\"']?[ \t]?[:=])[ \t]*[\"']?"
        r"([^\"'\r\n,;]{2,32})",
    ),
)
