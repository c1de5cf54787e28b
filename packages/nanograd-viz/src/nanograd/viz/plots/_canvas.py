"""What all figures share: their colors, their fonts, and that they leave matplotlib's settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanograd.engine import ArgumentError
from nanograd.viz._colors import THEMES, Theme
from nanograd.viz._extras import imported
from nanograd.viz._text import shortened, visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONT_SIZE = 11
_LONGEST = 40
_PADDING = 0.09  # inches


def theme_of(name: str, function: str) -> Theme:
    """Return the colors of a theme.

    Raises:
        ArgumentError: if there is none of that name.
    """
    if name not in THEMES:
        raise ArgumentError(f"{function}(theme={name!r:.80}) takes one of {', '.join(THEMES)}")
    return THEMES[name]


def new_figure(function: str, width: float, height: float, theme: Theme) -> Figure:
    """Return an empty figure of its own, in inches, that arranges itself.

    Raises:
        MissingLibraryError: if matplotlib is not installed.
    """
    module = imported("matplotlib.figure", "plots", f"{function}()")
    figure: Figure = module.Figure(figsize=(width, height), layout="constrained", facecolor=theme.background)
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=_PADDING, h_pad=_PADDING)
    return figure


def dress(axes: Any, theme: Theme, *, title: str = "", x: str = "", y: str = "") -> None:
    """Give axes the colors of a theme, a title, and names along them; spines only at the left and below."""
    axes.set_facecolor(theme.background)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.line)
    axes.tick_params(which="both", colors=theme.quiet, labelcolor=theme.quiet, labelsize=_FONT_SIZE - 1)
    axes.set_title(plain(title), color=theme.text, fontsize=_FONT_SIZE + 1)
    axes.set_xlabel(plain(x), color=theme.text, fontsize=_FONT_SIZE)
    axes.set_ylabel(plain(y), color=theme.text, fontsize=_FONT_SIZE)


def add_legend(axes: Any, theme: Theme, **options: Any) -> None:
    """Add a legend without a frame, where it hides least."""
    axes.legend(frameon=False, labelcolor=theme.text, fontsize=_FONT_SIZE - 1, **options)


def remark(axes: Any, text: str, theme: Theme) -> None:
    """Write something in the middle of axes that have nothing to show."""
    place = {"ha": "center", "va": "center", "transform": axes.transAxes}
    axes.text(0.5, 0.5, text, color=theme.quiet, fontsize=_FONT_SIZE, **place)


def plain(text: str) -> str:
    """Return a text that matplotlib shows as it is: no formulas between dollars, no control characters."""
    return shortened(visible(text), _LONGEST).replace("$", r"\$")


def mixed(color: str, background: str, share: float) -> str:
    """Return a color that is thinned with another.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    channels = (
        round(
            int(color[place : place + 2], 16) * share + int(background[place : place + 2], 16) * (1 - share)
        )
        for place in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def color_map(function: str, *colors: str) -> Any:
    """Return a color map from the first color to the last."""
    module = imported("matplotlib.colors", "plots", f"{function}()")
    return module.LinearSegmentedColormap.from_list("nanograd", colors)
