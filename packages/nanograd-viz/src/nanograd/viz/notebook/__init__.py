"""The explorer in a notebook, live: it shows new numbers after every ``backward()``.

It needs ``pip install "nanograd-viz[notebook]"``.
"""

from nanograd.viz.notebook._widget import ExplorerWidget

__all__ = ["ExplorerWidget"]
