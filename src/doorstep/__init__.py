"""Doorstep: split work between home and cloud, and prove what crossed in between."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep._errors import (
        AuthenticationFailed,
        BadInput,
        Blocked,
        BoundaryError,
        ConfigError,
        DestinationRefused,
        DoorstepError,
        Infeasible,
        LedgerError,
        ModelError,
        ModelRefused,
        ModelTimeout,
        ModelUnavailable,
        OutputInvalid,
        RateLimited,
        ReplyBroken,
        ZoneError,
    )
    from doorstep._values import (
        Crossing,
        Decision,
        Message,
        Options,
        Outcome,
        Piece,
        Reply,
        Step,
        Usage,
        Zone,
    )
    from doorstep.boundary import Boundary, Clearance, Ledger, Policy, Term
    from doorstep.models import Model
    from doorstep.patterns import Ask, Case, SanitizeAndSolve, Solved

_HOMES = {
    "doorstep._errors": (
        "AuthenticationFailed BadInput Blocked BoundaryError ConfigError DestinationRefused "
        "DoorstepError Infeasible LedgerError ModelError ModelRefused ModelTimeout "
        "ModelUnavailable OutputInvalid RateLimited ReplyBroken ZoneError"
    ),
    "doorstep._values": ("Crossing Decision Message Options Outcome Piece Reply Step Usage Zone"),
    "doorstep.boundary": "Boundary Clearance Ledger Policy Term",
    "doorstep.models": "Model",
    "doorstep.patterns": "Ask Case SanitizeAndSolve Solved",
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Ask",
    "AuthenticationFailed",
    "BadInput",
    "Blocked",
    "Boundary",
    "BoundaryError",
    "Case",
    "Clearance",
    "ConfigError",
    "Crossing",
    "Decision",
    "DestinationRefused",
    "DoorstepError",
    "Infeasible",
    "Ledger",
    "LedgerError",
    "Message",
    "Model",
    "ModelError",
    "ModelRefused",
    "ModelTimeout",
    "ModelUnavailable",
    "Options",
    "Outcome",
    "OutputInvalid",
    "Piece",
    "Policy",
    "RateLimited",
    "Reply",
    "ReplyBroken",
    "SanitizeAndSolve",
    "Solved",
    "Step",
    "Term",
    "Usage",
    "Zone",
    "ZoneError",
]


def __getattr__(name: str) -> object:
    """Public names are fetched on first use: importing `doorstep` loads nothing heavy."""
    if name not in _WHERE:
        raise AttributeError(f"module 'doorstep' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
