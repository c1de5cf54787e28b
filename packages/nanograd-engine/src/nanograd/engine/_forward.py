"""The forward pass of derivatives: from inputs to everything that was computed from them.

It is the backward pass turned around. Each node's tangent is the sum of its partial derivatives times the
tangents of its arguments, so one pass gives the derivatives of all results along one direction. The partial
derivatives are those that the nodes keep for the backward pass: the table is run once, whatever follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nanograd.engine._backward import recorded_partials
from nanograd.engine._modes import enable_grad

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue


def push_forward(
    order: Sequence[ScalarValue], seeds: Mapping[ScalarValue, Any], *, create_graph: bool = False
) -> dict[ScalarValue, Any]:
    """Return the tangent of every node that depends on the seeds: its derivative along their direction.

    >>> from nanograd.engine import ScalarValue, topological_order
    >>> x, y = ScalarValue(3.0), ScalarValue(4.0)
    >>> z = x * y + y
    >>> push_forward(topological_order(z), {x: 1.0, y: 10.0})[z]
    44.0

    Args:
        order: the nodes, each after its children, as :func:`topological_order` lists them.
        seeds: the tangents to start from. What a seed was computed from is not looked at.
        create_graph: record the pass, so that the tangents are ScalarValues that can be differentiated again.

    Raises:
        GraphError: if ``create_graph`` is asked for and a number was changed after it had been used.
    """
    return _push_recorded(order, seeds) if create_graph else _push_numbers(order, seeds)


def _push_numbers(order: Sequence[ScalarValue], seeds: Mapping[ScalarValue, Any]) -> dict[ScalarValue, Any]:
    tangents = dict(seeds)
    for node in order:
        # The slots and not `node.children`, as in the backward pass, for the same reason.
        x: Any = node._x
        if x is None or node in seeds:
            continue
        if x.__class__ is tuple:
            tangent = _sum_of_products(node._x_partial or (), x, tangents)
        else:
            tangent = None
            if node._x_partial is not None and (of_x := tangents.get(x)) is not None:
                tangent = node._x_partial * of_x
            y: Any = node._y
            if node._y_partial is not None and (of_y := tangents.get(y)) is not None:
                term = node._y_partial * of_y
                tangent = term if tangent is None else tangent + term
        if tangent is not None:
            tangents[node] = tangent
    return tangents


def _push_recorded(order: Sequence[ScalarValue], seeds: Mapping[ScalarValue, Any]) -> dict[ScalarValue, Any]:
    tangents = dict(seeds)
    with enable_grad():
        for node in order:
            # Most of the graph may lie below the seeds: its derivatives are not worth computing.
            if node in seeds or tangents.keys().isdisjoint(node.children):
                continue
            tangent = _sum_of_products(recorded_partials(node), node.children, tangents)
            if tangent is not None:
                tangents[node] = tangent
    return tangents


def _sum_of_products(
    partials: Sequence[Any], children: Sequence[ScalarValue], tangents: Mapping[ScalarValue, Any]
) -> Any:
    """Return the chain rule's sum over the children that have a tangent; None if there are none."""
    total = None
    for child, partial in zip(children, partials, strict=bool(partials)):
        tangent = tangents.get(child)
        if partial is None or tangent is None:
            continue
        term = tangent if partial.__class__ is int and partial == 1 else partial * tangent
        total = term if total is None else total + term
    return total
