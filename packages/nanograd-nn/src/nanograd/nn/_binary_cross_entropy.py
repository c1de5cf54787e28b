"""The binary cross-entropy: how surprised a probability is by what happened.

With a probability x and a target y it is -y log(x) - (1 - y) log(1 - x); of a logit x, the probability is
sigmoid(x).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, log, log1p, maximum, minimum, softplus, where
from nanograd.nn._loss import Loss, broadcast, known, same_shape
from nanograd.nn._nested import Nested, Shape, flat
from nanograd.nn._reduction import Reduction, check_reduction, reduced

_DIFFERENT_SIZES = (
    "Using a target size {target} that is different to the input size {input} is deprecated. "
    "Please ensure they have the same size."
)
_LEAST = math.exp(-100.0)
_NEARLY_1 = 1.0 - 2.0**-53


def binary_cross_entropy(
    input: Nested,
    target: Nested,
    weight: Nested | None = None,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of -target log(input) - (1 - target) log(1 - input).

    Logarithms are at least -100, as in PyTorch, so that the loss of the probability 0 or 1 is finite. There
    it is flat, and the gradient 0, where PyTorch's is ±1e12. Of logits, take
    :func:`~nanograd.nn.functional.binary_cross_entropy_with_logits`. Like
    `torch.nn.functional.binary_cross_entropy`_.

    >>> binary_cross_entropy([0.5, 0.0], [1, 1], reduction="none")
    [ScalarValue(data=0.6931471805599453), ScalarValue(data=100.0)]

    Args:
        input: probabilities, from 0 to 1: a value, or lists of values of any shape.
        target: the right ones, from 0 to 1, of the same shape.
        weight: a factor for each number, of a shape that can be broadcast to that of the input.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    Raises:
        ArgumentError: if a number lies outside of 0 to 1. Compiled code does not look.

    .. _torch.nn.functional.binary_cross_entropy:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
    """
    check_reduction(reduction)
    shape = same_shape(input, target, _DIFFERENT_SIZES)
    inputs, targets = flat(input, "input"), flat(target, "target")
    _check_probabilities(inputs, "input")
    _check_probabilities(targets, "target")
    losses = [
        -(y * _clamped_log(x) + (1 - y) * _clamped_log_of_rest(x))
        for x, y in zip(inputs, targets, strict=True)
    ]
    return reduced(_times_weight(losses, weight, shape), shape, reduction)


class BCELoss(Loss):
    """Compute the mean of -target log(input) - (1 - target) log(1 - input), like `torch.nn.BCELoss`_.

    Logarithms are at least -100, as in PyTorch, so that the loss of the probability 0 or 1 is finite. There
    it is flat, and the gradient 0, where PyTorch's is ±1e12. Of logits, take
    :func:`~nanograd.nn.functional.binary_cross_entropy_with_logits`. Call it as ``loss(input, target)``, see
    :func:`~nanograd.nn.functional.binary_cross_entropy`.

    >>> loss = BCELoss()
    >>> loss([0.5, 0.25], [1, 0])
    ScalarValue(data=0.490414626505863...)

    Args:
        weight: a factor for each number, of a shape that can be broadcast to that of the input.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.BCELoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    """

    _function = staticmethod(binary_cross_entropy)

    def __init__(self, weight: Nested | None = None, reduction: Reduction = "mean") -> None:
        super().__init__(reduction, weight=weight)


def binary_cross_entropy_with_logits(
    input: Nested,
    target: Nested,
    weight: Nested | None = None,
    reduction: Reduction = "mean",
    pos_weight: Nested | None = None,
) -> Any:
    """Return the binary cross-entropy of sigmoid(input).

    It is the mean of target softplus(-input) + (1 - target) softplus(input), which neither overflows nor
    cancels. Like `torch.nn.functional.binary_cross_entropy_with_logits`_.

    >>> binary_cross_entropy_with_logits([0.0, -800.0], [1, 1], reduction="none")
    [ScalarValue(data=0.6931471805599453), ScalarValue(data=800.0)]

    Args:
        input: logits, any real numbers: a value, or lists of values of any shape.
        target: the right probabilities, from 0 to 1, of the same shape.
        weight: a factor for each number, of a shape that can be broadcast to that of the input.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        pos_weight: a factor for the first term, of a shape that can be broadcast to that of the input.

    .. _torch.nn.functional.binary_cross_entropy_with_logits:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
    """
    check_reduction(reduction)
    shape = same_shape(input, target, "Target size {target} must be the same as input size {input}")
    losses = []
    positives = _factors(pos_weight, shape, "pos_weight")
    for index, (x, y) in enumerate(zip(flat(input, "input"), flat(target, "target"), strict=True)):
        positive = y * softplus(-x)
        if positives is not None:
            positive = positives[index] * positive
        losses.append(positive + (1 - y) * softplus(x))
    return reduced(_times_weight(losses, weight, shape), shape, reduction)


class BCEWithLogitsLoss(Loss):
    """Compute the binary cross-entropy of sigmoid(input), like `torch.nn.BCEWithLogitsLoss`_.

    It is the mean of target softplus(-input) + (1 - target) softplus(input), which neither overflows nor
    cancels. Call it as ``loss(input, target)``, see
    :func:`~nanograd.nn.functional.binary_cross_entropy_with_logits`.

    >>> loss = BCEWithLogitsLoss(pos_weight=3.0)
    >>> loss([0.0, 0.0], [1, 0])
    ScalarValue(data=1.3862943611198906)

    Args:
        weight: a factor for each number, of a shape that can be broadcast to that of the input.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        pos_weight: a factor for the first term, of a shape that can be broadcast to that of the input.

    .. _torch.nn.BCEWithLogitsLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    """

    _function = staticmethod(binary_cross_entropy_with_logits)

    def __init__(
        self, weight: Nested | None = None, reduction: Reduction = "mean", pos_weight: Nested | None = None
    ) -> None:
        super().__init__(reduction, weight=weight, pos_weight=pos_weight)


def _clamped_log(x: ScalarValue) -> ScalarValue:
    return log(maximum(x, _LEAST))  # type: ignore[no-any-return]  # of a ScalarValue


def _clamped_log_of_rest(x: ScalarValue) -> ScalarValue:
    """Return log(1 - x), or -100 at 1, without an infinite derivative that would meet a 0 there."""
    return where(1 - x, log1p(-minimum(x, _NEARLY_1)), -100.0)  # type: ignore[no-any-return]  # likewise


def _times_weight(losses: Sequence[Any], weight: Nested | None, shape: Shape) -> list[Any]:
    factors = _factors(weight, shape, "weight")
    return list(losses) if factors is None else [f * loss for f, loss in zip(factors, losses, strict=True)]


def _factors(weight: Nested | None, shape: Shape, what: str) -> list[ScalarValue] | None:
    return None if weight is None else broadcast(weight, shape, what)


def _check_probabilities(values: Sequence[ScalarValue], what: str) -> None:
    for index, number in known(values):
        if not 0 <= number <= 1:
            raise ArgumentError(
                f"all elements of {what} should be between 0 and 1, and number {index} is {number}. "
                "Of logits, take binary_cross_entropy_with_logits or BCEWithLogitsLoss."
            )
