"""FLOATS, the number system of plain numbers: IEEE 754 results instead of exceptions.

Python's ``math`` raises where IEEE arithmetic has an answer: ``math.log(0)``, ``math.exp(1000)``, ``1 / 0``.
A network that meets such a number should show ``-inf``, ``inf`` or ``nan``, as PyTorch does, and not stop
with a traceback from somewhere in the middle of a graph. Integers and fractions stay exact wherever the
result is rational.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias, TypeVar

Number: TypeAlias = int | float | Fraction

_T = TypeVar("_T")

tanh = math.tanh
equal = operator.eq


def divide(x: Number, y: Number) -> Number:
    """Return x / y; a zero divisor gives a signed infinity, and nan for 0 / 0.

    >>> divide(1, 0), divide(-1.0, 0.0), divide(1.0, -0.0), divide(0, 0)
    (inf, -inf, -inf, nan)
    """
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0 or x != x:
            return math.nan
        return math.copysign(math.inf, x) * math.copysign(1.0, y)


def power(x: Number, y: Number) -> Number:
    """Return x ** y; nan where the result would be complex, infinity where it overflows.

    >>> power(-8, 1 / 3), power(0.0, -1), power(-0.0, -1), power(-10.0, 1001)
    (nan, inf, -inf, -inf)
    """
    try:
        result: Number | complex = x**y
    except ZeroDivisionError:
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
    except OverflowError:
        x, y = as_float(x), as_float(y)
        if math.isinf(x) or math.isinf(y):
            return math.pow(x, y)
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else result


def remainder(x: Number, y: Number) -> Number:
    """Return x % y with the sign of y, as Python and PyTorch do; nan for a zero divisor or an infinite x.

    >>> remainder(-7.5, 2), remainder(1.0, 0)
    (0.5, nan)
    """
    try:
        return x % y
    except ZeroDivisionError:
        return math.nan


def floor(x: Number) -> Number:
    """Return the largest whole number not above x, of the type of x; infinities and nan stay."""
    if isinstance(x, float):
        return math.copysign(float(math.floor(x)), x) if math.isfinite(x) else x
    return math.floor(x)


def rounded(x: Number, digits: Number) -> Number:
    """Return x rounded to so many decimal digits, as Python's ``round`` does: ties go to even."""
    rounded_x: Number = round(x, int(digits))  # type: ignore[assignment]  # the join of int, float, Fraction
    return rounded_x


def exp(x: Number) -> float:
    """Return e ** x; infinity above 709.78, where a float overflows."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf if x > 0 else 0.0


def log(x: Number) -> float:
    """Return the natural logarithm; ``-inf`` at 0 and nan below.

    >>> log(0), log(-1.0)
    (-inf, nan)
    """
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def sqrt(x: Number) -> float:
    """Return the square root; nan below 0."""
    return _or_nan(math.sqrt, x)


def sin(x: Number) -> float:
    """Return the sine of x radians; nan at an infinity."""
    return _or_nan(math.sin, x)


def cos(x: Number) -> float:
    """Return the cosine of x radians; nan at an infinity."""
    return _or_nan(math.cos, x)


def sign(x: Number) -> Number:
    """Return -1, 0 or 1 with the sign of x; nan for nan."""
    if x != x:
        return x
    return (x > 0) - (x < 0)


def where(condition: bool, x: _T, y: _T) -> _T:
    """Return ``x`` if the condition holds, else ``y``."""
    return x if condition else y


def logsumexp(xs: Sequence[Number]) -> Number:
    """Return log(e ** xs[0] + e ** xs[1] + ...), shifted by the largest so that no exponential overflows.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    for x in xs:
        if x != x:
            return x
    first, *others = sorted(xs, reverse=True)
    if math.isinf(first):
        return first  # shifting would compute inf - inf
    return first + math.log1p(math.fsum(math.exp(x - first) for x in others))


def as_float(x: Number) -> float:
    """Return x as a float; an integer or a fraction beyond the largest float becomes a signed infinity.

    >>> as_float(-(10**400))
    -inf
    """
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def _or_nan(function: Callable[[Number], float], x: Number) -> float:
    """Return function(x), or nan where ``math`` says that x lies outside its domain."""
    try:
        return function(x)
    except ValueError:
        return math.nan
