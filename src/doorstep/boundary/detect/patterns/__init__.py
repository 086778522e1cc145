"""The patterns, one file a family. `all_patterns` is the list that the engines are built from."""

from __future__ import annotations

from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import (
    addresses,
    contact,
    dates,
    entropy,
    identifiers,
    keys,
    money,
    national_ids,
    network,
    numbers,
    passwords,
    paths,
    places,
)

__all__ = ["all_patterns"]

_FAMILIES = (
    contact,
    network,
    paths,
    addresses,
    places,
    dates,
    money,
    national_ids,
    numbers,
    keys,
    passwords,
    entropy,
    identifiers,
)


def all_patterns() -> tuple[Pattern, ...]:
    """Every pattern, in the order of the documentation."""
    return tuple(pattern for family in _FAMILIES for pattern in family.PATTERNS)
