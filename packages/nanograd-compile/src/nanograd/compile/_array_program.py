"""The array program: a few statements over whole arrays, as plain data.

An array holds all values of one class of the scalar program, one after the other; a statement computes one
array, or a part of it, from others. Shapes are tuples of sizes, in which :data:`BATCH` stands for the number
of samples, which only a call of the program knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from math import prod
from operator import is_
from typing import Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from nanograd.compile._program import Indices

BATCH: Final = -1
"""The size, and the stride, of the axis of samples."""

Shape: TypeAlias = tuple[int, ...]
Numbers: TypeAlias = npt.NDArray[np.float64]


def strides_of(shape: Shape) -> Shape:
    """Return how many elements it is to the next one along each axis, in C order.

    >>> strides_of((2, 3, 4)), strides_of((2, 0))
    ((12, 4, 1), (1, 1))

    Args:
        shape: the sizes of the axes; one that has no elements is passed as one element.
    """
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
    return tuple(strides)


@dataclass(eq=False)
class Array:
    """A named array.

    Attributes:
        name: its name in the source.
        shape: the sizes of its axes, without that of samples.
        batched: whether there is a first axis of samples.
        numbers: what it holds, if it is constant.
    """

    name: str
    shape: Shape
    batched: bool = False
    numbers: Numbers | None = None

    @property
    def size(self) -> int:
        """The number of elements, of one sample if it is batched."""
        return prod(self.shape)

    def view(self) -> View:
        """Return all of it, in its shape."""
        strides = strides_of(self.shape)
        if self.batched:
            return View(self, 0, (BATCH, *self.shape), (BATCH, *strides))
        return View(self, 0, self.shape, strides)


@dataclass(frozen=True, eq=False)
class View:
    """A regular part of an array: element (i, j, ...) is number ``offset + i s0 + j s1 + ...`` of it.

    An axis of size 1 with stride 0 is there to be broadcast.
    """

    array: Array
    offset: int
    shape: Shape
    strides: Shape

    def __str__(self) -> str:
        whole = self.array.view()
        if (whole.shape, whole.strides) == (self.shape, self.strides):
            return self.array.name
        return f"{self.array.name}[{self.offset}: shape {_sizes(self.shape)}, strides {_sizes(self.strides)}]"


@dataclass(frozen=True, eq=False)
class Taken:
    """An irregular part of an array: its elements with these numbers; of each sample, if it is batched.

    ``shape`` is that of the indices, with the axis of samples put first if the array is batched.
    """

    array: Array
    index: Indices

    @property
    def shape(self) -> Shape:
        """The sizes of its axes."""
        sizes: Shape = self.index.shape
        return (BATCH, *sizes) if self.array.batched else sizes

    def __str__(self) -> str:
        return f"{self.array.name}[taken {_sizes(self.index.shape)}]"


@dataclass(frozen=True, eq=False)
class Literal:
    """A number."""

    number: float
    shape: Shape = ()

    def __str__(self) -> str:
        return repr(self.number)


@dataclass(frozen=True, eq=False)
class Call:
    """A function of the NumPy number system, or an operator, applied elementwise with broadcasting."""

    function: str
    arguments: tuple[Expression, ...]
    shape: Shape

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, eq=False)
class Reshaped:
    """The same elements in the same order, in another shape."""

    of: Expression
    shape: Shape

    def __str__(self) -> str:
        return f"{self.of} as {_sizes(self.shape)}"


@dataclass(frozen=True, eq=False)
class Permuted:
    """The same elements with the axes in another order."""

    of: Expression
    axes: tuple[int, ...]
    shape: Shape

    def __str__(self) -> str:
        return f"{self.of} permuted {_sizes(self.axes)}"


@dataclass(frozen=True, eq=False)
class MatMul:
    """A matrix product over the last two axes, or with a vector on one side or on both."""

    left: Expression
    right: Expression
    shape: Shape

    def __str__(self) -> str:
        return f"{self.left} @ {self.right}"


@dataclass(frozen=True, eq=False)
class Summed:
    """A sum over some axes."""

    of: Expression
    axes: tuple[int, ...]
    shape: Shape

    def __str__(self) -> str:
        return f"sum({self.of}, axes {_sizes(self.axes)})"


@dataclass(frozen=True, eq=False)
class RowDots:
    """Sums of products of the same elements of two arrays, over axes that both have."""

    left: Expression
    right: Expression
    axes: tuple[int, ...]
    shape: Shape

    def __str__(self) -> str:
        return f"sum({self.left} * {self.right}, axes {_sizes(self.axes)})"


@dataclass(frozen=True, eq=False)
class Concatenated:
    """The elements of several expressions one after the other, along the last axis."""

    parts: tuple[Expression, ...]
    shape: Shape

    def __str__(self) -> str:
        return f"concatenated({', '.join(map(str, self.parts))})"


@dataclass(frozen=True, eq=False)
class Segments:
    """A reduction of consecutive elements of the last axis, a run for each element of the result."""

    function: str
    of: Expression
    starts: Indices
    shape: Shape

    def __str__(self) -> str:
        return f"{self.function}({self.of}, {len(self.starts)} runs)"


@dataclass(frozen=True, eq=False)
class Scattered:
    """An array of ``size`` elements in which each is the sum of the elements of ``of`` that go to it."""

    of: Expression
    index: Indices
    shape: Shape

    def __str__(self) -> str:
        return f"scattered({self.of}, to {self.shape[-1]})"


@dataclass(frozen=True, eq=False)
class Rows:
    """A function of the last axis, which the result does not have."""

    function: str
    of: Expression
    shape: Shape

    def __str__(self) -> str:
        return f"{self.function}({self.of})"


Expression: TypeAlias = (
    View
    | Taken
    | Literal
    | Call
    | Reshaped
    | Permuted
    | MatMul
    | Summed
    | RowDots
    | Rows
    | Concatenated
    | Segments
    | Scattered
)
Operand: TypeAlias = View | Taken | Literal


@dataclass(frozen=True, eq=False)
class Let:
    """A new array is the value of an expression."""

    array: Array
    value: Expression

    def __str__(self) -> str:
        return f"{self.array.name} = {self.value}"


@dataclass(frozen=True, eq=False)
class Allocate:
    """A new array, filled with zeros or not yet filled."""

    array: Array
    zeros: bool

    def __str__(self) -> str:
        return f"{self.array.name} = {'zeros' if self.zeros else 'empty'}{_sizes(self.array.shape)}"


@dataclass(frozen=True, eq=False)
class Store:
    """A part of an array becomes the value of an expression, or has it added if ``added``."""

    target: View | Taken
    value: Expression
    added: bool

    def __str__(self) -> str:
        return f"{self.target} {'+=' if self.added else '='} {self.value}"


@dataclass(frozen=True, eq=False)
class RunTape:
    """The rest of the program, on the tape: from an array to the result, and to what arrives at the array."""

    boundary: Array
    value: Array
    gradient: Array
    boundary_gradient: Array

    def __str__(self) -> str:
        return (
            f"{self.value.name}, {self.gradient.name}, {self.boundary_gradient.name} = "
            f"tape({self.boundary.name})"
        )


Statement: TypeAlias = Let | Allocate | Store | RunTape


@dataclass(eq=False)
class ArrayProgram:
    """A program over arrays.

    Attributes:
        parameters: the array of all parameters.
        inputs: the arrays of the inputs, at first one row of all.
        statements: what is computed, in order.
        result: what it returns.
        gradient: the array of the parameters' derivatives, None where only the value is computed.
    """

    parameters: Array
    inputs: tuple[Array, ...]
    statements: list[Statement] = field(default_factory=list)
    result: Expression = Literal(0.0)
    gradient: Array | None = None

    def __str__(self) -> str:
        lines = [str(statement) for statement in self.statements]
        returned = f"return {self.result}" + (f", {self.gradient.name}" if self.gradient else "")
        return "\n".join([*lines, returned])


def parts(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that an expression is made of."""
    if isinstance(expression, Call):
        return expression.arguments
    if isinstance(expression, Concatenated):
        return expression.parts
    if isinstance(expression, MatMul | RowDots):
        return (expression.left, expression.right)
    if isinstance(expression, Reshaped | Permuted | Summed | Rows | Segments | Scattered):
        return (expression.of,)
    return ()


