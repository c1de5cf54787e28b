"""Where a graph of one variable is flat: its minima, maxima and inflections in an interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import sympy
from nanograd.engine import FLOATS, ArgumentError, Number, ScalarValue, as_number, topological_order
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._critical_point import CriticalPoint, CriticalPoints, kind_between
from nanograd.symbolic._critical_search import searched
from nanograd.symbolic._gradient_program import checked_values, gradient_program, needed_nodes
from nanograd.symbolic._sympy_numbers import Expression
from nanograd.symbolic._terms import evaluate

RATIONAL = frozenset({"+", "-", "*", "/", "neg", "**", "sum", "prod", "dot"})
HIGHEST_DEGREE = 20
MOST_NODES = 200
"""Beyond these, roots are searched for by numbers, as exact ones would take too long."""


def critical_points(
    root: ScalarValue, x: ScalarValue, interval: tuple[Number, Number], *, samples: int = 1000
) -> CriticalPoints:
    """Return the minima, maxima and inflections of a graph as a function of one value, where its slope is 0.

    If the function is rational and not too large, the numerator of its derivative is a polynomial, all of
    whose real roots SymPy isolates: none is missed. Otherwise the derivative is sampled, and every change of
    sign is narrowed down by bisection and refined with 40 digits; ``is_complete`` says which. The ends of
    the interval are not critical points by themselves.

    >>> x = ScalarValue(1.0, label="x")
    >>> print(critical_points(x**3 - 3 * x, x, (-5, 5)))
    2 critical points from -5 to 5, all of them
      maximum at x = -1, value 2
      minimum at x = 1, value -2
    >>> print(critical_points(x.sin() + abs(x - 4), x, (1, 6)))
    1 critical point from 1 to 6, found among 1000 samples, maybe not all
      minimum at x = 4, value -0.7568024953, a kink

    Args:
        root: the result of the graph.
        x: the variable, a leaf or an inner value; all other leaves are constants.
        interval: its two ends, both finite.
        samples: at how many points to look, if the derivative cannot be solved.

    Raises:
        ArgumentError: if the interval is empty or infinite, ``root`` does not depend on ``x``, or there are
            too few samples.
        NumberTypeError: if an end is not a real number.
    """
    low, high = checked_interval("critical_points", interval)
    if samples.__class__ is not int or samples < 3:
        raise ArgumentError(f"critical_points(samples) takes a whole number from 3 on and got {samples!r}")
    checked_values(
        "critical_points(x)", [x], set(topological_order(root)), "is no part of the graph of the result"
    )
    program = gradient_program("critical_points", root, [x], [x])
    (argument,) = program.arguments
    results = [program.value, program.gradient[argument]]

    def value_and_slope(at: float) -> tuple[float, float]:
        value, slope = evaluate(results, {argument: at}, FLOATS, lambda number: number)
        return float(value), float(slope)

    solved = _solved(root, x, low, high)
    if solved is not None:
        points = [_of_root(exact, value_and_slope, low, high, solved) for exact in solved]
        return CriticalPoints(tuple(points), (low, high), True, 0)
    found = searched(value_and_slope, results, argument, low, high, samples)
    return CriticalPoints(tuple(found), (low, high), False, samples)


def checked_interval(function: str, interval: tuple[Number, Number]) -> tuple[float, float]:
    """Return the two ends of an interval as floats.

    Raises:
        ArgumentError: if there are not two, or they are not finite and in order.
        NumberTypeError: if one of them is not a real number.
    """
    try:
        low, high = interval
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{function}(interval) takes two numbers (low, high) and got {interval!r}"
        ) from None
    low, high = (FLOATS.as_float(as_number(end, f"{function}(interval)")) for end in (low, high))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ArgumentError(
            f"{function}(interval) takes two finite numbers, the smaller one first, and got ({low}, {high})"
        )
    return low, high


# ---- solved


def _solved(root: ScalarValue, x: ScalarValue, low: float, high: float) -> list[Expression] | None:
    """Return all real roots of the derivative in an interval; None if it is no small rational function."""
    nodes = needed_nodes(root, topological_order(root), {x})
    if len(nodes) > MOST_NODES:
        return None
    name = sympy.Symbol("x", real=True)
    formulas: dict[ScalarValue, Any] = {x: name}
    degrees = {x: 1}
    for node in nodes:
        if node is x:
            continue
        if node.op is None:
            if not math.isfinite(node.data):
                return None
            formulas[node], degrees[node] = SYMPY.exactly(node.data), 0
            continue
        arguments = [formulas[child] for child in node.children]
        degree = sum(degrees[child] for child in node.children)
        if str(node.op) == "**":
            exponent = arguments[1]
            if not exponent.is_Integer or abs(exponent) > HIGHEST_DEGREE:
                return None
            degree *= abs(int(exponent))
        if (degree and str(node.op) not in RATIONAL) or degree > HIGHEST_DEGREE:
            return None
        if degree == 0:
            formulas[node] = SYMPY.exactly(node.data)
        else:
            formulas[node] = node.op.run(SYMPY, *arguments)
        degrees[node] = degree
    numerator, denominator = sympy.fraction(sympy.together(sympy.diff(formulas[root], name)))
    polynomial = sympy.Poly(numerator, name)
    if polynomial.is_zero or polynomial.degree() > 2 * HIGHEST_DEGREE:
        return None
    bottom = sympy.Poly(denominator, name)
    polynomial = sympy.quo(polynomial, sympy.gcd(polynomial, bottom))
    if polynomial.degree() < 1:
        return []
    lower, upper = SYMPY.exactly(low), SYMPY.exactly(high)
    roots = dict.fromkeys(sympy.real_roots(polynomial))
    return [root for root in roots if lower <= root <= upper]


def _of_root(
    exact: Expression,
    value_and_slope: Callable[[float], tuple[float, float]],
    low: float,
    high: float,
    roots: list[Expression],
) -> CriticalPoint:
    """Return the critical point of an exact root, by the slope halfway to its neighbors."""
    at = float(exact)
    others = [float(root) for root in roots if root is not exact]
    width = max(high - low, 1.0)
    left = max([other for other in others if other < at], default=at - width)
    right = min([other for other in others if other > at], default=at + width)
    step = min(at - left, right - at) / 64
    before, after = value_and_slope(at - step)[1], value_and_slope(at + step)[1]
    return CriticalPoint(at, value_and_slope(at)[0], kind_between(before, after), exact)
