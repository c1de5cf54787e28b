"""Scores, labels and weights of classes, as the losses of classification take them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from numbers import Integral
from operator import add
from typing import Any

from nanograd.engine import ArgumentError, Number, NumberTypeError, ScalarValue, ShapeError, as_number, where
from nanograd.nn._errors import ClassIndexError
from nanograd.nn._nested import Nested, Shape, flat, is_list, shape_of
from nanograd.nn._reduction import check_not_empty


def class_scores(input: Nested, loss: str, *, places: bool = False) -> tuple[list[list[ScalarValue]], Shape]:
    """Return the scores of the classes, a list for each sample, and the shape that the labels have.

    Args:
        input: (C) for one sample, (N, C) for a batch of N.
        loss: the name of the function, for messages.
        places: whether samples may have places with a label each, such as pixels: (N, C, d1, ...).

    Raises:
        ShapeError: if there are fewer or more dimensions.
        ArgumentError: if it is empty.
        NumberTypeError: if something is not a real number.
    """
    shape = shape_of(input, "input")
    numbers = flat(input, "input")
    if not 1 <= len(shape) <= (math.inf if places else 2):
        known = "(C), (N, C) or (N, C, d1, ...)" if places else "(C) or (N, C)"
        raise ShapeError(f"input of {loss} has the shape {known}, and not {shape}")
    check_not_empty(shape, "input")
    return by_sample(numbers, shape), shape[:1] + shape[2:] if len(shape) > 1 else ()


def by_sample(numbers: Sequence[ScalarValue], shape: Shape) -> list[list[ScalarValue]]:
    """Return numbers that stand in a row in the shape (C) or (N, C, d1, ...) as lists of C.

    >>> by_sample([1, 2, 3, 4, 5, 6], (1, 3, 2))
    [[1, 3, 5], [2, 4, 6]]
    """
    places = math.prod(shape[2:])
    block = places * shape[min(1, len(shape) - 1)]
    begins = range(0, len(numbers), block)
    return [
        list(numbers[begin + place : begin + block : places]) for begin in begins for place in range(places)
    ]


def class_weights(weight: Sequence[Number] | None, classes: int, loss: str) -> list[Number]:
    """Return a factor for each class, 1 if there are none.

    Raises:
        ShapeError: if there are not as many as classes.
        NumberTypeError: if one of them is not a real number.
    """
    if weight is None:
        return [1] * classes
    if not is_list(weight) or len(weight) != classes:
        raise ShapeError(
            f"{loss}: weight tensor should be defined either for all {classes} classes or no classes "
            f"but got weight tensor of shape: {shape_of(weight, 'weight')}"
        )
    return [as_number(factor, f"weight of {loss}") for factor in weight]


def class_indices(target: Any, classes: int, ignore_index: int | None = None) -> list[int]:
    """Return the label of each sample.

    Raises:
        NumberTypeError: if one, or ``ignore_index``, is not an int.
        ClassIndexError: if one is neither a class nor ``ignore_index``.
    """
    _check_ignore_index(ignore_index)
    given = _in_a_row(target)
    labels = []
    for sample, label in enumerate(given):
        if not _is_int(label):
            raise NumberTypeError(
                f"Expected a class index, an int, as target of sample {sample} "
                f"and got {type(label).__name__}: {label!r}"
            )
        labels.append(int(label))
        if labels[-1] != ignore_index and not 0 <= labels[-1] < classes:
            raise ClassIndexError(
                f"Target {label} is out of bounds: sample {sample} of {len(given)}, with {classes} classes, "
                f"0 to {classes - 1}."
            )
    return labels


def ignored(scores: Sequence[ScalarValue]) -> ScalarValue:
    """Return the loss of a sample that counts for nothing: 0, which stays 0 whatever its scores are.

    It depends on them all the same, so that ``backward()`` works where all samples are ignored.
    """
    return where(False, scores[0], 0.0)  # type: ignore[no-any-return]  # of a ScalarValue


def counted_weight(
    labels: Sequence[int], weights: Sequence[Number], ignore_index: int, reduction: str
) -> Number | None:
    """Return the sum of the weights of the samples' classes, which the mean divides by; else None.

    Raises:
        ArgumentError: if the mean is wanted and all samples are ignored. PyTorch's mean is nan there.
    """
    if reduction != "mean":
        return None
    counted = [weights[label] for label in labels if label != ignore_index]
    if not counted:
        raise ArgumentError(
            f"all {len(labels)} targets are ignore_index ({ignore_index}): there is no loss to average"
        )
    return reduce(add, counted)  # Python's sum() rounds differently from version to version


def _in_a_row(target: Any) -> list[Any]:
    return [label for item in target for label in _in_a_row(item)] if is_list(target) else [target]


def _check_ignore_index(ignore_index: object) -> None:
    if ignore_index is not None and not _is_int(ignore_index):
        raise NumberTypeError(
            f"ignore_index is a label, an int, and got {type(ignore_index).__name__}: {ignore_index!r}"
        )


def _is_int(given: object) -> bool:
    return isinstance(given, Integral) and not isinstance(given, bool)
