"""Steps and choices, of ScalarValues and of plain numbers alike."""

from __future__ import annotations

import math
from collections.abc import Callable

from nanograd.engine._apply import Operand, apply
from nanograd.engine._errors import ArgumentError
from nanograd.engine._numbers import as_number
from nanograd.engine._ops import CEIL, CLAMP, FLOOR, MAXIMUM, MINIMUM, SIGN, TRUNC, WHERE
from nanograd.engine._value import ScalarValue


def sign(x: Operand) -> Operand:
    """Return -1, 0 or 1 with the sign of x, with the derivative 0.

    >>> sign(-2.5)
    -1.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(SIGN, x)


def floor(x: Operand) -> Operand:
    """Return the largest whole number not above x, with the derivative 0.

    >>> floor(ScalarValue(-2.5))
    ScalarValue(data=-3.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(FLOOR, x)


def ceil(x: Operand) -> Operand:
    """Return the smallest whole number not below x, with the derivative 0.

    >>> ceil(-2.5)
    -2.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(CEIL, x)


def trunc(x: Operand) -> Operand:
    """Return x without its fractional part, with the derivative 0.

    >>> trunc(-2.5)
    -2.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(TRUNC, x)


def maximum(x: Operand, y: Operand) -> Operand:
    """Return the larger one of two numbers.

    The derivative is 1 for the larger one; a tie gives half to each, as in PyTorch.

    >>> maximum(2.0, ScalarValue(3.0))
    ScalarValue(data=3.0)

    Args:
        x: a real number, or a ScalarValue of one.
        y: likewise.
    """
    return apply(MAXIMUM, x, y)


def minimum(x: Operand, y: Operand) -> Operand:
    """Return the smaller one of two numbers.

    The derivative is 1 for the smaller one; a tie gives half to each, as in PyTorch.

    >>> minimum(2.0, 3.0)
    2.0

    Args:
        x: a real number, or a ScalarValue of one.
        y: likewise.
    """
    return apply(MINIMUM, x, y)


def clamp(x: Operand, min: Operand | None = None, max: Operand | None = None) -> Operand:
    """Return x, or the bound that it lies beyond; the derivative for x is 1 from bound to bound and 0 beyond.

    >>> clamp(7.0, 0.0, 5.0)
    5.0

    Args:
        x: a real number, or a ScalarValue of one.
        min: the lower bound; none if left out.
        max: the upper bound, which wins over a lower bound above it; none if left out.

    Raises:
        ArgumentError: if there is no bound at all.
    """
    if min is None and max is None:
        raise ArgumentError("clamp(x) needs a bound: clamp(x, min=0.0), clamp(x, max=1.0) or both")
    return apply(CLAMP, x, -math.inf if min is None else min, math.inf if max is None else max)


def where(
    condition: Operand | bool, x: Operand | Callable[[], Operand], y: Operand | Callable[[], Operand]
) -> Operand:
    """Return ``x`` where the condition holds, else ``y``, with the derivative 1 for the one that was chosen.

    A branch may be a function without arguments. Then only the chosen one is called, so a branch that is not
    defined everywhere cannot spoil the gradient of the other one with nan.

    >>> x = ScalarValue(0.0)
    >>> where(x > 0, lambda: sqrt(x), lambda: 2 * x)
    ScalarValue(data=0.0)

    Args:
        condition: a comparison, or a number, which holds if it is not 0.
        x: a real number, a ScalarValue, or a function that returns one.
        y: likewise.
    """
    if type(condition).__name__ not in {"bool", "bool_"} and not isinstance(condition, ScalarValue):
        condition = as_number(condition, "where(condition)")
    chosen = x if condition else y
    if callable(x) or callable(y):
        return chosen() if callable(chosen) else chosen
    return apply(WHERE, condition if isinstance(condition, ScalarValue) else float(bool(condition)), x, y)
