"""check_topological_order: a learner's own order of the values of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from nanograd.engine._exercises._practice_graphs import (
    DEPTH,
    ManyVisitsError,
    deep_graph,
    doubled_graph,
    named,
    practice_graphs,
)
from nanograd.engine._exercises._verdict import (
    NO_RETURN,
    CheckFailedError,
    CheckPassed,
    brief,
    calling,
    check_functions,
    ordered,
    shown,
)
from nanograd.engine._graph import topological_order
from nanograd.engine._value import ScalarValue


def check_topological_order(sort: Callable[[ScalarValue], Any]) -> CheckPassed:
    """Check a function that lists every value of a graph once, each after those it was computed from.

    >>> from nanograd.engine import topological_order
    >>> check_topological_order(topological_order)
    check_topological_order: the orders of 9 graphs are right

    >>> check_topological_order(lambda root: [root, *root.children])
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_topological_order: y comes before its operand x
    at:       y = x * w
    expected: x, w, y
    got:      y, x, w
    hint:     This is the reverse: results first. Turn it round, or append a value after its
              children.

    It tells apart: results before their operands, values that are missing or listed twice, ``node in list``,
    which compares numbers, recursion that a deep graph does not allow, and walks that visit shared values
    again and again.

    Args:
        sort: takes the result of a graph and returns a list of values. Any right order will do.

    Raises:
        CheckFailedError: if an order is wrong.
        ArgumentError: if it is not given a function.
    """
    check = "check_topological_order"
    check_functions(check, sort=sort)
    graphs = [*practice_graphs(), doubled_graph(), deep_graph()]
    for graph in graphs:
        expected = topological_order(graph.root)
        try:
            with calling(check, graph.given):
                answer = sort(graph.root)
                given = ordered(answer)
        except (RecursionError, ManyVisitsError) as error:
            raise walk_failed(check, "the walk does not end", graph.written, error) from None
        if given is None:
            raise CheckFailedError(check, *_no_list(answer, graph.written, expected))
        problem, hint = _disorder(given, expected, graph.root)
        if problem:
            raise CheckFailedError(check, problem, graph.written, named(expected), named(given), hint)
    return CheckPassed(check, f"the orders of {len(graphs)} graphs are right")


def walk_failed(check: str, problem: str, at: str, error: Exception) -> CheckFailedError:
    """Return what to say of a walk that Python, or the patience with it, put an end to."""
    if isinstance(error, RecursionError):
        return CheckFailedError(
            check,
            problem,
            at,
            expected=f"a walk of {DEPTH:,} steps",
            got="RecursionError",
            hint=(
                "A function that calls itself for each child ends near 1,000 calls. Keep the values that are "
                "still to be visited in a list: append to it, and pop from it in a loop."
            ),
        )
    return CheckFailedError(
        check,
        problem,
        at,
        expected="each value visited once",
        got="the same values again and again",
        hint="Twice as many paths with every addition: remember visited values in a set, and skip them.",
    )


def _no_list(answer: object, written: str, expected: Sequence[ScalarValue]) -> tuple[str, str, str, str, str]:
    if isinstance(answer, AbstractSet):
        return (
            "it returns a set",
            written,
            named(expected),
            named(list(answer)),
            "A set has no order. Append each value to a list too, and return the list.",
        )
    hint = NO_RETURN if answer is None else "Return a list of values."
    return f"it returns {shown(answer)}", written, named(expected), "", hint


def _disorder(given: Sequence[Any], expected: Sequence[ScalarValue], root: ScalarValue) -> tuple[str, str]:
    """Return what is wrong with an order and a hint; two empty strings if it is right."""
    for node in given:
        if not isinstance(node, ScalarValue):
            return (
                f"the list holds {shown(node)}",
                "Return a list of values: the nodes, not their numbers.",
            )
    if not given:
        return "the list is empty", "Begin at the given result, and list it and all it was computed from."
    place = {node: index for index, node in enumerate(given)}
    for index, node in enumerate(given):
        if place[node] != index:
            return (
                f"{node.label} is in the list twice",
                "It is used twice. Remember visited values in a set, and skip them.",
            )
    missing = [node for node in expected if node not in place]
    if missing:
        return f"{missing[0].label} is missing", _why_missing(missing, given, root)
    if len(given) > len(expected):
        return "the list holds values that the result does not depend on", "Begin at the given result alone."
    for node in given:
        for child in node.children:
            if place[child] > place[node]:
                backwards = all(place[c] > place[n] for n in given for c in n.children)
                return (
                    f"{node.label} comes before its operand {child.label}",
                    "This is the reverse: results first. Turn it round, or append a value after its children."
                    if backwards
                    else "Append a value when all its children are in the list: after the loop over them.",
                )
    return "", ""


def _why_missing(missing: Sequence[ScalarValue], given: Sequence[ScalarValue], root: ScalarValue) -> str:
    equal = next((other for other in given if other.data == missing[0].data), None)
    if root in set(missing):
        return "The result itself belongs to the list, at its end."
    if equal is not None:
        return (
            f"{missing[0].label} and {equal.label} are both {brief(equal.data)}, and == compares numbers: "
            "`node in list` takes one for the other. A set tells them apart."
        )
    if all(node.is_leaf for node in missing):
        return "Leaves belong to the list too: those without children."
    return "Go on to the children of the children, until there are none."
