"""Labels and the weights of classes, as the losses of classification take them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from numbers import Integral
from operator import add
from typing import Any

from nanograd.engine import ArgumentError, Number, NumberTypeError, ShapeError, as_number
from nanograd.nn._errors import ClassIndexError
from nanograd.nn._nested import is_list, shape_of


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
        NumberTypeError: if one is not an int.
        ClassIndexError: if one is neither a class nor ``ignore_index``.
    """
    given = list(target) if is_list(target) else [target]
    labels = []
    for sample, label in enumerate(given):
        if isinstance(label, bool) or not isinstance(label, Integral):
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
