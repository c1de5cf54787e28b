"""Pictures of derivatives: a panel each, nanograd's colors, and a clear word if Matplotlib is missing."""

import math
import sys

import numpy as np
import pytest
from nanograd.engine import ArgumentError, ScalarValue
from nanograd.symbolic import NoMatplotlibError, plot_derivatives


def curve(axes):
    """Return the line that shows the function."""
    (line,) = [line for line in axes.lines if len(line.get_xdata()) > 2]
    return line


def test_each_derivative_has_a_panel_and_its_color():
    x = ScalarValue(1.0, label="x")
    figure = plot_derivatives(x.sin(), x, (-3, 3), order=3, samples=101)
    grid = np.linspace(-3, 3, 101)
    expected = [np.sin(grid), np.cos(grid), -np.sin(grid), -np.cos(grid)]
    for axes, numbers in zip(figure.axes, expected, strict=True):
        assert curve(axes).get_ydata() == pytest.approx(numbers, abs=1e-12)
    assert [curve(axes).get_color() for axes in figure.axes] == ["#00588f"] + ["#9a3e00"] * 3
    assert [axes.get_ylabel() for axes in figure.axes] == ["f(x)", "f'(x)", "f''(x)", "f'''(x)"]


def test_extrema_are_marked_in_both_panels():
    x = ScalarValue(1.0, label="x")
    figure = plot_derivatives(x**3 - 3 * x, x, (-2, 2), order=1)
    for axes in figure.axes:
        marks = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"]
        assert marks == pytest.approx([-1.0, 1.0], abs=1e-3)


def test_kinks_are_gaps_and_poles_leave_the_panel():
    x = ScalarValue(1.0, label="x")
    kink = plot_derivatives(abs(x), x, (-1, 1), order=1, samples=3)
    assert [math.isnan(number) for number in curve(kink.axes[1]).get_ydata()] == [False, True, False]
    pole = plot_derivatives(1 / x, x, (-1, 1.001), order=0)
    low, high = pole.axes[0].get_ylim()
    assert high - low < 200


def test_a_picture_can_be_saved(tmp_path):
    x = ScalarValue(1.0, label="$x_{")
    plot_derivatives(x * x, x, (0, 1), order=0, samples=5).savefig(tmp_path / "f.png")
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("wrong", [{"order": 7}, {"order": 1.5}, {"samples": 1}, {"interval": (1, 0)}])
def test_wrong_arguments_are_refused(wrong):
    x = ScalarValue(1.0)
    with pytest.raises(ArgumentError, match="plot_derivatives"):
        plot_derivatives(x * x, x, **{"interval": (0, 1), **wrong})


def test_without_matplotlib_it_says_how_to_install_it(monkeypatch):
    x = ScalarValue(1.0)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(NoMatplotlibError, match=r'pip install "nanograd-symbolic\[plots\]"'):
        plot_derivatives(x * x, x, (0, 1))
