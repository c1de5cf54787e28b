"""The Taylor polynomial of a graph in one of its values."""

from __future__ import annotations

import math
from typing import Any

import sympy
from nanograd.engine import FLOATS, ArgumentError, Number, ScalarValue, as_number
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._names import symbols
from nanograd.symbolic._refusals import NoTaylorSeriesError
from nanograd.symbolic._series import Series
from nanograd.symbolic._sympy_numbers import Expression

HIGHEST_ORDER = 100


def taylor(
    root: ScalarValue,
    x: ScalarValue,
    order: int,
    at: Number | None = None,
    *,
    remainder: bool = False,
) -> Expression:
    """Return f(a) + f'(a) (x - a) + ... + f^(n)(a) / n! (x - a)^n, all other values being constants.

    The coefficients come from power series arithmetic over the table of operations, in a time linear in the
    nodes of the graph and quadratic in the order. At an integer or a fraction they are exact, at a float they
    are floats.

    >>> x = ScalarValue(0.5, label="x")
    >>> taylor(x.sin() * x, x, 6, at=0)
    x**6/120 - x**4/6 + x**2
    >>> taylor(x.exp(), x, 2, at=1)
    E*(x - 1)**2/2 + E*(x - 1) + E
    >>> taylor(x.exp(), x, 3, at=0, remainder=True)
    1 + x + x**2/2 + x**3/6 + O(x**4)

    Args:
        root: the result of the graph.
        x: the value to expand in, a leaf or an inner one.
        order: the highest degree, at most 100.
        at: the point to expand at; ``x.data`` if left out.
        remainder: whether to add SymPy's ``O((x - a)**(order + 1))``.

    Raises:
        ArgumentError: if the order makes no sense, or ``root`` does not depend on ``x``.
        NoFormulaError: at an exact point, if an operation has no formula, such as rounding to digits.
        NoTaylorSeriesError: if there is a kink, a jump or a pole at the point.
        NumberTypeError: if ``at`` is not a real number.
    """
    if order.__class__ is not int or not 0 <= order <= HIGHEST_ORDER:
        raise ArgumentError(f"taylor(order) takes a whole number from 0 to {HIGHEST_ORDER} and got {order!r}")
    series = Series("taylor", root, x)
    point = as_number(x.data if at is None else at, "taylor(at)")
    name = symbols(root, x)[x]
    exact = not isinstance(point, float)
    if exact:
        center = SYMPY.number(point)
        coefficients = series.coefficients(SYMPY, SYMPY.number, center, order)
        coefficients = [sympy.nsimplify(c) if c.is_Integer else c for c in map(sympy.sympify, coefficients)]
    else:
        center = point
        coefficients = series.coefficients(FLOATS, lambda number: number, point, order)
    for degree, coefficient in enumerate(coefficients):
        if not is_finite(coefficient):
            raise NoTaylorSeriesError(
                f"there is no Taylor series at {point}: the coefficient of degree {degree} is {coefficient}. "
                "Expand at another point."
            )
    distance = name - center
    polynomial = sympy.Add(*[c * distance**degree for degree, c in enumerate(coefficients)])
    return polynomial + sympy.Order(distance ** (order + 1), (name, center)) if remainder else polynomial


def is_finite(coefficient: Any) -> bool:
    """Return whether a coefficient, of SymPy or Python, is a number and not infinite or nan."""
    if isinstance(coefficient, sympy.Basic):
        return not coefficient.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
    return math.isfinite(coefficient)
