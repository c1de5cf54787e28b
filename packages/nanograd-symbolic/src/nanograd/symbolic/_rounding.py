"""What rounding may do to a graph: the sizes of the terms that cancel in each of its numbers.

A float is a relative error of 1e-16 from what it should be, and so is every operation's result. A first-order
analysis carries these errors through the graph: forward to the values, and backward to the gradients, whose
partial derivatives were computed from inexact values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nanograd.engine import FLOATS, Number, ScalarValue

_NUDGE = 2.0**-30
"""Small enough for a difference to be a derivative, large enough for rounding to be none of it."""


class Rounding:
    """The error of each number of a graph, in units of the relative error of one operation.

    >>> x = ScalarValue(1e8)
    >>> difference = (x + 1) - x
    >>> Rounding([x, *difference.children[:1], difference], {}).of_values[difference]
    100000002.0

    Attributes:
        of_values: for each node.
        of_partials: for each computed node, of its partial derivatives at the numbers its arguments hold.
        of_gradients: for each node that a gradient arrives at.
    """

    def __init__(self, order: Sequence[ScalarValue], gradients: Mapping[ScalarValue, float | None]) -> None:
        self.of_values: dict[ScalarValue, float] = {}
        self.of_partials: dict[ScalarValue, float] = {}
        self.of_gradients: dict[ScalarValue, float] = {}
        carried: dict[ScalarValue, list[float]] = {}
        for node in order:
            self._forward(node, carried)
        for node in reversed(order):
            gradient = gradients.get(node)
            if gradient is None or node.op is None:
                continue
            error = self.of_gradients.get(node, 0.0)
            for child, partial, spread in zip(
                node.children, node.local_derivatives, carried[node], strict=True
            ):
                if partial is not None:
                    size = _size(partial)
                    term = size * error + _size(gradient) * (size + spread)
                    self.of_gradients[child] = self.of_gradients.get(child, 0.0) + _size(term)

    def _forward(self, node: ScalarValue, carried: dict[ScalarValue, list[float]]) -> None:
        if node.op is None:
            self.of_values[node] = 0.0
            return
        partials = node.local_derivatives
        errors = [self.of_values.get(child, 0.0) for child in node.children]
        self.of_values[node] = error = _size(node.data) + sum(
            _size(partial or 0.0) * inherited for partial, inherited in zip(partials, errors, strict=True)
        )
        own, inherited = [0.0] * len(partials), [0.0] * len(partials)
        if len(partials) <= 3:  # an operation of many arguments would take the square of their number
            numbers = [node.data, *[child.data for child in node.children]]
            for place, total in enumerate([error, *errors]):
                for amount, found in ((_size(numbers[place]), own), (total, inherited)):
                    for i, change in enumerate(_changes(node, numbers, place, amount)):
                        found[i] += change
        else:
            own = [_size(partial or 0.0) * 4 for partial in partials]
            inherited = [_size(partial or 0.0) * (error + sum(errors)) for partial in partials]
        self.of_partials[node] = max(own) + max(_size(partial or 0.0) for partial in partials)
        carried[node] = [max(pair) for pair in zip(own, inherited, strict=True)]


def _changes(node: ScalarValue, numbers: Sequence[Number], place: int, amount: float) -> list[float]:
    """Return how each partial derivative changes with one of the numbers it is computed from."""
    held = node.local_derivatives
    if amount == 0.0 or node.op is None or not all(map(math.isfinite, map(FLOATS.as_float, numbers))):
        return [0.0] * len(held)
    nudged = list(numbers)
    nudged[place] = float(numbers[place]) + _NUDGE * amount
    moved = node.op.differentiate(FLOATS, *nudged)
    return [
        0.0 if before is None else _size(after - before) / _NUDGE
        for before, after in zip(held, moved, strict=True)
    ]


def _size(number: Number) -> float:
    """Return the absolute value; 0 for what is not finite, so that it excuses nothing."""
    size = abs(FLOATS.as_float(number))
    return size if math.isfinite(size) else 0.0
