"""Nested lists of values: their shape, their numbers in a row, and functions of every one.

They stand where PyTorch has tensors: a number has the shape (), a list of n numbers (n), a list of n lists of
c (n, c).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from nanograd.engine import Number, ScalarValue, ShapeError, as_number

Shape: TypeAlias = tuple[int, ...]
Nested: TypeAlias = "ScalarValue | Number | Iterable[Nested]"
"""A value, or a list, a tuple or an array of them, or of lists of them, and so on."""


def is_list(given: object) -> bool:
    """Return whether it is a list, a tuple, another sequence or an array, and not a single thing."""
    if isinstance(given, list | tuple):
        return True
    if isinstance(given, Sequence):
        return not isinstance(given, str | bytes)
    return bool(getattr(given, "ndim", 0))  # a NumPy scalar is an array of no dimensions


def shape_of(given: Nested, what: str) -> Shape:
    """Return the lengths of the lists, from the outermost inwards.

    >>> shape_of(2.0, "x"), shape_of([[1, 2, 3], [4, 5, 6]], "x")
    ((), (2, 3))

    Args:
        given: a number or nested lists of numbers.
        what: its name, for messages.

    Raises:
        ShapeError: if lists of one level have different lengths.
    """
    if not is_list(given):
        return ()
    items: list[Any] = list(given)  # type: ignore[arg-type]  # it is a list
    shapes = [shape_of(item, what) for item in items]
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ShapeError(
                f"{what} is ragged: item 0 has the shape {shapes[0]} and item {index} the shape {shape}. "
                "All of them need the same one."
            )
    return (len(items), *(shapes[0] if shapes else ()))


def flat(given: Nested, what: str) -> list[ScalarValue]:
    """Return all values in a row; plain numbers become constants.

    >>> flat([[1, 2], [3, 4]], "x")[2]
    ScalarValue(data=3)

    Args:
        given: a number or nested lists of numbers.
        what: its name, for messages.

    Raises:
        NumberTypeError: if one of them is not a real number.
    """
    if isinstance(given, ScalarValue):
        return [given]
    if is_list(given):
        return [value for item in given for value in flat(item, what)]  # type: ignore[union-attr]  # it is a list
    return [ScalarValue(as_number(given, what), requires_grad=False)]


def mapped(function: Callable[[Any], Any], given: Any) -> Any:
    """Return nested lists of the same shape with the function of every value.

    >>> mapped(abs, [[-1, 2], [3, -4]])
    [[1, 2], [3, 4]]
    """
    return [mapped(function, item) for item in given] if is_list(given) else function(given)


def nested(values: Sequence[Any], shape: Shape) -> Any:
    """Return values that stand in a row as nested lists of a shape; a single value for the shape ().

    >>> nested([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    if not shape:
        return values[0]
    step = len(values) // max(shape[0], 1)
    starts = [index * step for index in range(shape[0])]
    return [nested(values[start : start + step], shape[1:]) for start in starts]
