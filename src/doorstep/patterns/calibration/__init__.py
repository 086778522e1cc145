"""Calibration: how often an answer with such signs is wrong, and a stated risk for those kept."""

from doorstep.patterns.calibration.bound import lower_bound, upper_bound
from doorstep.patterns.calibration.calibration import Calibration
from doorstep.patterns.calibration.examples import Example, read_examples
from doorstep.patterns.calibration.file import load, save
from doorstep.patterns.calibration.fit import fit
from doorstep.patterns.calibration.judge import CalibratedJudge

__all__ = [
    "CalibratedJudge",
    "Calibration",
    "Example",
    "fit",
    "load",
    "lower_bound",
    "read_examples",
    "save",
    "upper_bound",
]
