"""What a target can show: a value that got out, or a promise that does not hold."""

from __future__ import annotations


class Leak(AssertionError):
    """A private value would have left, or came back to the wrong place."""


class Broken(AssertionError):
    """Something else that was promised is not so."""


def check(so: bool, what: str) -> None:
    if not so:
        raise Broken(what)
