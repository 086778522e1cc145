"""Patterns: how home and cloud share the work. Each is built from models and is one itself."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep.patterns.adviser import Advice, Wish, advise
    from doorstep.patterns.build import build
    from doorstep.patterns.case import Ask, Case, Fault, Made
    from doorstep.patterns.catalogue import CATALOGUE, Entry
    from doorstep.patterns.cross_check import CrossCheck
    from doorstep.patterns.draft_then_refine import DraftThenRefine
    from doorstep.patterns.escalate_on_hard import EscalateOnHard
    from doorstep.patterns.plan_then_ground import PlanThenGround
    from doorstep.patterns.run import Pattern, Run
    from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve
    from doorstep.patterns.solve_case import SolveCase, Solved

_HOMES = {
    "adviser": "Advice Wish advise",
    "build": "build",
    "case": "Ask Case Fault Made",
    "catalogue": "CATALOGUE Entry",
    "cross_check": "CrossCheck",
    "draft_then_refine": "DraftThenRefine",
    "escalate_on_hard": "EscalateOnHard",
    "plan_then_ground": "PlanThenGround",
    "run": "Pattern Run",
    "sanitize_and_solve": "SanitizeAndSolve",
    "solve_case": "SolveCase Solved",
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "CATALOGUE",
    "Advice",
    "Ask",
    "Case",
    "CrossCheck",
    "DraftThenRefine",
    "Entry",
    "EscalateOnHard",
    "Fault",
    "Made",
    "Pattern",
    "PlanThenGround",
    "Run",
    "SanitizeAndSolve",
    "SolveCase",
    "Solved",
    "Wish",
    "advise",
    "build",
]


def __getattr__(name: str) -> object:
    """Each pattern is loaded when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'doorstep.patterns' has no attribute {name!r}")
    return getattr(import_module(f"doorstep.patterns.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
