"""nanograd's pictures: the graph of a calculation with every number, its name and its gradient.

>>> from nanograd.engine import ScalarValue
>>> from nanograd.viz import draw_graph
>>> x = ScalarValue(3.0, label="x")
>>> draw_graph(x * x)
<Drawing: 2 values, 1 operation>
"""

from nanograd.viz._draw import draw_graph, save_graph
from nanograd.viz._drawing import Drawing
from nanograd.viz._errors import EngineError, NoEngineError, NotAGraphError, RenderError, TooLargeError
from nanograd.viz._explain import Explanation, explain
from nanograd.viz._tree import print_tree

__all__ = [
    "Drawing",
    "EngineError",
    "Explanation",
    "NoEngineError",
    "NotAGraphError",
    "RenderError",
    "TooLargeError",
    "draw_dot",
    "draw_graph",
    "explain",
    "print_tree",
    "save_graph",
]

draw_dot = draw_graph  # micrograd's name
