"""The palette: one color for data, another for gradients, in every picture of this package.

Blue against orange is told apart with every kind of color blindness. All text has a contrast of at least 4.5
to 1 against what is behind it (WCAG 2 AA); a test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colors of one picture; every one is ``#rrggbb``.

    Attributes:
        background: behind everything.
        text: names and symbols.
        quiet: constants and remarks.
        line: edges and the frames of inner values.
        leaf: the frame of a value that was given, not computed, and that gets a gradient.
        root: the frame of a result.
        surface: inside a box.
        operation: inside an ellipse.
        block: inside a block's heading.
        data: numbers.
        data_surface: behind numbers.
        grad: gradients.
        grad_surface: behind gradients.
        negative: negative gradients, where the color of an edge tells the sign.
        highlight: the frames and edges of what is pointed at.
    """

    background: str
    text: str
    quiet: str
    line: str
    leaf: str
    root: str
    surface: str
    operation: str
    block: str
    data: str
    data_surface: str
    grad: str
    grad_surface: str
    negative: str
    highlight: str


LIGHT = Theme(
    background="#ffffff",
    text="#1f2933",
    quiet="#5a6472",
    line="#8b96a3",
    leaf="#52606d",
    root="#1f2933",
    surface="#ffffff",
    operation="#eef1f4",
    block="#e4e9ee",
    data="#00588f",
    data_surface="#e8f2fa",
    grad="#9a3e00",
    grad_surface="#fdf0e4",
    negative="#6b3fa0",
    highlight="#a3126f",
)

DARK = Theme(
    background="#12171d",
    text="#e6ebf0",
    quiet="#98a4b1",
    line="#6b7887",
    leaf="#a9b6c3",
    root="#e6ebf0",
    surface="#1b222a",
    operation="#2a333d",
    block="#2a333d",
    data="#7cc4ff",
    data_surface="#14293b",
    grad="#ffb37a",
    grad_surface="#38241a",
    negative="#c4a6f2",
    highlight="#ff8fd0",
)

THEMES = {"light": LIGHT, "dark": DARK}

TERMINAL = {"data": "dodger_blue2", "grad": "dark_orange3", "label": "bold", "name": "dim"}
"""The styles of fields in a terminal, legible on black and on white, in Rich's words."""
