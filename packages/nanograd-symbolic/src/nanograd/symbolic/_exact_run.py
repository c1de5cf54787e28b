"""A graph in exact numbers: the values and derivatives of its formulas, with as many digits as it takes.

Where rounding has carried a float over to another branch, or onto a border between two, the exact numbers
follow the float, and a note says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
from nanograd.engine import Number, ScalarValue
from nanograd.symbolic._row_calculus import LongRowCalculus, RowCalculus, evaluated

MOST_DIGITS = 800
"""Sums of floats are exact from about 650 digits on."""

_SETTLED = mpmath.mpf(10) ** -25


class ExactRun:
    """The exact values and gradients of a graph, evaluated with so many digits; None where there is none.

    Attributes:
        values: the value of each node's formula at the leaves' data.
        gradients: the derivative of the root with respect to each node that a gradient arrives at.
        local_values: the value of each node's operation at the numbers that its arguments hold.
        local_partials: likewise its partial derivatives.
        notes: for nodes at a kink or an edge, which of them and why.
    """

    def __init__(
        self,
        order: Sequence[ScalarValue],
        calculus: dict[ScalarValue, RowCalculus | LongRowCalculus],
        digits: int,
    ) -> None:
        self.digits = digits
        self.values: dict[ScalarValue, Any] = {}
        self.gradients: dict[ScalarValue, Any] = {}
        self.local_values: dict[ScalarValue, Any] = {}
        self.local_partials: dict[ScalarValue, list[Any]] = {}
        self.notes: dict[ScalarValue, tuple[str, str]] = {}
        self._partials: dict[ScalarValue, list[Any]] = {}
        with mpmath.workdps(digits):
            for node in order:
                if node.op is None:
                    self.values[node] = as_mpf(node.data)
                else:
                    self._evaluate(node, calculus[node])
            if order[-1].requires_grad:
                self._carry_back(order)

    def _evaluate(self, node: ScalarValue, row: RowCalculus | LongRowCalculus) -> None:
        held = row.given([as_mpf(child.data) for child in node.children])
        exact = row.given([self.values[child] for child in node.children])
        wanted = row.given(node.local_derivatives)
        self.local_values[node] = self.values[node] = None
        self.local_partials[node] = self._partials[node] = [None] * len(node.children)
        if None in held:
            self.notes[node] = ("not finite", "an argument is not finite")
            return
        local = self.local_values[node] = evaluated(row.value, held)
        if local is None:
            self.notes[node] = (
                "edge",
                f"{_call(node)} has no finite real value: its domain is {_domain(node)}",
            )
            return
        branch = row.branch(held)
        border = row.is_border(branch)
        local_partials = self._partials_at(row, held, local, wanted, border, node)
        self.local_partials[node] = row.spread(local_partials)
        if None in exact:
            self.notes[node] = ("not finite", "an argument is not finite")
            return
        if border and node.requires_grad:
            self.notes[node] = ("kink", f"it is at {_listed(held)}, where the derivative is a convention")
        if row.branch(exact) != branch:
            if not border:
                self.notes[node] = ("kink", f"rounding has carried {_listed(held)} over to another branch")
            self.values[node], self._partials[node] = local, self.local_partials[node]
            return
        self.values[node] = evaluated(row.value, exact)
        partials = self._partials_at(row, exact, self.values[node], wanted, border, node)
        self._partials[node] = row.spread(partials)

    def _partials_at(
        self,
        row: RowCalculus | LongRowCalculus,
        arguments: list[Any],
        result: Any,
        wanted: Sequence[Any],
        border: bool,
        node: ScalarValue,
    ) -> list[Any]:
        asked = [held is not None and not border for held in wanted]
        found = row.partials(arguments, asked)
        missing = [held is not None and slope is None for held, slope in zip(wanted, found, strict=True)]
        if result is None or not any(missing):
            return found
        conventions = row.conventions(result, arguments, missing)
        if not border:
            lost = any(slope is None for slope, absent in zip(conventions, missing, strict=True) if absent)
            self.notes[node] = (
                "edge",
                f"a derivative of {_call(node)} {'has a pole' if lost else 'is a convention'}",
            )
        pairs = zip(found, conventions, strict=True)
        return [convention if slope is None else slope for slope, convention in pairs]

    def _carry_back(self, order: Sequence[ScalarValue]) -> None:
        self.gradients[order[-1]] = mpmath.mpf(1)
        for node in reversed(order):
            if node not in self.gradients or node.op is None:
                continue
            gradient = self.gradients[node]
            for child, partial, held in zip(
                node.children, self._partials[node], node.local_derivatives, strict=True
            ):
                if held is None:
                    continue
                before = self.gradients.get(child, 0)
                lost = gradient is None or partial is None or before is None
                self.gradients[child] = None if lost else before + partial * gradient


def settled(
    order: Sequence[ScalarValue],
    calculus: dict[ScalarValue, RowCalculus | LongRowCalculus],
    gradients: dict[ScalarValue, float | None],
    digits: int,
) -> ExactRun:
    """Return the exact numbers, with so many digits that twice as many give the same."""
    coarse = ExactRun(order, calculus, digits)
    while coarse.digits < MOST_DIGITS:
        fine = ExactRun(order, calculus, min(2 * coarse.digits, MOST_DIGITS))
        with mpmath.workdps(fine.digits):
            settled = all(
                _agree(coarse.values[node], fine.values[node], node.data)
                and _agree(coarse.local_values.get(node), fine.local_values.get(node), node.data)
                and _agree(coarse.gradients.get(node), fine.gradients.get(node), gradients.get(node))
                for node in order
            )
        coarse = fine
        if settled:
            break
    return coarse


def _agree(coarse: Any, fine: Any, computed: Number | None) -> bool:
    if coarse is None or fine is None:
        return coarse is fine
    if fine == 0:  # all digits may have cancelled, and the float knows better
        return not computed or not math.isfinite(computed)
    return bool(abs(coarse - fine) <= _SETTLED * abs(fine))


def as_mpf(data: Number) -> Any:
    """Return a number exactly, or None for an infinity and nan."""
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return mpmath.mpf(data.numerator) / data.denominator if isinstance(data, Fraction) else mpmath.mpf(data)


def _call(node: ScalarValue) -> str:
    return f"{node.op}({', '.join(repr(child.data) for child in node.children)})"


def _domain(node: ScalarValue) -> str:
    operation: Any = node.op
    return ", ".join(
        str(interval).replace("x", name) for interval, name in zip(operation.domain, "xyzw", strict=False)
    )


def _listed(numbers: Sequence[Any]) -> str:
    return ", ".join(repr(float(number)) for number in numbers)
