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
        KeepHome,
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
    from doorstep.boundary import (
        AskedModel,
        Boundary,
        Clearance,
        Declared,
        Finding,
        Ledger,
        Policy,
        Preview,
        Rule,
        Scanner,
        Store,
        Term,
        detectors,
        open_boundary,
    )
    from doorstep.models import Model
    from doorstep.patterns import (
        Ask,
        Case,
        CrossCheck,
        DraftThenRefine,
        EscalateOnHard,
        Pattern,
        PlanThenGround,
        SanitizeAndSolve,
        SolveCase,
        Solved,
    )

_HOMES = {
    "doorstep._errors": (
        "AuthenticationFailed BadInput Blocked BoundaryError ConfigError DestinationRefused "
        "DoorstepError Infeasible KeepHome LedgerError ModelError ModelRefused ModelTimeout "
        "ModelUnavailable OutputInvalid RateLimited ReplyBroken ZoneError"
    ),
    "doorstep._values": ("Crossing Decision Message Options Outcome Piece Reply Step Usage Zone"),
    "doorstep.boundary": (
        "AskedModel Boundary Clearance Declared Finding Ledger Policy Preview Rule Scanner Store "
        "Term detectors open_boundary"
    ),
    "doorstep.models": "Model",
    "doorstep.patterns": (
        "Ask Case CrossCheck DraftThenRefine EscalateOnHard Pattern PlanThenGround "
        "SanitizeAndSolve SolveCase Solved"
    ),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Ask",
    "AskedModel",
    "AuthenticationFailed",
    "BadInput",
    "Blocked",
    "Boundary",
    "BoundaryError",
    "Case",
    "Clearance",
    "ConfigError",
    "CrossCheck",
    "Crossing",
    "Decision",
    "Declared",
    "DestinationRefused",
    "DoorstepError",
    "DraftThenRefine",
    "EscalateOnHard",
    "Finding",
    "Infeasible",
    "KeepHome",
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
    "Pattern",
    "Piece",
    "PlanThenGround",
    "Policy",
    "Preview",
    "RateLimited",
    "Reply",
    "ReplyBroken",
    "Rule",
    "SanitizeAndSolve",
    "Scanner",
    "SolveCase",
    "Solved",
    "Step",
    "Store",
    "Term",
    "Usage",
    "Zone",
    "ZoneError",
    "detectors",
    "open_boundary",
]


def __getattr__(name: str) -> object:
    """Public names are fetched on first use: importing `doorstep` loads nothing heavy."""
    if name not in _WHERE:
        raise AttributeError(f"module 'doorstep' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
