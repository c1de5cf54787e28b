"""The cross-entropy: how surprised scores are by the class that is right.

With logits x and a target distribution q it is the sum over classes c of q[c] (logsumexp(x) - x[c]), where
the parenthesis is -log softmax(x)[c]. A class index is the distribution that has all its weight in one class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from nanograd.engine import ArgumentError, Number, ScalarValue, ShapeError, as_number, logsumexp
from nanograd.nn._classes import (
    by_sample,
    class_indices,
    class_scores,
    class_weights,
    counted_weight,
    ignored,
)
from nanograd.nn._loss import Loss, each
from nanograd.nn._nested import Nested, flat, shape_of
from nanograd.nn._reduction import Reduction, check_reduction, reduced, times, total


def cross_entropy(
    input: Nested,
    target: Nested,
    weight: Sequence[Number] | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Return the mean of -log softmax(input)[target], like `torch.nn.functional.cross_entropy`_.

    >>> cross_entropy([[2.0, 0.0], [0.0, 0.0]], [0, 1], reduction="none")
    [ScalarValue(data=0.1269280110429727), ScalarValue(data=0.6931471805599453)]

    Args:
        input: the logits, any real numbers: (C) for one sample, (N, C) for a batch of N, (N, C, d1, ...) if
            there are classes to tell at each of d1 x ... places.
        target: the right class of each sample, an int from 0 to C - 1: (), (N) or (N, d1, ...); or the
            probabilities of all classes, in the shape of the input.
        weight: a factor for each class, (C). The mean is weighted too: it divides by the sum of the weights
            of the samples' classes.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.
        label_smoothing: how much of each sample's probability is spread evenly over all classes, from 0 to 1.

    Returns:
        A ScalarValue; of ``"none"`` the losses in the shape of classes as targets.

    Raises:
        ShapeError: if the sizes do not match.
        ClassIndexError: if a class lies outside of 0 to C - 1.
        ArgumentError: if there are no samples, all are ignored, or an option has no meaning.
        NumberTypeError: if something is not a real number, or a class not an int.

    .. _torch.nn.functional.cross_entropy:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
    """
    check_reduction(reduction)
    _check_label_smoothing(label_smoothing)
    logits, shape = class_scores(input, "cross_entropy", places=True)
    input_shape, target_shape = shape_of(input, "input"), shape_of(target, "target")
    if target_shape not in {input_shape, shape}:
        raise ShapeError(
            f"Expected input size {input_shape} to match target size {target_shape}: "
            f"the target has to be class indices, {shape}, or probabilities, {input_shape}."
        )
    classes = len(logits[0])
    weights = class_weights(weight, classes, "cross_entropy")

    if target_shape == input_shape:
        probabilities = by_sample(flat(target, "target"), input_shape)
        factors = [_factors_of_probabilities(sample, weights, label_smoothing) for sample in probabilities]
        divisor: Number | None = len(factors)
    else:
        labels = class_indices(target, classes, ignore_index)
        factors = [
            {} if label == ignore_index else _factors_of_class(label, weights, label_smoothing)
            for label in labels
        ]
        divisor = counted_weight(labels, weights, ignore_index, reduction)

    return reduced(each(_loss_of_sample, logits, factors), shape, reduction, divisor)


class CrossEntropyLoss(Loss):
    """Compute the mean of -log softmax(input)[target], like `torch.nn.CrossEntropyLoss`_.

    Call it as ``loss(input, target)``, see :func:`~nanograd.nn.functional.cross_entropy`.

    >>> loss = CrossEntropyLoss()
    >>> loss([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    ScalarValue(data=0.6931471805599453)

    Args:
        weight: a factor for each class, a buffer.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.
        label_smoothing: how much of each sample's probability is spread evenly over all classes, from 0 to 1.

    .. _torch.nn.CrossEntropyLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    _function = staticmethod(cross_entropy)

    def __init__(
        self,
        weight: Sequence[Number] | None = None,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        _check_label_smoothing(label_smoothing)
        super().__init__(reduction, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing)


_Factors = Mapping[int, ScalarValue | Number]


def _loss_of_sample(logits: Sequence[ScalarValue], factors: _Factors) -> ScalarValue:
    """Return the sum of factor times -log softmax(logits)[class] over the classes that have a factor."""
    if not factors:
        return ignored(logits)
    normalizer = cast("ScalarValue", logsumexp(logits))
    return total([times(factor, normalizer - logits[index]) for index, factor in factors.items()])


def _factors_of_class(label: int, weights: Sequence[Number], label_smoothing: float) -> _Factors:
    if not label_smoothing:
        return {label: weights[label]}
    spread = label_smoothing / len(weights)
    return {
        index: factor * (spread + (1.0 - label_smoothing if index == label else 0.0))
        for index, factor in enumerate(weights)
    }


def _factors_of_probabilities(
    probabilities: Sequence[ScalarValue], weights: Sequence[Number], label_smoothing: float
) -> _Factors:
    if label_smoothing:
        spread = label_smoothing / len(weights)
        probabilities = [probability * (1.0 - label_smoothing) + spread for probability in probabilities]
    return {index: times(weights[index], probability) for index, probability in enumerate(probabilities)}


def _check_label_smoothing(label_smoothing: float) -> None:
    if not 0.0 <= as_number(label_smoothing, "label_smoothing") <= 1.0:
        raise ArgumentError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
