"""A circuit breaker: an upstream that fails again and again is left alone for a while.

Closed: requests pass. After `failures` in a row it is open: none pass for `open_s` seconds. Then
it is half open: one request tries; it closes the circuit, or opens it anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Ask `allows()` before a request, then say `worked()`, `failed()`, or `dropped()` where nobody
    knows (the client went away). `clock` gives seconds that only rise.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        open_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failed = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        if self._opened is None:
            return "closed"
        return "half-open" if self.wait_s == 0 else "open"

    @property
    def wait_s(self) -> float:
        """Seconds until it is tried again; 0 where it may be now."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._opened + self._open_s - self._clock())

    def allows(self) -> bool:
        """Whether a request may go now. Half open, the first that asks is the one that tries."""
        if self._opened is None:
            return True
        if self._trying or self.wait_s > 0:
            return False
        self._trying = True
        return True

    def worked(self) -> None:
        self._failed, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        self._failed += 1
        self._trying = False
        if self._opened is not None or self._failed >= self._limit:
            self._opened = self._clock()

    def dropped(self) -> None:
        self._trying = False
