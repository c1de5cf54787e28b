"""What every picture of nanograd.viz.plots has in common."""

from __future__ import annotations

import io
import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from nanograd.engine import ArgumentError
from nanograd.viz import MissingLibraryError
from nanograd.viz.plots import plot_decision_boundary, plot_histograms, plot_history, plot_saliency

STRANGE = "$\\frac{$ <script>\0\u202e" + "a" * 100_000


def history(**options):
    return plot_history([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}], **options)


def boundary(**options):
    return plot_decision_boundary(lambda p: p[0], [[-1, 0], [1, 1]], [0, 1], resolution=4, **options)


@pytest.fixture
def pictures(chain, make_dense):
    return {
        "plot_history": history,
        "plot_decision_boundary": boundary,
        "plot_histograms": lambda **options: plot_histograms(chain, **options),
        "plot_saliency": lambda **options: plot_saliency(
            make_dense(4, 2), [0.0, 1.0, 0.5, 0.2], (2, 2), **options
        ),
    }


NAMES = ["plot_history", "plot_decision_boundary", "plot_histograms", "plot_saliency"]


@pytest.mark.parametrize(
    ("theme", "background"), [("light", (1, 1, 1, 1)), ("dark", (18 / 255, 23 / 255, 29 / 255, 1))]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_of_its_own_comes_back_and_settings_stay(pictures, name, theme, background):
    before = dict(mpl.rcParams)
    figure = pictures[name](theme=theme)
    figure.savefig(io.BytesIO(), format="png", dpi=40)
    assert isinstance(figure, Figure)
    assert figure.get_facecolor() == pytest.approx(background)
    assert all(axes.get_facecolor() == pytest.approx(background) for axes in figure.axes)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", NAMES)
def test_other_themes_are_refused(pictures, name):
    with pytest.raises(ArgumentError, match=rf"{name}\(theme='blue'\) takes one of light, dark"):
        pictures[name](theme="blue")


@pytest.mark.parametrize("name", NAMES)
def test_without_matplotlib_the_error_says_what_to_install(pictures, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        MissingLibraryError, match=rf'{name}\(\) needs matplotlib.*"nanograd-viz\[plots\]"'
    ) as caught:
        pictures[name]()
    assert isinstance(caught.value, ImportError)
    assert caught.value.name == "matplotlib"


def test_neither_the_package_nor_the_pictures_import_matplotlib_before_it_is_needed():
    program = (
        "import sys, nanograd.viz.plots\n"
        "assert not {'matplotlib', 'PIL', 'numpy', 'anywidget'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_pyplot_is_not_used():
    program = (
        "import sys\nfrom nanograd.viz.plots import plot_history\n"
        "plot_history([{'loss': 1.0}])\n"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_names_are_data():
    figure = plot_history([{"epoch": 1, STRANGE: 0.5, f"val_{STRANGE}": 0.4}])
    figure.savefig(io.BytesIO(), format="svg")
    figure = plot_decision_boundary(lambda p: p[0], [[0, 1]], [STRANGE], title=STRANGE, resolution=3)
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    for axes in figure.axes:
        assert len(axes.get_title()) < 100
