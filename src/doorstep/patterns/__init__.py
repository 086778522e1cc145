"""Patterns: how home and cloud share the work. Each is built from models and is one itself."""

from doorstep.patterns.case import Ask, Case, Fault, Made
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve
from doorstep.patterns.solve_case import SolveCase, Solved

__all__ = ["Ask", "Case", "Fault", "Made", "SanitizeAndSolve", "SolveCase", "Solved"]
