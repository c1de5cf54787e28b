"""Capture: from a graph of objects to a program of arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from nanograd.compile._errors import CaptureError
from nanograd.compile._numbering import Numbering, ids
from nanograd.compile._program import Indices, LeafKind, Mask, ScalarProgram
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
    made_by = [node._operation for node in order]
    operations = list(filter(None, dict.fromkeys(made_by)))
    code_of: dict[Operation | None, int] = {operation: code for code, operation in enumerate(operations)}
    code_of[None] = LeafKind.CONSTANT
    opcodes = np.fromiter(map(code_of.__getitem__, made_by), dtype=np.int64, count=len(order))
    of_many = [code for code, operation in enumerate(operations) if operation.arity not in {1, 2}]
    starts, arguments = _arguments(order, opcodes >= 0, np.flatnonzero(np.isin(opcodes, of_many)).tolist())
    constants: list[Number] = []
    (not_computed,) = np.nonzero(opcodes < 0)
    kinds = []
    for position in not_computed.tolist():
        leaf = order[position]
        kind, slot = slots.get(leaf, (LeafKind.CONSTANT, len(constants)))
        if kind is LeafKind.CONSTANT:
            constants.append(leaf._data)
        kinds.append((kind, slot))
    opcodes[not_computed], arguments[starts[not_computed]] = np.array(kinds, dtype=np.int64).reshape(-1, 2).T
    program = ScalarProgram(
        operations=tuple(operations),
        opcodes=opcodes,
        starts=starts,
        arguments=arguments,
        constants=tuple(constants),
        labels=tuple([node.label for node in order]),
        parameters=counts[LeafKind.PARAMETER],
        inputs=counts[LeafKind.INPUT],
        scopes=tuple([node._scope for node in order]),
    )
    return program, order


def _arguments(order: list[ScalarValue], computed: Mask, many: list[int]) -> tuple[Indices, Indices]:
    """Return where the arguments of each node start, and all of them; a leaf has one entry, to be filled.

    Whole lists at a time, and the slots instead of ``node.children``: a loop over the nodes takes twice as
    long.

    Args:
        order: the nodes.
        computed: (n,) which of them are no leaves.
        many: those that were computed from any number of others.
    """
    numbering = Numbering(order)
    firsts: list[Any] = [node._x for node in order]
    second_ids = ids([node._y for node in order])
    has_second = second_ids != id(None)
    has_first = computed.copy()
    has_first[many] = False
    counts = 1 + has_second
    counts[many] = [len(firsts[position]) for position in many]
    starts = np.concatenate([[0], np.cumsum(counts)])
    arguments = np.zeros(starts[-1], dtype=np.int64)
    arguments[starts[:-1][has_first]] = numbering[ids(firsts)[has_first]]
    arguments[starts[1:][has_second] - 1] = numbering[second_ids[has_second]]
    for position in many:
        arguments[starts[position] : starts[position + 1]] = numbering[ids(firsts[position])]
    return starts, arguments


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
