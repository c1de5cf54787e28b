"""Walking a graph: topological order and what can be read off it.

Everything here is iterative. A graph may be a million nodes deep, and Python's stack is not.
"""

from __future__ import annotations

from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from nanograd.engine._errors import NumberTypeError
from nanograd.engine._numbers import described

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue


def topological_order(*roots: ScalarValue) -> list[ScalarValue]:
    """Return every node that ``roots`` depend on, each after its children.

    The order is the one in which the nodes were first reached, children from left to right, so it is the
    same from run to run. It takes time and memory linear in the number of nodes.

    >>> from nanograd.engine import ScalarValue
    >>> x = ScalarValue(2.0, label="x")
    >>> [node.label or str(node.op) for node in topological_order(x * x + x)]
    ['x', '*', '+']

    Args:
        roots: the results to start from; a node that several of them share is listed once.

    Raises:
        NumberTypeError: if a root is not a ScalarValue.
    """
    for root in roots:
        if not hasattr(root, "_operation"):
            raise NumberTypeError(f"a graph starts at a ScalarValue, and this is {described(root)}")
    order: list[ScalarValue] = []
    reached: set[ScalarValue] = set()
    is_reached = reached.__contains__
    # A node whose children are still to be listed waits on the stack under a None that says so.
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())
        elif node not in reached:
            reached.add(node)
            # The slots and not `node.children`: this loop is a third of a backward pass.
            x, y = node._x, node._y
            if x is None:
                order.append(node)
                continue
            stack.append(node)
            stack.append(None)
            if y is not None:
                if y not in reached:
                    stack.append(y)
                if x not in reached:
                    stack.append(x)
            elif x.__class__ is tuple:
                stack.extend(filterfalse(is_reached, reversed(x)))
            else:
                stack.append(x)
    return order


def leaves(*roots: ScalarValue) -> list[ScalarValue]:
    """Return the nodes that ``roots`` depend on and that were not computed, in topological order.

    >>> from nanograd.engine import ScalarValue
    >>> x, y = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="y")
    >>> [leaf.label for leaf in leaves(y * x + y)]
    ['y', 'x']
    """
    return [node for node in topological_order(*roots) if node._operation is None]
