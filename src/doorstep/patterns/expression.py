"""Arithmetic as a model writes it, evaluated exactly and safely.

A small parser by precedence (Pratt, "Top down operator precedence", 1973), not `eval` and not
Python's own: nothing but numbers and operators can be said in it, decimals stay exact, "15%" is a
number, and every size is bounded before it is computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from doorstep._errors import BadInput

MAX_LENGTH = 500  # characters
MAX_DEPTH = 50  # brackets and signs within each other
MAX_EXPONENT = 64
MAX_BITS = 2048  # of a numerator or a denominator

# Signs for the same operator, and spaces that group digits.
_SIGNS = str.maketrans(
    {"×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/", "⁄": "/", "∕": "/", "−": "-", "–": "-"}
    | {"\u00a0": "\u202f", "\u2009": "\u202f", "'": "\u202f", "’": "\u202f"}
)
_TOKEN = re.compile(
    r"\s*(?:([0-9]{1,3}(?:[,\u202f][0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(\*\*|//|[-+*/%^()]))"
)
_TIMES = re.compile(r"(?<=[0-9)%])\s*[xX]\s*(?=[-0-9(.])|(?<=[0-9)%])\s+of\s+(?=[0-9(.])")

_Operation = Callable[[Fraction, Fraction], Fraction]
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}
_SIGN_BINDS = 3  # -2**2 is -(2**2), as in Python


def evaluate(text: str) -> Fraction:
    """The exact value of an arithmetic expression.

    Numbers (1,000 and 1 000 and .5 too), + - * / // % **, brackets, ^ for **, × · ÷ − and an x
    between numbers, 15% and "15% of 80". A % before a number is the remainder: 17 % 5 is 2.
    Raises BadInput for anything else, for a division by zero, and for what is too long, too deep
    or too large. The text is never quoted.
    """
    if len(text) > MAX_LENGTH:
        raise BadInput(f"The expression is longer than {MAX_LENGTH} characters.")
    return _Parser(_tokens(_TIMES.sub("*", text.translate(_SIGNS)))).whole()


def _tokens(text: str) -> list[str]:
    text, tokens, at = text.strip(), [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadInput("The expression holds something that is no arithmetic.")
        at = found.end()
        tokens.append("**" if found[2] == "^" else found[1] or found[2])
    return tokens


class _Parser:
    """One pass over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Fraction:
        value = self._value(0, 0)
        if self._next():
            raise BadInput("The expression has something left over at its end.")
        return value

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        self._at += 1
        return token

    def _value(self, least: int, depth: int) -> Fraction:
        """The value up to an operator that binds less than `least`."""
        if depth > MAX_DEPTH:
            raise BadInput(f"The expression is nested deeper than {MAX_DEPTH}.")
        left = self._operand(depth)
        while (binds := _BINDS.get(self._next(), -1)) >= least:
            operator = self._take()
            if operator == "%" and not self._begins_operand():
                left = left / 100
                continue
            # ** alone goes from right to left; its right side may carry a sign: 2 ** -1.
            right = self._value(_SIGN_BINDS if operator == "**" else binds + 1, depth + 1)
            left = _bounded(_apply(operator, left, right))
        return left

    def _begins_operand(self) -> bool:
        part = self._next()
        return part == "(" or part[:1].isdigit() or part[:1] == "."

    def _operand(self, depth: int) -> Fraction:
        part = self._take()
        if part in ("-", "+"):
            value = self._value(_SIGN_BINDS, depth + 1)
            return -value if part == "-" else value
        if part == "(":
            value = self._value(0, depth + 1)
            if self._take() != ")":
                raise BadInput("The expression has a bracket that is not closed.")
            return value
        if part[:1].isdigit() or part[:1] == ".":
            return _bounded(Fraction(part.replace(",", "").replace("\u202f", "")))
        raise BadInput("The expression lacks a number.")


def _apply(operator: str, left: Fraction, right: Fraction) -> Fraction:
    if operator == "**":
        return _power(left, right)
    if operator in ("/", "//", "%") and not right:
        raise BadInput("The expression divides by zero.")
    return _OPERATIONS[operator](left, right)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT:
        raise BadInput(f"An exponent is a whole number, {MAX_EXPONENT} at most.")
    if not base and exponent < 0:
        raise BadInput("The expression divides by zero.")
    return Fraction(base ** int(exponent))  # 64 * 2048 bits at most, before it is bounded


def _bits(value: Fraction) -> tuple[int, int]:
    return value.numerator.bit_length(), value.denominator.bit_length()


def _bounded(value: Fraction) -> Fraction:
    if max(_bits(value)) > MAX_BITS:
        raise BadInput("The expression has a value that is too large.")
    return value


_OPERATIONS: dict[str, _Operation] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: Fraction(a // b),
    "%": lambda a, b: a % b,
}
