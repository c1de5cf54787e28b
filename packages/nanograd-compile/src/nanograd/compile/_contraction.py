"""Contractions: a product of two arrays over common axes, summed over some of them.

By the axes that the two factors have, and those that the result has, it is a matrix product, a batch of them,
dot products of rows, or an elementwise product.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import overload

from nanograd.compile._array_program import (
    BATCH,
    Call,
    Expression,
    Literal,
    MatMul,
    Operand,
    Permuted,
    Reshaped,
    RowDots,
    Shape,
    Summed,
    Taken,
    View,
    broadcast,
)
from nanograd.compile._symbolic import Symbol, expression, times


@overload
def aligned(operand: View, rank: int) -> View: ...


@overload
def aligned(operand: View | Taken, rank: int) -> View | Taken: ...


@overload
def aligned(operand: Operand, rank: int) -> Operand: ...


def aligned(operand: Operand, rank: int) -> Operand:
    """Return the operand with axes of size 1 in front, so that it has ``rank`` axes."""
    missing = rank - len(operand.shape)
    if isinstance(operand, Literal) or missing == 0:
        return operand
    if isinstance(operand, View):
        return View(
            operand.array, operand.offset, (1,) * missing + operand.shape, (0,) * missing + operand.strides
        )
    return Taken(operand.array, operand.index.reshape((1,) * missing + operand.index.shape))


def trimmed(operand: Operand) -> Operand:
    """Return the operand without axes of size 1 in front, which broadcasting does not need."""
    if isinstance(operand, Literal):
        return operand
    return onto(operand, range(_leading_ones(operand.shape), len(operand.shape)))


def contract(
    left: Operand, right: Operand | None, space: Shape, wanted: Sequence[bool], factor: float = 1.0
) -> tuple[Expression, list[int]]:
    """Return ``factor`` times the product of the factors, summed over the axes that are not wanted.

    Also returned are the axes of the result: those that are wanted and that a factor has, in order.

    Args:
        left: the first factor, with an axis of size 1 for each axis of ``space`` that it does not have.
        right: the second factor, likewise; None for 1.
        space: the sizes of the axes.
        wanted: for each axis whether the result has it.
        factor: a number.
    """
    for axis, size in enumerate(space):
        if not wanted[axis] and size != 1 and not _has(left, axis) and not _has(right, axis):
            factor *= size
    factors: list[View | Taken] = []
    for operand in (left, right):
        if isinstance(operand, Literal):
            factor *= operand.number
        elif operand is not None:
            factors.append(operand)
    if not factors:
        return Literal(factor), []
    if len(factors) == 1:
        axes = [axis for axis in range(len(space)) if _has(factors[0], axis)]
        result, axes = _summed(onto(factors[0], axes), axes, wanted)
    else:
        result, axes = _product(factors[0], factors[1], space, wanted)
    return (result if factor == 1.0 else expression(times(Symbol(result), factor))), axes


def broadcastable(result: Expression, axes: Sequence[int], shape: Shape) -> Expression:
    """Return a result that has these axes of a shape so that it broadcasts to that shape."""
    if not axes or list(axes) == list(range(axes[0], len(shape))):
        return result
    full = [size if axis in axes else 1 for axis, size in enumerate(shape)]
    sizes = tuple(full[axes[0] :])
    if isinstance(result, View):
        strides = dict(zip(axes, result.strides, strict=True))
        return View(
            result.array,
            result.offset,
            sizes,
            tuple([strides.get(axis, 0) for axis in range(axes[0], len(shape))]),
        )
    return Reshaped(result, sizes)


def _leading_ones(shape: Shape) -> int:
    return next((axis for axis, size in enumerate(shape) if size != 1), len(shape))


def _has(operand: Expression | None, axis: int) -> bool:
    return operand is not None and len(operand.shape) > axis and operand.shape[axis] != 1


def onto(operand: View | Taken, axes: Sequence[int]) -> View | Taken:
    """Return the operand with these of its axes; the others have the size 1."""
    if isinstance(operand, View):
        return View(
            operand.array,
            operand.offset,
            tuple([operand.shape[axis] for axis in axes]),
            tuple([operand.strides[axis] for axis in axes]),
        )
    if operand.array.batched:
        return Taken(operand.array, operand.index.reshape([operand.shape[axis] for axis in axes if axis]))
    return Taken(operand.array, operand.index.reshape([operand.shape[axis] for axis in axes]))


def _summed(operand: Expression, axes: list[int], wanted: Sequence[bool]) -> tuple[Expression, list[int]]:
    """Return the sum over those of an operand's axes that are not wanted, and the axes that are left."""
    left = [axis for axis in axes if wanted[axis]]
    if left == axes:
        return operand, axes
    places = tuple([place for place, axis in enumerate(axes) if not wanted[axis]])
    shape = tuple([size for place, size in enumerate(operand.shape) if place not in places])
    return Summed(operand, places, shape), left


