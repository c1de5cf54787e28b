"""How a graph is printed by Rich: nested like the expression it came from, and bounded however large it is.

The engine does not import Rich. ``__rich_repr__`` is a protocol: Rich asks an object for its fields and lays
them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue

DEEPEST_PRINTED = 100
"""The most levels that are printed: Rich walks nested objects recursively, two of Python's frames a level."""

MOST_PRINTED = 1_000
"""The most nodes that are printed, if no other number is asked for."""


def rich_fields(
    root: ScalarValue, depth: int = DEEPEST_PRINTED, max_nodes: int = MOST_PRINTED
) -> Iterable[tuple[str, Any]]:
    """Return the fields that Rich shows of a value: data, gradient, label, children and operation.

    A leaf is printed wherever it is used. An inner node that is used several times is printed in full once
    and then without its children, so that the text grows with the number of nodes and not with the number of
    paths. Below ``depth`` levels, and after ``max_nodes`` nodes, children are only counted.
    """
    return _Printed(root, _Progress(max_nodes), depth).__rich_repr__()


class _Progress:
    """What has been printed so far of one graph."""

    __slots__ = ("left", "printed")

    def __init__(self, max_nodes: int) -> None:
        self.left = max_nodes
        self.printed: set[ScalarValue] = set()


class _Printed:
    """A node as Rich sees it: it knows how deep it stands and what has been printed before it."""

    __slots__ = ("_depth", "_node", "_progress")

    def __init__(self, node: ScalarValue, progress: _Progress, depth: int) -> None:
        self._node = node
        self._progress = progress
        self._depth = depth

    def __rich_repr__(self) -> Iterable[tuple[str, Any]]:
        node, progress = self._node, self._progress
        progress.left -= 1
        yield "data", node.data
        yield "grad", node.grad
        yield "label", node.label
        if node.children and node in progress.printed:
            yield "children", _Note("printed above")
        elif node.children and (self._depth == 0 or progress.left <= 0):
            yield "children", _Note(f"{len(node.children)} not printed")
        else:
            progress.printed.add(node)
            yield "children", tuple(_printed(child, progress, self._depth - 1) for child in node.children)
        yield "op", None if node.op is None else node.op.symbol


class _Note:
    """A remark in place of children."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"<{self._text}>"


def _printed(node: ScalarValue, progress: _Progress, depth: int) -> _Printed:
    return _printed_as(type(node).__name__)(node, progress, depth)


@cache
def _printed_as(name: str) -> type[_Printed]:
    """Return the class whose objects Rich prints under a name: it shows the name of an object's class."""
    return type(name, (_Printed,), {"__slots__": ()})
