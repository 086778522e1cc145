"""One run of Draft-then-Refine: the draft and the cloud side by side, then the judge.

All that runs here runs in tasks of its own, and none of them outlives `Race.go`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from doorstep._errors import DoorstepError
from doorstep._values import Message, Options, Piece, Reply
from doorstep.models.base import Model, closing
from doorstep.patterns.drafting.events import (
    DraftDone,
    DraftText,
    Enriched,
    Event,
    Kept,
    Refined,
    Refining,
)
from doorstep.patterns.drafting.judge import Judge
from doorstep.patterns.drafting.ruling import Pair, Ruling
from doorstep.patterns.run import Run

Start = Literal["at_once", "after_draft"]
Emit = Callable[[Event], None]

# --- prompt: may go to the cloud, past a gate that knows names: plain technical words ------------

SAME = "NO CHANGE"
REFINE = f"""Above is a first draft of the answer. Write the best complete answer to the request: \
correct what is wrong, add what is missing, keep what is right. If the draft needs no change, \
answer with exactly: {SAME}"""

ADDED = "Added:"
REPLACED = "Refined answer:"

PATIENCE = 0.03  # what else there is to do fits into the rest of "not later than the cloud + 5 %"
OVERTAKEN = "the cloud was done first"
OUT_OF_TIME = Ruling("replace", "the judge did not decide in time, so the cloud's answer is taken")


@dataclass(frozen=True, slots=True)
class Pace:
    """When the cloud starts, and how long the final may wait for draft and judge once the cloud is
    done: `patience` is a share of the cloud's own time, None for as long as it takes."""

    start: Start = "at_once"
    patience: float | None = PATIENCE


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """How far one side came: its text, its reply where it came to an end, its error where not."""

    text: str = ""
    reply: Reply | None = None
    error: DoorstepError | None = None
    overtaken: bool = False

    @property
    def failed(self) -> str:
        return type(self.error).__name__ if self.error else ""


