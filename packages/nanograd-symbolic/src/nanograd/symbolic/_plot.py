"""A picture of a function of one variable with its derivatives, one below the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nanograd.engine import FLOATS, ArgumentError, NanogradError, Number, ScalarValue
from nanograd.symbolic._critical_points import checked_interval
from nanograd.symbolic._identifiers import remark
from nanograd.symbolic._refusals import NoTaylorSeriesError
from nanograd.symbolic._series import Series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The colors that all of nanograd's pictures have: data in one, gradients in the other.
DATA_COLOR = "#00588f"
GRADIENT_COLOR = "#9a3e00"
QUIET_COLOR = "#767676"

HIGHEST_ORDER = 6
MOST_SAMPLES = 100_000
MANY_SAMPLES = 40


class NoMatplotlibError(NanogradError, ImportError):
    """A picture was asked for, and Matplotlib is not installed."""


NoMatplotlibError.__module__ = "nanograd.symbolic"


def plot_derivatives(
    root: ScalarValue,
    x: ScalarValue,
    interval: tuple[Number, Number],
    order: int = 2,
    *,
    samples: int = 401,
) -> Figure:
    """Return a figure of f, f', f'', ... of a graph as a function of one value, all others being constants.

    Each has a panel of its own with the same x axis, so that the zeros of one stand below the extrema of the
    one above; both are marked with a thin line. The derivatives are exact ones, by power series, and not
    differences. A sample on a kink, a jump or a pole is left out; near a pole a curve leaves its panel.

    >>> x = ScalarValue(1.0, label="x")
    >>> figure = plot_derivatives(x**3 - 3 * x, x, (-2, 2))
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['f(x)', "f'(x)", "f''(x)"]
    >>> figure.savefig("cubic.png")  # doctest: +SKIP

    Args:
        root: the result of the graph.
        x: the variable, a leaf or an inner value.
        interval: its two ends.
        order: the highest derivative, from 0 to 6.
        samples: at how many points the curves are computed.

    Raises:
        ArgumentError: if the interval, the order or the number of samples makes no sense, or ``root`` does
            not depend on ``x``.
        NoMatplotlibError: if Matplotlib is missing; it says how to install it.
    """
    low, high = checked_interval("plot_derivatives", interval)
    if order.__class__ is not int or not 0 <= order <= HIGHEST_ORDER:
        raise ArgumentError(
            f"plot_derivatives(order) takes a whole number from 0 to {HIGHEST_ORDER} and got {order!r}"
        )
    if samples.__class__ is not int or not 2 <= samples <= MOST_SAMPLES:
        raise ArgumentError(
            f"plot_derivatives(samples) takes a whole number from 2 to {MOST_SAMPLES} and got {samples!r}"
        )
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise NoMatplotlibError(
            'plot_derivatives() draws with Matplotlib: pip install "nanograd-symbolic[plots]"'
        ) from None
    series = Series("plot_derivatives", root, x)
    grid = [low + (high - low) * index / (samples - 1) for index in range(samples)]
    curves = list(zip(*[_derivatives(series, at, order) for at in grid], strict=True))
    name = remark(x.label or "x").replace("$", r"\$")
    figure = Figure(figsize=(6.4, 1.2 + 1.7 * (order + 1)), layout="constrained")
    panels: Any = figure.subplots(order + 1, 1, sharex=True, squeeze=False)[:, 0]
    crossings = [_zeros(grid, curve) for curve in curves]
    for degree, (axes, curve) in enumerate(zip(panels, curves, strict=True)):
        axes.axhline(0.0, color=QUIET_COLOR, linewidth=0.8)
        if degree < order:
            for zero in crossings[degree + 1]:
                axes.axvline(zero, color=QUIET_COLOR, linewidth=0.8, linestyle=":")
        if degree > 0:
            for zero in crossings[degree]:
                axes.axvline(zero, color=QUIET_COLOR, linewidth=0.8, linestyle=":")
        axes.plot(grid, curve, color=GRADIENT_COLOR if degree else DATA_COLOR, linewidth=1.8)
        axes.set_ylabel(f"f{chr(39) * degree}({name})")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.margins(x=0.0)
        _cut_poles(axes, curve)
    panels[-1].set_xlabel(name)
    return figure


def _derivatives(series: Series, at: float, order: int) -> list[float]:
    """Return f, f', ..., at a point; nan where there is none."""
    try:
        coefficients = series.coefficients(FLOATS, lambda number: number, at, order)
    except NoTaylorSeriesError:
        return [math.nan] * (order + 1)
    found = [float(c) * math.factorial(degree) for degree, c in enumerate(coefficients)]
    return [number if math.isfinite(number) else math.nan for number in found]


def _cut_poles(axes: Any, curve: tuple[float, ...]) -> None:
    """Show most of a curve, where a few samples near a pole would make all others a straight line."""
    sizes = sorted(number for number in curve if math.isfinite(number))
    if len(sizes) < MANY_SAMPLES:
        return
    low, high = sizes[len(sizes) // 20], sizes[-1 - len(sizes) // 20]
    if sizes[-1] - sizes[0] > 20 * (high - low) > 0:
        axes.set_ylim(low - (high - low), high + (high - low))


def _zeros(grid: list[float], curve: tuple[float, ...]) -> list[float]:
    """Return where a curve crosses 0, between its samples as a straight line would."""
    zeros = []
    for index in range(len(grid) - 1):
        here, there = curve[index], curve[index + 1]
        if here * there < 0:
            zeros.append(grid[index] + (grid[index + 1] - grid[index]) * here / (here - there))
        elif here == 0.0 and index > 0 and curve[index - 1] * there < 0:
            zeros.append(grid[index])
    return zeros