def _product(
    left: View | Taken, right: View | Taken, space: Shape, wanted: Sequence[bool]
) -> tuple[Expression, list[int]]:
    both: list[int] = []
    contracted: list[int] = []
    of_left: list[int] = []
    of_right: list[int] = []
    lonely = False
    for axis in range(len(space)):
        in_left, in_right = _has(left, axis), _has(right, axis)
        if in_left and in_right:
            (both if wanted[axis] else contracted).append(axis)
        elif in_left or in_right:
            if wanted[axis]:
                (of_left if in_left else of_right).append(axis)
            else:
                lonely = True
    if lonely or not contracted:
        axes = [axis for axis in range(len(space)) if _has(left, axis) or _has(right, axis)]
        first, second = trimmed(onto(left, axes)), trimmed(onto(right, axes))
        product = Call("*", (first, second), broadcast(first.shape, second.shape))
        return _summed(product, axes, wanted)
    if of_left or of_right:
        return _matmul(left, right, space, both, contracted, of_left, of_right)
    if not both and BATCH not in [space[axis] for axis in contracted]:
        return MatMul(grouped(left, [contracted]), grouped(right, [contracted]), ()), []
    axes = sorted([*both, *contracted])
    groups = [[axis] for axis in axes]
    summed = tuple([place for place, axis in enumerate(axes) if axis in contracted])
    shape = tuple([space[axis] for axis in both])
    return RowDots(grouped(left, groups), grouped(right, groups), summed, shape), both


def _matmul(
    left: View | Taken,
    right: View | Taken,
    space: Shape,
    both: list[int],
    contracted: list[int],
    of_left: list[int],
    of_right: list[int],
) -> tuple[Expression, list[int]]:
    if not of_left or (of_right and of_right[0] < of_left[0]):  # the result's axes in the order of space
        left, right, of_left, of_right = right, left, of_right, of_left
    stack = [both] if both else []
    row_group = [of_left] if of_left else ([[]] if both else [])
    column_group = [of_right] if of_right else ([[]] if both else [])
    first = grouped(left, [*stack, *row_group, contracted])
    second = grouped(right, [*stack, contracted, *column_group])
    groups = [*stack, *row_group, *column_group]
    product = MatMul(first, second, tuple([_size(group, space) for group in groups]))
    axes = [axis for group in groups for axis in group]
    result: Expression = product
    sizes = tuple([space[axis] for axis in axes])
    if result.shape != sizes:
        result = Reshaped(result, sizes)
    order = sorted(range(len(axes)), key=lambda place: axes[place])
    if order != list(range(len(axes))):
        result = Permuted(result, tuple(order), tuple([sizes[place] for place in order]))
    return result, sorted(axes)


def _size(group: Sequence[int], space: Shape) -> int:
    sizes = [space[axis] for axis in group]
    return BATCH if BATCH in sizes else prod(sizes)


def grouped(operand: View | Taken, groups: list[list[int]]) -> Expression:
    """Return the operand with one axis for each group of its axes; an empty group is an axis of size 1."""
    axes = [axis for group in groups for axis in group]
    shape = tuple([_size(group, operand.shape) for group in groups])
    if isinstance(operand, Taken):
        return _grouped_taken(operand, axes, shape)
    split = View(
        operand.array,
        operand.offset,
        tuple([operand.shape[axis] for axis in axes]),
        tuple([operand.strides[axis] for axis in axes]),
    )
    strides = []
    for group in groups:
        inner = operand.strides[group[-1]] if group else 0
        strides.append(inner)
        for outer, after in pairwise(group):
            if BATCH in (operand.shape[outer], operand.shape[after]) or (
                operand.strides[outer] != operand.strides[after] * operand.shape[after]
            ):
                return split if split.shape == shape else Reshaped(split, shape)
    return View(operand.array, operand.offset, shape, tuple(strides))


def _grouped_taken(operand: Taken, axes: list[int], shape: Shape) -> Expression:
    if not operand.array.batched:
        return Taken(
            operand.array, operand.index.transpose(_complete(axes, operand.index.ndim)).reshape(shape)
        )
    inner = [axis - 1 for axis in axes if axis != 0]
    index = operand.index.transpose(_complete(inner, operand.index.ndim))
    index = index.reshape([operand.index.shape[axis] for axis in inner])
    taken = Taken(operand.array, index)
    place = axes.index(0) if 0 in axes else 0
    order = (*range(1, place + 1), 0, *range(place + 1, len(axes)))
    result: Expression = taken
    if place:
        result = Permuted(taken, order, tuple([taken.shape[axis] for axis in order]))
    return result if result.shape == shape else Reshaped(result, shape)


def _complete(axes: list[int], rank: int) -> list[int]:
    """Return the axes, after all others, which have the size 1."""
    return [axis for axis in range(rank) if axis not in axes] + axes
