"""Weights that are looked at as a whole: the identity, perpendicular rows, and rows with many zeros."""

from __future__ import annotations

import itertools
import math
import random
from typing import TypeVar

from nanograd.engine import ArgumentError
from nanograd.nn._random import generator_or_default, normal, permutation
from nanograd.nn._sizes import as_size
from nanograd.nn.init._distributions import normal_
from nanograd.nn.init._filling import scalar_values, set_numbers, shape_of_weights

_T = TypeVar("_T")  # nested lists of ScalarValues


def eye_(tensor: _T) -> _T:
    """Give rows of weights the numbers of the identity matrix, so that a layer passes on what it gets.

    >>> from nanograd.engine import ScalarValue
    >>> eye_([[ScalarValue(5.0), ScalarValue(5.0)]])
    [[ScalarValue(data=1.0), ScalarValue(data=0.0)]]

    Args:
        tensor: rows of weights, ``(n, m)``.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    shape = shape_of_weights(tensor, {2}, "Only tensors with 2 dimensions are supported")
    return set_numbers(tensor, [float(i == j) for i in range(shape[0]) for j in range(shape[1])])


def dirac_(tensor: _T, groups: int = 1) -> _T:
    """Give the weights of a convolution a 1 in the middle, so that as many channels as possible pass.

    >>> from nanograd.engine import ScalarValue
    >>> dirac_([[[ScalarValue(5.0), ScalarValue(5.0), ScalarValue(5.0)]]])
    [[[ScalarValue(data=0.0), ScalarValue(data=1.0), ScalarValue(data=0.0)]]]

    Args:
        tensor: weights, ``(out, in, *)`` with one to three dimensions for the window.
        groups: into how many groups the outputs are divided.

    Raises:
        ShapeError: if it has another shape.
        ArgumentError: if ``groups`` does not divide the number of outputs.
    """
    shape = shape_of_weights(tensor, {3, 4, 5}, "Only tensors with 3, 4, or 5 dimensions are supported")
    if as_size(groups, "groups of dirac_") and shape[0] % groups:
        raise ArgumentError(f"dim 0 must be divisible by groups: {shape[0]} is not by {groups}")
    middle = tuple(size // 2 for size in shape[2:])
    places = itertools.product(*map(range, shape))
    outs = shape[0] // groups
    return set_numbers(
        tensor, [float(out % outs == channel and tuple(at) == middle) for out, channel, *at in places]
    )


def orthogonal_(tensor: _T, gain: float = 1, generator: random.Random | None = None) -> _T:
    """Draw rows of weights that are perpendicular and of one length; columns, where there are more rows.

    The source is `Saxe, McClelland and Ganguli <https://arxiv.org/abs/1312.6120>`_.

    Args:
        tensor: rows of weights, ``(n, *)``; all dimensions but the first count as one.
        gain: the length.
        generator: draws the numbers; without it the one that ``manual_seed`` seeds.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    shape = shape_of_weights(tensor, None, "Only tensors with 2 or more dimensions are supported")
    rows, columns = shape[0], math.prod(shape[1:])
    drawn_by = generator_or_default(generator)
    many, size = min(rows, columns), max(rows, columns)
    vectors: list[list[float]] = []
    while len(vectors) < many:
        vector = [normal(0.0, 1.0, drawn_by) for _ in range(size)]
        for _ in range(2):  # once more takes away what rounding has left
            for other in vectors:
                along = math.fsum(x * y for x, y in zip(vector, other, strict=True))
                vector = [x - along * y for x, y in zip(vector, other, strict=True)]
            length = math.hypot(*vector)
            vector = [x / length for x in vector]
        vectors.append(vector)
    if rows > columns:
        vectors = [list(row) for row in zip(*vectors, strict=True)]
    return set_numbers(tensor, [gain * x for vector in vectors for x in vector])


def sparse_(tensor: _T, sparsity: float, std: float = 0.01, generator: random.Random | None = None) -> _T:
    """Draw every weight from the bell curve around 0, and set a share of each column to 0.

    Args:
        tensor: rows of weights, ``(n, m)``.
        sparsity: the share, from 0 to 1, rounded up to whole numbers of weights.
        std: the standard deviation of the others.
        generator: draws the numbers; without it the one that ``manual_seed`` seeds.

    Raises:
        ShapeError: if it is not rows of weights.
        ArgumentError: if ``sparsity`` is not from 0 to 1, or ``std`` is negative.
    """
    rows, columns = shape_of_weights(tensor, {2}, "Only tensors with 2 dimensions are supported")
    if not 0.0 <= sparsity <= 1.0:
        raise ArgumentError(f"sparsity is a share, from 0 to 1, and got {sparsity}")
    drawn_by = generator_or_default(generator)
    normal_(tensor, 0.0, std, drawn_by)
    zeros = math.ceil(sparsity * rows)
    values = scalar_values(tensor)
    for column in range(columns):
        for row in permutation(rows, drawn_by)[:zeros]:
            values[row * columns + column].data = 0.0
    return tensor
