"""Do two answers say the same? Compared by what they are, not by how they are written."""

from doorstep.patterns.compare.code import LimitedRunner
from doorstep.patterns.compare.compare import compare, extract
from doorstep.patterns.compare.meaning import meaning
from doorstep.patterns.compare.value import Comparison, Kind, Rules, Value, Verdict

__all__ = [
    "Comparison",
    "Kind",
    "LimitedRunner",
    "Rules",
    "Value",
    "Verdict",
    "compare",
    "extract",
    "meaning",
]
