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
from typing import Any, TypeAlias, TypeVar

Number: TypeAlias = int | float | Fraction

_T = TypeVar("_T")

pi = math.pi

# These never raise for a float.
equal = operator.eq
atan = math.atan
atan2 = math.atan2
tanh = math.tanh
asinh = math.asinh
cbrt = math.cbrt
hypot = math.hypot
erf = math.erf
erfc = math.erfc


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
        if x < 0 and y % 1:  # a complex number beyond the floats
            return math.nan
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


def floor_divide(x: Number, y: Number) -> Number:
    """Return x // y, exactly also where x / y is rounded up to a whole number; infinite for a zero divisor.

    >>> floor_divide(1.0, 0.1), floor_divide(1.0, 0.0)
    (9.0, inf)
    """
    try:
        return x // y
    except ZeroDivisionError:
        return divide(x, y)


def floor(x: Number) -> Number:
    """Return the largest whole number not above x, of the type of x; infinities and nan stay."""
    return _whole(math.floor, x)


def ceil(x: Number) -> Number:
    """Return the smallest whole number not below x, of the type of x; infinities and nan stay."""
    return _whole(math.ceil, x)


def trunc(x: Number) -> Number:
    """Return x without its fractional part, of the type of x; infinities and nan stay."""
    return _whole(math.trunc, x)


def rounded(x: Number, digits: Number) -> Number:
    """Return x rounded to so many decimal digits, as Python's ``round`` does: ties go to even."""
    rounded_x: Number = round(x, int(digits))  # type: ignore[assignment]  # the join of int, float, Fraction
    return rounded_x


def sign(x: Number) -> Number:
    """Return -1, 0 or 1 with the sign of x; nan for nan."""
    if x != x:
        return x
    return (x > 0) - (x < 0)


def maximum(x: Number, y: Number) -> Number:
    """Return the larger number; nan if one of them is nan, as in PyTorch."""
    if x != x:
        return x
    return y if y > x or y != y else x


def minimum(x: Number, y: Number) -> Number:
    """Return the smaller number; nan if one of them is nan, as in PyTorch."""
    if x != x:
        return x
    return y if y < x or y != y else x


def where(condition: bool, x: _T, y: _T) -> _T:
    """Return ``x`` if the condition holds, else ``y``."""
    return x if condition else y


def exp(x: Number) -> float:
    """Return e ** x; infinity above 709.78, where a float overflows."""
    return _or_infinite(math.exp, x, math.inf)


def expm1(x: Number) -> float:
    """Return e ** x - 1, exactly also where x is small."""
    return _or_infinite(math.expm1, x, math.inf)


def gaussian(x: Number) -> float:
    """Return e ** (-x * x), to 4 units in the last place.

    x * x is rounded, and the exponential multiplies that error by x * x. So x is split into a part h with few
    digits, whose square is exact, and a rest: x * x = h * h + (x - h) * (x + h).
    """
    x = math.fabs(as_float(x))
    if not x < 40.0:  # nothing is left of it; nan stays
        return 0.0 if x >= 40.0 else x
    h = math.floor(x * 1024.0) / 1024.0
    return math.exp(-(h * h)) * math.exp((h - x) * (x + h))


def log(x: Number) -> float:
    """Return the natural logarithm; ``-inf`` at 0 and nan below.

    >>> log(0), log(-1.0)
    (-inf, nan)
    """
    return _logarithm(math.log, x, 0)


def log1p(x: Number) -> float:
    """Return log(1 + x), exactly also where x is small; ``-inf`` at -1 and nan below."""
    return _logarithm(math.log1p, x, -1)


def log2(x: Number) -> float:
    """Return the logarithm to base 2; ``-inf`` at 0 and nan below."""
    return _logarithm(math.log2, x, 0)


def log10(x: Number) -> float:
    """Return the logarithm to base 10; ``-inf`` at 0 and nan below."""
    return _logarithm(math.log10, x, 0)


def sqrt(x: Number) -> float:
    """Return the square root; nan below 0."""
    return _or_nan(math.sqrt, x)


def sin(x: Number) -> float:
    """Return the sine of x radians; nan at an infinity."""
    return _or_nan(math.sin, x)


def cos(x: Number) -> float:
    """Return the cosine of x radians; nan at an infinity."""
    return _or_nan(math.cos, x)


def tan(x: Number) -> float:
    """Return the tangent of x radians; nan at an infinity."""
    return _or_nan(math.tan, x)


def asin(x: Number) -> float:
    """Return the angle in radians with this sine; nan outside of [-1, 1]."""
    return _or_nan(math.asin, x)


def acos(x: Number) -> float:
    """Return the angle in radians with this cosine; nan outside of [-1, 1]."""
    return _or_nan(math.acos, x)


def sinh(x: Number) -> float:
    """Return the hyperbolic sine; a signed infinity where it overflows."""
    return _or_infinite(math.sinh, x, math.copysign(math.inf, x))


def cosh(x: Number) -> float:
    """Return the hyperbolic cosine; infinity where it overflows."""
    return _or_infinite(math.cosh, x, math.inf)


def acosh(x: Number) -> float:
    """Return the number whose hyperbolic cosine is x; nan below 1."""
    return _or_nan(math.acosh, x)


def atanh(x: Number) -> float:
    """Return the number whose hyperbolic tangent is x; a signed infinity at -1 and 1, nan beyond."""
    return math.copysign(math.inf, x) if abs(x) == 1 else _or_nan(math.atanh, x)


def sigmoid(x: Number) -> Number:
    """Return 1 / (1 + e ** -x), to 2 units in the last place; nothing of it cancels or overflows."""
    return divide(1, 1 + exp(-x))


def softplus(x: Number) -> float:
    """Return log(1 + e ** x) without overflow.

    >>> softplus(800), softplus(-800)
    (800.0, 0.0)
    """
    x = as_float(x)
    return max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


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


def _whole(function: Callable[[Any], int], x: Number) -> Number:
    if not isinstance(x, float):
        return function(x)
    return math.copysign(float(function(x)), x) if math.isfinite(x) else x


def _or_nan(function: Callable[[Number], float], x: Number) -> float:
    """Return function(x), or nan where ``math`` says that x lies outside its domain."""
    try:
        return function(x)
    except ValueError:
        return math.nan


def _or_infinite(function: Callable[[Number], float], x: Number, beyond: float) -> float:
    """Return function(x), or ``beyond`` where the result is too large for a float."""
    try:
        return function(x)
    except OverflowError:
        return beyond


def _logarithm(function: Callable[[Number], float], x: Number, pole: int) -> float:
    if x > pole:
        return function(x)
    return -math.inf if x == pole else math.nan
