"""Seal and gate for one request: what may leave, in a thread of its own and within a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from doorstep._errors import Blocked, DoorstepError
from doorstep.boundary.clearance import Clearance
from doorstep.boundary.detect import Detector
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.policy import Policy
from doorstep.boundary.seal import Sealer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """A request that may leave, and the vault that its reply is restored from."""

    request: Outgoing
    vault: Vault
    found: Mapping[str, int]

    @property
    def verdict(self) -> str:
        return "mask" if len(self.vault) else "allow"


class Checker:
    """Seals and gates requests. `declared` are terms that hold for every request."""

    def __init__(
        self, policy: Policy, key: bytes, detectors: Sequence[Detector], declared: Matcher
    ) -> None:
        self._policy = policy
        self._key = key
        self._detectors = tuple(detectors)
        self._declared = declared
        Vault(key)  # a key that cannot be used is an error now, not at the first request

    def check(self, request: Outgoing, clearance: Clearance | None, matcher: Matcher) -> Checked:
        """Blocked, or the request as it may leave. `matcher` knows the clearance's own terms."""
        known = clearance or Clearance(mask=True)
        mask = known.mask and self._policy.on_private == "mask"
        vault = Vault(self._key)
        terms = (matcher, self._declared)
        sealer = Sealer(known, terms, self._detectors, vault if mask else None)
        sealed = sealer.seal(request.body) if request.body else None
        if sealed is not None:
            length = str(len(sealed.body))
            headers = tuple((n, length if n == "content-length" else v) for n, v in request.headers)
            request = replace(request, body=sealed.body, headers=headers)
        found = sealed.found if sealed else ()
        gate = Gate(known, (*terms, Matcher(found, words=False)), (p for p, _ in vault))
        self._something_known(gate, request, clearance, matcher)
        gate.check(request)
        return Checked(request, vault, sealed.replaced if sealed else Counter())

    def _something_known(
        self, gate: Gate, request: Outgoing, clearance: Clearance | None, matcher: Matcher
    ) -> None:
        """Where nothing is known to be private, only a body of constants and slots may pass."""
        if self._detectors or len(self._declared) or len(matcher):
            return
        if clearance is None or not gate.all_excused(request.body):
            raise Blocked(
                "Nothing has been declared private, so that nothing could be looked for; "
                "nothing was sent.",
                hint="Declare names and devices in doorstep.toml.",
            )


async def within(seconds: float, work: Callable[[], T]) -> T:
    """Run `work` in a thread; Blocked if it takes longer or fails in any way.

    The thread is a daemon of its own: one that hangs is left behind and keeps nobody waiting.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(lambda: None if done.done() else act())

    def run() -> None:
        try:
            value = work()
        except DoorstepError as error:
            # What led to it may hold text, and is not for other people's logs.
            error.__cause__ = error.__context__ = None
            refusal: Exception = error
        except BaseException as error:  # whatever it is: nothing leaves, and no text of it shows
            refusal = _failed(type(error).__name__)
        else:
            return tell(lambda: done.set_result(value))
        return tell(lambda: done.set_exception(refusal))

    start = loop.time()
    threading.Thread(target=run, name="doorstep-check", daemon=True).start()
    with contextlib.suppress(TimeoutError):
        value = await asyncio.wait_for(done, seconds)
        # Work that held the interpreter's lock kept the timer from going off, too.
        if loop.time() - start <= seconds:
            return value
    raise Blocked(f"Checking took longer than {seconds:g} s; nothing was sent.")


def _failed(name: str) -> Blocked:
    return Blocked(f"A step of the boundary failed ({name}); nothing was sent.")
