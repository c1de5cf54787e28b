"""The cross-entropy: how surprised scores are by the class that is right.

With logits x and a target distribution q it is the sum over classes c of q[c] (logsumexp(x) - x[c]), where
the parenthesis is -log softmax(x)[c]. A class index is the distribution that has all its weight in one class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, cast

from nanograd.engine import (
    ArgumentError,
    Number,
    NumberTypeError,
    ScalarValue,
    ShapeError,
    as_number,
    logsumexp,
)
from nanograd.nn._errors import ClassIndexError
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, is_list, nested, shape_of
from nanograd.nn._reduction import Reduction, check_not_empty, check_reduction, total


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
        input: the logits, any real numbers: (C) for one sample, (N, C) for a batch of N.
        target: the right class of each sample, an int from 0 to C - 1: () or (N); or the probabilities of all
            classes: (C) or (N, C).
        weight: a factor for each class, (C). The mean is weighted too: it divides by the sum of the weights
            of the samples' classes.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.
        label_smoothing: how much of each sample's probability is spread evenly over all classes, from 0 to 1.

    Returns:
        A ScalarValue; of ``"none"`` and a batch a list of N.

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
    shape, target_shape = shape_of(input, "input"), shape_of(target, "target")
    _check_shapes(shape, target_shape)
    classes = shape[-1]
    weights = _class_weights(weight, classes)
    logits = _samples(flat(input, "input"), classes)

    if target_shape == shape:
        probabilities = _samples(flat(target, "target"), classes)
        factors = [_factors_of_probabilities(sample, weights, label_smoothing) for sample in probabilities]
        divisor: Number = len(factors)
    else:
        labels = _class_indices(target, classes, ignore_index)
        counted = [label for label in labels if label != ignore_index]
        factors = [
            {} if label == ignore_index else _factors_of_class(label, weights, label_smoothing)
            for label in labels
        ]
        divisor = sum(weights[label] for label in counted)
        if reduction == "mean" and not counted:
            raise ArgumentError(
                f"all {len(labels)} targets are ignore_index ({ignore_index}): there is no loss to average"
            )

    losses = [_loss_of_sample(*sample) for sample in zip(logits, factors, strict=True)]
    if reduction == "none":
        return nested(losses, shape[:-1])
    return total(losses) if reduction == "sum" or divisor == 1 else total(losses) / divisor


class CrossEntropyLoss(Module):
    """Compute the mean of -log softmax(input)[target], like `torch.nn.CrossEntropyLoss`_.

    >>> loss = CrossEntropyLoss()
    >>> loss([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    ScalarValue(data=0.6931471805599453)

    Args:
        weight: a factor for each class.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.
        label_smoothing: how much of each sample's probability is spread evenly over all classes, from 0 to 1.

    Raises:
        ArgumentError: if an option has no meaning.

    .. _torch.nn.CrossEntropyLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    def __init__(
        self,
        weight: Sequence[Number] | None = None,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        check_reduction(reduction)
        _check_label_smoothing(label_smoothing)
        self.weight = weight
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Nested, target: Nested) -> Any:
        """Return the loss, see :func:`~nanograd.nn.functional.cross_entropy`.

        Args:
            input: the logits, (C) or (N, C).
            target: the right classes, () or (N); or probabilities, (C) or (N, C).
        """
        return cross_entropy(
            input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


_Factors = Mapping[int, ScalarValue | Number]


def _loss_of_sample(logits: Sequence[ScalarValue], factors: _Factors) -> ScalarValue:
    """Return the sum of factor times -log softmax(logits)[class] over the classes that have a factor."""
    if not factors:
        return ScalarValue(0.0, requires_grad=False)
    normalizer = cast("ScalarValue", logsumexp(logits))
    return total([_times(factor, normalizer - logits[index]) for index, factor in factors.items()])


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
    return {index: _times(weights[index], probability) for index, probability in enumerate(probabilities)}


def _times(factor: ScalarValue | Number, value: ScalarValue) -> ScalarValue:
    """Return the product, without a node for a factor that is the number 1."""
    return value if not isinstance(factor, ScalarValue) and factor == 1 else factor * value


def _samples(values: Sequence[ScalarValue], classes: int) -> list[Sequence[ScalarValue]]:
    return [values[start : start + classes] for start in range(0, len(values), classes)]


# ---- what the arguments have to be


def _check_label_smoothing(label_smoothing: float) -> None:
    if not 0.0 <= label_smoothing <= 1.0:
        raise ArgumentError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")


def _check_shapes(shape: Shape, target_shape: Shape) -> None:
    if len(shape) not in {1, 2}:
        raise ShapeError(f"cross_entropy takes logits of shape (C) or (N, C) and got {shape}")
    check_not_empty(shape, "input")
    if target_shape not in {shape, shape[:-1]}:
        raise ShapeError(
            f"Expected input size {shape} to match target size {target_shape}: "
            f"the target has to be class indices, {shape[:-1]}, or probabilities, {shape}."
        )


def _class_weights(weight: Sequence[Number] | None, classes: int) -> list[Number]:
    if weight is None:
        return [1] * classes
    if not is_list(weight) or len(weight) != classes:
        raise ShapeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes "
            f"but got weight tensor of shape: {shape_of(weight, 'weight')}"
        )
    return [as_number(factor, "weight of cross_entropy") for factor in weight]


def _class_indices(target: Any, classes: int, ignore_index: int) -> list[int]:
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
