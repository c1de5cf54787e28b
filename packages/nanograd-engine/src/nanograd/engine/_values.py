"""VALUES, the number system of ScalarValues: a row of the table that is run in it records a graph.

Derivatives that are computed in it can be differentiated again. Functions that are flat return plain
numbers, as there is nothing to record.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nanograd.engine import _floats as FLOATS
from nanograd.engine._activations import erf, sigmoid, softplus
from nanograd.engine._apply import Operand, apply
from nanograd.engine._exponentials import cbrt, exp, expm1, log, log1p, log2, log10, sqrt
from nanograd.engine._ops import DIV, ERFC, GAUSSIAN, LOGSUMEXP, MOD, POW, ROUND
from nanograd.engine._steps import ceil, floor, maximum, minimum, sign, trunc
from nanograd.engine._trigonometry import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    hypot,
    sin,
    sinh,
    tan,
    tanh,
)
from nanograd.engine._value import ScalarValue

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "divide",
    "equal",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "gaussian",
    "hypot",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "maximum",
    "minimum",
    "pi",
    "power",
    "remainder",
    "rounded",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
    "where",
]

pi = math.pi


def divide(x: Operand, y: Operand) -> Operand:
    """Return x / y."""
    return apply(DIV, x, y)


def power(x: Operand, y: Operand) -> Operand:
    """Return x ** y."""
    return apply(POW, x, y)


def remainder(x: Operand, y: Operand) -> Operand:
    """Return x % y, with the sign of y."""
    return apply(MOD, x, y)


def floor_divide(x: Operand, y: Operand) -> Any:
    """Return x // y as a plain number: it is flat, so there is nothing to record."""
    return FLOATS.floor_divide(_plain(x), _plain(y))


def rounded(x: Operand, digits: Operand) -> Operand:
    """Return x rounded to so many decimal digits."""
    return apply(ROUND, x, digits)


def erfc(x: Operand) -> Operand:
    """Return 1 - erf(x); of a plain number exactly also where it is small."""
    return apply(ERFC, x)


def gaussian(x: Operand) -> Operand:
    """Return e ** (-x * x)."""
    return apply(GAUSSIAN, x)


def logsumexp(xs: Sequence[Operand]) -> Operand:
    """Return log(e**x1 + e**x2 + ...) without overflow."""
    return apply(LOGSUMEXP, *xs)


def equal(x: Operand, y: Operand) -> bool:
    """Return whether two numbers are equal."""
    return bool(_plain(x) == _plain(y))


def where(condition: bool, x: Operand, y: Operand) -> Operand:
    """Return ``x`` if the condition holds, else ``y``."""
    return x if condition else y


def _plain(operand: Operand) -> Any:
    return operand.data if isinstance(operand, ScalarValue) else operand
