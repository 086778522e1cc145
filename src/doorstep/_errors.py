"""The one error tree.

DoorstepError                 anything Doorstep raises on purpose; one line, and a hint what to do
├── BadInput                  what a person gave cannot be used; nothing was sent
│   ├── ConfigError           doorstep.toml or an environment variable
│   └── Infeasible            the problem as given has no solution
├── ModelError                a model did not give what was asked of it
│   ├── ModelUnavailable      nobody answers, or the model is not there
│   ├── AuthenticationFailed  401 or 403
│   ├── RateLimited           429; `retry_after` in seconds where the server said so
│   ├── ModelTimeout          no answer, or no end of it, in time
│   ├── ReplyBroken           the reply broke off or cannot be read
│   ├── ModelRefused          the model declined
│   └── OutputInvalid         typed output still invalid after the last try
├── BoundaryError             the boundary did not let a request pass
│   ├── Blocked               something private was about to leave, or might have been
│   ├── DestinationRefused    not a destination that the policy allows
│   ├── LedgerError           the ledger cannot record, or does not verify
│   └── KeepHome              the policy says that this question is for the home model
└── ZoneError                 a model is not in the zone it was asked to be in

No message ever holds private text: kinds, counts, lengths and ids only.
"""

from __future__ import annotations

from typing import ClassVar

from doorstep._values import Usage


class DoorstepError(Exception):
    """One clear line (`str(error)`) and what to do about it (`hint`): in the words of who raises
    it, or else the `usual` ones of its kind; None where the line itself says it."""

    exit_code = 2
    usual: ClassVar[str | None] = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.usual if hint is None else hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class BadInput(DoorstepError):
    """What a person gave cannot be used; nothing was sent."""


class ConfigError(BadInput):
    """A setting in doorstep.toml or in the environment cannot be used."""


class Infeasible(BadInput):
    """The problem as given has no solution."""


class ModelError(DoorstepError):
    """A model did not give what was asked of it. `usage` is what was spent all the same,
    `crossing` the ledger's id of the request, where one left."""

    usual = "Try again later; if it comes back, look at the model's server."
    usage = Usage()
    crossing: int | None = None


class ModelUnavailable(ModelError):
    """Nobody answers at the model's address, or the model is not there."""


class AuthenticationFailed(ModelError):
    """The server does not accept the key (401 or 403)."""

    usual = "Look at the key, and at what it may be used for."


class RateLimited(ModelError):
    """The server says: not now (429). `retry_after` is in seconds, None where it did not say."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ModelTimeout(ModelError):
    """No answer, or no end of it, within the time allowed."""

    usual = "Try again, or allow more time: timeout_s in the settings."


class ReplyBroken(ModelError):
    """The reply broke off, or is not what the protocol says."""

    usual = "Try again; if it comes back, look at the model's server."


class ModelRefused(ModelError):
    """The model declined to answer."""

    usual = "Ask in other words, or ask another model."


class OutputInvalid(ModelError):
    """Typed output was still invalid after the last try.

    `problems` says why, without quoting the output.
    """

    usual = "Ask for less at once, or take a stronger model."

    def __init__(
        self, message: str, *, problems: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class BoundaryError(DoorstepError):
    """The boundary did not let a request pass: zero bytes left."""


class Blocked(BoundaryError):
    """Something private was about to leave, or could not be ruled out. Kinds and counts only."""

    def __init__(
        self, message: str, *, kinds: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.kinds = kinds


class DestinationRefused(BoundaryError):
    """The request is for a destination that the policy does not allow."""


class LedgerError(BoundaryError):
    """The ledger cannot record what would leave, or does not verify."""


class KeepHome(BoundaryError):
    """The policy keeps values of these kinds at home: the home model may answer instead."""

    def __init__(
        self, message: str, *, kinds: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.kinds = kinds


class ZoneError(DoorstepError):
    """A model is not in the zone it was asked to be in."""
