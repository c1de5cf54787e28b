"""Functions of many arguments, each recorded as one node and not as a chain of them."""

from __future__ import annotations

from collections.abc import Iterable

from nanograd.engine._apply import Operand, apply
from nanograd.engine._errors import ArgumentError
from nanograd.engine._ops import LOGSUMEXP, PROD, SOFTMAX, SUM


def sum_(values: Iterable[Operand]) -> Operand:
    """Return x1 + x2 + ..., added from left to right, with the derivative 1 for each.

    >>> from nanograd.engine import ScalarValue
    >>> sum_([ScalarValue(1.0), 2.0, 3.0])
    ScalarValue(data=6.0)

    Args:
        values: one or more ScalarValues or plain numbers; the result is a ScalarValue if one of them is.

    Raises:
        ArgumentError: if there are no values.
        NumberTypeError: if one of them is not a real number.
    """
    return apply(SUM, *values)


def prod(values: Iterable[Operand]) -> Operand:
    """Return x1 x2 ..., with the product of the others as derivative for each, right also where one is 0.

    >>> from nanograd.engine import ScalarValue
    >>> prod([ScalarValue(2.0), 3.0, 4.0])
    ScalarValue(data=24.0)

    Args:
        values: one or more ScalarValues or plain numbers; the result is a ScalarValue if one of them is.

    Raises:
        ArgumentError: if there are no values.
        NumberTypeError: if one of them is not a real number.
    """
    return apply(PROD, *values)


def logsumexp(values: Iterable[Operand]) -> Operand:
    """Return log(e**x1 + e**x2 + ...) without overflow; its derivatives are the softmax of the values.

    >>> from nanograd.engine import ScalarValue
    >>> logsumexp([ScalarValue(1000.0), ScalarValue(1000.0)])
    ScalarValue(data=1000.6931471805599)

    Args:
        values: one or more ScalarValues or plain numbers; the result is a ScalarValue if one of them is.

    Raises:
        ArgumentError: if there are no values.
        NumberTypeError: if one of them is not a real number.
    """
    return apply(LOGSUMEXP, *values)


def softmax(values: Iterable[Operand]) -> list[Operand]:
    """Return e**xi / (e**x1 + e**x2 + ...) for every i, without overflow.

    Each result is a node over its argument and the logsumexp of all (shifted by the largest, if that is
    large), so the graph is linear in the number of values. The derivative of result i for argument j is si
    (1 - si) if they are the same and -si sj if not.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]

    Args:
        values: one or more ScalarValues or plain numbers.

    Raises:
        ArgumentError: if there are no values.
        NumberTypeError: if one of them is not a real number.
    """
    given = list(values)
    if not given:
        raise ArgumentError("softmax(values) needs at least one value and got none")
    total = apply(LOGSUMEXP, *given)  # refuses what is no number
    largest = max(float(value) for value in given)
    if abs(largest) > 1:
        # e**(x - total) keeps its digits only where x and total are small.
        given = [value - largest for value in given]
        total = apply(LOGSUMEXP, *given)
    return [apply(SOFTMAX, value, total) for value in given]
