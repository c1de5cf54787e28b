"""The flow of gradients as the look of edges: the color tells the sign, the width the size."""

from __future__ import annotations

import math
from collections.abc import Iterable

from nanograd.engine import Number, ScalarValue
from nanograd.viz._boxes import Style
from nanograd.viz._shown import gradient_of

_THINNEST, _WIDEST = 0.75, 5.0
_DECADES = 4
"""How many powers of ten lie between the thinnest and the widest edge."""


class Flows:
    """How the edges of a picture look by what flows back along them.

    Args:
        order: the values of the graph.
        style: the colors.
    """

    def __init__(self, order: Iterable[ScalarValue], style: Style) -> None:
        self._theme = style.theme
        flows = (
            flow
            for node in order
            for flow in (
                gradient_flow(node),
                *(gradient_flow(node, slope) for slope in node.local_derivatives),
            )
            if flow is not None
        )
        self._largest = max((abs(flow) for flow in flows if abs(flow) < math.inf), default=0.0)

    def look(self, flows: Iterable[float | None]) -> str:
        """Return the attributes of an edge; of several that are drawn as one, the largest flow counts.

        Args:
            flows: what flows along, each a result of :func:`gradient_flow`.
        """
        known = [flow for flow in flows if flow is not None]
        if not known:
            return ""
        flow = max(known, key=lambda flow: (math.isnan(flow), abs(flow)))
        if flow == 0:
            return f" penwidth={_THINNEST} style=dotted"
        color = self._theme.negative if flow < 0 else self._theme.grad
        return f' color="{color}" penwidth={self._width(abs(flow)):.2f}'

    def _width(self, size: float) -> float:
        if not size < math.inf or not self._largest:  # infinity and nan must not be overlooked
            return _WIDEST
        decades = math.log10(size) - math.log10(self._largest)
        return max(_THINNEST, _WIDEST + (_WIDEST - _THINNEST) * decades / _DECADES)


def gradient_flow(node: ScalarValue, slope: Number | None = 1) -> float | None:
    """Return what flows back from a value, to the operand of which ``slope`` is the local derivative.

    None says that nothing can: the operand takes no gradient.
    """
    if slope is None or not node.requires_grad:
        return None
    gradient = gradient_of(node)
    try:
        return float(slope * gradient)
    except OverflowError:  # integers beyond the floats
        return math.inf if (slope > 0) is (gradient > 0) else -math.inf
