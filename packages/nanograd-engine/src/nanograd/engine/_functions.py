"""The named functions of the table, for ScalarValues and for plain numbers alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from nanograd.engine._floats import Number
from nanograd.engine._numbers import as_number
from nanograd.engine._ops import COS, EXP, FLOOR, LOG, LOGSUMEXP, RELU, SIGMOID, SIN, SQRT, TANH, Operation
from nanograd.engine._value import ScalarValue, combine

_V = TypeVar("_V", float, ScalarValue)


def floor(x: _V) -> _V:
    """Return the largest whole number not above x, with the derivative 0.

    >>> floor(ScalarValue(-2.5))
    ScalarValue(data=-3.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return _apply(FLOOR, x)


def exp(x: _V) -> _V:
    """Return e ** x, with the derivative e ** x; infinity above 709.78.

    >>> exp(0.0)
    1.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return _apply(EXP, x)


def log(x: _V) -> _V:
    """Return the natural logarithm of x, with the derivative 1 / x; ``-inf`` at 0 and nan below.

    >>> log(ScalarValue(1.0)), log(0.0)
    (ScalarValue(data=0.0), -inf)

    Args:
        x: a positive number, or a ScalarValue of one.
    """
    return _apply(LOG, x)


def sqrt(x: _V) -> _V:
    """Return the square root of x, with the derivative 1 / (2 sqrt(x)), which is infinite at 0; nan below 0.

    >>> sqrt(9.0)
    3.0

    Args:
        x: a number not below 0, or a ScalarValue of one.
    """
    return _apply(SQRT, x)


def sin(x: _V) -> _V:
    """Return the sine of x, with the derivative cos(x).

    >>> sin(0.0)
    0.0

    Args:
        x: an angle in radians, or a ScalarValue of one.
    """
    return _apply(SIN, x)


def cos(x: _V) -> _V:
    """Return the cosine of x, with the derivative -sin(x).

    >>> cos(0.0)
    1.0

    Args:
        x: an angle in radians, or a ScalarValue of one.
    """
    return _apply(COS, x)


def tanh(x: _V) -> _V:
    """Return the hyperbolic tangent of x, with the derivative 1 - tanh(x)**2.

    >>> tanh(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return _apply(TANH, x)


def sigmoid(x: _V) -> _V:
    """Return the logistic function 1 / (1 + e**-x), with the derivative sigmoid(x) sigmoid(-x).

    >>> sigmoid(0.0), sigmoid(-800.0)
    (0.5, 0.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return _apply(SIGMOID, x)


def relu(x: _V) -> _V:
    """Return x where it is positive and 0 elsewhere, with the derivative 1 or 0; it is 0 at 0, as in PyTorch.

    >>> relu(ScalarValue(-2.0)), relu(3.0)
    (ScalarValue(data=0.0), 3.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return _apply(RELU, x)


def logsumexp(values: Iterable[ScalarValue | Number]) -> ScalarValue | Number:
    """Return log(e**x1 + e**x2 + ...) without overflow; its derivatives are the softmax of the values.

    >>> logsumexp([ScalarValue(1000.0), ScalarValue(1000.0)])
    ScalarValue(data=1000.6931471805599)

    Args:
        values: one or more ScalarValues or plain numbers; the result is a ScalarValue if one of them is.

    Raises:
        ArgumentError: if there are no values.
        NumberTypeError: if one of them is not a real number.
    """
    return _apply_to_many(LOGSUMEXP, values)


def _apply(operation: Operation, x: _V) -> _V:
    if isinstance(x, ScalarValue):
        return x._unary(operation)
    result: _V = operation.evaluate(as_number(x, f"{operation.symbol}(x)"))  # type: ignore[assignment]
    return result


def _apply_to_many(operation: Operation, values: Iterable[ScalarValue | Number]) -> ScalarValue | Number:
    given = list(values)
    result = combine(operation, given)
    return result if any(isinstance(value, ScalarValue) for value in given) else result.item()
