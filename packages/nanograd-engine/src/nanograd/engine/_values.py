"""VALUES, the number system of ScalarValues: a row of the table that is run in it records a graph.

Derivatives that are computed in it can be differentiated again.
"""

from __future__ import annotations

from typing import Any

from nanograd.engine import _floats as FLOATS
from nanograd.engine._functions import cos, exp, floor, log, logsumexp, sin, sqrt, tanh
from nanograd.engine._value import ScalarValue

__all__ = [
    "cos",
    "divide",
    "equal",
    "exp",
    "floor",
    "log",
    "logsumexp",
    "power",
    "remainder",
    "rounded",
    "sign",
    "sin",
    "sqrt",
    "tanh",
    "where",
]

Operand = Any
"""A ScalarValue or a plain number; what is computed from plain numbers alone is a plain number."""


def divide(x: Operand, y: Operand) -> Operand:
    """Return x / y."""
    return x / y if _recorded(x, y) else FLOATS.divide(x, y)


def power(x: Operand, y: Operand) -> Operand:
    """Return x ** y."""
    return x**y if _recorded(x, y) else FLOATS.power(x, y)


def remainder(x: Operand, y: Operand) -> Operand:
    """Return x % y, with the sign of y."""
    return x % y if _recorded(x, y) else FLOATS.remainder(x, y)


def rounded(x: Operand, digits: Operand) -> Operand:
    """Return x rounded to so many decimal digits."""
    return round(x, int(digits))


def sign(x: Operand) -> Operand:
    """Return -1, 0 or 1 with the sign of x, as a plain number: it is flat, so there is nothing to record."""
    return FLOATS.sign(_plain(x))


def equal(x: Operand, y: Operand) -> bool:
    """Return whether two numbers are equal."""
    return bool(_plain(x) == _plain(y))


def where(condition: bool, x: Operand, y: Operand) -> Operand:
    """Return ``x`` if the condition holds, else ``y``."""
    return x if condition else y


def _recorded(*operands: Operand) -> bool:
    return any(isinstance(operand, ScalarValue) for operand in operands)


def _plain(operand: Operand) -> Any:
    return operand.data if isinstance(operand, ScalarValue) else operand
