"""Regularity: the axes along which an index array moves in equal steps.

An index array that is ``offset + i s0 + j s1 + ...`` reads a view of its source and needs no index array at
run time. Where an array has several readings, they have to agree on the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import gcd, prod

import numpy as np
from nanograd.compile._array_program import BATCH, Array, Literal, Numbers, Operand, Shape, Taken, View
from nanograd.compile._program import Indices


def blocks(index: Indices) -> list[int]:
    """Return the sizes, from the innermost out, of the blocks that are made of equal steps.

    They divide each other. The last one is the whole index array, if it is regular throughout.

    >>> blocks(np.array([0, 1, 2, 10, 11, 12])), blocks(np.array([0, 1, 10, 11, 5, 6]))
    ([3, 6], [2])
    """
    found: list[int] = []
    size = 1
    while len(index) > 1:
        steps = np.diff(index)
        breaks = np.flatnonzero(steps != steps[0]) + 1
        run = gcd(len(index), int(np.gcd.reduce(breaks))) if len(breaks) else len(index)
        if run == 1:
            break
        size *= run
        found.append(size)
        index = index[::run]
    return found


def common_blocks(readings: Sequence[Sequence[int]], size: int) -> list[int]:
    """Return the block sizes that suit as many readings as can be, the first ones first.

    >>> common_blocks([[6, 24], [2, 24], [4, 24]], 24)
    [2, 6, 24]

    Args:
        readings: block sizes of each reading.
        size: of the whole, which is the last block.
    """
    chain = [size] if size > 1 else []
    for reading in readings:
        merged = sorted({*chain, *reading})
        if all(larger % smaller == 0 for smaller, larger in pairwise(merged)):
            chain = merged
    return chain


def shape_of_blocks(chain: Sequence[int]) -> Shape:
    """Return the sizes of the axes, the outermost first.

    >>> shape_of_blocks([2, 6, 24])
    (4, 3, 2)
    """
    sizes = [larger // smaller for smaller, larger in zip([1, *chain], chain, strict=False)]
    return tuple(reversed(sizes))


def reading(array: Array, index: Indices) -> Operand:
    """Return what reads ``array`` by this index array: a number, a view, or what is left to be taken.

    Along axes on which the index does not change, the result has the size 1.

    Args:
        array: the source.
        index: which elements, in the shape in which they are used.
    """
    if array.numbers is not None:
        return _constant(array.numbers, index)
    strides = []
    corner = (0,) * index.ndim
    offset = int(index[corner])
    for axis, size in enumerate(index.shape):
        strides.append(int(index[(*corner[:axis], 1, *corner[axis + 1 :])]) - offset if size > 1 else 0)
    if _is_regular(index, strides):
        shape = tuple([size if stride else 1 for size, stride in zip(index.shape, strides, strict=True)])
        if array.batched:
            return View(array, offset, (BATCH, *shape), (BATCH, *strides))
        return View(array, offset, shape, tuple(strides))
    return Taken(array, np.ascontiguousarray(_without_repeats(index)))


def _constant(numbers: Numbers, index: Indices) -> Operand:
    index = _without_repeats(index)
    if index.size == 1:
        return Literal(float(numbers[index.flat[0]]))
    return Array("constants", index.shape, numbers=numbers[index]).view()


def _without_repeats(index: Indices) -> Indices:
    """Return the index array with a size of 1 in place of every axis along which it does not change."""
    for axis in range(index.ndim):
        first = index.take([0], axis=axis)
        if index.shape[axis] > 1 and (index == first).all():
            index = first
    return index


def _is_regular(index: Indices, strides: Sequence[int]) -> bool:
    return all(bool((np.diff(index, axis=axis) == stride).all()) for axis, stride in enumerate(strides))


def irregularity(operand: Operand) -> int:
    """Return how many elements have to be taken one by one."""
    return prod(operand.index.shape) if isinstance(operand, Taken) else 0
