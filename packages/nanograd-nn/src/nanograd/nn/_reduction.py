"""From the losses of the samples to what a loss function returns: their mean, their sum, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from nanograd.engine import ArgumentError, ScalarValue
from nanograd.nn._nested import Shape

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def check_reduction(reduction: str) -> None:
    """Refuse a word that is not a reduction.

    Raises:
        ArgumentError: with the words that are.
    """
    if reduction not in get_args(Reduction):
        known = ", ".join(map(repr, get_args(Reduction)))
        raise ArgumentError(f"{reduction} is not a valid value for reduction. Known are {known}.")


def check_not_empty(shape: Shape, what: str) -> None:
    """Refuse a batch without samples, whose mean PyTorch gives as nan.

    Raises:
        ArgumentError: if one of the sizes is 0.
    """
    if 0 in shape:
        raise ArgumentError(f"{what} is empty: its shape is {shape}. The mean of no losses is not a number.")


def total(values: Sequence[ScalarValue]) -> ScalarValue:
    """Return the sum of one or more values, without the 0 that Python's ``sum`` begins with."""
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result
