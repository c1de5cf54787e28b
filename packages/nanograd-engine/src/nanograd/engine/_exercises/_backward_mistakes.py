"""Backward passes over a graph with one mistake in each, to be recognized by the gradients they lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nanograd.engine._graph import topological_order
from nanograd.engine._value import ScalarValue

Gradients = dict[ScalarValue, float]


def edges(root: ScalarValue) -> Iterator[tuple[ScalarValue, ScalarValue, float]]:
    """Yield every use of a value, those by later results first."""
    for parent in reversed(topological_order(root)):
        for child, partial in _uses(parent):
            yield parent, child, partial


def _uses(node: ScalarValue) -> list[tuple[ScalarValue, float]]:
    """Return what a value was computed from, with the local derivatives."""
    pairs = zip(node.children, node.local_derivatives, strict=True)
    return [(child, float(partial)) for child, partial in pairs if partial is not None]


def _start(root: ScalarValue) -> Gradients:
    return {**dict.fromkeys(topological_order(root), 0.0), root: 1.0}


def _along_each_path(position: int) -> Callable[[ScalarValue], Gradients]:
    """Visit a value for every path that leads to it, and each time pass on all it has.

    What waits is taken from its end, ``position`` -1, as calls do, or from its beginning, 0.
    """

    def gradients_of(root: ScalarValue) -> Gradients:
        gradients, waiting = _start(root), [root]
        while waiting:
            node = waiting.pop(position)
            for child, partial in _uses(node):
                gradients[child] += partial * gradients[node]
            waiting.extend(node.children[::-1] if position else node.children)
        return gradients

    return gradients_of


def _along_each_path_at_once(root: ScalarValue) -> Gradients:
    """Do the same, but go down from a child before the next child gets its gradient."""
    gradients = _start(root)

    def visit(node: ScalarValue) -> None:  # recursive like the mistake; the graphs are small
        for child, partial in _uses(node):
            gradients[child] += partial * gradients[node]
            visit(child)

    visit(root)
    return gradients


def _too_early(next_of: Callable[[list[ScalarValue]], ScalarValue]) -> Callable[[ScalarValue], Gradients]:
    """Visit each value once, as soon as it is met, whether or not all of its gradient has arrived."""

    def gradients_of(root: ScalarValue) -> Gradients:
        gradients, waiting, met = _start(root), [root], {root}
        while waiting:
            node = next_of(waiting)
            for child, partial in _uses(node):
                gradients[child] += partial * gradients[node]
                if child not in met:
                    met.add(child)
                    waiting.append(child)
        return gradients

    return gradients_of


def _without_local_derivatives(root: ScalarValue) -> Gradients:
    gradients = _start(root)
    for parent, child, _ in edges(root):
        gradients[child] += gradients[parent]
    return gradients


def _without_arriving(root: ScalarValue) -> Gradients:
    gradients = _start(root)
    for _, child, partial in edges(root):
        gradients[child] += partial
    return gradients


def _sum_of_both(root: ScalarValue) -> Gradients:
    gradients = _start(root)
    for parent, child, partial in edges(root):
        gradients[child] += partial + gradients[parent]
    return gradients


def _operands_swapped(root: ScalarValue) -> Gradients:
    gradients = _start(root)
    for parent in reversed(topological_order(root)):
        uses = _uses(parent)
        for (child, _), (_, partial) in zip(uses, reversed(uses), strict=True):
            gradients[child] += partial * gradients[parent]
    return gradients


def _first_step_only(root: ScalarValue) -> Gradients:
    gradients = _start(root)
    for child, partial in _uses(root):
        gradients[child] += partial
    return gradients


_ONCE_A_PATH = (
    "A shared value is visited once for every path, and each time passes on all it has. Visit each value "
    "once, after everything that uses it."
)
_EARLY = (
    "A value passes its gradient on before all of it has arrived. Go in the reverse of the topological "
    "order: each value after everything that uses it."
)

MISTAKES: tuple[tuple[str, Callable[[ScalarValue], Gradients]], ...] = (
    (
        (
            "Only the result's gradient is there: go through reversed(topological_order(root)), and "
            "from each value to its children."
        ),
        _start,
    ),
    (
        (
            "Only the operands of the result have gradients: the order is not reversed, or it ends "
            "after one step. Go through reversed(topological_order(root))."
        ),
        _first_step_only,
    ),
    (
        "The gradients arrive as they are: multiply by the local derivative on the way to a child.",
        _without_local_derivatives,
    ),
    (
        "These are local derivatives alone: multiply each by the gradient that has arrived, node.grad.",
        _without_arriving,
    ),
    ("The local derivative is added to the arriving gradient; the chain rule multiplies.", _sum_of_both),
    ("The two operands have each other's derivative.", _operands_swapped),
    (_ONCE_A_PATH, _along_each_path(-1)),
    (_ONCE_A_PATH, _along_each_path(0)),
    (_ONCE_A_PATH, _along_each_path_at_once),
    (_EARLY, _too_early(lambda waiting: waiting.pop(0))),
    (_EARLY, _too_early(lambda waiting: waiting.pop())),
)
