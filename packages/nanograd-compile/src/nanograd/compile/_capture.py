"""Capture: from a graph of objects to a program of arrays."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from nanograd.compile._errors import CaptureError
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.engine import Number, Operation, ScalarValue, topological_order


def capture(
    root: ScalarValue, *, parameters: Iterable[ScalarValue] = (), inputs: Iterable[ScalarValue] = ()
) -> ScalarProgram:
    """Return the program that computes ``root`` from parameters, inputs and constants, as its last value.

    Leaves that are neither parameters nor inputs become constants. Parameters and inputs that the graph does
    not use keep their slots, so that the program can be called with all of them.

    >>> x = ScalarValue(3.0, label="x")
    >>> print(capture(x * x, inputs=[x]))
    0  input 0  x
    1  *        0 0

    Args:
        root: the result of the graph.
        parameters: leaves, in the order in which the program takes them.
        inputs: leaves, likewise.

    Raises:
        CaptureError: if a parameter or input was computed, or is given twice.
    """
    return captured_with_nodes(root, parameters, inputs)[0]


def captured_with_nodes(
    root: ScalarValue, parameters: Iterable[ScalarValue], inputs: Iterable[ScalarValue]
) -> tuple[ScalarProgram, list[ScalarValue]]:
    """Return what :func:`capture` does, and the nodes in the order of the program.

    Args:
        root: the result of the graph.
        parameters: leaves, in the order in which the program takes them.
        inputs: leaves, likewise.

    Raises:
        CaptureError: if a parameter or input was computed, or is given twice.
    """
    slots: dict[ScalarValue, tuple[LeafKind, int]] = {}
    counts = {}
    for kind, leaves in ((LeafKind.PARAMETER, parameters), (LeafKind.INPUT, inputs)):
        counts[kind] = 0
        for slot, leaf in enumerate(leaves):
            _check_leaf(leaf, kind, slot, slots)
            slots[leaf] = (kind, slot)
            counts[kind] += 1

    order = topological_order(root)
    position: dict[ScalarValue, int] = {}
    operations: dict[Operation, int] = {}
    opcodes: list[int] = []
    starts = [0]
    arguments: list[int] = []
    constants: list[Number] = []
    take = arguments.append
    for number, node in enumerate(order):
        position[node] = number
        operation = node._operation
        if operation is not None:
            opcodes.append(operations.setdefault(operation, len(operations)))
            # The slots and not `node.children`: this loop is a fifth of compiling.
            x, y = node._x, node._y
            if y is not None:
                take(position[x])
                take(position[y])
            elif x.__class__ is tuple:
                arguments.extend([position[child] for child in x])
            else:
                take(position[x])
        else:
            kind, slot = slots.get(node, (LeafKind.CONSTANT, len(constants)))
            if kind is LeafKind.CONSTANT:
                constants.append(node._data)
            opcodes.append(kind)
            take(slot)
        starts.append(len(arguments))
    program = ScalarProgram(
        operations=tuple(operations),
        opcodes=np.array(opcodes, dtype=np.int64),
        starts=np.array(starts, dtype=np.int64),
        arguments=np.array(arguments, dtype=np.int64),
        constants=tuple(constants),
        labels=tuple([node.label for node in order]),
        parameters=counts[LeafKind.PARAMETER],
        inputs=counts[LeafKind.INPUT],
        scopes=tuple([node._scope for node in order]),
    )
    return program, order


def _check_leaf(
    leaf: ScalarValue, kind: LeafKind, slot: int, slots: dict[ScalarValue, tuple[LeafKind, int]]
) -> None:
    name = f"{kind.name.lower()} {slot}"
    if not isinstance(leaf, ScalarValue):
        raise CaptureError(f"{name} is {type(leaf).__name__}: {leaf!r:.80}, which is no ScalarValue")
    if leaf.op is not None:
        raise CaptureError(
            f"{name} is {leaf!r}, which was computed by {leaf.op.symbol!r}: give the leaves it comes from"
        )
    if leaf in slots:
        first, number = slots[leaf]
        raise CaptureError(
            f"{name} is {leaf!r}, which is {first.name.lower()} {number} already: give it once"
        )
