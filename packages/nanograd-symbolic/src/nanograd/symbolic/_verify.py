"""Holding the backward pass against calculus: SymPy's derivatives, evaluated to 50 digits."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import sympy
from nanograd.engine import Number, ScalarValue, topological_order
from nanograd.symbolic._formula import derivative, formula_of, symbolic_grad, symbols
from nanograd.symbolic._sympy_numbers import Expression, exactly

DIGITS = 50
EPSILON = sys.float_info.epsilon


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """The gradient of one leaf, twice.

    Attributes:
        leaf: the leaf.
        symbol: the leaf's symbol in ``formula``.
        formula: the derivative as a formula.
        symbolic: the value of the formula at the leaves' data, rounded to a float.
        computed: what the backward pass gave.
        ulps: the distance of the two in units in the last place of ``symbolic``.
    """

    leaf: ScalarValue
    symbol: Expression
    formula: Expression
    symbolic: float
    computed: float
    ulps: float


@dataclass(frozen=True, slots=True)
class Verification:
    """What :func:`verify` found; true if every gradient is within the tolerance.

    Attributes:
        checks: one entry for each leaf that needs a gradient.
        tolerance: the largest relative difference that counts as equal.
    """

    checks: tuple[GradientCheck, ...]
    tolerance: float

    @property
    def worst(self) -> GradientCheck:
        """The check with the largest distance in ulps."""
        return max(self.checks, key=lambda check: math.inf if math.isnan(check.ulps) else check.ulps)

    def __bool__(self) -> bool:
        return all(check.ulps * EPSILON <= self.tolerance for check in self.checks)

    def __iter__(self) -> Iterator[GradientCheck]:
        return iter(self.checks)


def verify(root: ScalarValue, *, tolerance: float = 1e-12) -> Verification:
    """Compare d root / d leaf of a backward pass with SymPy's derivative at 50 digits, for every leaf.

    The gradients that the graph holds are left as they are.

    >>> x, y = ScalarValue(0.5, label="x"), ScalarValue(-3.0, label="y")
    >>> found = verify((x * y).tanh() + x)
    >>> bool(found), [str(check.formula) for check in found]
    (True, ['y*(1 - tanh(x*y)**2) + 1', 'x*(1 - tanh(x*y)**2)'])

    Args:
        root: the result of the graph.
        tolerance: the largest relative difference that counts as equal.

    Raises:
        FormulaSizeError: if the formula of ``root`` would write out more than 20,000 operations.
        NoFormulaError: if an operation of the graph has no formula.
    """
    names = symbols(root)
    formula = formula_of(root, names, exactly)
    gradients = _gradients(root)
    checks = []
    for leaf, name in names.items():
        if leaf.requires_grad:
            exact = _evaluated(derivative(formula, name), names)
            ulps = _ulps(gradients[leaf], exact)
            slope = symbolic_grad(root, leaf)
            checks.append(GradientCheck(leaf, name, slope, float(exact), gradients[leaf], ulps))
    return Verification(tuple(checks), tolerance)


def _gradients(root: ScalarValue) -> dict[ScalarValue, float]:
    """Return what a backward pass gives every node, and leave the gradients that they hold as they were."""
    nodes = topological_order(root)
    before = [node.grad if node.has_grad else None for node in nodes]
    try:
        for node in nodes:
            node.zero_grad()
        root.backward()
        return {node: float(node.grad) for node in nodes}
    finally:
        for node, gradient in zip(nodes, before, strict=True):
            node.grad = gradient


def _evaluated(formula: Expression, names: dict[ScalarValue, Expression]) -> Any:
    """Return the value of a formula at the leaves' data, as an mpmath number."""
    function = sympy.lambdify(list(names.values()), formula, modules="mpmath", dummify=True)
    with mpmath.workdps(DIGITS):
        return mpmath.mpf(function(*[_as_mpf(leaf.data) for leaf in names]))


def _as_mpf(data: Number) -> Any:
    return mpmath.mpf(data.numerator) / data.denominator if isinstance(data, Fraction) else mpmath.mpf(data)


def _ulps(computed: float, exact: Any) -> float:
    """Return how far a float lies from an exact number, in units in the last place; 0 if both are nan."""
    if math.isnan(computed) or mpmath.isnan(exact):
        return 0.0 if math.isnan(computed) and mpmath.isnan(exact) else math.inf
    if math.isinf(computed) or mpmath.isinf(exact):
        return 0.0 if computed == exact else math.inf
    with mpmath.workdps(DIGITS):
        return float(abs(mpmath.mpf(computed) - exact) / math.ulp(float(exact)))
