"""What a model at home writes, or a log holds: a pydantic shape whose text stands in no repr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict


class Private(BaseModel):
    """Base of shapes that hold private text: `repr` and `str` give the name of the shape alone,
    so that none of it gets into a log line or a traceback with values."""

    model_config = ConfigDict(extra="forbid")

    def __repr_args__(self) -> Sequence[tuple[str | None, Any]]:
        return ()
