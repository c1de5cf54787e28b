"""Numeric derivatives: differences of a function's values, extrapolated, each with how far it can be trusted.

Plain differences are right to five digits at best. Richardson's extrapolation of four of them, with steps h,
h/2, h/4 and h/8, gives ten digits or more and an estimate of its own error (Ridders, Advances in Engineering
Software 4, 1982). The slopes to the left and to the right are kept apart, so that a kink shows.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

_HALVINGS = 4  # steps in one window
_FURTHER = 5  # halvings from one window to the next
_WINDOWS = 7  # down to 2**-33 of the first step: what is left is rounding


class Slope(NamedTuple):
    """A derivative and how far it may be wrong."""

    value: float
    uncertainty: float


class Window(NamedTuple):
    """What differences over one window of steps tell of one output.

    Attributes:
        step: the largest step.
        central: the derivative, from both sides together.
        left: the derivative from below.
        right: the derivative from above.
        jump: how far the values at the smallest step below and above lie apart.
        finite: whether all values were finite.
    """

    step: float
    central: Slope
    left: Slope
    right: Slope
    jump: float
    finite: bool

    def is_smooth(self, tolerance: float) -> bool:
        """Return whether the derivative is known to the tolerance and the same from both sides."""
        gap = abs(self.right.value - self.left.value)
        # One-sided differences are less exact. By 1e-6 and no more: of noise, one extrapolation
        # may look settled by chance, but then its sides do not agree.
        less_exact = min(self.left.uncertainty + self.right.uncertainty, 1e-6 * abs(self.central.value))
        return self.central.uncertainty <= tolerance and gap <= tolerance + less_exact

    def is_converged(self, tolerance: float) -> bool:
        """Return whether the derivative is known to four digits too, should the tolerance be above it."""
        digits = max(1e-4 * abs(self.central.value), 1e-6 * tolerance)
        return self.is_smooth(tolerance) and self.central.uncertainty <= min(0.1 * tolerance, digits)

    def is_kinked(self, tolerance: float) -> bool:
        """Return whether the derivatives from both sides are known well enough to say that they differ."""
        gap = abs(self.right.value - self.left.value)
        return gap > tolerance + 4 * (self.left.uncertainty + self.right.uncertainty)


def windows(
    function: Callable[[float], Sequence[float]], x: float, middle: Sequence[float], eps: float
) -> Iterator[list[Window]]:
    """Yield the differences of every output around ``x``, over one window of steps after the other.

    The first window's steps are ``eps`` times x. Smaller x than 1 are then tried with larger steps, which the
    rounding of a function like exp needs, and all with smaller ones, which a nearby kink or pole needs.

    Args:
        function: returns the outputs for a number.
        x: where to differentiate.
        middle: the outputs at x.
        eps: the largest step, as a part of x, or the step itself where x is 0.
    """
    size = abs(x) if abs(x) >= sys.float_info.min else 1.0
    first = math.frexp(eps * size)[1]  # steps are powers of 2, so that x + step is hardly ever rounded
    above = range(first + _FURTHER, math.frexp(eps)[1] + 1, _FURTHER)
    below = range(first - _FURTHER, first - _FURTHER * _WINDOWS, -_FURTHER)
    further = range(below[-1] - _FURTHER, math.frexp(eps)[1] - _FURTHER * _WINDOWS, -_FURTHER)
    for exponent in (first, *above, *below, *further):
        steps = [math.ldexp(1.0, exponent - halving) for halving in range(_HALVINGS)]
        if x - steps[-1] < x < x + steps[-1]:
            yield _window(function, x, middle, steps)


def _window(
    function: Callable[[float], Sequence[float]], x: float, middle: Sequence[float], steps: Sequence[float]
) -> list[Window]:
    below, above = [x - step for step in steps], [x + step for step in steps]
    values_below, values_above = [function(point) for point in below], [function(point) for point in above]
    found = []
    for at, low, high in zip(
        middle, zip(*values_below, strict=True), zip(*values_above, strict=True), strict=True
    ):
        largest = max(map(abs, (at, *low, *high)))
        noise = [4 * sys.float_info.epsilon * largest / step for step in steps]
        under, over = list(zip(below, low, strict=True)), list(zip(above, high, strict=True))
        across = [(v - u) / (b - a) for (a, u), (b, v) in zip(under, over, strict=True)]
        found.append(
            Window(
                step=steps[0],
                central=_extrapolated(across, noise, order=2),
                left=_extrapolated([(at - value) / (x - point) for point, value in under], noise, order=1),
                right=_extrapolated([(value - at) / (point - x) for point, value in over], noise, order=1),
                jump=abs(high[-1] - low[-1]),
                finite=all(map(math.isfinite, (*low, *high))),
            )
        )
    return found


def _extrapolated(slopes: Sequence[float], noise: Sequence[float], order: int) -> Slope:
    """Return the limit of slopes over steps that halve, whose error is a series in step ** order."""
    best = Slope(slopes[-1], math.inf)
    above: list[float] = []
    for slope, rounding in zip(slopes, noise, strict=True):
        row = [slope]
        for column, earlier in enumerate(above):
            better = row[-1] + (row[-1] - earlier) / (2.0 ** (order * (column + 1)) - 1.0)
            uncertainty = max(abs(better - row[-1]), abs(better - earlier)) + rounding
            row.append(better)
            if uncertainty < best.uncertainty:  # never so if one of them is nan
                best = Slope(better, uncertainty)
        above = row
    return best
