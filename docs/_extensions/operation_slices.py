"""An operation as a function of one of its arguments, and the pieces of its curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from _extensions.notation import argument_names, operand, written
from nanograd.engine import Interval, Number, Operation

STEPS = 200
HIGHEST = 4.0
"""What lies farther from 0 than this is cut off."""

BESIDE = 0.6
"""How much is shown beside the end of a domain."""

JUMP = 0.05
"""A step from sample to sample that is larger is looked into: it may be a jump."""

# Where the other arguments stay while one moves, if not at 2.
AT: dict[str, tuple[Number, ...]] = {
    "+": (2.0, 1.0),
    "-": (2.0, 1.0),
    "*": (2.0, 0.5),
    "/": (1.0, 2.0),
    "**": (2.0, 1.5),
    "%": (3.0, 1.5),
    "floor_divide": (3.0, 1.5),
    "round": (2.0, 0),
    "maximum": (1.0, 1.0),
    "minimum": (1.0, 1.0),
    "clamp": (0.5, -1.0, 2.0),
    "where": (1.0, 2.0, -1.0),
    "atan2": (1.0, 1.0),
    "hypot": (1.0, 1.0),
    "leaky_relu": (-2.0, 0.1),
    "elu": (-1.0, 1.0),
    "dot": (1.0, 0.5),
    "sum": (2.0, 1.0),
    "prod": (2.0, 0.5),
    "logsumexp": (0.0, 0.0),
    "softmax": (0.0, 1.0),
}
# Of these the plot begins elsewhere, as there are more and more jumps towards 0.
FROM = {("%", 1): 0.7, ("floor_divide", 1): 0.7}
# Of these an argument takes whole numbers only.
WHOLE = {("round", 1)}

Point = tuple[float, float]


class Slice(NamedTuple):
    """An operation as a function of one of its arguments, from ``low`` to ``high``."""

    operation: Operation
    along: int
    fixed: tuple[Number, ...]
    low: float
    high: float

    @property
    def name(self) -> str:
        """The argument that moves."""
        return argument_names(self.operation)[self.along]

    @property
    def written(self) -> str:
        """The operation with numbers in the place of the other arguments."""
        arguments = [operand(number) for number in self.fixed]
        arguments[self.along] = self.name
        return written(self.operation, arguments)

    @property
    def domain(self) -> Interval:
        """Where the operation is defined for the argument that moves."""
        return self.operation.domain[self.along]

    @property
    def ends(self) -> list[float]:
        """Where the domain ends inside the plot."""
        return [end for end in (self.domain.low, self.domain.high) if self.low < end < self.high]

    def value(self, x: float) -> float:
        """Return the operation's result."""
        return float(self.operation.evaluate(*self._point(x)))

    def derivative(self, x: float) -> float:
        """Return the derivative for the argument that moves; nan where the value is."""
        point = self._point(x)
        value = self.operation.evaluate(*point)
        return math.nan if value != value else float(self.operation.partials_at(value, *point)[self.along])

    def _point(self, x: float) -> tuple[Number, ...]:
        return (*self.fixed[: self.along], x, *self.fixed[self.along + 1 :])


def slices(operation: Operation) -> Iterator[Slice]:
    """Yield the operation along each of its arguments; along the first if there is any number of them."""
    count = len(argument_names(operation))
    fixed = AT.get(operation.symbol, (2.0,) * count)
    for along in range(1 if operation.arity is None else count):
        if (operation.symbol, along) in WHOLE:
            continue
        low, high = _window(operation.domain[along])
        yield Slice(operation, along, fixed, FROM.get((operation.symbol, along), low), high)


def pieces(function: Callable[[float], float], part: Slice) -> list[list[Point]]:
    """Return the curve in pieces: it is broken at jumps, at poles and where there is no number."""
    span = part.high - part.low
    xs = {part.low + span * step / STEPS for step in range(STEPS + 1)} | {0.0, *part.operation.kinks}
    xs.update(end + step for end in part.ends for step in (0.0, span * 1e-4, -span * 1e-4))
    found: list[list[Point]] = [[]]
    for x in sorted(x for x in xs if part.low <= x <= part.high):
        y = function(x)
        if not math.isfinite(y):
            found.append([])
            continue
        if found[-1] and (sides := _jump(function, found[-1][-1], (x, y))):
            found[-1].append(sides[0])
            found.append([sides[1]])
        found[-1].append((x, y))
    return [list(dict.fromkeys(piece)) for piece in found if piece]


def _window(domain: Interval) -> tuple[float, float]:
    """Return what of the numbers is shown: a little more than the domain, or the end that it has."""
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        return domain.low - BESIDE, domain.high + BESIDE
    if math.isfinite(domain.low):
        return domain.low - BESIDE, domain.low + HIGHEST
    return (
        (domain.high - HIGHEST, domain.high + BESIDE) if math.isfinite(domain.high) else (-HIGHEST, HIGHEST)
    )


def _jump(function: Callable[[float], float], left: Point, right: Point) -> tuple[Point, Point] | None:
    """Return the two sides of a jump or pole between two samples; None if the curve is continuous."""
    step = abs(right[1] - left[1])
    if step < JUMP:
        return None
    for _ in range(60):
        x = (left[0] + right[0]) / 2
        y = function(x)
        if not math.isfinite(y):
            return left, right
        if abs(y - left[1]) > abs(right[1] - y):
            right = (x, y)
        else:
            left = (x, y)
    return (left, right) if abs(right[1] - left[1]) > step / 2 else None
