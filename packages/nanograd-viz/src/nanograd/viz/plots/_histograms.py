"""plot_histograms: how the weights and gradients of each part of a model are spread, over the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from nanograd.engine import ArgumentError
from nanograd.viz._models import Model
from nanograd.viz.plots._canvas import color_map, dress, new_figure, plain, remark, theme_of
from nanograd.viz.plots._recorder import HistogramRecorder, Moment, finite

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from nanograd.viz._colors import Theme

_SHOWN = ("weights", "gradients")
_KINDS = ("ridge", "heat")
_MOST_RIDGES = 12
_MOST_PARTS = 8
_BINS = 64
_SMOOTHING = 1.6  # bins
_OVERLAP = 2.2
"""How many times as high as the distance between two curves the highest is."""
_OUTLIERS = 0.005


def plot_histograms(
    recorder: HistogramRecorder | Model,
    *,
    kind: Literal["ridge", "heat"] = "ridge",
    show: Sequence[str] = _SHOWN,
    theme: Literal["light", "dark"] = "light",
) -> Figure:
    """Return how the weights and gradients of each part of a model are spread, and how that changed.

    >>> from nanograd.nn import MLP
    >>> figure = plot_histograms(MLP(2, [3, 1]), show=["weights"])
    >>> [axes.get_title() for axes in figure.axes]
    ['layers.0: weights', 'layers.1: weights']

    Args:
        recorder: what a :class:`HistogramRecorder` has recorded; or a model, for this moment alone.
        kind: ``"ridge"``, a smoothed curve for each of up to 12 moments, the newest in front; or ``"heat"``,
            a column for every moment, the darker the more.
        show: ``"weights"``, ``"gradients"`` or both.
        theme: ``"light"`` or ``"dark"``.

    The half percent of numbers at either end, where few stand far away, is counted at the edge; numbers that
    are not finite are left out, and the title says how many.

    Raises:
        ArgumentError: if nothing was recorded, the model has more than 8 parts, or an option is none of
            those above.
        NotAModelError: if ``recorder`` is neither a recorder nor a model.
        MissingLibraryError: if matplotlib is not installed.
    """
    colors = theme_of(theme, "plot_histograms")
    if kind not in _KINDS:
        raise ArgumentError(f"plot_histograms(kind={kind!r:.80}) takes one of {', '.join(_KINDS)}")
    if isinstance(show, str) or not show or not set(show) <= set(_SHOWN):
        raise ArgumentError(f"plot_histograms(show={show!r:.80}) takes some of {_SHOWN}")
    if not isinstance(recorder, HistogramRecorder):
        model, recorder = recorder, HistogramRecorder()
        recorder.record(model)
    moments = recorder.moments
    if not moments:
        raise ArgumentError(
            "plot_histograms(recorder) got a recorder without records: give it to the Trainer's callbacks, "
            "or call recorder.record(model) after backward()"
        )
    parts = list(dict.fromkeys(name for moment in moments for name in moment.weights))
    if len(parts) > _MOST_PARTS:
        raise ArgumentError(
            f"the model has {len(parts)} parts, and a figure shows up to {_MOST_PARTS}: record a part of it"
        )
    shown = list(dict.fromkeys(show))
    height = 2.7 if kind == "ridge" else 2.2
    figure = new_figure("plot_histograms", 1.0 + 3.9 * len(shown), 0.6 + height * len(parts), colors)
    cells = figure.subplots(len(parts), len(shown), squeeze=False)
    draw = _ridge if kind == "ridge" else _heat
    for part, line in zip(parts, cells, strict=True):
        for what, axes in zip(shown, line, strict=True):
            draw(axes, moments, part, what, colors)
    return figure


def _ridge(axes: Any, moments: Sequence[Moment], part: str, what: str, theme: Theme) -> None:
    """Draw curves behind each other, the oldest at the back."""
    chosen = _spread(moments, _MOST_RIDGES)
    ends = _heading(axes, moments, part, what, theme, y="epoch")
    if ends is None:
        return
    color = theme.data if what == "weights" else theme.grad
    step = (ends[1] - ends[0]) / _BINS
    places = [ends[0] + step * (place + 0.5) for place in range(_BINS)]
    places = [places[0] - step, *places, places[-1] + step]
    counts = [[0.0, *_smooth(_counts(finite(_numbers(moment, part, what)), ends)), 0.0] for moment in chosen]
    highest = max(map(max, counts)) or 1.0
    overlap = _OVERLAP if len(chosen) > 1 else 1.0
    for place, line in enumerate(counts):
        floor = len(chosen) - 1 - place
        curve = [floor + overlap * count / highest for count in line]
        age = 1.0 if len(chosen) == 1 else 0.25 + 0.75 * place / (len(chosen) - 1)
        axes.fill_between(places, floor, curve, color=theme.background, zorder=2 * place + 2, linewidth=0)
        axes.fill_between(
            places, floor, curve, color=color, alpha=0.15 + 0.3 * age, zorder=2 * place + 2, linewidth=0
        )
        axes.plot(places, curve, color=color, alpha=0.4 + 0.6 * age, linewidth=1.2, zorder=2 * place + 3)
    labels = [_time(moment.epoch) for moment in chosen]
    ticks = [len(chosen) - 1 - place for place in range(len(chosen))]
    axes.set_yticks(ticks, labels)
    if len(chosen) == 1:
        axes.set(yticks=[], ylabel="")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.get_major_locator().set_params(nbins=5)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(places[0], places[-1]), ylim=(-0.15, len(chosen) - 1 + overlap * 1.05))


def _heat(axes: Any, moments: Sequence[Moment], part: str, what: str, theme: Theme) -> None:
    """Draw a column for each moment."""
    ends = _heading(axes, moments, part, what, theme, x="epoch")
    if ends is None:
        return
    color = theme.data if what == "weights" else theme.grad
    columns = []
    for moment in moments:
        counts = _counts(finite(_numbers(moment, part, what)), ends)
        most = max(counts) or 1.0
        columns.append([(count / most) ** 0.5 for count in counts])  # the square root shows the tails
    cells = [list(line) for line in zip(*columns, strict=True)]
    step = (ends[1] - ends[0]) / _BINS
    edges = [ends[0] + step * place for place in range(_BINS + 1)]
    axes.pcolormesh(
        _edges([moment.epoch for moment in moments]),
        edges,
        cells,
        cmap=color_map("plot_histograms", theme.background, color),
        vmin=0,
        vmax=1,
        rasterized=True,
    )
    axes.xaxis.get_major_locator().set_params(integer=True)


def _heading(
    axes: Any, moments: Sequence[Moment], part: str, what: str, theme: Theme, x: str = "", y: str = ""
) -> tuple[float, float] | None:
    """Give axes a title, and return the ends of what they show; None if there is nothing."""
    numbers = [number for moment in moments for number in _numbers(moment, part, what)]
    known = sorted(number for number in numbers if math.isfinite(number))
    left_out = len(numbers) - len(known)
    title = f"{part}: {what}" + (f", {left_out:,} not finite" if left_out else "")
    dress(axes, theme, title=title, x=x, y=y)
    if not known:
        remark(axes, f"no {what}", theme)
        axes.set(xticks=[], yticks=[])
        return None
    outliers = int(_OUTLIERS * len(known))
    low, high = known[outliers], known[-1 - outliers]
    around = 0.05 * (high - low)
    if not around > abs(high) * 1e-9:  # all of them are equal, or nearly
        around = 0.1 * abs(high) or 1.0
    return low - around, high + around


def _numbers(moment: Moment, part: str, what: str) -> Any:
    return (moment.weights if what == "weights" else moment.gradients).get(part, ())


def _counts(numbers: Sequence[float], ends: tuple[float, float]) -> list[float]:
    low, high = ends
    counts = [0.0] * _BINS
    for number in numbers:
        place = (
            int((number - low) / (high - low) * _BINS) if low < number < high else (number >= high) * _BINS
        )
        counts[min(place, _BINS - 1)] += 1
    return counts


def _smooth(counts: Sequence[float]) -> list[float]:
    """Return counts as a curve: each counts for its neighbors too, the less the further away they are."""
    reach = range(-round(3 * _SMOOTHING), round(3 * _SMOOTHING) + 1)
    weights = {offset: math.exp(-0.5 * (offset / _SMOOTHING) ** 2) for offset in reach}
    return [
        sum(weights[offset] * counts[place + offset] for offset in reach if 0 <= place + offset < len(counts))
        for place in range(len(counts))
    ]


def _spread(moments: Sequence[Moment], most: int) -> list[Moment]:
    """Return up to so many moments, the first and the last among them."""
    if len(moments) <= most:
        return list(moments)
    return [moments[round(place * (len(moments) - 1) / (most - 1))] for place in range(most)]


def _edges(times: Sequence[float]) -> list[float]:
    """Return where the columns of some moments begin and end."""
    if len(times) == 1:
        return [times[0] - 0.5, times[0] + 0.5]
    middles = [(before + after) / 2 for before, after in pairwise(times)]
    return [2 * times[0] - middles[0], *middles, 2 * times[-1] - middles[-1]]


def _time(epoch: float) -> str:
    return plain(f"{epoch:g}")
