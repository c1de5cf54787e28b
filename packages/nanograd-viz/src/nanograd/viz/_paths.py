"""The paths along which a gradient flows: from a result down to a value, the ones that carry most first.

A gradient is the sum over all paths of the product of the local derivatives along each. There may be more
paths than atoms in the world, so they are never listed: the largest products are found one after the other.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

from nanograd.engine import Number, Operation, ScalarValue

MOST_COUNTED = 10**15
"""Paths are counted up to here."""


class Step(NamedTuple):
    """One operation on a path: which of its operands the path goes on to, and the derivative towards it."""

    node: ScalarValue
    operation: Operation
    place: int
    slope: Number


class Path(NamedTuple):
    """One path from a result down to a value.

    Attributes:
        steps: the operations on it, that of the result first.
        contribution: the product of the local derivatives along it.
    """

    steps: tuple[Step, ...]
    contribution: Number

    @property
    def values(self) -> tuple[ScalarValue, ...]:
        """The values on it, the result first; none on the path from a value to itself."""
        return (
            *(step.node for step in self.steps),
            *(step.node.children[step.place] for step in self.steps[-1:]),
        )


class Paths:
    """All paths from a result to a value, as far as gradients flow.

    >>> from nanograd.engine import topological_order
    >>> x = ScalarValue(3.0)
    >>> paths = Paths(topological_order(x * x + 2 * x), x)
    >>> paths.count, [path.contribution for path in paths.largest(2)]
    (3, [3.0, 3.0])

    Args:
        order: the graph of the result in topological order, the result last.
        value: where the paths lead to.

    Attributes:
        count: how many there are, at most ``MOST_COUNTED``.
    """

    def __init__(self, order: Sequence[ScalarValue], value: ScalarValue) -> None:
        self.value = value
        self.result = order[-1]
        # The logarithm of the largest product from each value on a path down to the one asked for.
        self._largest: dict[ScalarValue, float] = {value: 0.0}
        counts = {value: 1}
        for node in order:
            if node is value:
                continue
            steps = list(self._steps(node))
            if steps:
                self._largest[node] = max(self._size(step) for step in steps)
                counts[node] = min(MOST_COUNTED, sum(counts[node.children[step.place]] for step in steps))
        self.count = counts.get(self.result, 0)

    def largest(self, most: int) -> Iterator[Path]:
        """Yield up to ``most`` paths, the one with the largest product first.

        Args:
            most: how many.
        """
        if not self.count:
            return
        numbered = count()  # of two paths of one size the one that was found first
        # What is left to look at: a beginning of a path, and the size that its best continuation has.
        waiting: list[tuple[float, int, ScalarValue, float, Any]] = [
            (0.0, next(numbered), self.result, 0.0, None)
        ]
        for _ in range(most):
            if not waiting:
                return
            _, _, node, size, trail = heapq.heappop(waiting)
            while node is not self.value:
                best, *others = heapq.nsmallest(
                    most, self._steps(node), key=lambda step: (-self._size(step), step.place)
                )
                for step in others:
                    so_far = _product(size, _logarithm(step.slope))
                    promise = _product(size, self._size(step))
                    child = node.children[step.place]
                    heapq.heappush(waiting, (-promise, next(numbered), child, so_far, (trail, step)))
                size = _product(size, _logarithm(best.slope))
                trail = (trail, best)
                node = node.children[best.place]
            yield _path(trail)

    def _steps(self, node: ScalarValue) -> Iterator[Step]:
        """Yield the steps from a value to those of its operands from which a path goes on."""
        operation = node.op
        if operation is None:
            return
        for place, (child, slope) in enumerate(zip(node.children, node.local_derivatives, strict=True)):
            if slope is not None and child in self._largest:
                yield Step(node, operation, place, slope)

    def _size(self, step: Step) -> float:
        return _product(_logarithm(step.slope), self._largest[step.node.children[step.place]])


def _path(trail: Any) -> Path:
    steps = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    steps.reverse()
    contribution: Number = 1
    for step in steps:
        contribution = step.slope * contribution
    return Path(tuple(steps), contribution)


def _logarithm(slope: Number) -> float:
    """Return the logarithm of a number's size; nan is as large as infinity, so that nobody overlooks it."""
    if slope == 0:
        return -math.inf
    if isinstance(slope, Fraction):  # it may lie beyond the floats
        return math.log(abs(slope.numerator)) - math.log(slope.denominator)
    return math.log(abs(slope)) if slope == slope else math.inf


def _product(one: float, other: float) -> float:
    """Return the logarithm of a product; 0 times infinity is nan, and counts as infinity."""
    total = one + other
    return total if total == total else math.inf
