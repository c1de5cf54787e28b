"""Numbers for every value alone: drawn from a distribution, or all the same."""

from __future__ import annotations

import random
from statistics import NormalDist
from typing import TypeVar

from nanograd.engine import ArgumentError, Number, as_number
from nanograd.nn._random import generator_or_default, normal, uniform
from nanograd.nn.init._filling import fill

_T = TypeVar("_T")  # nested lists of ScalarValues


def uniform_(tensor: _T, a: float = 0.0, b: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every value between ``a`` and ``b``.

    >>> from nanograd.engine import ScalarValue
    >>> values = uniform_([ScalarValue(0.0), ScalarValue(0.0)], -1.0, 1.0, random.Random(0))
    >>> [round(value.data, 4) for value in values]
    [0.6888, 0.5159]

    Args:
        tensor: a value or nested lists of values.
        a: the lower end.
        b: the upper end.
        generator: draws the numbers, in order; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``a`` lies above ``b``.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not a <= b:
        raise ArgumentError(f"uniform_ expects to return a [from, to) range, but found from={a} > to={b}")
    drawn_by = generator_or_default(generator)
    return fill(tensor, lambda: uniform(a, b, drawn_by))


def normal_(tensor: _T, mean: float = 0.0, std: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every value from the bell curve with a mean and a standard deviation.

    Args:
        tensor: a value or nested lists of values.
        mean: the middle.
        std: the standard deviation.
        generator: draws the numbers, two for each value; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``std`` is negative.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not std >= 0.0:
        raise ArgumentError(f"normal expects std >= 0.0, but found std {std}")
    drawn_by = generator_or_default(generator)
    return fill(tensor, lambda: normal(mean, std, drawn_by))


def trunc_normal_(
    tensor: _T,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: random.Random | None = None,
) -> _T:
    """Draw every value from the part of the bell curve that lies between ``a`` and ``b``.

    Args:
        tensor: a value or nested lists of values.
        mean: the middle of the curve.
        std: its standard deviation.
        a: the lower end.
        b: the upper end.
        generator: draws the numbers, one for each value; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``a`` does not lie below ``b``, or ``std`` is not positive.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not a < b:
        raise ArgumentError(f"trunc_normal_ draws between a and b, and a={a} does not lie below b={b}")
    if not std > 0.0:
        raise ArgumentError(f"trunc_normal_ expects std > 0.0, but found std {std}")
    drawn_by = generator_or_default(generator)
    curve = NormalDist(mean, std)
    low, high = curve.cdf(a), curve.cdf(b)

    def draw() -> float:
        share = uniform(low, high, drawn_by)
        if not 0.0 < share < 1.0:  # so far out that the curve is 0 to a float
            return a if share <= 0.0 else b
        return min(max(curve.inv_cdf(share), a), b)

    return fill(tensor, draw)


def constant_(tensor: _T, val: Number) -> _T:
    """Give every value the same number.

    Args:
        tensor: a value or nested lists of values.
        val: the number.

    Raises:
        NumberTypeError: if it is not a real number, or if there is something else than ScalarValues.
    """
    number = as_number(val, "val of constant_")
    return fill(tensor, lambda: number)


def ones_(tensor: _T) -> _T:
    """Give every value the number 1."""
    return constant_(tensor, 1.0)


def zeros_(tensor: _T) -> _T:
    """Give every value the number 0."""
    return constant_(tensor, 0.0)
