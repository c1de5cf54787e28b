"""Pictures of a training, drawn with matplotlib: curves, boundaries, histograms, and where a network looks.

They need ``pip install "nanograd-viz[plots]"``. Every function returns a matplotlib ``Figure`` that belongs
to nobody else: notebooks show it, ``figure.savefig("curve.svg")`` writes it, and pyplot never hears of it.
"""

from nanograd.viz.plots._boundary import plot_decision_boundary
from nanograd.viz.plots._curves import plot_history
from nanograd.viz.plots._histograms import plot_histograms
from nanograd.viz.plots._recorder import HistogramRecorder, Moment
from nanograd.viz.plots._saliency import plot_saliency

__all__ = [
    "HistogramRecorder",
    "Moment",
    "plot_decision_boundary",
    "plot_histograms",
    "plot_history",
    "plot_saliency",
]
