"""nanograd's pictures: the graph of a calculation with every number, its name and its gradient.

>>> from nanograd.engine import ScalarValue
>>> from nanograd.viz import draw_graph
>>> x = ScalarValue(3.0, label="x")
>>> draw_graph(x * x)
<Drawing: 2 values, 1 operation>
"""

from nanograd.viz import plots
from nanograd.viz._draw import draw_graph, save_graph
from nanograd.viz._draw_model import draw_model
from nanograd.viz._drawing import Drawing
from nanograd.viz._errors import (
    EngineError,
    GraphFileError,
    NoEngineError,
    NotAGraphError,
    RenderError,
    TooLargeError,
)
from nanograd.viz._explain import explain
from nanograd.viz._explanation import Explanation
from nanograd.viz._explorer import Explorer, explore, save_html
from nanograd.viz._extras import MissingLibraryError
from nanograd.viz._graph_json import load_graph_json, save_graph_json
from nanograd.viz._models import Model, NotAModelError
from nanograd.viz._movie import TrainingMovie
from nanograd.viz._table import print_table
from nanograd.viz._tree import print_tree

__all__ = [
    "Drawing",
    "EngineError",
    "Explanation",
    "Explorer",
    "GraphFileError",
    "MissingLibraryError",
    "Model",
    "NoEngineError",
    "NotAGraphError",
    "NotAModelError",
    "RenderError",
    "TooLargeError",
    "TrainingMovie",
    "draw_dot",
    "draw_graph",
    "draw_model",
    "explain",
    "explore",
    "load_graph_json",
    "plots",
    "print_table",
    "print_tree",
    "save_graph",
    "save_graph_json",
    "save_html",
]

draw_dot = draw_graph  # micrograd's name
