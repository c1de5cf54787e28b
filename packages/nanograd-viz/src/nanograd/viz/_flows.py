"""The flow of gradients as the look of edges: the color tells the sign, the width the size."""

from __future__ import annotations

import math
from collections.abc import Iterable

from nanograd.engine import Number, ScalarValue
from nanograd.viz._boxes import Style

_THINNEST, _WIDEST = 0.75, 5.0
_DECADES = 4
"""How many powers of ten lie between the thinnest and the widest edge."""


class Flows:
    """What flows back along each edge of a picture: the local derivative times the gradient above it.

    Args:
        order: the values of the graph.
        style: the colors.
    """

    def __init__(self, order: Iterable[ScalarValue], style: Style) -> None:
        self._theme = style.theme
        sizes = (
            abs(_flow(node, partial))
            for node in order
            for partial in node.local_derivatives
            if partial is not None
        )
        self._largest = max((size for size in sizes if size < math.inf), default=0.0)

    def look(self, node: ScalarValue, partial: Number | None) -> str:
        """Return the attributes of the edge to a value from an operand, of which ``partial`` is the slope."""
        if partial is None:
            return ""
        flow = _flow(node, partial)
        if flow == 0:
            return f" penwidth={_THINNEST} style=dotted"
        color = self._theme.negative if flow < 0 else self._theme.grad
        return f' color="{color}" penwidth={self._width(abs(flow)):.2f}'

    def _width(self, size: float) -> float:
        if not size < math.inf or not self._largest:  # infinity and nan must not be overlooked
            return _WIDEST
        decades = math.log10(size) - math.log10(self._largest)
        return max(_THINNEST, _WIDEST + (_WIDEST - _THINNEST) * decades / _DECADES)


def _flow(node: ScalarValue, partial: Number) -> float:
    gradient = getattr(node.grad, "data", node.grad)  # recorded itself, with create_graph=True
    try:
        return float(partial * gradient)
    except OverflowError:  # integers beyond the floats
        return math.inf if (partial > 0) is (gradient > 0) else -math.inf
