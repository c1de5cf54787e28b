"""Copying and pickling graphs of any depth: exactly, and without recursion.

``copy.deepcopy`` and ``pickle`` follow references recursively and fail on a deep graph. Here a graph is
copied in topological order. To be pickled, its first node names all nodes below it in that order, so that
when the pickler comes to a node, the node's children lie in its memo already. What is shared stays shared,
also between several results in one pickle.
"""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, Any

from nanograd.engine._graph import topological_order

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue

_SLOTS = (
    "_data",
    "_grad",
    "_operation",
    "_requires_grad",
    "_scope",
    "_x",
    "_y",
    "_x_partial",
    "_y_partial",
    "label",
)


def copy_node(node: ScalarValue) -> ScalarValue:
    """Return a new node with the same children, as ``copy.copy`` does."""
    return _filled(_blank(type(node)), _slots(node), _attributes(node))


def deep_copy(root: ScalarValue, memo: dict[int, Any]) -> ScalarValue:
    """Return a copy of the whole graph below ``root``; what was copied before in it is shared."""
    order = _with_recorded_gradients(root)
    new = [node for node in order if id(node) not in memo]
    for node in new:
        attributes = copy.deepcopy(_attributes(node), memo)
        memo[id(node)] = twin = _filled(_blank(type(node)), _slots(node), attributes)
        twin._x = _copied(node._x, memo)
        twin._y = _copied(node._y, memo)
    for node in new:
        if _is_value(node._grad):
            memo[id(node)]._grad = memo[id(node._grad)]
    copied: ScalarValue = memo[id(root)]
    return copied


def _with_recorded_gradients(root: ScalarValue) -> list[ScalarValue]:
    """Return the nodes below ``root`` and below gradients that are ScalarValues, each after its children."""
    roots = [root]
    while True:
        order = topological_order(*roots)
        reached = set(order)
        more = {node._grad for node in order if _is_value(node._grad)} - reached
        if not more:
            return order
        roots.extend(node._grad for node in order if _is_value(node._grad) and node._grad in more)


def reduce_graph(root: ScalarValue) -> tuple[Any, ...]:
    """Return what ``pickle`` needs: a blank node, and a state that begins with the nodes below it.

    Gradients that are ScalarValues themselves refer back to the graph. They are set at the very end, when
    every node is in the pickler's memo.
    """
    below: tuple[Any, ...] = ()
    recorded: list[tuple[ScalarValue, ScalarValue]] = []
    if root not in _LISTED.nodes:
        nodes = _with_recorded_gradients(root)
        recorded = [(node, node._grad) for node in nodes if _is_value(node._grad)]
        others = [node for node in nodes if node is not root]
        if others:
            _LISTED.nodes.update(nodes)
            below = (*others, _EndOfList(nodes))
    slots = tuple(
        [None if slot == "_grad" and _is_value(root._grad) else getattr(root, slot) for slot in _SLOTS]
    )
    return _blank, (type(root),), (below, slots, _attributes(root), recorded)


def set_state(node: ScalarValue, state: tuple[Any, ...]) -> None:
    """Fill the blank node of :func:`reduce_graph` with its state."""
    _, slots, attributes, recorded = state
    _filled(node, slots, attributes)
    for leaf, gradient in recorded:
        leaf._grad = gradient


def _is_value(gradient: Any) -> bool:
    return hasattr(gradient, "_grad")


def _blank(kind: type[ScalarValue]) -> ScalarValue:
    return kind.__new__(kind)


def _slots(node: ScalarValue) -> tuple[Any, ...]:
    return tuple([getattr(node, slot) for slot in _SLOTS])


def _attributes(node: ScalarValue) -> dict[str, Any] | None:
    """Return what a user's subclass without slots has added."""
    return getattr(node, "__dict__", None)


def _filled(node: ScalarValue, slots: tuple[Any, ...], attributes: dict[str, Any] | None) -> ScalarValue:
    for slot, value in zip(_SLOTS, slots, strict=True):
        setattr(node, slot, value)
    if attributes:
        node.__dict__.update(attributes)
    return node


def _copied(arguments: Any, memo: dict[int, Any]) -> Any:
    if arguments.__class__ is tuple:
        return tuple([memo[id(child)] for child in arguments])
    return None if arguments is None else memo[id(arguments)]


class _EndOfList:
    """Stands behind the list of nodes in a pickle: when it is reached, the list has been written."""

    def __init__(self, nodes: list[ScalarValue]) -> None:
        self._nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        _LISTED.nodes.difference_update(self._nodes)
        return tuple, ()

    def __del__(self) -> None:  # a pickler that stopped halfway forgets it
        _LISTED.nodes.difference_update(self._nodes)


class _Listed(threading.local):
    """The nodes that the pickler of this thread is about to reach one by one, each after its children."""

    def __init__(self) -> None:
        self.nodes: set[ScalarValue] = set()


_LISTED = _Listed()
