"""The only way to a cloud: seal, gate, ledger, door, restore. See docs/design/boundary.md."""

from __future__ import annotations

from doorstep.boundary.boundary import Boundary, BoundaryClient
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector, Finding
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.ledger import Check, Entry, Ledger
from doorstep.boundary.passage import Held, Passage
from doorstep.boundary.policy import Policy, origin

__all__ = [
    "Boundary",
    "BoundaryClient",
    "Check",
    "Clearance",
    "Declared",
    "Detector",
    "Entry",
    "Finding",
    "Held",
    "Ledger",
    "Passage",
    "Policy",
    "Term",
    "origin",
]
