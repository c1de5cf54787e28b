"""Inner products: many weighted sums at once, each of them one node.

The row ``dot`` of the table says what is computed. It is written out here a second time for speed, because a
fused layer spends its time in it: a vector that meets many others is looked at once, so that a layer takes
less than half the time that a call of ``record`` for each of its neurons would.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, mul
from typing import Any

from nanograd.engine._apply import Operand
from nanograd.engine._errors import ArgumentError, NumberTypeError, ShapeError
from nanograd.engine._floats import Number
from nanograd.engine._numbers import described, is_array
from nanograd.engine._ops import DOT
from nanograd.engine._value import ScalarValue, as_values, record, record_many


def dot(x: Sequence[Operand], y: Sequence[Operand]) -> Operand:
    """Return x1 y1 + x2 y2 + ..., added from left to right; its derivatives are the other vector's elements.

    The number is the one that products and sums of single values give, with one node instead of 2 n - 1.

    >>> from nanograd.engine import ScalarValue
    >>> dot([ScalarValue(2.0), ScalarValue(3.0)], [4.0, 5.0])
    ScalarValue(data=23.0)

    Args:
        x: n ScalarValues or plain numbers, n at least 1.
        y: n likewise.

    Raises:
        ShapeError: if there are not as many in ``x`` as in ``y``.
        ArgumentError: if there are none.
        NumberTypeError: if one of them is not a real number.
    """
    if len(x) != len(y):
        raise ShapeError(f"dot(x, y) takes two vectors of one length and got {len(x)} and {len(y)} values")
    return _product(_Vector(x, "dot"), _Vector(y, "dot"))


def inner(x: Sequence[Sequence[Operand]], y: Sequence[Sequence[Operand]]) -> list[list[Operand]]:
    """Return dot(x[i], y[j]) for every i and j: the matrix product of x and the transpose of y.

    Each result is one node, the one that :func:`dot` gives, but every vector is looked at only once. Like
    `torch.inner`_ of two matrices.

    >>> from nanograd.engine import ScalarValue
    >>> inner([[1.0, 2.0]], [[ScalarValue(3.0), ScalarValue(4.0)], [5.0, 6.0]])
    [[ScalarValue(data=11.0), 17.0]]

    Args:
        x: vectors of n ScalarValues or plain numbers, n at least 1.
        y: likewise, with the same n.

    Returns:
        As many rows as ``x`` has vectors, each of as many results as ``y`` has.

    Raises:
        ShapeError: if the vectors do not all have one length.
        ArgumentError: if they are empty.
        NumberTypeError: if something is not a vector, or not of real numbers.

    .. _torch.inner: https://docs.pytorch.org/docs/stable/generated/torch.inner.html
    """
    sides = {"x": _vectors(x, "x"), "y": _vectors(y, "y")}
    sizes = {f"{side}[{i}]": len(v.numbers) for side, vectors in sides.items() for i, v in enumerate(vectors)}
    if len(set(sizes.values())) > 1:
        (first, size), *others = sizes.items()
        name, other = next((name, other) for name, other in others if other != size)
        raise ShapeError(
            f"inner(x, y) takes vectors of one length: {first} has {size} values and {name} has {other}"
        )
    return [[_product(left, right) for right in sides["y"]] for left in sides["x"]]


def _vectors(given: Sequence[Sequence[Operand]], side: str) -> list[_Vector]:
    for index, vector in enumerate(given):
        if not isinstance(vector, Sequence) and not is_array(vector):
            raise NumberTypeError(
                f"inner(x, y) takes vectors, such as lists, and {side}[{index}] is {described(vector)}"
            )
    return [_Vector(vector, "inner") for vector in given]


class _Vector:
    """One operand of inner products, looked at once."""

    __slots__ = ("children", "is_plain", "numbers", "requires_grad")

    def __init__(self, given: Sequence[Operand], function: str) -> None:
        if not len(given):
            raise ArgumentError(f"{function}(x, y) needs vectors of at least one value and got an empty one")
        self.is_plain = False
        self.children: Sequence[ScalarValue] = given
        try:
            self.requires_grad = [child._requires_grad for child in given]
        except AttributeError:  # plain numbers are among them
            self.is_plain = not any(isinstance(operand, ScalarValue) for operand in given)
            self.children = as_values(given, f"{function}(x, y)")
            self.requires_grad = [child._requires_grad for child in self.children]
        self.numbers = [child._data for child in self.children]

    def derivatives(self, numbers: list[Number]) -> list[Any]:
        """Return the derivative towards each of its values, given the other vector's numbers."""
        if False not in self.requires_grad:
            return numbers
        wanted = self.requires_grad
        return [number if wanted[i] else None for i, number in enumerate(numbers)]


def _product(left: _Vector, right: _Vector) -> Operand:
    """Return the inner product of two vectors of one length: a node, or of plain numbers a number."""
    try:
        total: Any = reduce(add, map(mul, left.numbers, right.numbers))
    except OverflowError:  # an integer beyond the largest float met a float
        total = DOT.evaluate(*left.numbers, *right.numbers)
    if left.is_plain and right.is_plain:
        return total
    children = (*left.children, *right.children)
    if total.__class__ is not float:
        return record(DOT, *children)  # integers and fractions stay exact
    partials = (*left.derivatives(right.numbers), *right.derivatives(left.numbers))
    return record_many(DOT, total, children, partials)
