"""check_backward_pass: a learner's own backward pass over a graph."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nanograd.engine._backward import grad
from nanograd.engine._exercises._backward_mistakes import MISTAKES, Gradients, edges
from nanograd.engine._exercises._numeric import is_close
from nanograd.engine._exercises._practice_graphs import (
    ManyVisitsError,
    PracticeGraph,
    deep_graph,
    doubled_graph,
    practice_graphs,
)
from nanograd.engine._exercises._topological_order import walk_failed
from nanograd.engine._exercises._verdict import CheckFailedError, CheckPassed, brief, calling, check_functions
from nanograd.engine._graph import topological_order
from nanograd.engine._value import ScalarValue

_NAME = "check_backward_pass"


def check_backward_pass(backward: Callable[[ScalarValue], Any]) -> CheckPassed:
    """Check a function that gives every value of a graph its ``grad``, as ``root.backward()`` does.

    >>> check_backward_pass(lambda root: root.backward())
    check_backward_pass: the gradients of 9 graphs are right

    >>> from nanograd.engine import topological_order
    >>> def overwriting(root):
    ...     root.grad = 1.0
    ...     for node in reversed(topological_order(root)):
    ...         for child, derivative in zip(node.children, node.local_derivatives):
    ...             child.grad = derivative * node.grad
    >>> check_backward_pass(overwriting)
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_backward_pass: the gradient of x is wrong
    at:       y = x * x with x = 3
    expected: 6
    got:      3
    hint:     x is used twice. Gradients of 3 and 3 arrive, and one has overwritten the other:
              add them up (+=).

    It tells apart: a missing start with 1.0, overwriting instead of adding, a value that passes its gradient
    on before all of it has arrived, shared values visited once a path, local derivatives or arriving
    gradients forgotten, gradients of an earlier pass left in inner values, and recursion that a deep graph
    does not allow.

    Args:
        backward: takes the result of a graph and assigns to ``grad`` of all its values. ``value.children``
            and ``value.local_derivatives`` belong together. Called again, it finds the gradients of the first
            time: those of inner values have to be forgotten; leaves may add up.

    Raises:
        CheckFailedError: if a gradient is wrong.
        ArgumentError: if it is not given a function.
    """
    check_functions(_NAME, backward=backward)
    small = practice_graphs()
    for graph in small:
        _check(backward, graph, small)
    _check_again(backward, small[3])
    for graph in (doubled_graph(), deep_graph()):
        _check(backward, graph, [])
    return CheckPassed(_NAME, f"the gradients of {len(small) + 2} graphs are right")


def _check(backward: Callable[[ScalarValue], Any], graph: PracticeGraph, small: list[PracticeGraph]) -> None:
    got = _gradients(backward, graph)
    expected = _right(graph.root)
    for node in reversed(expected):
        if not is_close(got[node], expected[node]):
            raise _failed(
                graph, node, expected[node], got[node], _likely_mistake(backward, graph, node, small)
            )


def _check_again(backward: Callable[[ScalarValue], Any], graph: PracticeGraph) -> None:
    """Let the learner's function meet the gradients that it has left behind."""
    expected = _right(graph.root)
    again = PracticeGraph(f"the second time {graph.written}", graph.root)
    with calling(_NAME, f"{graph.given}, for the second time"):
        backward(graph.root)
    for node in reversed(expected):
        allowed = (1.0, 2.0) if node.is_leaf else (1.0,)
        if not any(is_close(node.grad, times * expected[node]) for times in allowed):
            hint = "The gradients of the pass before were not forgotten: set grad of every value to 0 first."
            raise _failed(again, node, expected[node], node.grad, hint)


def _gradients(backward: Callable[[ScalarValue], Any], graph: PracticeGraph) -> Gradients:
    order = topological_order(graph.root)
    for node in order:
        node.grad = None
    try:
        with calling(_NAME, graph.given):
            backward(graph.root)
    except (RecursionError, ManyVisitsError) as error:
        raise walk_failed(_NAME, "the pass does not end", graph.written, error) from None
    return {node: node.grad for node in order}


def _right(root: ScalarValue) -> Gradients:
    order = topological_order(root)
    return dict(zip(order, grad(root, order), strict=True))


def _failed(
    graph: PracticeGraph, node: ScalarValue, expected: float, got: float, hint: str
) -> CheckFailedError:
    leaves = [value for value in topological_order(graph.root) if value.is_leaf]
    numbers = ", ".join(f"{leaf.label} = {brief(leaf.data)}" for leaf in leaves)
    return CheckFailedError(
        _NAME,
        f"the gradient of {node.label} is wrong",
        f"{graph.written} with {numbers}",
        brief(expected),
        brief(got),
        hint,
    )


def _likely_mistake(
    backward: Callable[[ScalarValue], Any],
    graph: PracticeGraph,
    node: ScalarValue,
    small: list[PracticeGraph],
) -> str:
    """Return in words what explains the gradients of a graph, and those of the small graphs if it is one."""
    got = {value: value.grad for value in topological_order(graph.root)}
    if node is graph.root:
        return (
            "The result's own gradient is 1: begin with root.grad = 1.0, after all values were set to 0, and "
            "keep it."
        )
    arriving = _arriving(graph.root, node)
    if len(arriving) > 1 and any(is_close(got[node], term) for term in arriving):
        terms = " and ".join(map(brief, arriving))
        times = {2: "twice"}.get(len(arriving), f"{len(arriving)} times")
        return (
            f"{node.label} is used {times}. Gradients of {terms} arrive, and one has overwritten the other: "
            "add them up (+=)."
        )
    runs = [(graph.root, got)] if small else []  # some of the mistakes take forever on a large graph
    for other in small:
        if other is not graph:
            with suppress(Exception):  # it only helps to guess, and has failed already
                runs.append((other.root, _gradients(backward, other)))
    for words, mistake in MISTAKES:
        if runs and all(_equal(answer, mistake(root)) for root, answer in runs):
            return words
    if not node.is_leaf or any(got[value] for value in got if value is not graph.root):
        parts = " + ".join(map(brief, arriving))
        return (
            f"At {node.label} arrives {parts}: for each use, the local derivative times the gradient there."
        )
    return "No gradient has reached it: go through all values, in the reverse of the topological order."


def _arriving(root: ScalarValue, node: ScalarValue) -> list[float]:
    """Return what the right gradients bring to a value, one number for each use."""
    right = _right(root)
    return [partial * right[parent] for parent, child, partial in edges(root) if child is node]


def _equal(gradients: Gradients, others: Gradients) -> bool:
    return all(is_close(gradients[node], others[node]) for node in gradients)