class Race:
    """`home` drafts, `cloud` refines (it is already behind the boundary), `judge` rules; all their
    calls are steps of `run`."""

    def __init__(self, run: Run, home: Model, cloud: Model, judge: Judge, pace: Pace) -> None:
        self._run = run
        self._home = run.model("draft", home)
        self._cloud = run.model("refine", cloud)
        self._judge_home = run.model("judge", home)
        self._judge = judge
        self._pace = pace
        self._drafted = ""
        self._cloud_said = 0
        self._deadline: float | None = None  # of the final, on the loop's clock
        self._limit = asyncio.timeout(None)  # on the draft

    async def go(self, messages: Sequence[Message], options: Options, emit: Emit) -> Reply:
        """The final answer. Raises the cloud's error where home failed, too."""
        draft = asyncio.create_task(self._draft(messages, options, emit))
        refined = asyncio.create_task(self._beside(messages, options, draft))
        try:
            first = await draft
            emit(DraftDone(first.text, OVERTAKEN if first.overtaken else first.failed))
            emit(Refining(self._cloud.name))
            return await self.end(messages, first, await refined, emit)
        finally:
            draft.cancel()
            refined.cancel()
            await asyncio.gather(draft, refined, return_exceptions=True)

    def stopped(self) -> Reply:
        """The reply of a run that was cancelled: as much of the draft as there was."""
        if self._cloud_said:
            self._run.note(f"the cloud had sent {self._cloud_said} characters when it was stopped")
        last = Reply(self._drafted, "", finish="cancelled")
        return self._run.reply(last, self._drafted, "cancelled", ("the caller cancelled it",))

    # --- the two sides ---------------------------------------------------------------------------

    async def _draft(self, messages: Sequence[Message], options: Options, emit: Emit) -> Side:
        reply, error, overtaken = None, None, False
        try:
            async with self._limit, closing(self._home.stream(messages, options)) as pieces:
                async for piece in pieces:
                    self._show(piece, emit)
                    reply = piece.reply or reply
        except TimeoutError:
            overtaken = True
        except DoorstepError as failed:
            error = failed
        return Side(self._drafted, reply, error, overtaken)

    def _show(self, piece: Piece, emit: Emit) -> None:
        if piece.text:
            self._drafted += piece.text
            emit(DraftText(piece.text))

    async def _beside(
        self, messages: Sequence[Message], options: Options, draft: asyncio.Task[Side]
    ) -> Side:
        seen = await draft if self._pace.start == "after_draft" else Side()
        begun = asyncio.get_running_loop().time()
        side = await self.refine(messages, options, seen)
        if side.reply is not None:
            self._set_deadline(begun, draft)
        return side

    async def refine(self, messages: Sequence[Message], options: Options, draft: Side) -> Side:
        """The cloud's side. It gets to see the draft where it starts after it."""
        if self._pace.start == "after_draft":
            messages = _with_draft(messages, draft)
        try:
            reply = await self._whole(messages, options)
        except DoorstepError as error:
            return Side(error=error)
        return Side(reply.text, reply)

    async def _whole(self, messages: Sequence[Message], options: Options) -> Reply:
        last = Reply("", self._cloud.name, finish="length")
        async with closing(self._cloud.stream(messages, options)) as pieces:
            async for piece in pieces:
                self._cloud_said += len(piece.text)
                last = piece.reply or last
        return last

    def _set_deadline(self, begun: float, draft: asyncio.Task[Side]) -> None:
        if self._pace.patience is None:
            return
        now = asyncio.get_running_loop().time()
        self._deadline = now + (now - begun) * self._pace.patience
        if not draft.done():
            self._limit.reschedule(self._deadline)

    # --- the end ---------------------------------------------------------------------------------

    async def end(
        self, messages: Sequence[Message], draft: Side, refined: Side, emit: Emit
    ) -> Reply:
        """The ruling and the reply of both sides. Raises the cloud's error where there is no draft
        to keep."""
        ruling = await self._rule(messages, draft, refined)
        reply = draft.reply or Reply(draft.text, self._home.name, finish="length")
        if ruling.verdict == "replace" and refined.reply is not None:
            emit(Refined(refined.text, ruling.reason))
            return self._reply(refined.reply, refined.text, "replaced", ruling)
        if refined.reply is not None and not ruling.addition:
            self._run.note(f"not used: the cloud's answer ({_tokens(refined.reply)})")
        if ruling.verdict == "enrich":
            text = f"{draft.text}\n\n{ADDED}\n\n{ruling.addition}"
            emit(Enriched(text, ruling.addition, ruling.reason))
            return self._reply(reply, text, "enriched", ruling)
        emit(Kept(ruling.reason))
        return self._reply(reply, draft.text, "kept", ruling)

    def _reply(self, last: Reply, text: str, verdict: str, ruling: Ruling) -> Reply:
        return self._run.reply(last, text, verdict, (ruling.reason,))

    async def _rule(self, messages: Sequence[Message], draft: Side, refined: Side) -> Ruling:
        if refined.error is not None:
            return self._without_cloud(draft, refined.error)
        if draft.error is not None:
            self._run.fell_back(f"home gave no whole draft ({draft.failed}); the cloud answered")
            return Ruling("replace", f"the home model failed ({draft.failed})")
        if draft.reply is None or refined.reply is None:
            return Ruling("replace", OVERTAKEN)
        if self._pace.start == "after_draft" and refined.text.strip() == SAME:
            return Ruling("keep", "the cloud would change nothing")
        return await self._judged(Pair(tuple(messages), draft.reply, refined.reply))

    async def _judged(self, pair: Pair) -> Ruling:
        """The judge's ruling, as a step; the home model's part in it is steps of its own."""
        begun, ruling = time.perf_counter(), OUT_OF_TIME
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._deadline):
                ruling = await self._judge.rule(pair, self._judge_home)
        self._run.check("rule", time.perf_counter() - begun, ruling.verdict)
        return ruling

    def _without_cloud(self, draft: Side, error: DoorstepError) -> Ruling:
        if draft.error is not None or not draft.text.strip():
            raise error
        why = f"the cloud failed ({type(error).__name__})"
        self._run.fell_back(f"{why}; the draft stands")
        return Ruling("keep", why)


def _with_draft(messages: Sequence[Message], draft: Side) -> Sequence[Message]:
    """What the cloud is asked where it gets to see the draft: it goes through the boundary, too."""
    if not draft.text.strip():
        return messages
    return (*messages, Message("assistant", draft.text), Message("user", REFINE))


def _tokens(reply: Reply) -> str:
    """What an answer cost: a pattern's usage is that of all its steps."""
    used = reply.usage
    if used.input_tokens is None and used.output_tokens is None:
        return "tokens not reported"
    return f"{used.input_tokens or 0} tokens in, {used.output_tokens or 0} out"
