"""The rules of differentiation as a textbook names them, one for each operation of the table.

What each rule says is checked by the tests against derivatives worked out numerically; the names are for
people, and the table remains the only place that a program differentiates by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy
from nanograd.engine import Operation, ScalarValue
from nanograd.symbolic._real import partials_of_operation
from nanograd.symbolic._sympy_numbers import Expression

Slope = Callable[[ScalarValue], Expression | None]
"""The symbol of a value's derivative; None for a value that does not depend on the variable."""


def rule_for(
    node: ScalarValue,
    formula: Expression,
    arguments: Sequence[Expression],
    slope: Slope,
    variable: ScalarValue,
) -> tuple[str, Expression]:
    """Return the name of the rule that differentiates an operation, and what it gives.

    Args:
        node: the value to differentiate.
        formula: its formula over its arguments.
        arguments: the formulas of its arguments.
        slope: the derivatives of its arguments.
        variable: what to differentiate with respect to.
    """
    operation: Operation = node.op  # type: ignore[assignment]  # callers ask for computed nodes
    slopes = [slope(child) for child in node.children]
    if operation.symbol in _RULES and operation.arity == 2:
        x, y = arguments
        return _RULES[operation.symbol](x, y, *slopes)
    if operation.symbol == "neg":
        return "constant factor rule", -_known(slopes[0])
    partials = partials_of_operation(operation, formula, list(arguments))
    terms = [partial * each for partial, each in zip(partials, slopes, strict=True) if each is not None]
    if operation.symbol == "prod":
        return "product rule", sympy.Add(*terms)
    if operation.symbol == "dot":
        return "sum and product rule", sympy.Add(*terms)
    if len(node.children) == 1 and node.children[0] is variable:
        return f"derivative of {operation.symbol}", partials[0]
    return f"chain rule, {operation.symbol}", sympy.Add(*terms)


def _product(
    x: Expression, y: Expression, dx: Expression | None, dy: Expression | None
) -> tuple[str, Expression]:
    if dx is None:
        return "constant factor rule", x * _known(dy)
    if dy is None:
        return "constant factor rule", y * dx
    return "product rule", dx * y + x * dy


def _quotient(
    x: Expression, y: Expression, dx: Expression | None, dy: Expression | None
) -> tuple[str, Expression]:
    if dy is None:
        return "constant factor rule", _known(dx) / y
    if dx is None:
        return "reciprocal rule", -x * dy / y**2
    return "quotient rule", (dx * y - x * dy) / y**2


def _power(
    x: Expression, y: Expression, dx: Expression | None, dy: Expression | None
) -> tuple[str, Expression]:
    if dy is None:
        return "power rule", y * x ** (y - 1) * _known(dx)
    if dx is None:
        return "exponential rule", x**y * sympy.log(x) * dy
    return "power with a variable exponent", x**y * (y * dx / x + sympy.log(x) * dy)


_RULES = {"*": _product, "/": _quotient, "**": _power}


def _known(slope: Expression | None) -> Expression:
    return sympy.S.Zero if slope is None else slope
