"""plot_history: how the loss and the metrics went over the epochs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from nanograd.engine import ArgumentError
from nanograd.viz.plots._canvas import add_legend, dress, new_figure, remark, theme_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from nanograd.viz._colors import Theme

_VALIDATION = "val_"
_NOT_CURVES = ("epoch", "step", "lr")
_FEW_POINTS = 12
_IN_A_ROW = 3
_MOST_PANELS = 12


def plot_history(
    history: Iterable[Mapping[str, Any]],
    columns: Sequence[str] | None = None,
    *,
    log: bool = False,
    theme: Literal["light", "dark"] = "light",
) -> Figure:
    """Return the curves of a training: the loss and each metric over the epochs, validation dashed.

    >>> rows = [{"epoch": 1, "loss": 0.5, "val_loss": 0.6}, {"epoch": 2, "loss": 0.2, "val_loss": 0.4}]
    >>> figure = plot_history(rows)
    >>> [axes.get_title() for axes in figure.axes]
    ['loss']

    Args:
        history: a row for each epoch, dicts of numbers by name, such as a ``nanograd.nn.training.History``.
            What is called ``val_loss`` stands dashed beside ``loss``. Where a number is missing, nan or
            infinite, the curve has a gap.
        columns: what is drawn, without ``val_``; if left out, all but ``epoch``, ``step`` and ``lr``.
        log: whether the loss, and all else that is positive and spans more than a factor of ten, is drawn on
            a logarithmic scale.
        theme: ``"light"`` or ``"dark"``.

    Raises:
        ArgumentError: if there are no rows or no such columns, or an option is none of those above.
        MissingLibraryError: if matplotlib is not installed.
    """
    colors = theme_of(theme, "plot_history")
    if not isinstance(history, Iterable):
        raise ArgumentError(
            f"plot_history(history) takes rows, a dict for each epoch, and got {history!r:.80}"
        )
    rows = list(history)
    if not rows:
        raise ArgumentError("plot_history(history) got no rows: draw after the first epoch")
    if not all(isinstance(row, Mapping) for row in rows):
        raise ArgumentError(
            "plot_history(history) takes a dict of numbers for each epoch, such as "
            f'{{"epoch": 1, "loss": 0.5}}, and got {rows[0]!r:.80}'
        )
    if log is not True and log is not False:
        raise ArgumentError(f"plot_history(log={log!r:.80}) takes True or False")
    panels = _panels(rows, columns)
    epochs = [_number(row.get("epoch", place)) for place, row in enumerate(rows, start=1)]
    width, height = min(len(panels), _IN_A_ROW), math.ceil(len(panels) / _IN_A_ROW)
    figure = new_figure("plot_history", 1.2 + 3.9 * width, 3.4 * height, colors)
    cells = figure.subplots(height, width, squeeze=False).flat
    for name, axes in zip(panels, cells, strict=False):
        _draw(axes, name, rows, epochs, log, colors)
    for axes in list(cells)[len(panels) :]:
        axes.remove()
    return figure


def _panels(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None) -> list[str]:
    """Return the names of what is drawn, those of validation without ``val_``."""
    there = dict.fromkeys(
        str(name).removeprefix(_VALIDATION)
        for row in rows
        for name, number in row.items()
        if isinstance(number, Real) and not isinstance(number, bool)
    )
    if columns is None:
        panels = [name for name in there if name not in _NOT_CURVES]
        if not panels:
            raise ArgumentError(
                "plot_history(history) found nothing to draw: the rows hold "
                f"{', '.join(there) or 'no numbers'}"
            )
        if len(panels) > _MOST_PANELS:
            raise ArgumentError(
                f"the history has {len(panels)} columns, and a figure shows up to {_MOST_PANELS}: "
                'choose some with columns=["loss"]'
            )
        return panels
    if isinstance(columns, str) or not columns or not set(columns) <= set(there):
        raise ArgumentError(
            f"plot_history(columns={columns!r:.80}) takes a list of some of {', '.join(there) or 'none'}"
        )
    return list(dict.fromkeys(columns))


def _draw(
    axes: Any,
    name: str,
    rows: Sequence[Mapping[str, Any]],
    epochs: Sequence[float],
    log: bool,
    theme: Theme,
) -> None:
    dress(axes, theme, title=name, x="epoch")
    both = [[_number(row.get(column)) for row in rows] for column in (name, _VALIDATION + name)]
    known = [number for numbers in both for number in numbers if number == number]
    looks = (("training", theme.data, "-", "o"), ("validation", theme.grad, "--", "s"))
    for numbers, (label, color, line, marker) in zip(both, looks, strict=True):
        if all(math.isnan(number) for number in numbers):
            continue
        look = {"color": color, "linestyle": line, "linewidth": 2, "label": label}
        # Points are seen where they are few, and where a line would have no second end.
        alone = len(rows) <= _FEW_POINTS or _has_lonely_points(numbers)
        axes.plot(epochs, numbers, marker=marker if alone else "", markersize=4.5, **look)
    if not known:
        remark(axes, "no finite numbers", theme)
        return
    if log and min(known) > 0 and (name == "loss" or max(known) > 10 * min(known)):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(_shown)
        decades = math.log10(max(known) / min(known))
        axes.yaxis.set_minor_formatter(_shown if decades < 1 else "")
        axes.grid(axis="y", which="major", color=theme.line, alpha=0.3, linewidth=0.8)
    elif name.endswith("loss") and min(known) >= 0:
        axes.set_ylim(bottom=0)
    if len(rows) == 1:
        axes.set_xticks(epochs, [_shown(epochs[0])])
    else:
        axes.xaxis.get_major_locator().set_params(integer=True)
    if any(number == number for number in both[1]):
        add_legend(axes, theme)


def _shown(number: float, _place: int = 0) -> str:
    return f"{number:g}"


def _has_lonely_points(numbers: Sequence[float]) -> bool:
    padded = [math.nan, *numbers, math.nan]
    return any(
        number == number and math.isnan(before) and math.isnan(after)
        for before, number, after in zip(padded, numbers, padded[2:], strict=False)
    )


def _number(given: Any) -> float:
    """Return a number as a curve can show it: nan for what is missing or infinite."""
    if not isinstance(given, Real):
        return math.nan
    try:
        number = float(given)
    except OverflowError:  # an integer beyond the floats
        return math.nan
    return number if math.isfinite(number) else math.nan
