"""Small plots of an operation: the value and the derivative along each argument, as SVG.

The curves are samples of the row itself, so that a new row has its plots at once. Colors are those of the
page, by CSS, and are right in light and dark. The derivative is dashed, as not everybody can tell the colors
apart.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from html import escape

from _extensions.operation_slices import HIGHEST, Point, Slice, pieces

WIDTH, HEIGHT = 300, 190
LEFT, TOP, RIGHT, BOTTOM = 30, 8, 292, 168
"""CSS pixels: the whole picture, and the part of it in which curves are drawn."""


def plot(part: Slice) -> str:
    """Return the figure of a slice, as HTML on one line."""
    curves = {"slope": pieces(part.derivative, part), "value": pieces(part.value, part)}
    numbers = [[y for piece in curve for _, y in piece] for curve in curves.values()]
    # What is far from 0 is cut off, but not more than half of a curve.
    reach = max(HIGHEST, *(statistics.median(map(abs, ys)) for ys in numbers if ys))
    ys = [y for of_curve in numbers for y in of_curve]
    low, high = max(min([0.0, *ys]), -reach), min(max([1.0, *ys]), reach)
    margin = 0.06 * (high - low)
    frame = _Frame(part.low, part.high, low - margin, high + margin)
    drawn = "".join(
        [
            *(frame.outside(side) for side in _sides(part)),
            *(frame.tick_x(x) for x in _ticks(part.low, part.high)),
            *(frame.tick_y(y) for y in _ticks(low, high)),
            *(frame.curve(kind, piece) for kind, curve in curves.items() for piece in curve),
        ]
    )
    caption = (
        f'<span class="value">{escape(part.written)}</span> '
        f'<span class="slope">its derivative for {escape(part.name)}</span>'
    )
    return (
        f'<figure class="plot"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(described(part))}">{drawn}</svg><figcaption>{caption}</figcaption></figure>'
    )


def described(part: Slice) -> str:
    """Return in words what the plot shows, for readers who cannot see it."""
    first, last = ([part.low, *part.ends][-1], part.high) if len(part.ends) < 2 else part.ends
    xs = [first, (first + last) / 2, last]
    return (
        f"Plot of {part.written} for {part.name} from {part.low:g} to {part.high:g}. "
        f"At {_listed(xs)} the value is {_listed(map(part.value, xs))}, "
        f"and the derivative is {_listed(map(part.derivative, xs))}."
    )


class _Frame:
    """From numbers to places in the picture."""

    def __init__(self, left: float, right: float, low: float, high: float) -> None:
        self.left, self.low = left, low
        self.across, self.up = (RIGHT - LEFT) / (right - left), (BOTTOM - TOP) / (high - low)

    def place(self, x: float, y: float) -> Point:
        at = BOTTOM - (y - self.low) * self.up
        return round(LEFT + (x - self.left) * self.across, 1), round(min(max(at, -HEIGHT), 2 * HEIGHT), 1)

    def curve(self, kind: str, piece: list[Point]) -> str:
        """Return a line, or a dot where the curve is a single point."""
        places = [self.place(x, y) for x, y in piece]
        if len(set(places)) == 1:
            (x, y), *_ = places
            shown = LEFT < x < RIGHT and TOP <= y <= BOTTOM
            return f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="3"/>' if shown else ""
        inside = _inside(places)
        if not inside:
            return ""
        points = " ".join(f"{x:g},{y:g}" for x, y in _without_straight(inside))
        # An svg inside of the svg cuts off what is too high or too low.
        return (
            f'<svg x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" '
            f'viewBox="{LEFT} {TOP} {RIGHT - LEFT} {BOTTOM - TOP}">'
            f'<polyline class="{kind}" points="{points}"/></svg>'
        )

    def outside(self, side: Point) -> str:
        """Return the shade over numbers that do not belong to the domain."""
        (start, _), (end, _) = self.place(side[0], 0.0), self.place(side[1], 0.0)
        return (
            f'<rect class="outside" x="{start:g}" y="{TOP}" width="{end - start:g}" height="{BOTTOM - TOP}"/>'
        )

    def tick_x(self, x: float) -> str:
        at, _ = self.place(x, 0.0)
        return (
            f'<path class="{"axis" if x == 0 else "grid"}" d="M{at:g} {TOP}V{BOTTOM}"/>'
            f'<text x="{at:g}" y="{BOTTOM + 15}" text-anchor="middle">{_number(x)}</text>'
        )

    def tick_y(self, y: float) -> str:
        _, at = self.place(0.0, y)
        return (
            f'<path class="{"axis" if y == 0 else "grid"}" d="M{LEFT} {at:g}H{RIGHT}"/>'
            f'<text x="{LEFT - 6}" y="{at + 4:g}" text-anchor="end">{_number(y)}</text>'
        )


def _sides(part: Slice) -> Iterator[Point]:
    if part.domain.low > part.low:
        yield part.low, part.domain.low
    if part.domain.high < part.high:
        yield part.domain.high, part.high


def _inside(places: list[Point]) -> list[Point]:
    """Leave out what lies beyond the picture with both of its neighbors."""
    beyond = [not 0 <= y <= HEIGHT for _, y in places]
    return [place for index, place in enumerate(places) if not all(beyond[max(index - 1, 0) : index + 2])]


def _without_straight(places: list[Point]) -> list[Point]:
    """Leave out what lies on the line between the points before and after it, to a tenth of a pixel."""
    kept, start = places[:1], 0
    for end in range(2, len(places)):
        (x0, y0), (x1, y1) = places[start], places[end]
        slope = (y1 - y0) / (x1 - x0) if x1 > x0 else math.inf
        if any(not abs(y0 + slope * (x - x0) - y) < 0.1 for x, y in places[start + 1 : end]):
            start = end - 1
            kept.append(places[start])
    return [*kept, places[-1]]


def _ticks(low: float, high: float) -> list[float]:
    ten = 10.0 ** math.floor(math.log10(high - low))
    step = next(part * ten for part in (0.1, 0.2, 0.5, 1.0, 2.0) if (high - low) / (part * ten) <= 5)
    return [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _number(x: float) -> str:
    return f"{x:g}".replace("-", "\N{MINUS SIGN}")


def _listed(numbers: Iterable[float]) -> str:
    first, second, third = (f"{number + 0.0:.3g}" for number in numbers)
    return f"{first}, {second} and {third}"
