"""Dimensions: functions of the vectors that lie along one dimension of nested lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nanograd.nn._errors import DimensionError
from nanograd.nn._nested import Nested, Shape, is_list, nested, shape_of
from nanograd.nn._sizes import as_int


def as_dim(dim: int, dimensions: int) -> int:
    """Return the number of a dimension, those from the end counted from the front.

    >>> as_dim(-1, 3)
    2

    Raises:
        DimensionError: if there are not as many.
    """
    most = max(dimensions, 1)
    number = as_int(dim)
    if number is None or not -most <= number < most:
        raise DimensionError(
            f"Dimension out of range (expected to be in range of [{-most}, {most - 1}], but got {dim!r})"
        )
    return number % most


def along(function: Callable[[list[Any]], list[Any]], given: Nested, dim: int) -> Any:
    """Return nested lists in which each vector along a dimension has become the function's result.

    >>> along(lambda column: [sum(column)], [[1, 2], [3, 4]], 0)
    [[4, 6]]

    Args:
        function: takes a list of the numbers along the dimension and returns another.
        given: nested lists.
        dim: which dimension.
    """
    shape = shape_of(given, "input")
    dim = as_dim(dim, len(shape))
    if not shape:
        return function([given])[0]
    values, size, inner = in_a_row(given), shape[dim], math.prod(shape[dim + 1 :])
    vectors = [
        function(values[start + offset : start + size * inner : inner])
        for start in range(0, len(values), size * inner or 1)
        for offset in range(inner)
    ]
    new_size = len(vectors[0]) if vectors else 0
    results: list[Any] = []
    for outer in range(0, len(vectors), inner or 1):
        block = vectors[outer : outer + inner]
        results.extend(vector[index] for index in range(new_size) for vector in block)
    return nested(results, (*shape[:dim], new_size, *shape[dim + 1 :]))


def in_a_row(given: Any) -> list[Any]:
    """Return what nested lists hold, as it is.

    >>> in_a_row([[1, 2], [3, 4]])
    [1, 2, 3, 4]
    """
    return [value for item in given for value in in_a_row(item)] if is_list(given) else [given]


def ends_with(shape: Shape, end: Shape) -> bool:
    """Return whether the last sizes of a shape are these."""
    return len(shape) >= len(end) and shape[len(shape) - len(end) :] == end
