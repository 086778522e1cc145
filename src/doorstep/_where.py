"""Where an error happened, for a line that must not quote what the error says."""

from __future__ import annotations

from pathlib import Path


def where(error: BaseException) -> str:
    """File and line of the innermost frame: "app.py:42"."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
