"""A calibration in its file: JSON, readable by its owner alone, without any private text."""

from __future__ import annotations

import json
import math
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep._errors import BadInput
from doorstep.patterns.calibration.calibration import VERSION, Calibration

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_BYTES = 20_000_000


def save(calibration: Calibration, path: Path) -> None:
    """Written whole or not at all, with mode 0600. BadInput where it cannot be written."""
    text = _file_type()(version=VERSION, calibration=calibration).model_dump_json(indent=1)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}).",
            hint="Look at the folder, and who may write there.",
        ) from None


def load(path: Path) -> Calibration:
    """The calibration of a file. BadInput where there is none, or none of this version."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(
                f"{path} is too large for a calibration.",
                hint="Name a file that `doorstep calibrate` wrote.",
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}).",
            hint="Look at the path, and who may read it.",
        ) from None
    except UnicodeDecodeError:
        raise BadInput(
            f"{path} is no calibration.", hint="Name a file that `doorstep calibrate` wrote."
        ) from None
    from pydantic import ValidationError

    try:
        found = _file_type().model_validate_json(text)
    except ValidationError as error:
        raise _no_calibration(path, error.error_count()) from None
    # Read back as it stands: nothing was left out, nothing was taken for something else.
    if found.model_dump(mode="json") != json.loads(text):
        raise _no_calibration(path, 1)
    calibration: Calibration = found.calibration  # type: ignore[attr-defined]
    return calibration


def _no_calibration(path: Path, problems: int) -> BadInput:
    return BadInput(
        f"{path} is no calibration of version {VERSION} ({problems} problems).",
        hint="Make one with `doorstep calibrate`.",
    )


@lru_cache
def _file_type() -> type[BaseModel]:
    from typing import Literal

    from pydantic import BaseModel, ConfigDict, model_validator

    class CalibrationFile(BaseModel):
        model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
        version: Literal[1]
        calibration: Calibration

        @model_validator(mode="after")
        def _possible(self) -> CalibrationFile:
            if not _usable(self.calibration):
                raise ValueError("numbers that cannot be")
            return self

    return CalibrationFile


def _usable(calibration: Calibration) -> bool:
    scorers = [s for s in (calibration.home, calibration.cloud) if s is not None]
    numbers = [n for s in scorers for f in s.features for n in (f.mean, f.low, f.high, f.weight)]
    return (
        0 < calibration.risk < 1
        and 0 < calibration.confidence < 1
        and all(math.isfinite(number) for number in numbers)
        and all(f.scale > 0 for s in scorers for f in s.features)
        and all(s.words is None or len(s.words.rarity) == len(s.words.weights) > 0 for s in scorers)
    )
