"""Own inputs: the vector of all inputs, told apart into the arrays that the user gives.

The compiler numbers all inputs in one row, whatever they are called. What is emitted takes each as it is
given: to put them side by side would take longer than a statement of a small program.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from nanograd.compile._array_program import (
    BATCH,
    Array,
    ArrayProgram,
    Concatenated,
    Expression,
    Let,
    Numbers,
    Reshaped,
    Shape,
    Statement,
    Store,
    Taken,
    View,
    operands,
    rewritten,
)
from nanograd.compile._names import identifier


def with_own_inputs(program: ArrayProgram, shapes: Mapping[str, Shape]) -> ArrayProgram:
    """Return a program that takes an array for each input, in its shape, in place of one row of all numbers.

    What is read of two inputs at once is read of a row that the program puts together.

    >>> x = Array("x", (6,))
    >>> program = ArrayProgram(Array("p", (1,)), (x,), [], View(x, 5, (), ()))
    >>> str(with_own_inputs(program, {"points": (2, 2), "targets": (2,)}).result)
    'targets[1: shape (), strides ()]'

    Args:
        program: as it was lowered.
        shapes: of each input.
    """
    (row,) = program.inputs
    owners = _Owners(row, inputs_of(shapes, batched=row.batched))
    statements = [owners.statement(statement) for statement in program.statements]
    result = owners.expression(program.result)
    if owners.joined is not None:
        statements.insert(0, Let(owners.joined, side_by_side(owners.inputs)))
    return replace(program, inputs=owners.inputs, statements=statements, result=result)


def inputs_of(shapes: Mapping[str, Shape], *, batched: bool) -> tuple[Array, ...]:
    """Return an array for each input.

    Args:
        shapes: of each input, by its name.
        batched: whether they have an axis of samples.
    """
    return tuple([Array(identifier(name), shape, batched) for name, shape in shapes.items()])


def side_by_side(inputs: Sequence[Array]) -> Expression:
    """Return all inputs in one row, of a batch a row a sample.

    Args:
        inputs: at least one.
    """
    parts: list[Expression] = []
    for array in inputs:
        whole = array.view()
        row = (BATCH, array.size) if array.batched else (array.size,)
        parts.append(whole if whole.shape == row else Reshaped(whole, row))
    if len(parts) == 1:
        return parts[0]
    return Concatenated(tuple(parts), (*parts[0].shape[:-1], sum(part.shape[-1] for part in parts)))


def told_apart(row: Numbers, inputs: Sequence[Array]) -> tuple[Numbers, ...]:
    """Return the numbers of each input, in its shape.

    >>> import numpy as np
    >>> [part.tolist() for part in told_apart(np.arange(3.0), [Array("x", (2,)), Array("y", ())])]
    [[0.0, 1.0], 2.0]

    Args:
        row: all numbers, of a batch a row a sample.
        inputs: whose numbers they are.
    """
    found, start = [], 0
    for array in inputs:
        shape = (*row.shape[:-1], *array.shape)
        found.append(row[..., start : start + array.size].reshape(shape)[()])
        start += array.size
    return tuple(found)


class _Owners:
    """Which of the inputs each part of the row belongs to."""

    def __init__(self, row: Array, inputs: tuple[Array, ...]) -> None:
        self.row = row
        self.inputs = inputs
        self.bounds = [0, *accumulate(array.size for array in inputs)]
        self.joined: Array | None = None

    def expression(self, expression: Expression) -> Expression:
        """Return an expression that reads the inputs in place of the row."""
        return rewritten(expression, self._own)

    def statement(self, statement: Statement) -> Statement:
        """Return a statement that reads the inputs in place of the row."""
        if not isinstance(statement, Let | Store):
            return statement
        if not any(part.array is self.row for part in operands(statement.value)):
            return statement
        return replace(statement, value=self.expression(statement.value))

    def _own(self, part: Expression) -> Expression:
        if not isinstance(part, View | Taken) or part.array is not self.row:
            return part
        first, last = _ends(part)
        owner = bisect_right(self.bounds, first) - 1
        if last < self.bounds[owner + 1]:
            return _moved(part, self.inputs[owner], self.bounds[owner])
        if self.joined is None:
            self.joined = Array("inputs", self.row.shape, self.row.batched)
        return _moved(part, self.joined, 0)


def _ends(part: View | Taken) -> tuple[int, int]:
    """Return the first and the last number of all that a part of the row reads; of one sample, in a batch."""
    if isinstance(part, Taken):
        return int(part.index.min()), int(part.index.max())
    steps = [
        (size - 1) * stride for size, stride in zip(part.shape, part.strides, strict=True) if size != BATCH
    ]
    return part.offset + sum(min(step, 0) for step in steps), part.offset + sum(
        max(step, 0) for step in steps
    )


def _moved(part: View | Taken, array: Array, start: int) -> View | Taken:
    """Return the same part, read of an array whose first number is the row's number ``start``."""
    if isinstance(part, Taken):
        return Taken(array, part.index - start)
    strides = [0 if size == 1 else stride for size, stride in zip(part.shape, part.strides, strict=True)]
    return View(array, part.offset - start, part.shape, tuple(strides))
