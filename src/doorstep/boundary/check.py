"""Seal and gate for one request: what may leave, within a deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from doorstep._errors import Blocked
from doorstep.boundary.by_hand import HIDDEN
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.looked import Body
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.mask import ReplyMask
from doorstep.boundary.memory import Memory
from doorstep.boundary.policy import Do, Policy, strictest
from doorstep.boundary.seal import Sealed, Sealer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf
from doorstep.boundary.vault import Vault
from doorstep.boundary.workers import Workers, at_once, within

__all__ = ["Checked", "Checker", "within"]

T = TypeVar("T")
Verdict = Do | Literal["remembered"]
_SMALL = 16_000  # bytes; see Checker.checked


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """A request that may leave, the vault that its reply is restored from, and what was found.

    With the verdict "ask" it may leave once a person has said yes; with "remembered" one has said
    yes to all like it. `mask`: what is to be hidden in the reply.
    """

    request: Outgoing
    vault: Vault
    found: Mapping[str, int]
    verdict: Verdict
    mask: ReplyMask | None = None


class Checker:
    """Seals and gates requests, each with the lookout of its scope.

    `vault(scope)` makes the vault of a request; without it, a plain one from `key`. `mask_reply`:
    private values that the cloud brings up by itself are hidden in the reply, too.
    """

    def __init__(
        self,
        policy: Policy,
        key: bytes,
        lookouts: Lookouts,
        *,
        remember: int = 0,
        vault: Callable[[str], Vault] | None = None,
        mask_reply: bool = False,
    ) -> None:
        self._policy = policy
        self._vault = vault or (lambda scope: Vault(key, scope=scope))
        self._lookouts = lookouts
        self._memory = Memory(remember)
        self._mask_reply = mask_reply
        self._workers = Workers()
        # A key that cannot be used is an error now, not at the first request.
        self._stored = self._vault("").stored

    def terms_in(self, text: str, scope: str) -> tuple[Term, ...]:
        """What the detectors of a scope find in a text, with the parts that are looked for, too."""
        leaf = Leaf((), text, "text", False)
        return self._lookouts.of(scope).finder.find([leaf]).terms

    async def checked(
        self,
        request: Outgoing,
        clearance: Clearance | None,
        matcher: Matcher,
        scope: str = "",
        more: tuple[Matcher, ...] = (),
    ) -> Checked:
        """`check` within the policy's deadline, where it costs least; Blocked if it takes longer.

        A thread costs 0.03 to 0.15 ms of processor time beside a check of 1 ms (the hand-over, and
        two threads that want one lock); a new one 0.1 to 0.3 ms. So a small body is checked here
        and now if all that looks at it says of itself that it is `quick` (linear in the text, no
        model, no file): then the deadline is measured afterwards. Everything else hops. (The
        longest that a body of 16 kB took was 0.06 s: nothing but short words in base64.)
        """
        seconds = self._policy.deadline(len(request.body))

        def work() -> Checked:
            return self.check(request, clearance, matcher, scope, more)

        if self.quick(request, clearance, scope):
            return at_once(seconds, work)
        return await self.within(seconds, work)

    async def within(self, seconds: float, work: Callable[[], T]) -> T:
        """Run `work` in a thread that is kept; Blocked if it takes longer or fails in any way."""
        return await within(seconds, work, self._workers)

    def quick(self, request: Outgoing, clearance: Clearance | None, scope: str = "") -> bool:
        """Whether a request may be checked on the event loop. Not where a store of placeholders
        writes to a disk, nor where a pattern's shapes are matched, which may backtrack."""
        if len(request.body) > _SMALL or self._stored or (clearance and clearance.shapes):
            return False
        whose = scope or (clearance.scope if clearance else "")
        return self._lookouts.of(whose).quick

    def check(
        self,
        request: Outgoing,
        clearance: Clearance | None,
        matcher: Matcher,
        scope: str = "",
        more: tuple[Matcher, ...] = (),
    ) -> Checked:
        """Blocked or KeepHome, or the request as it may leave.

        `matcher` knows the clearance's own terms; `more`: what a person had hidden by hand.
        `scope`: the client's own.
        """
        cleared = _scoped(clearance or Clearance(mask=True), scope)
        one = _Request(self, request, cleared, matcher, more)
        if not one.something_known and (
            clearance is None or not one.gate().all_excused(request.body)
        ):
            raise Blocked(
                "Nothing has been declared private, so that nothing could be looked for; "
                "nothing was sent.",
                hint="Declare names and devices in doorstep.toml.",
            )
        return one.check()


