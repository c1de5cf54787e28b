"""check_forward_pass and check_topological_order: a learner's own walks over a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import add, mul, sub
from typing import Any

from nanograd.engine._errors import NumberTypeError
from nanograd.engine._exercises._numeric import is_close, plain
from nanograd.engine._exercises._practice_graphs import practice_graphs
from nanograd.engine._exercises._verdict import (
    CheckFailedError,
    CheckPassed,
    brief,
    calling,
    check_functions,
    shown,
)
from nanograd.engine._graph import leaves, topological_order
from nanograd.engine._value import ScalarValue

_Table = Mapping[str, Callable[[float, float], float]]

_RIGHT: _Table = {"+": add, "-": sub, "*": mul}
_WRONG_TABLES: tuple[tuple[str, _Table], ...] = (
    ("'-' takes its operands the wrong way round: it is x - y.", {**_RIGHT, "-": lambda x, y: y - x}),
    ("'-' is treated as '+'.", {**_RIGHT, "-": add}),
    ("'-' is treated as '*'.", {**_RIGHT, "-": mul}),
    ("'*' is treated as '+'.", {**_RIGHT, "*": add}),
    ("'*' is treated as '-'.", {**_RIGHT, "*": sub}),
    ("'+' is treated as '*'.", {**_RIGHT, "+": mul}),
    ("'+' is treated as '-'.", {**_RIGHT, "+": sub}),
)
_MOVED = 1.5  # what is added to every leaf, so that the numbers from before are wrong


def check_forward_pass(forward: Callable[[ScalarValue], Any]) -> CheckPassed:
    """Check a function that computes the result of a graph anew from its leaves, as a spreadsheet does.

    The graphs are made of ``+``, ``-`` and ``*``; after they were made, all leaves get other numbers.

    >>> from operator import add, mul, sub
    >>> def evaluate(value):
    ...     if value.is_leaf:
    ...         return value.data
    ...     x, y = [evaluate(child) for child in value.children]
    ...     return {"+": add, "-": sub, "*": mul}[value.op.symbol](x, y)
    >>> check_forward_pass(evaluate)
    check_forward_pass: the results of 7 graphs are right

    >>> check_forward_pass(lambda value: value.data)
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_forward_pass: the result y is wrong
    at:       y = x * w with x = 3.5, w = 4.5
    expected: 15.75
    got:      6
    hint:     It is the number from before the leaves were changed: read .data of leaves only.

    Args:
        forward: takes the result of a graph and returns its number. ``value.op.symbol`` is the operation,
            ``value.children`` the operands in their order, ``value.is_leaf`` tells where the walk ends.

    Raises:
        CheckFailedError: if a number is wrong.
        ArgumentError: if it is not given a function.
    """
    check = "check_forward_pass"
    check_functions(check, forward=forward)
    seen = []
    for graph in practice_graphs():
        before = graph.root.data
        given = leaves(graph.root)
        for leaf in given:
            leaf.data += _MOVED
        numbers = ", ".join(f"{leaf.label} = {brief(leaf.data)}" for leaf in given)
        at = f"{graph.written} with {numbers}"
        with calling(check, f"{graph.given} and {numbers}"):
            answer = forward(graph.root)
        expected = _evaluated(graph.root, _RIGHT)
        problem = f"the result {graph.root.label} is wrong"
        try:
            got = plain(answer, check)
        except NumberTypeError:
            hint = (
                f"It returns nothing where .op.symbol is {str(graph.root.op)!r}: return a number for each "
                "symbol."
                if answer is None
                else "Return a number."
            )
            raise CheckFailedError(check, problem, at, brief(expected), shown(answer), hint) from None
        seen.append((graph.root, before, got))
        if not is_close(got, expected):
            raise CheckFailedError(check, problem, at, brief(expected), brief(got), _misread(seen))
    return CheckPassed(check, f"the results of {len(seen)} graphs are right")


def _evaluated(root: ScalarValue, table: _Table) -> float:
    found: dict[ScalarValue, float] = {}
    for node in topological_order(root):
        if node.op is None:
            found[node] = node.data
        else:
            found[node] = table[node.op.symbol](*[found[child] for child in node.children])
    return found[root]


def _misread(seen: Sequence[tuple[ScalarValue, float, float]]) -> str:
    root, before, got = seen[-1]
    if is_close(got, before):
        return "It is the number from before the leaves were changed: read .data of leaves only."
    for words, table in _WRONG_TABLES:
        if all(is_close(_evaluated(graph, table), answer) for graph, _, answer in seen):
            return words
    operands = [child.data for child in root.children]
    if root.op is not None and is_close(got, _RIGHT[root.op.symbol](*operands)):
        return "The operands are from before the leaves were changed: compute each of them anew, too."
    for child in root.children:
        if is_close(got, _evaluated(child, _RIGHT)):
            return f"It is the number of {child.label}, an operand: the last operation is missing."
    return "Compute the operands first, in the order of .children, and then what .op.symbol says."
