"""What a movie of a network looks like: two pictures side by side, the weights and their gradients.

Below them stands the curve of the loss, which is the time line. All places are the same in every frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nanograd.viz._boxes import counted
from nanograd.viz._colors import Theme
from nanograd.viz._marks import Mark, Scene
from nanograd.viz._numerals import numeral

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown at one time; the numbers of units stand in the order of the layers.

    Attributes:
        caption: what the time is called.
        loss: the result that was captured.
        weights: the number of each connection, and ``weight_grads`` its gradient.
        values: the number of each unit, and ``value_grads`` its gradient; None of one that gets none.
    """

    caption: str
    loss: float
    weights: list[float]
    weight_grads: list[float]
    values: list[float]
    value_grads: list[float | None]


_PANEL_WIDTH = 430.0
_MARGIN = 26.0
_HEADING = 46.0
_FOOTER = 86.0
_LARGEST_RADIUS, _SMALLEST_RADIUS = 17.0, 2.5
_LEGIBLE_RADIUS = 13.0
_ROW = 46.0
_LOWEST, _HIGHEST = 190.0, 440.0
_THINNEST, _WIDEST = 0.35, 5.0
_SOLID = "1 0"  # browsers do not move from and to "none"
_DECADES = 3
"""How many powers of ten lie between the faintest gradient and the strongest."""


def scene_of(
    frames: Sequence[Frame],
    sizes: Sequence[int],
    connections: Sequence[tuple[Place, Place]],
    theme: Theme,
) -> Scene:
    """Return the marks of a movie.

    Args:
        frames: what is shown, one after the other.
        sizes: the number of units in each layer.
        connections: the places (layer, unit) that each leads from and to.
        theme: the colors.
    """
    inner = min(max(_ROW * max(sizes), _LOWEST), _HIGHEST)
    width, height = 2 * _PANEL_WIDTH, _HEADING + inner + _FOOTER
    radius = min(_LARGEST_RADIUS, max(_SMALLEST_RADIUS, 0.4 * inner / max(sizes)))
    marks: list[Mark] = []
    panels: tuple[tuple[str, str, list[Any], list[Any], type[_linear]], ...] = (
        ("weights and values", theme.data, [f.weights for f in frames], [f.values for f in frames], _linear),
        (
            "gradients",
            theme.grad,
            [f.weight_grads for f in frames],
            [f.value_grads for f in frames],
            _logarithmic,
        ),
    )
    for number, (heading, color, strengths, levels, scale) in enumerate(panels):
        left = number * _PANEL_WIDTH
        places = _places(sizes, left, inner, radius)
        marks.append(_text(left + _PANEL_WIDTH / 2, 28, heading, color, 15, weight="bold"))
        marks += _lines(connections, places, strengths, scale, color, theme)
        marks += _circles(sizes, places, levels, scale, color, theme, radius)
    marks += _timeline(frames, width, _HEADING + inner, theme)
    neurons = sum(sizes)
    description = f"{counted(neurons, 'neuron')}, {counted(len(connections), 'weight')}"
    captions = [frame.caption for frame in frames]
    return Scene(width, height, theme.background, description, captions, marks)


def _places(
    sizes: Sequence[int], left: float, inner: float, radius: float
) -> dict[Place, tuple[float, float]]:
    gap = (_PANEL_WIDTH - 2 * _MARGIN - 2 * radius) / max(len(sizes) - 1, 1)
    places = {}
    for layer, size in enumerate(sizes):
        row = inner / max(sizes) if size > 1 else inner
        row = min(row * 1.35, inner / size)
        for unit in range(size):
            y = _HEADING + inner / 2 + (unit - (size - 1) / 2) * row
            places[layer, unit] = (left + _MARGIN + radius + layer * gap, y)
    return places


def _lines(
    connections: Sequence[tuple[Place, Place]],
    places: dict[Place, tuple[float, float]],
    strengths: Sequence[Sequence[float]],
    scale: type[_linear],
    color: str,
    theme: Theme,
) -> Iterable[Mark]:
    size = scale(number for frame in strengths for number in frame)
    # Many lines on one place would be a carpet: of more than 200, only the strong ones stand out.
    crowd = min(1.0, 14.0 / math.sqrt(max(len(connections), 1)))
    for number, (start, end) in enumerate(connections):
        series = [frame[number] for frame in strengths]
        mark = Mark("polyline", {"fill": "none", "points": _route(places[start], places[end])})
        widths = [_THINNEST + (_WIDEST * crowd - _THINNEST) * max(size(value), 0.0) for value in series]
        mark.vary("stroke-width", [f"{max(width, _THINNEST):.2f}" for width in widths])
        mark.vary("stroke", [_color_of(value, color, theme) for value in series])
        shades = [0.25 * crowd**2 + 0.65 * size(value) ** (1 / crowd) for value in series]
        mark.vary("stroke-opacity", [f"{shade:.2f}" for shade in shades])
        mark.vary("stroke-dasharray", ["5 3" if value < 0 else _SOLID for value in series])
        yield mark


