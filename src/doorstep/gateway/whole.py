"""A reply that is handed on in one piece: held until its end, and so of a limited size."""

from __future__ import annotations

from doorstep._errors import ReplyBroken
from doorstep.gateway.core import Relayed

LARGEST = 64_000_000  # bytes; as much as the boundary holds of a reply to restore it


async def whole_body(reply: Relayed, limit: int = LARGEST) -> bytes:
    """All bytes of a reply. Raises ReplyBroken where there are more than `limit`."""
    parts: list[bytes] = []
    size = 0
    async for part in reply:
        size += len(part)
        if size > limit:
            raise ReplyBroken(f"The reply is larger than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)


def is_stream(reply: Relayed) -> bool:
    """Whether it is a stream of events, which is handed on as it comes. A media type may be written
    in capitals, too (RFC 9110, 8.3.1)."""
    return reply.kind[:17].lower() == b"text/event-stream"
