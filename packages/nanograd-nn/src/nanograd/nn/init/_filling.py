"""What all functions of ``init`` do in the end: give the values of nested lists new numbers, in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from nanograd.engine import Number, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn._nested import Shape, is_list, shape_of

_T = TypeVar("_T")  # nested lists of ScalarValues


def fill(tensor: _T, number: Callable[[], Number]) -> _T:
    """Give every value of nested lists a new number, in order, and return the lists.

    Raises:
        NumberTypeError: if there is something else than ScalarValues; then nothing has changed.
    """
    values = scalar_values(tensor)
    numbers = [number() for _ in values]  # all of them before the first changes
    for value, drawn in zip(values, numbers, strict=True):
        value.data = drawn
    return tensor


def set_numbers(tensor: _T, numbers: Iterable[float]) -> _T:
    """Give the values of nested lists these numbers, in order."""
    drawn = iter(list(numbers))
    return fill(tensor, lambda: next(drawn))


def scalar_values(tensor: Any) -> list[ScalarValue]:
    """Return the values in a row, refusing plain numbers, which could not be changed."""
    if isinstance(tensor, ScalarValue):
        return [tensor]
    if not is_list(tensor):
        raise NumberTypeError(
            f"init changes ScalarValues in place and got {type(tensor).__name__}: {tensor!r}. "
            "Give it the parameters of a module, such as linear.weight."
        )
    return [value for item in tensor for value in scalar_values(item)]


def shape_of_weights(tensor: Any, dimensions: set[int] | None, refusal: str) -> Shape:
    """Return the shape of weights, which have so many dimensions; None for two or more."""
    shape = shape_of(tensor, "tensor")
    if len(shape) < 2 or 0 in shape or (dimensions is not None and len(shape) not in dimensions):
        raise ShapeError(f"{refusal}, and the shape is {shape}")
    return shape