def _scoped(clearance: Clearance, scope: str) -> Clearance:
    """The clearance in the scope of the client that is used, where that has one."""
    if scope and clearance.scope and scope != clearance.scope:
        raise Blocked(
            "A client of one scope was used in a crossing of another; nothing was sent.",
            hint="Take the client of the crossing's scope, or one without a scope.",
        )
    return replace(clearance, scope=scope) if scope else clearance


class _Request:
    """One request on its way through seal and gate."""

    def __init__(
        self,
        checker: Checker,
        request: Outgoing,
        clearance: Clearance,
        matcher: Matcher,
        more: tuple[Matcher, ...],
    ) -> None:
        self._checker = checker
        self._request = request
        self._clearance = clearance
        self._lookout = checker._lookouts.of(clearance.scope)
        self._declared = (matcher, self._lookout.declared)
        self._by_hand = more
        self._terms = (matcher, *more, self._lookout.declared)
        self._vault = checker._vault(clearance.scope)
        self._memory = checker._memory.matchers(clearance.scope)
        self._clean: frozenset[str] = frozenset()
        self._vault.avoid(self._private)

    @property
    def something_known(self) -> bool:
        """Where nothing is known to be private, only a body of constants and slots may pass. A word
        that a person had hidden by hand says nothing of what else is private."""
        return bool(self._lookout.finder.detectors) or any(map(len, self._declared))

    def _private(self, text: str) -> bool:
        """Whether all of a text is a known value: it must not stand for another one."""
        hits = (hit for m in (*self._terms, *self._memory) for hit in m.find(text))
        return any(hit.end - hit.start == len(text) for hit in hits)

    def check(self) -> Checked:
        sealed, request = self._sealed(())
        gate = self.gate()
        if left := gate.rule_hits(request):
            # A rule that sees one stretch between placeholders may find what it missed in the
            # whole; the seal gets one more chance to mask it, then the gate decides.
            sealed, request = self._sealed(left)
            gate = self.gate()
        gate.check(request)
        self._refuse_fixed(request)
        return Checked(request, self._vault, sealed.replaced, sealed.verdict, self._mask())

    def _refuse_fixed(self, request: Outgoing) -> None:
        """What a clearance lets through as it is nobody masks; a person who had a word of it hidden
        must not see it leave all the same."""
        leaves = Body.of(request.body, self._clearance).leaves if self._by_hand else ()
        fixed = (leaf.text for leaf in leaves or () if leaf.excused and not leaf.constant)
        if any(True for text in fixed for matcher in self._by_hand for _ in matcher.find(text)):
            raise Blocked(
                "Words that a person had masked stand in a fixed text of this program, which "
                "cannot be masked; nothing was sent.",
                kinds=(HIDDEN,),
                hint="doorstep held list shows what is always masked, doorstep held forget takes "
                "it back.",
            )

    def _mask(self) -> ReplyMask | None:
        if not self._checker._mask_reply:
            return None
        return ReplyMask((*self._terms, *self._memory), self._lookout.rules)

    def gate(self) -> Gate:
        checker = self._checker
        return Gate(
            self._clearance,
            self._terms,
            (placeholder for placeholder, _ in self._vault),
            found=self._memory,
            rules=self._lookout.rules,
            # Others' detectors may change their mind; what is `quick` is ours, and does not.
            clean=self._clean if self._lookout.quick else (),
            do=self._do,
            allowed=self._lookout.finder.allowed,
            opaque=checker._policy.opaque,
        )

    def _sealed(self, more: Sequence[Term]) -> tuple[Sealed, Outgoing]:
        request = self._request
        if not request.body:
            return Sealed(b""), request
        sealed = self._sealer().seal(request.body, more)
        self._clean = sealed.clean
        length = str(len(sealed.body))
        headers = tuple((n, length if n == "content-length" else v) for n, v in request.headers)
        if sealed.body == request.body and headers == request.headers:
            return sealed, request
        return sealed, replace(request, body=sealed.body, headers=headers)

    def _sealer(self) -> Sealer:
        return Sealer(
            self._clearance,
            self._terms,
            self._lookout.finder,
            self._vault,
            do=self._do,
            opaque=self._checker._policy.opaque,
            remember=self._remember,
        )

    def _do(self, kind: str) -> Do:
        where, mask = self._request.origin, self._clearance.mask
        verdict = self._checker._policy.verdict(kind, where, mask=mask)
        # No rule for all kinds lets out what a person had hidden by hand.
        return strictest(("mask", verdict)) if kind == HIDDEN else verdict

    def _remember(self, terms: tuple[Term, ...]) -> tuple[Matcher, ...]:
        self._memory = self._checker._memory.add(self._clearance.scope, terms)
        return self._memory
