"""The only way to a cloud: seal, gate, ledger, door, restore. See docs/design/boundary.md."""

from __future__ import annotations

from doorstep.boundary.approval import Approve, Preview
from doorstep.boundary.boundary import Boundary, BoundaryClient, SyncBoundaryClient
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector, Finding
from doorstep.boundary.detect.asked import AskedModel
from doorstep.boundary.detect.declared import Declared, Scopes
from doorstep.boundary.detect.levels import Level, describe, detectors
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.keys import load_key
from doorstep.boundary.ledger import Check, Entry, Ledger
from doorstep.boundary.open import open_boundary
from doorstep.boundary.passage import Held, Passage
from doorstep.boundary.policy import Policy, Rule, origin
from doorstep.boundary.restore import Restorer
from doorstep.boundary.scan import Scanner, mask_text
from doorstep.boundary.store import Store
from doorstep.boundary.vault import Vault

__all__ = [
    "Approve",
    "AskedModel",
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
    "Level",
    "Passage",
    "Policy",
    "Preview",
    "Propagation",
    "Restorer",
    "Rule",
    "Scanner",
    "Scopes",
    "Store",
    "SyncBoundaryClient",
    "Term",
    "Vault",
    "describe",
    "detectors",
    "load_key",
    "mask_text",
    "open_boundary",
    "origin",
]
