"""A line search: how far to go in a direction, so that the loss and its slope both fall enough.

The strong Wolfe conditions: with the slope s at the start, the loss at t is at most f + 0.0001 t s, and the
size of its slope at most 0.9 abs(s). Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6, as
PyTorch ported them from `Torch 7`_.

.. _Torch 7: https://github.com/torch/optim/blob/master/lswolfe.lua
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from nanograd.engine import FLOATS

_C1, _C2 = 1e-4, 0.9


@dataclass(frozen=True)
class Point:
    """A place on the line: how far along it, the loss, the gradient, and the slope along the line."""

    t: float
    loss: float
    gradient: list[float]
    slope: float


def strong_wolfe(
    evaluate: Callable[[float], Point], start: Point, t: float, size: float, tolerance: float, most: int
) -> tuple[Point, int]:
    """Return a point that meets the conditions, or the best one found, and how often the loss was computed.

    Args:
        evaluate: computes the point at t.
        start: the point at 0.
        t: where to look first.
        size: the largest number of the direction, by its absolute value.
        tolerance: an interval that moves no parameter by as much as this is not searched further.
        most: how many points to compute after the first.
    """
    bracket, steps, done = _bracket(evaluate, start, t, most)
    if done:
        return bracket[0], steps + 1
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    stuck = False
    while not done and steps < most:
        if abs(bracket[1].t - bracket[0].t) * size < tolerance:
            break
        t, stuck = _trial(bracket, stuck)
        new = evaluate(t)
        steps += 1
        if _rises(new, start) or new.loss >= bracket[low].loss:
            bracket[high] = new
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        if _is_flat(new, start):
            done = True
        elif new.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = new
    return bracket[low], steps + 1


def _bracket(
    evaluate: Callable[[float], Point], start: Point, t: float, most: int
) -> tuple[list[Point], int, bool]:
    """Return two points with a good one between them, or a good one alone, and after how many steps."""
    previous, new = start, evaluate(t)
    steps = 0
    while steps < most:
        if _rises(new, start) or (steps > 1 and new.loss >= previous.loss):
            return [previous, new], steps, False
        if _is_flat(new, start):
            return [new], steps, True
        if new.slope >= 0:
            return [previous, new], steps, False
        bounds = (new.t + 0.01 * (new.t - previous.t), new.t * 10)
        previous, new = new, evaluate(cubic_minimum(previous, new, bounds))
        steps += 1
    return [start, new], steps, False


def _trial(bracket: list[Point], stuck: bool) -> tuple[float, bool]:
    """Return where to look between two points, and whether that is close to one of them.

    A second time close to an end, a tenth of the interval is kept from it.
    """
    ends = [point.t for point in bracket]
    lowest, highest = min(ends), max(ends)
    t = cubic_minimum(bracket[0], bracket[1], (lowest, highest))
    margin = 0.1 * (highest - lowest)
    if not min(highest - t, t - lowest) < margin:
        return t, False
    if stuck or t >= highest or t <= lowest:
        return (highest - margin if abs(t - highest) < abs(t - lowest) else lowest + margin), False
    return t, True


def cubic_minimum(x: Point, y: Point, bounds: tuple[float, float]) -> float:
    """Return where the cubic through two points, with their slopes, is lowest within bounds.

    >>> cubic_minimum(Point(0.0, 1.0, [], -2.0), Point(2.0, 1.0, [], 2.0), (0.0, 2.0))
    1.0

    Args:
        x: a point.
        y: another one.
        bounds: the smallest and the largest result. If the cubic has no minimum, their middle.
    """
    if x.t > y.t:
        x, y = y, x
    d1 = x.slope + y.slope - 3 * FLOATS.divide(x.loss - y.loss, x.t - y.t)
    squared = d1 * d1 - x.slope * y.slope
    if not squared >= 0:
        return (bounds[0] + bounds[1]) / 2.0
    d2 = math.sqrt(squared)
    share = FLOATS.divide(y.slope + d2 - d1, y.slope - x.slope + 2 * d2)
    return min(max(float(y.t - (y.t - x.t) * share), bounds[0]), bounds[1])


def _rises(point: Point, start: Point) -> bool:
    return point.loss > start.loss + _C1 * point.t * start.slope


def _is_flat(point: Point, start: Point) -> bool:
    return abs(point.slope) <= -_C2 * start.slope
