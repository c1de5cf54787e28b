from __future__ import annotations

from dataclasses import asdict

import pytest
from nanograd.viz._colors import TERMINAL, THEMES
from rich.style import Style

PAIRS = [
    ("text", "background"), ("text", "surface"), ("text", "operation"), ("text", "block"),
    ("quiet", "background"), ("quiet", "surface"), ("quiet", "block"),
    ("data", "data_surface"), ("grad", "grad_surface"),
]  # fmt: skip


def luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_every_text_is_legible(theme, text, surface):
    colors = asdict(THEMES[theme])
    assert contrast(colors[text], colors[surface]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line", ["line", "leaf", "root"])
def test_every_line_is_visible(theme, line):
    colors = asdict(THEMES[theme])
    assert contrast(colors[line], colors["background"]) >= 2.9


def test_terminals_know_the_styles():
    assert all(Style.parse(style) for style in TERMINAL.values())
