"""Holding a graph against calculus: every value and gradient beside its formula at 50 digits and more.

The formulas are those of the rows, and SymPy's derivatives of them, one row at a time and carried through the
graph as exact numbers. That is the derivative of the whole formula, by the chain rule, in time linear in the
graph.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import mpmath
from nanograd.engine import FLOATS, ArgumentError, Number, ScalarValue, topological_order
from nanograd.symbolic._exact_run import MOST_DIGITS, ExactRun, as_mpf, settled
from nanograd.symbolic._formula import require_value
from nanograd.symbolic._names import Names, symbols
from nanograd.symbolic._rounding import Rounding
from nanograd.symbolic._row_calculus import calculus_of
from nanograd.symbolic._verification import GradientCheck, NodeCheck, Verification

DIGITS = 50
_PRECISION = threading.Lock()  # mpmath has one precision for all threads
_LARGEST_FLOAT = mpmath.mpf(2) ** 1024
_SMALLEST = mpmath.mpf(2) ** -1065  # numbers below have few bits or none


def verify(
    root: ScalarValue, *, tolerance: float = 1e-12, digits: int = DIGITS, names: Names | None = None
) -> Verification:
    """Compare every value and gradient of a graph with its formula, evaluated to 50 digits.

    The formulas are evaluated with ``digits`` digits and with twice as many until they agree, so that what
    cancels in a formula is known too. The derivatives are SymPy's. A number that is further than
    ``tolerance`` times its own size from the exact one is inexact if the terms that cancel in it, and before
    it, account for that, and wrong if they do not. Where rounding has chosen the branch of ``relu`` or
    ``floor``, the exact numbers follow the floats to that branch, and the report says so.

    It takes time linear in the graph. The gradients that the graph holds are left as they are.

    >>> x, y = ScalarValue(0.5, label="x"), ScalarValue(-3.0, label="y")
    >>> found = verify((x * y).tanh() + x)
    >>> bool(found), [str(check.formula) for check in found]
    (True, ['y*(1 - tanh(x*y)**2) + 1', 'x*(1 - tanh(x*y)**2)'])
    >>> print(verify(abs(x - 0.5) * y))
    6 nodes against their formulas at 50 digits: 5 right, 1 kink
    worst value: 0 ulps, x
    worst operation: 0 ulps, - #3
    worst gradient: 0 ulps, x
    kink: abs #4: it is at 0.0, where the derivative is a convention

    Args:
        root: the result of the graph.
        tolerance: the largest relative difference that counts as right.
        digits: how many digits to begin with.
        names: names to use instead of labels, such as ``dict(model.named_parameters())``.

    Raises:
        ArgumentError: if ``tolerance`` or ``digits`` makes no sense.
        NoFormulaError: if an operation of the graph has no formula.
        NumberTypeError: if ``root`` is not a ScalarValue.
    """
    require_value(root, "verify", "root")
    if not isinstance(tolerance, (int, float)) or not 0 < tolerance < math.inf:
        raise ArgumentError(
            f"verify(tolerance) takes a positive number, such as 1e-12, and got {tolerance!r}"
        )
    if not isinstance(digits, int) or not 20 <= digits <= MOST_DIGITS:
        raise ArgumentError(
            f"verify(digits) takes a whole number from 20 to {MOST_DIGITS} and got {digits!r}"
        )
    order = topological_order(root)
    leaf_symbols = symbols(root, names=names)
    gradients = _gradients(root, order) if root.requires_grad else {}
    calculus = {node: calculus_of(node) for node in order if node.op is not None}
    rounding = Rounding(order, gradients)
    nodes = []
    with _PRECISION:
        exact = settled(order, calculus, gradients, digits)
        with mpmath.workdps(exact.digits):
            for index, node in enumerate(order, start=1):
                name = str(leaf_symbols[node]) if node in leaf_symbols else _named(node, index)
                nodes.append(_checked(node, name, exact, rounding, gradients.get(node), tolerance))
    checks = [
        GradientCheck(check.node, leaf_symbols[check.node], check.exact_gradient, check.gradient or 0.0,
                      check.gradient_ulps, root)
        for check in nodes
        if check.node.is_leaf and check.node.requires_grad
    ]  # fmt: skip
    return Verification(tuple(checks), tuple(nodes), tolerance, digits)


def _checked(
    node: ScalarValue,
    name: str,
    exact: ExactRun,
    rounding: Rounding,
    gradient: float | None,
    tolerance: float,
) -> NodeCheck:
    value, slope = exact.values[node], exact.gradients.get(node)
    local = exact.local_values.get(node, value)
    compared: list[tuple[str, Number, Any, float]] = []
    partial_ulps = math.nan
    partials = zip(node.local_derivatives, exact.local_partials.get(node, ()), strict=True)
    for index, (held, found) in enumerate(partials, start=1):
        if held is not None and found is not None:
            partial_ulps = max(_ulps(held, found), 0.0 if math.isnan(partial_ulps) else partial_ulps)
            what = f"its derivative with respect to argument {index}"
            compared.append((what, held, found, rounding.of_partials.get(node, 0.0)))
    if value is not None:
        compared.append(("its value", node.data, value, rounding.of_values[node]))
    if gradient is not None and slope is not None:
        compared.append(("its gradient", gradient, slope, rounding.of_gradients.get(node, 0.0)))
    findings = [_judged(*pair, tolerance) for pair in compared]
    if gradient is not None and slope is None:
        findings.append(("not finite", "its gradient comes through a value that is not finite"))
    findings.append(exact.notes.get(node, ("right", "")))
    verdict, explanation = min(findings, key=lambda finding: _VERDICTS.index(finding[0]))
    return NodeCheck(
        node=node,
        name=name,
        value=node.data,
        exact_value=_as_double(value),
        value_ulps=math.nan if value is None else _ulps(node.data, value),
        local_ulps=math.nan if local is None or node.op is None else _ulps(node.data, local),
        gradient=gradient,
        exact_gradient=_as_double(slope),
        gradient_ulps=math.nan if gradient is None or slope is None else _ulps(gradient, slope),
        partial_ulps=partial_ulps,
        verdict=verdict,
        explanation=explanation,
    )


_VERDICTS = ("wrong", "edge", "not finite", "kink", "inexact", "right")
"""From the one that matters most."""


def _judged(what: str, computed: Number, exact: Any, scale: float, tolerance: float) -> tuple[str, str]:
    """Return the verdict on a number and what is not right about it."""
    if abs(exact) >= _LARGEST_FLOAT:
        return "not finite", f"{what}, {mpmath.nstr(exact, 5)}, is beyond the largest float"
    if not math.isfinite(computed):
        return "wrong", f"{what} is {_as_double(exact)!r} and not {computed!r}"
    distance, size = abs(as_mpf(computed) - exact), abs(exact)
    if distance <= tolerance * size + _SMALLEST:
        return "right", ""
    if distance <= tolerance * scale:
        return "inexact", f"{what} is {_as_double(exact)!r} and {computed!r} is what rounding has left of it"
    return "wrong", f"{what} is {_as_double(exact)!r} and not {computed!r}"


def _gradients(root: ScalarValue, order: Sequence[ScalarValue]) -> dict[ScalarValue, float | None]:
    """Return what a backward pass gives every node, and leave the gradients that they hold as they were."""
    before = [node.grad if node.has_grad else None for node in order]
    try:
        for node in order:
            node.zero_grad()
        root.backward()
        return {node: float(node.grad) if node.has_grad else None for node in order}
    finally:
        for node, gradient in zip(order, before, strict=True):
            node.grad = gradient


def _as_double(exact: Any) -> float:
    if exact is None:
        return math.nan
    return float(exact) if abs(exact) < _LARGEST_FLOAT else math.copysign(math.inf, exact)


def _ulps(computed: Number, exact: Any) -> float:
    """Return how far a number lies from an exact one, in units in the last place of a float."""
    if not math.isfinite(FLOATS.as_float(computed)):
        return 0.0 if computed == _as_double(exact) else math.inf
    unit = math.ulp(_as_double(exact))
    return 0.0 if math.isinf(unit) else float(min(abs(as_mpf(computed) - exact) / unit, _LARGEST_FLOAT / 2))


def _named(node: ScalarValue, index: int) -> str:
    name = node.label or f"{node.op or repr(node.data)} #{index}"
    return f"{name} in {node.scope}" if node.scope is not None else name
