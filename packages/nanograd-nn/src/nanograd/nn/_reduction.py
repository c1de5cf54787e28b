"""From the losses of the samples to what a loss function returns: their mean, their sum, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

from nanograd.engine import ArgumentError, Number, ScalarValue
from nanograd.nn._nested import Shape, nested

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def check_reduction(reduction: str, *more: str) -> None:
    """Refuse a word that is not a reduction.

    Args:
        reduction: the word.
        more: words that one loss knows besides.

    Raises:
        ArgumentError: with the words that are.
    """
    words = (*get_args(Reduction), *more)
    if reduction not in words:
        known = ", ".join(map(repr, words))
        raise ArgumentError(f"{reduction} is not a valid value for reduction. Known are {known}.")


def check_not_empty(shape: Shape, what: str) -> None:
    """Refuse a batch without samples, whose mean PyTorch gives as nan.

    Raises:
        ArgumentError: if one of the sizes is 0.
    """
    if 0 in shape:
        raise ArgumentError(f"{what} is empty: its shape is {shape}. The mean of no losses is not a number.")


def reduced(
    losses: Sequence[ScalarValue],
    shape: Shape,
    reduction: str,
    divisor: ScalarValue | Number | None = None,
) -> Any:
    """Return the mean or the sum of losses, or the losses themselves in their shape.

    >>> reduced([ScalarValue(1.0), ScalarValue(5.0)], (2,), "mean")
    ScalarValue(data=3.0)

    Args:
        losses: one or more.
        shape: of ``"none"``.
        reduction: which of these.
        divisor: what the sum is divided by for the mean; the number of losses if left out.
    """
    if reduction == "none":
        return nested(losses, shape)
    if reduction == "sum":
        return total(losses)
    divisor = len(losses) if divisor is None else divisor
    one = not isinstance(divisor, ScalarValue) and divisor == 1
    return total(losses) if one else total(losses) / divisor


def total(values: Sequence[ScalarValue]) -> ScalarValue:
    """Return the sum of one or more values, without the 0 that Python's ``sum`` begins with."""
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def times(factor: ScalarValue | Number, value: ScalarValue) -> ScalarValue:
    """Return the product, without a node for a factor that is the number 1."""
    return value if not isinstance(factor, ScalarValue) and factor == 1 else factor * value
