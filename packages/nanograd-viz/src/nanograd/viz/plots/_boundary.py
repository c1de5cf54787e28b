"""plot_decision_boundary: which side of the plane a classifier gives to whom."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

from nanograd.engine import ArgumentError, no_grad
from nanograd.viz._models import Model, used_not_trained
from nanograd.viz.plots._canvas import add_legend, dress, mixed, new_figure, plain, theme_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from nanograd.viz._colors import Theme

_MARKERS = "so^Dv*PX"
_GREEN = {"#ffffff": "#1b7a4b", "#12171d": "#7fd8a4"}
_AROUND = 0.15
"""How much wider than the points the picture is, on each side."""

_WIDTH = 5.0
_USUAL = 0.75
_LONG = 4.0
"""How many times longer than wide a plane is that is not drawn to scale."""


def plot_decision_boundary(
    model: Callable[[list[float]], Any],
    points: Sequence[Sequence[float]],
    labels: Sequence[Any],
    *,
    margin: float | None = 1.0,
    resolution: int = 60,
    title: str = "",
    theme: Literal["light", "dark"] = "light",
) -> Figure:
    """Return the plane as a classifier divides it, with the points that it learned from.

    A model with one score divides it where the score is 0, and dotted lines show where it is ``margin`` and
    ``-margin``; the larger label belongs to positive scores. A model with a score for each class divides it
    by the largest. Every class has a color and a marker of its own.

    >>> figure = plot_decision_boundary(lambda p: p[0] - p[1], [[0, 1], [1, 0]], [-1, 1], resolution=5)
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['-1', '1']

    Args:
        model: a model or function of one point ``[x, y]``. A model is used as ``model.eval()`` would be.
        points: pairs of numbers, at least one.
        labels: the class of each point. For a model with a score for each class, the sorted classes belong to
            the scores in their order.
        margin: where the dotted lines are; None for none.
        resolution: how many places along each side the model is asked for.
        title: what stands above.
        theme: ``"light"`` or ``"dark"``.

    Raises:
        ArgumentError: if points and labels do not match, numbers are not finite, there are more classes than
            the model has scores, more than 8 of them, or an option is none of those above.
        MissingLibraryError: if matplotlib is not installed.
    """
    colors = theme_of(theme, "plot_decision_boundary")
    for name, given in (("points", points), ("labels", labels)):
        if not hasattr(given, "__len__") or isinstance(given, str):
            raise ArgumentError(f"plot_decision_boundary({name}) takes a list and got {given!r:.80}")
    places = _checked_points(points, labels)
    if type(resolution) is not int or not 2 <= resolution <= 500:
        raise ArgumentError(f"plot_decision_boundary(resolution={resolution!r:.80}) takes 2 to 500")
    if margin is not None and not (isinstance(margin, (int, float)) and 0 < margin < math.inf):
        raise ArgumentError(f"plot_decision_boundary(margin={margin!r:.80}) takes a positive number or None")
    if not callable(model):
        raise ArgumentError(f"plot_decision_boundary(model) takes a model or function and got {model!r:.80}")
    classes = _sorted(labels)
    across, upwards = (_ticks([place[axis] for place in places], resolution) for axis in (0, 1))
    shape = (upwards[-1] - upwards[0]) / (across[-1] - across[0])
    is_long = not 1 / _LONG < shape < _LONG
    height = _WIDTH * (_USUAL if is_long else min(shape, 1.3))
    width = height / (_USUAL if is_long else shape)
    figure = new_figure("plot_decision_boundary", width + 1.3, height + 0.7, colors)
    with no_grad(), used_not_trained(model) if isinstance(model, Model) else nullcontext():
        plane = [[_scores(model([x, y])) for x in across] for y in upwards]
    _check_scores(plane, classes)
    axes: Any = figure.subplots()
    palette = _palette(colors)
    first = 0
    if len(plane[0][0]) == 1:
        first = int(len(classes) == 1 and classes[0] not in _NEGATIVE_LABELS)
        _draw_one_score(axes, across, upwards, plane, margin, palette, colors)
    else:
        _draw_many_scores(axes, across, upwards, plane, palette, colors)
    for place, its in enumerate(classes, start=first):
        chosen = [point for point, label in zip(places, labels, strict=True) if label == its]
        look = {"color": palette[place], "marker": _MARKERS[place], "edgecolor": colors.background}
        size = 30 if len(places) < 1_000 else 10
        axes.scatter(*zip(*chosen, strict=True), s=size, linewidth=0.8, zorder=3, label=_shown(its), **look)
    dress(axes, colors, title=title)
    axes.set(
        aspect="auto" if is_long else "equal", xlim=(across[0], across[-1]), ylim=(upwards[0], upwards[-1])
    )
    add_legend(axes, colors, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


_NEGATIVE_LABELS = (0, -1, False)


def _shown(label: Any) -> str:
    name = plain(str(label))
    return f" {name}" if name.startswith("_") else name  # which matplotlib would leave out of a legend


def _checked_points(points: Sequence[Sequence[float]], labels: Sequence[Any]) -> list[tuple[float, float]]:
    if len(points) != len(labels) or not len(points):
        raise ArgumentError(
            f"plot_decision_boundary takes a label for every point, and got {len(points)} points and "
            f"{len(labels)} labels"
        )
    places = []
    for place, point in enumerate(points):
        try:
            x, y = map(float, point)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"plot_decision_boundary draws points of a plane, [x, y], and point {place} is {point!r:.80}"
            ) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ArgumentError(f"point {place} is {point!r:.80}: take out points that are not finite")
        places.append((x, y))
    return places


def _sorted(labels: Sequence[Any]) -> list[Any]:
    classes = list(dict.fromkeys(label.item() if hasattr(label, "item") else label for label in labels))
    if len(classes) > len(_MARKERS):
        raise ArgumentError(
            f"the labels name {len(classes)} classes, and a picture can tell up to {len(_MARKERS)} apart"
        )
    try:
        return sorted(classes)
    except TypeError:
        return classes


def _ticks(numbers: Sequence[float], count: int) -> list[float]:
    low, high = min(numbers), max(numbers)
    around = _AROUND * (high - low) or 1.0
    low, high = low - around, high + around
    return [low + (high - low) * place / (count - 1) for place in range(count)]


def _scores(output: Any) -> list[float]:
    """Return the scores in what a model returned, as floats; those that are not finite as nan."""
    outputs = output if isinstance(output, (list, tuple)) else getattr(output, "tolist", lambda: output)()
    scores = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    try:
        numbers = [float(score) for score in scores]
    except (TypeError, ValueError):
        numbers = []
    if not numbers:
        raise ArgumentError(
            "plot_decision_boundary(model) takes a model that returns one score or a list of scores for a "
            f"point, and it returned {output!r:.80}"
        )
    return [number if math.isfinite(number) else math.nan for number in numbers]


def _check_scores(plane: Sequence[Sequence[Sequence[float]]], classes: Sequence[Any]) -> None:
    counts = {len(scores) for line in plane for scores in line}
    if len(counts) > 1:
        raise ArgumentError(f"the model returned lists of different lengths: {sorted(counts)}")
    (count,) = counts
    told_apart = 2 if count == 1 else count
    if len(classes) > told_apart:
        raise ArgumentError(f"the labels name {len(classes)} classes and the model tells {told_apart} apart")
    if count > len(_MARKERS):
        raise ArgumentError(f"the model has {count} scores, and a picture can tell {len(_MARKERS)} apart")


def _palette(theme: Theme) -> list[str]:
    """Return the colors of the classes; markers tell them apart too."""
    green = _GREEN[theme.background]
    return [
        theme.grad,
        theme.data,
        green,
        theme.highlight,
        theme.negative,
        theme.quiet,
        theme.leaf,
        theme.root,
    ]


def _draw_one_score(
    axes: Any,
    across: Sequence[float],
    upwards: Sequence[float],
    plane: Sequence[Sequence[Sequence[float]]],
    margin: float | None,
    palette: Sequence[str],
    theme: Theme,
) -> None:
    scores = [[numbers[0] for numbers in line] for line in plane]
    known = [score for line in scores for score in line if score == score]
    if not known:
        return
    far = 1.0 + max(map(abs, known)) + (margin or 0.0)
    inner = [] if margin is None else [margin]
    levels = [-far, *(-level for level in inner), 0.0, *inner, far]
    negative, positive = palette[0], palette[1]
    strong, weak = 0.32, 0.12
    shares = [strong, weak, weak, strong] if inner else [strong, strong]
    shades = [
        mixed(negative if place < len(shares) // 2 else positive, theme.background, share)
        for place, share in enumerate(shares)
    ]
    axes.contourf(across, upwards, scores, levels=levels, colors=shades)
    for level, style in (
        (0.0, "solid"),
        *((side * far_out, "dotted") for far_out in inner for side in (-1, 1)),
    ):
        if min(known) < level < max(known):  # where there is no line, matplotlib warns
            width = 1.8 if level == 0 else 1.3
            axes.contour(
                across, upwards, scores, levels=[level], colors=theme.text, linestyles=style, linewidths=width
            )


def _draw_many_scores(
    axes: Any,
    across: Sequence[float],
    upwards: Sequence[float],
    plane: Sequence[Sequence[Sequence[float]]],
    palette: Sequence[str],
    theme: Theme,
) -> None:
    for place in range(len(plane[0][0])):
        # How far the class is ahead of the best other one: the line between them is where that is 0.
        lead = [
            [numbers[place] - max(numbers[:place] + numbers[place + 1 :]) for numbers in map(list, line)]
            for line in plane
        ]
        known = [number for line in lead for number in line if number == number]
        if not known or max(known) <= 0:
            continue
        shade = mixed(palette[place], theme.background, 0.24)
        axes.contourf(across, upwards, lead, levels=[0.0, 1.0 + max(known)], colors=[shade])
        if min(known) < 0:
            axes.contour(across, upwards, lead, levels=[0.0], colors=theme.text, linewidths=1.3)
