"""One run in three lanes, home | what crossed | cloud: the value that Ask and A run both show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from doorstep import _errors
from doorstep.boundary import Entry
from doorstep.page.sent import Said as Sent
from doorstep.page.sent import Stretch, came, placed, put_back, readable, said_in
from doorstep.runs.values import KeptRun, KeptStep, Mark, Said

VERDICTS = {
    "allow": "allowed: nothing in it had to be masked",
    "mask": "masked: what is private was replaced",
    "ask": "approved: a person saw exactly this and said yes",
    "remembered": "approved: a person has said yes to such requests before",
}
STATES = {
    "open": "sent or about to be; the process ended before the reply did",
    "answered": "answered",
    "not sent": "not sent: nobody could be reached",
    "broke off": "the reply broke off",
}
ENDINGS = {
    "answered": "answered",
    "failed": "failed",
    "cancelled": "stopped before it ended",
    "refused": "refused by the boundary",
}


# Why a run ended, by the class of its error.
BECAUSE = {
    "Blocked": "something private was in it, or a person said no",
    "DestinationRefused": "the policy does not allow this destination",
    "KeepHome": "the policy keeps this at home",
    "LedgerError": "it could not be written into the ledger",
    "ModelUnavailable": "nobody answers at the model's address",
    "AuthenticationFailed": "the server does not accept the key",
    "RateLimited": "the server took no more requests",
    "ModelTimeout": "there was no answer in time",
    "ReplyBroken": "the reply broke off",
    "ModelRefused": "the model declined to answer",
    "OutputInvalid": "the model wrote something else than what was asked of it",
    "Infeasible": "the problem has no solution",
}


@dataclass(frozen=True, slots=True, repr=False)
class Spoken:
    """A text and who said it; private stretches and placeholders have a kind."""

    who: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Exhibit:
    """One crossing. `found`: kinds and how many were masked. `body` is what left, exactly, None
    where its owner dropped it at `dropped`. `size`: bytes, None where it is not known any more.
    `meaning` and `became` say verdict and state in words. `text`: what the body says, for
    reading."""

    id: int
    at: str
    run: str
    method: str
    destination: str
    verdict: str
    meaning: str
    found: tuple[tuple[str, int], ...]
    sha256: str
    size: int | None
    state: str
    became: str
    status: int | None
    reply_bytes: int
    body: str | None
    dropped: str
    text: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Act:
    """One step. `said`: what its model said, "" where that is not kept or nothing was; `came`: the
    same as it came from the cloud, with placeholders, () where none were in it."""

    name: str
    actor: str
    model: str
    state: str
    seconds: float
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None
    tries: int
    note: str
    stand_in: bool
    crossings: tuple[int, ...]
    said: str = ""
    readable: str = ""
    restored: tuple[Stretch, ...] = ()
    came: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Lanes:
    """`lost`: ids of crossings that the ledger of this data folder has not."""

    asked: tuple[Spoken, ...]
    steps: tuple[Act, ...]
    crossed: tuple[Exhibit, ...]
    lost: tuple[int, ...]

    @property
    def home(self) -> tuple[Act, ...]:
        return tuple(act for act in self.steps if act.actor != "cloud")

    @property
    def cloud(self) -> tuple[Act, ...]:
        return tuple(act for act in self.steps if act.actor == "cloud")


def lanes_of(run: KeptRun, entries: Iterable[Entry]) -> Lanes:
    """`entries`: those of the run's crossings that the ledger has."""
    crossed = tuple(_exhibit(entry) for entry in entries)
    asked = run.texts.asked if run.texts else ()
    known = _placeholders(asked, crossed)
    said = list(run.texts.said) if run.texts else []
    return Lanes(
        tuple(Spoken(one.who, marked(one.text, one.marks)) for one in asked),
        tuple(_act(step, _take(step.name, said), known) for step in run.steps),
        crossed,
        tuple(sorted(set(run.crossings) - {one.id for one in crossed})),
    )


def marked(text: str, marks: Sequence[Mark]) -> tuple[Stretch, ...]:
    """`text` in stretches; those that a mark covers have its kind. Marks out of place are left."""
    parts, at = [], 0
    for mark in marks:
        if not at <= mark.start < mark.end <= len(text):
            continue
        parts += [Stretch(text[at : mark.start]), Stretch(text[mark.start : mark.end], mark.kind)]
        at = mark.end
    return tuple(part for part in (*parts, Stretch(text[at:])) if part.text)


def _take(step: str, said: list[Said]) -> str:
    """The next text that the step `step` said; each is given once."""
    for index, one in enumerate(said):
        if one.who == step:
            return said.pop(index).text
    return ""


def _placeholders(asked: Sequence[Said], crossed: Sequence[Exhibit]) -> Mapping[str, str]:
    """What the placeholders in what crossed stand for, read off what was asked."""
    originals = [one.text for one in asked]
    originals.append("\n\n".join(text.strip("\n") for text in originals))
    sent = ["".join(s.text for s in one.stretches) for exhibit in crossed for one in exhibit.text]
    private = [one.text[mark.start : mark.end] for one in asked for mark in one.marks]
    return put_back(originals, sent, private)


def _exhibit(entry: Entry) -> Exhibit:
    body = None if entry.kept is None else entry.kept.decode("utf-8", "replace")
    return Exhibit(
        entry.id,
        entry.at,
        entry.run,
        entry.method,
        entry.url,
        entry.verdict,
        VERDICTS.get(entry.verdict, entry.verdict),
        tuple(sorted(entry.found.items())),
        entry.sha256,
        entry.size,
        entry.state,
        STATES[entry.state],
        entry.status,
        entry.reply_bytes,
        body,
        entry.dropped,
        tuple(_spoken(one) for one in said_in(body or "")),
    )


def _spoken(sent: Sent) -> Spoken:
    return Spoken(sent.who, placed(sent.text))


def _act(step: KeptStep, said: str, known: Mapping[str, str]) -> Act:
    raw, restored = came(said, known) if step.actor == "cloud" else ((), ())
    return Act(
        step.name,
        step.actor,
        step.model,
        state_of(step.note),
        step.seconds,
        step.input_tokens,
        step.output_tokens,
        step.cost,
        step.tries,
        step.note,
        step.stand_in,
        step.crossings,
        said,
        readable(said),
        restored,
        raw,
    )


def state_of(note: str) -> str:
    """How a step ended; one that failed carries the error's class as its note."""
    if note == "cancelled":
        return "stopped"
    return "failed" if isinstance(getattr(_errors, note, None), type) else "done"
