"""SYMPY, the number system of formulas: a row of the table that is run in it gives an expression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn

import sympy
from nanograd.engine import Number
from nanograd.symbolic._conditions import condition_written, opposite
from nanograd.symbolic._errors import NoFormulaError

Expression = Any
"""A SymPy expression; SymPy has no types."""

pi = sympy.pi
remainder = sympy.Mod
sign = sympy.sign
floor = sympy.floor
ceil = sympy.ceiling
maximum = sympy.Max
minimum = sympy.Min
exp = sympy.exp
log = sympy.log
sqrt = sympy.sqrt
sin = sympy.sin
cos = sympy.cos
tan = sympy.tan
asin = sympy.asin
acos = sympy.acos
atan = sympy.atan
atan2 = sympy.atan2
sinh = sympy.sinh
cosh = sympy.cosh
tanh = sympy.tanh
asinh = sympy.asinh
acosh = sympy.acosh
atanh = sympy.atanh
erf = sympy.erf
erfc = sympy.erfc


def number(value: Number) -> Expression:
    """Return a number as SymPy's: integers and fractions exactly, floats as floats.

    >>> from fractions import Fraction
    >>> number(2), number(Fraction(1, 3)), number(float("-inf"))
    (2, 1/3, -oo)
    """
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.sympify(value)


def exactly(value: Number) -> Expression:
    """Return a number as SymPy's, with floats as the fractions that they are in binary.

    >>> exactly(0.75), exactly(0.1) == sympy.Rational(1, 10)
    (3/4, False)
    """
    return number(Fraction(value) if math.isfinite(value) else value)


def equal(x: Expression, y: Expression) -> Expression:
    """Return the condition x = y; that of a condition computed by :func:`from_sympy`, as it was written.

    >>> z = sympy.Symbol("z", real=True)
    >>> equal(z, 1), equal(sympy.Max(0, sympy.sign(z)), 0), equal(1 - sympy.Max(0, sympy.sign(z)), 0)
    (Eq(z, 1), z <= 0, z > 0)
    """
    if y == 0 and (condition := condition_written(sympy.sympify(x))) is not None:
        return opposite(condition)
    return sympy.Eq(x, y)


def divide(x: Expression, y: Expression) -> Expression:
    """Return x / y."""
    return sympy.sympify(x) / y


def floor_divide(x: Expression, y: Expression) -> Expression:
    """Return the largest whole number not above x / y."""
    return sympy.floor(sympy.sympify(x) / y)


def power(x: Expression, y: Expression) -> Expression:
    """Return x ** y."""
    return sympy.Pow(x, y)


def where(condition: Expression, x: Expression, y: Expression) -> Expression:
    """Return the formula that is x where the condition holds and y elsewhere."""
    return sympy.Piecewise((x, condition), (y, True))


def trunc(x: Expression) -> Expression:
    """Return x without its fractional part."""
    return sympy.sign(x) * sympy.floor(sympy.Abs(x))


def expm1(x: Expression) -> Expression:
    """Return e**x - 1."""
    return sympy.exp(x) - 1


def gaussian(x: Expression) -> Expression:
    """Return e**(-x**2)."""
    return sympy.exp(-(x**2))


def log1p(x: Expression) -> Expression:
    """Return log(1 + x)."""
    return sympy.log(1 + x)


def log2(x: Expression) -> Expression:
    """Return log(x) / log(2)."""
    return sympy.log(x) / sympy.log(2)


def log10(x: Expression) -> Expression:
    """Return log(x) / log(10)."""
    return sympy.log(x) / sympy.log(10)


def cbrt(x: Expression) -> Expression:
    """Return the real cube root of x."""
    return sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3)


def hypot(x: Expression, y: Expression) -> Expression:
    """Return sqrt(x**2 + y**2)."""
    return sympy.sqrt(x**2 + y**2)


def sigmoid(x: Expression) -> Expression:
    """Return 1 / (1 + e**-x)."""
    return 1 / (1 + sympy.exp(-x))


def softplus(x: Expression) -> Expression:
    """Return log(1 + e**x)."""
    return sympy.log(1 + sympy.exp(x))


def logsumexp(xs: Sequence[Expression]) -> Expression:
    """Return log(e**x1 + e**x2 + ...)."""
    return sympy.log(sympy.Add(*map(sympy.exp, xs)))


def rounded(x: Expression, digits: Expression) -> NoReturn:
    """Refuse: rounding to decimal digits is a procedure and not a formula.

    Raises:
        NoFormulaError: always.
    """
    raise NoFormulaError(f"round({x}, {digits}) has no formula in SymPy; floor(x + 1 / 2) has")
