"""How long the tests of this folder look: `DOORSTEP_FUZZ=long` for a hundred times the examples.

Otherwise the examples are the same in every run, so that a change is not blamed for old luck.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("DOORSTEP_FUZZ") == "long"


def examples(count: int) -> settings:
    return settings(
        max_examples=count * 100 if LONG else count,
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