def _route(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a straight line, or from a layer to itself, as in a recurrent network, an arc."""
    (x, y), (to_x, to_y) = start, end
    if x != to_x:
        return f"{x:.1f},{y:.1f} {to_x:.1f},{to_y:.1f}"
    bulge = 22 + 0.25 * abs(to_y - y)
    height = (to_y - y) or 30.0
    middle = (y + to_y) / 2 if y != to_y else y - 15.0
    turns = [math.pi * step / 10 for step in range(11)]
    return " ".join(
        f"{x - bulge * math.sin(turn):.1f},{middle - height / 2 * math.cos(turn):.1f}" for turn in turns
    )


def _circles(
    sizes: Sequence[int],
    places: dict[Place, tuple[float, float]],
    levels: Sequence[Sequence[float | None]],
    scale: type[_linear],
    color: str,
    theme: Theme,
    radius: float,
) -> Iterable[Mark]:
    number = 0
    for layer, units in enumerate(sizes):
        within = slice(number, number + units)
        size = scale(value or 0.0 for frame in levels for value in frame[within])
        for unit in range(units):
            x, y = places[layer, unit]
            series = [frame[number] for frame in levels]
            place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:.1f}"}
            yield Mark("circle", {**place, "fill": theme.background})  # lines end at it
            mark = Mark("circle", {**place, "stroke-width": "1.5" if radius > 6 else "0.8"})
            shades = [theme.line if value is None else _color_of(value, color, theme) for value in series]
            mark.vary("stroke", shades)
            mark.vary("fill", shades)
            mark.vary("fill-opacity", [f"{0.04 + 0.42 * size(value or 0.0):.2f}" for value in series])
            yield mark
            if radius >= _LEGIBLE_RADIUS:
                text = _text(x, y + 3.5, "", theme.text, 10)
                text.fixed.pop("text")
                text.vary("text", ["" if value is None else _brief(value) for value in series])
                yield text
            number += 1


def _timeline(frames: Sequence[Frame], width: float, top: float, theme: Theme) -> Iterable[Mark]:
    """Yield the caption, the curve of the loss, and the dot that goes along it."""
    left, right, low, high = 230.0, width - _MARGIN, top + _FOOTER - 20, top + 22.0
    caption = _text(_MARGIN, (low + high) / 2 - 4, "", theme.text, 17, anchor="start", weight="bold")
    caption.fixed.pop("text")
    caption.vary("text", [frame.caption for frame in frames])
    yield caption
    loss = _text(_MARGIN, (low + high) / 2 + 17, "", theme.data, 14, anchor="start")
    loss.fixed.pop("text")
    loss.vary("text", [f"loss {numeral(frame.loss)}" for frame in frames])
    yield loss
    known = [frame.loss for frame in frames if math.isfinite(frame.loss)]
    least, most = (min(known), max(known)) if known else (0.0, 0.0)
    least = min(least, 0.0) if most > 0 else least
    span = (most - least) or 1.0
    last = max(len(frames) - 1, 1)
    dots = []
    for number, frame in enumerate(frames):
        level = (frame.loss - least) / span if math.isfinite(frame.loss) else 1.0
        dots.append((left + (right - left) * number / last, low - (low - high) * level))
    ends = f"{left:.1f},{low:.1f} {right:.1f},{low:.1f}"
    yield Mark("polyline", {"fill": "none", "stroke": theme.line, "stroke-width": "1", "points": ends})
    curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    yield Mark("polyline", {"fill": "none", "stroke": theme.data, "stroke-width": "2", "points": curve})
    dot = Mark("circle", {"r": "5", "fill": theme.data, "stroke": theme.background, "stroke-width": "1.5"})
    dot.vary("cx", [f"{x:.1f}" for x, _ in dots])
    dot.vary("cy", [f"{y:.1f}" for _, y in dots])
    yield dot


class _linear:  # noqa: N801 - used as a function of all numbers that makes one of a number
    """The size of a number between 0 and 1, in proportion to the largest."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self._largest = max((abs(number) for number in numbers if math.isfinite(number)), default=0.0)

    def __call__(self, number: float) -> float:
        if not math.isfinite(number):
            return 1.0  # must not be overlooked
        return abs(number) / self._largest if self._largest else 0.0


class _logarithmic(_linear):  # noqa: N801
    """The size of a number between 0 and 1: of the largest 1, of a tenth 2/3, of a thousandth and less 0."""

    def __call__(self, number: float) -> float:
        share = super().__call__(number)
        return max(0.0, 1.0 + math.log10(share) / _DECADES) if share else 0.0


def _color_of(number: float, color: str, theme: Theme) -> str:
    if number != number:
        return theme.highlight
    return theme.negative if number < 0 else color


def _brief(number: float) -> str:
    """Return a number in the five characters that a circle has room for."""
    if not math.isfinite(number):
        return str(number)
    size = abs(number)
    if size >= 99.5 or 0 < size < 0.005:
        mantissa, exponent = f"{number:.0e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{number:.2f}" if size < 9.95 else f"{number:.1f}"


def _text(
    x: float, y: float, text: str, color: str, size: int, *, anchor: str = "middle", weight: str = "normal"
) -> Mark:
    return Mark(
        "text",
        {
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "text": text,
            "fill": color,
            "font-size": str(size),
            "text-anchor": anchor,
            "font-weight": weight,
        },
    )