def rewritten(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Return an expression in which each part is changed, from the innermost out, and then the whole.

    Args:
        expression: it is not changed itself.
        change: gives what to have in place of an expression.
    """
    old = parts(expression)
    new = [rewritten(part, change) for part in old]
    if all(map(is_, old, new)):
        return change(expression)
    if isinstance(expression, Call):
        return change(replace(expression, arguments=tuple(new)))
    if isinstance(expression, Concatenated):
        return change(replace(expression, parts=tuple(new)))
    if isinstance(expression, MatMul | RowDots):
        return change(replace(expression, left=new[0], right=new[1]))
    return change(replace(cast("Reshaped", expression), of=new[0]))


def within(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all that it is made of."""
    waiting = [expression]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(parts(found)))


def operands(expression: Expression) -> Iterator[View | Taken]:
    """Yield the parts of arrays that an expression reads."""
    return (found for found in within(expression) if isinstance(found, View | Taken))


def same(first: Any, second: Any) -> bool:
    """Return whether two expressions compute the same from the same arrays.

    >>> x = Array("x", (3,))
    >>> same(Call("*", (x.view(), Literal(2.0)), (3,)), Call("*", (x.view(), Literal(2.0)), (3,)))
    True
    >>> same(x.view(), Array("x", (3,)).view())
    False

    Args:
        first: an expression, or what one is made of.
        second: likewise.
    """
    if type(first) is not type(second):
        return False
    if isinstance(first, Array):
        return first is second
    if isinstance(first, np.ndarray):
        return np.array_equal(first, second)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if is_dataclass(first):
        return all(same(getattr(first, each.name), getattr(second, each.name)) for each in fields(first))
    return repr(first) == repr(second)  # 0.0 and -0.0 are two numbers, and nan is one


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape of an elementwise result; the axis of samples meets itself or 1."""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple([_broadcast_size(sizes) for sizes in zip(*padded, strict=True)])


def _broadcast_size(sizes: tuple[int, ...]) -> int:
    others = {size for size in sizes if size != 1}
    if len(others) > 1:
        raise AssertionError(f"axes of sizes {sizes} do not broadcast: a bug of the compiler")
    return others.pop() if others else 1


def _sizes(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join("batch" if size == BATCH else str(size) for size in shape) + ")"
