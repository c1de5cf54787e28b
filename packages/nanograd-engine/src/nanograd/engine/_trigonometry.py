"""Circular and hyperbolic functions and their inverses, of ScalarValues and of plain numbers alike."""

from __future__ import annotations

from nanograd.engine._apply import Operand, apply
from nanograd.engine._ops import (
    ACOS,
    ACOSH,
    ASIN,
    ASINH,
    ATAN,
    ATAN2,
    ATANH,
    COS,
    COSH,
    HYPOT,
    SIN,
    SINH,
    TAN,
    TANH,
)


def sin(x: Operand) -> Operand:
    """Return the sine of x, with the derivative cos(x); nan at an infinity.

    >>> sin(0.0)
    0.0

    Args:
        x: an angle in radians, or a ScalarValue of one.
    """
    return apply(SIN, x)


def cos(x: Operand) -> Operand:
    """Return the cosine of x, with the derivative -sin(x); nan at an infinity.

    >>> cos(0.0)
    1.0

    Args:
        x: an angle in radians, or a ScalarValue of one.
    """
    return apply(COS, x)


def tan(x: Operand) -> Operand:
    """Return the tangent of x, with the derivative 1 + tan(x)**2; nan at an infinity.

    >>> tan(0.0)
    0.0

    Args:
        x: an angle in radians, or a ScalarValue of one.
    """
    return apply(TAN, x)


def asin(x: Operand) -> Operand:
    """Return the angle in radians whose sine is x.

    The derivative is 1 / sqrt(1 - x**2), infinite at -1 and 1. The value is nan outside of [-1, 1].

    >>> asin(0.0)
    0.0

    Args:
        x: a number from -1 to 1, or a ScalarValue of one.
    """
    return apply(ASIN, x)


def acos(x: Operand) -> Operand:
    """Return the angle in radians whose cosine is x.

    The derivative is -1 / sqrt(1 - x**2), infinite at -1 and 1. The value is nan outside of [-1, 1].

    >>> acos(1.0)
    0.0

    Args:
        x: a number from -1 to 1, or a ScalarValue of one.
    """
    return apply(ACOS, x)


def atan(x: Operand) -> Operand:
    """Return the angle in radians whose tangent is x, with the derivative 1 / (1 + x**2).

    >>> atan(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(ATAN, x)


def sinh(x: Operand) -> Operand:
    """Return the hyperbolic sine of x, with the derivative cosh(x); a signed infinity beyond 710.47.

    >>> sinh(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(SINH, x)


def cosh(x: Operand) -> Operand:
    """Return the hyperbolic cosine of x, with the derivative sinh(x); infinity beyond 710.47.

    >>> cosh(0.0)
    1.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(COSH, x)


def tanh(x: Operand) -> Operand:
    """Return the hyperbolic tangent of x, with the derivative 1 - tanh(x)**2.

    >>> tanh(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(TANH, x)


def asinh(x: Operand) -> Operand:
    """Return the number whose hyperbolic sine is x, with the derivative 1 / sqrt(1 + x**2).

    >>> asinh(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(ASINH, x)


def acosh(x: Operand) -> Operand:
    """Return the number not below 0 whose hyperbolic cosine is x.

    The derivative is 1 / sqrt(x**2 - 1), infinite at 1. The value is nan below 1.

    >>> acosh(1.0)
    0.0

    Args:
        x: a number not below 1, or a ScalarValue of one.
    """
    return apply(ACOSH, x)


def atanh(x: Operand) -> Operand:
    """Return the number whose hyperbolic tangent is x.

    The derivative is 1 / (1 - x**2). The value is infinite at -1 and 1, nan beyond.

    >>> atanh(0.0)
    0.0

    Args:
        x: a number between -1 and 1, or a ScalarValue of one.
    """
    return apply(ATANH, x)


def atan2(y: Operand, x: Operand) -> Operand:
    """Return the angle in radians of the point (x, y), from -pi to pi.

    The derivatives are x / (x**2 + y**2) for y and -y / (x**2 + y**2) for x.

    >>> atan2(0.0, 1.0)
    0.0

    Args:
        y: the second coordinate, a real number or a ScalarValue of one.
        x: the first coordinate, likewise.
    """
    return apply(ATAN2, y, x)


def hypot(x: Operand, y: Operand) -> Operand:
    """Return sqrt(x**2 + y**2) without overflow, with the derivatives x / hypot and y / hypot; nan at (0, 0).

    >>> hypot(3.0, 4.0)
    5.0

    Args:
        x: a real number, or a ScalarValue of one.
        y: likewise.
    """
    return apply(HYPOT, x, y)
