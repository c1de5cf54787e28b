"""A graph as plain lists: what a JSON file holds, and what the explorer's page carries.

One list a property and not one object a value: a graph of 100,000 values is a third as large so, and a
browser reads it several times faster. Values stand in topological order and refer to each other by position.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from nanograd.engine import Number, Operation, ScalarValue, Scope, topological_order
from nanograd.engine._anomaly import SOURCES  # what detect_anomaly() remembers has no public name
from nanograd.viz._shown import gradient_of, label_of

FORMAT = "nanograd graph"
VERSION = 1
_EXACT_IN_FLOATS = 2**53


def record_of(roots: Sequence[ScalarValue]) -> dict[str, Any]:
    """Return a graph as what JSON can hold, exactly.

    >>> x = ScalarValue(3.0, label="x")
    >>> record = record_of([x * x])
    >>> record["data"], record["labels"], record["operations"], record["operands"]
    ([3.0, 9.0], {'0': 'x'}, [['*', 2]], [[], [0, 0]])

    Args:
        roots: the results.
    """
    order = topological_order(*roots)
    index = {node: number for number, node in enumerate(order)}
    operations: dict[Operation, int] = {}
    scopes: dict[Scope, int] = {}
    for node in order:
        if node.op is not None:
            operations.setdefault(node.op, len(operations))
        entered = []
        scope = node.scope
        while scope is not None and scope not in scopes:
            entered.append(scope)
            scope = scope.parent
        for scope in reversed(entered):
            scopes[scope] = len(scopes)
    return {
        "format": FORMAT,
        "version": VERSION,
        "roots": [index[root] for root in roots],
        "data": [encoded(node.data) for node in order],
        "grad": [encoded(gradient_of(node)) if node.has_grad else None for node in order],
        "requires_grad": [int(node.requires_grad) for node in order],
        "labels": {
            str(number): label_of(node) for number, node in enumerate(order) if node.label is not None
        },
        "operations": [[operation.symbol, operation.arity] for operation in operations],
        "operation": [-1 if node.op is None else operations[node.op] for node in order],
        "operands": [[index[child] for child in node.children] for node in order],
        "slopes": [
            [None if slope is None else encoded(slope) for slope in node.local_derivatives] for node in order
        ],
        "scopes": [
            [scope.name, scope.kind, -1 if scope.parent is None else scopes[scope.parent]] for scope in scopes
        ],
        "scope": [-1 if node.scope is None else scopes[node.scope] for node in order],
        "sources": {str(number): SOURCES[node] for number, node in enumerate(order) if node in SOURCES},
    }


def encoded(number: Number) -> Any:
    """Return a number as JSON can hold it: what a float cannot carry becomes a string.

    >>> [encoded(x) for x in (2, 0.1, -0.0, float("nan"), float("-inf"), -(2**64), Fraction(1, 3))]
    [2, 0.1, -0.0, 'nan', '-inf', '-0x10000000000000000', '0x1/0x3']
    """
    if isinstance(number, float):
        return number if number - number == 0 else str(number)
    if isinstance(number, Fraction):
        # Hexadecimal: Python refuses to write, and to read, thousands of decimal digits.
        return f"{number.numerator:#x}/{number.denominator:#x}"
    return number if -_EXACT_IN_FLOATS <= number <= _EXACT_IN_FLOATS else f"{number:#x}"
