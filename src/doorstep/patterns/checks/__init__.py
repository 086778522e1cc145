"""Checks of an answer: small functions, each with a name and a reason a person understands."""

from doorstep.patterns.checks.asking import AnyCheck, Asking, Plain
from doorstep.patterns.checks.bank import (
    Weighed,
    at,
    cheap_checks,
    default_checks,
    in_order,
    weigh,
)
from doorstep.patterns.checks.base import Check, Judge, Judgement, Look, Sign, Verdict
from doorstep.patterns.checks.budget import Budget
from doorstep.patterns.checks.grounded import Grounded
from doorstep.patterns.checks.own import own
from doorstep.patterns.checks.representations import TwoRepresentations
from doorstep.patterns.checks.rules import Rules
from doorstep.patterns.checks.samples import TwoSamples
from doorstep.patterns.checks.shape import Shape

__all__ = [
    "AnyCheck",
    "Asking",
    "Budget",
    "Check",
    "Grounded",
    "Judge",
    "Judgement",
    "Look",
    "Plain",
    "Rules",
    "Shape",
    "Sign",
    "TwoRepresentations",
    "TwoSamples",
    "Verdict",
    "Weighed",
    "at",
    "cheap_checks",
    "default_checks",
    "in_order",
    "own",
    "weigh",
]
