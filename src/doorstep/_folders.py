"""Where a person's own files lie."""

from __future__ import annotations

from pathlib import Path


def data_folder() -> Path:
    """The folder of the ledger, the vault and the keys, as the operating system wants it."""
    from platformdirs import user_data_path  # late: most commands need no folder

    return user_data_path("doorstep", appauthor=False)
