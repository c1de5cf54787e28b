"""Searching for critical points: samples of the slope, bisection where its sign changes, then 40 digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from nanograd.symbolic._critical_point import CriticalPoint, kind_between
from nanograd.symbolic._mpmath_numbers import MpmathNumbers
from nanograd.symbolic._terms import Term, evaluate


def searched(
    value_and_slope: Callable[[float], tuple[float, float]],
    results: list[Term],
    argument: Term,
    low: float,
    high: float,
    samples: int,
) -> Iterator[CriticalPoint]:
    """Yield what a grid of samples shows, from left to right."""

    def slope(at: float) -> float:
        return value_and_slope(at)[1]

    grid = [low + (high - low) * index / (samples - 1) for index in range(samples)]
    slopes = [slope(at) for at in grid]
    index = 0
    while index < samples:
        if slopes[index] == 0.0:
            last = index
            while last + 1 < samples and slopes[last + 1] == 0.0:
                last += 1
            if last > index:
                left = _edge(slope, grid[index], grid[index - 1]) if index else low
                right = _edge(slope, grid[last], grid[last + 1]) if last + 1 < samples else high
                yield CriticalPoint(left, value_and_slope(left)[0], "flat", until=right)
            else:
                before = slopes[index - 1] if index else slope(low - (grid[1] - grid[0]) / 64)
                after = slopes[index + 1] if index + 1 < samples else slope(high + (grid[1] - grid[0]) / 64)
                at = grid[index]
                # The table says 0 at the kink of an absolute value too.
                is_smooth = min(
                    abs(slope(at - 1e-9 * (1 + abs(at)))), abs(slope(at + 1e-9 * (1 + abs(at))))
                ) < (1e-3 * max(abs(before), abs(after)))
                if is_smooth or before * after < 0:
                    yield CriticalPoint(
                        at, value_and_slope(at)[0], kind_between(before, after), is_smooth=is_smooth
                    )
            index = last + 1
            continue
        if index + 1 < samples and slopes[index] * slopes[index + 1] < 0.0:
            point = _crossing(value_and_slope, results, argument, grid[index], grid[index + 1])
            if point is not None:
                yield point
        elif 0 < index < samples - 1 and _dips(slopes[index - 1 : index + 2]):
            at = _lowest(slope, grid[index - 1], grid[index + 1])
            if abs(slope(at)) <= 1e-9 * max(abs(slopes[index - 1]), abs(slopes[index + 1])):
                yield CriticalPoint(at, value_and_slope(at)[0], "inflection")
        index += 1


def _dips(slopes: list[float]) -> bool:
    """Return whether the middle one of three slopes of one sign is the smallest."""
    before, here, after = slopes
    return before * here > 0 and here * after > 0 and abs(before) >= abs(here) < abs(after)


def _crossing(
    value_and_slope: Callable[[float], tuple[float, float]],
    results: list[Term],
    argument: Term,
    left: float,
    right: float,
) -> CriticalPoint | None:
    """Return the point where the slope changes its sign; None if it does so through infinity."""
    start, end = left, right
    before, after = value_and_slope(left)[1], value_and_slope(right)[1]
    while left < (middle := (left + right) / 2) < right:
        here = value_and_slope(middle)[1]
        if here == 0.0:
            left = right = middle
        elif here * before > 0:
            left = middle
        else:
            right = middle
    at = left if abs(value_and_slope(left)[1]) <= abs(value_and_slope(right)[1]) else right
    value, slope = value_and_slope(at)
    steepest = max(abs(before), abs(after))
    if not math.isfinite(value) or abs(slope) > 1e3 * steepest:
        return None
    is_smooth = abs(slope) <= 1e-6 * steepest
    if is_smooth:
        at = _refined(results, argument, at, start, end)
    return CriticalPoint(at, value_and_slope(at)[0], kind_between(before, after), is_smooth=is_smooth)


def _refined(results: list[Term], argument: Term, at: float, left: float, right: float) -> float:
    """Return a root of the slope with all the digits of a float, by mpmath's secant method."""
    m = MpmathNumbers(40)

    def slope(x: Any) -> Any:
        return evaluate(results[1:], {argument: x}, m, m.number)[0]

    try:
        found = float(m.context.findroot(slope, (m.number(at), m.number(at + (right - left) * 1e-6))))
    except (ValueError, ZeroDivisionError, TypeError):  # it does not converge, so the bisection stands
        return at
    return found if left <= found <= right else at


def _edge(slope: Callable[[float], float], inside: float, outside: float) -> float:
    """Return the end of a flat interval, between a point inside and a point outside of it."""
    for _ in range(60):
        middle = (inside + outside) / 2
        if slope(middle) == 0.0:
            inside = middle
        else:
            outside = middle
    return inside


def _lowest(slope: Callable[[float], float], left: float, right: float) -> float:
    """Return where the slope is closest to 0 between two points, by golden sections."""
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(80):
        one, other = right - golden * (right - left), left + golden * (right - left)
        if abs(slope(one)) < abs(slope(other)):
            right = other
        else:
            left = one
    return (left + right) / 2
