"""Exponentials, logarithms and roots, of ScalarValues and of plain numbers alike."""

from __future__ import annotations

from nanograd.engine._apply import Operand, apply
from nanograd.engine._ops import CBRT, EXP, EXPM1, LOG, LOG1P, LOG2, LOG10, SQRT


def exp(x: Operand) -> Operand:
    """Return e ** x, with the derivative e ** x; infinity above 709.78.

    >>> exp(0.0)
    1.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(EXP, x)


def expm1(x: Operand) -> Operand:
    """Return e ** x - 1, exactly also where x is small, with the derivative e ** x.

    >>> expm1(1e-20)
    1e-20

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(EXPM1, x)


def log(x: Operand) -> Operand:
    """Return the natural logarithm of x, with the derivative 1 / x; ``-inf`` at 0 and nan below.

    >>> from nanograd.engine import ScalarValue
    >>> log(ScalarValue(1.0)), log(0.0)
    (ScalarValue(data=0.0), -inf)

    Args:
        x: a positive number, or a ScalarValue of one.
    """
    return apply(LOG, x)


def log1p(x: Operand) -> Operand:
    """Return log(1 + x), exactly also where x is small.

    The derivative is 1 / (1 + x). The value is ``-inf`` at -1 and nan below.

    >>> log1p(1e-20)
    1e-20

    Args:
        x: a number above -1, or a ScalarValue of one.
    """
    return apply(LOG1P, x)


def log2(x: Operand) -> Operand:
    """Return the logarithm of x to base 2, with the derivative 1 / (x log(2)); ``-inf`` at 0 and nan below.

    >>> log2(8.0)
    3.0

    Args:
        x: a positive number, or a ScalarValue of one.
    """
    return apply(LOG2, x)


def log10(x: Operand) -> Operand:
    """Return the logarithm of x to base 10.

    The derivative is 1 / (x log(10)). The value is ``-inf`` at 0 and nan below.

    >>> log10(1000.0)
    3.0

    Args:
        x: a positive number, or a ScalarValue of one.
    """
    return apply(LOG10, x)


def sqrt(x: Operand) -> Operand:
    """Return the square root of x, with the derivative 1 / (2 sqrt(x)), infinite at 0; nan below 0.

    >>> sqrt(9.0)
    3.0

    Args:
        x: a number not below 0, or a ScalarValue of one.
    """
    return apply(SQRT, x)


def cbrt(x: Operand) -> Operand:
    """Return the cube root of x, with the sign of x.

    The derivative is 1 / (3 cbrt(x)**2), infinite at 0.

    >>> cbrt(-8.0)
    -2.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(CBRT, x)
