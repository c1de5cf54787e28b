"""Losses that ask for a margin: scores that are right by enough cost nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine import (
    ArgumentError,
    Number,
    ShapeError,
    as_number,
    clamp,
    relu,
    where,
)
from nanograd.nn._classes import class_indices, class_scores, class_weights
from nanograd.nn._loss import Loss, each, pointwise, same_shape
from nanograd.nn._nested import Nested, flat, shape_of
from nanograd.nn._reduction import Reduction, check_reduction, reduced, times, total


def hinge_embedding_loss(
    input: Nested,
    target: Nested,
    margin: float = 1.0,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of distances, or of what they lack of a margin.

    Each is the input where the target is 1, and max(0, margin - input) where it is -1. Like
    `torch.nn.functional.hinge_embedding_loss`_.

    >>> hinge_embedding_loss([0.25, 0.25], [1, -1], reduction="none")
    [ScalarValue(data=0.25), ScalarValue(data=0.75)]

    Args:
        input: distances: a value, or lists of values of any shape.
        target: 1 or -1 for each, of the same shape.
        margin: the distance that pairs with the target -1 should have.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.functional.hinge_embedding_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
    """
    as_number(margin, "margin")

    def loss(x: Any, y: Any) -> Any:
        # A number is a condition that holds if it is not 0: y is not -1, y is not 1.
        return where(y + 1, x, 0.0) + where(y - 1, clamp(margin - x, min=0.0), 0.0)

    return pointwise(loss, input, target, reduction)


class HingeEmbeddingLoss(Loss):
    """Compute the mean of distances, or of what they lack of a margin, like `torch.nn.HingeEmbeddingLoss`_.

    Each is the input where the target is 1, and max(0, margin - input) where it is -1. Call it as
    ``loss(input, target)``, see :func:`~nanograd.nn.functional.hinge_embedding_loss`.

    >>> loss = HingeEmbeddingLoss()
    >>> loss([0.25, 0.25], [1, -1])
    ScalarValue(data=0.5)

    Args:
        margin: the distance that pairs with the target -1 should have.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.HingeEmbeddingLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
    """

    _function = staticmethod(hinge_embedding_loss)

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        as_number(margin, "margin")
        super().__init__(reduction, margin=margin)


def margin_ranking_loss(
    input1: Nested,
    input2: Nested,
    target: Nested,
    margin: float = 0,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of max(0, margin - target (input1 - input2)).

    Like `torch.nn.functional.margin_ranking_loss`_.

    >>> margin_ranking_loss([2.0, 2.0], [1.0, 1.0], [1, -1], reduction="none")
    [ScalarValue(data=0.0), ScalarValue(data=1.0)]

    Args:
        input1: scores: a value, or lists of values of any shape.
        input2: the scores of what they are compared with, of the same shape.
        target: 1 where the first should be larger, -1 where the second should; of the same shape.
        margin: by how much.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.functional.margin_ranking_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
    """
    check_reduction(reduction)
    as_number(margin, "margin")
    message = (
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
        f"input1: {shape_of(input1, 'input1')}, input2: {shape_of(input2, 'input2')}, "
        f"target: {shape_of(target, 'target')}"
    )
    shape = same_shape(input1, input2, message)
    same_shape(input1, target, message)
    losses = each(
        lambda first, second, y: clamp(-y * (first - second) + margin, min=0.0),
        flat(input1, "input1"),
        flat(input2, "input2"),
        flat(target, "target"),
    )
    return reduced(losses, shape, reduction)


class MarginRankingLoss(Loss):
    """Compute the mean of max(0, margin - target (input1 - input2)), like `torch.nn.MarginRankingLoss`_.

    Call it as ``loss(input1, input2, target)``, see :func:`~nanograd.nn.functional.margin_ranking_loss`.

    >>> loss = MarginRankingLoss(margin=0.5)
    >>> loss([2.0, 2.0], [1.0, 1.0], [1, -1])
    ScalarValue(data=0.75)

    Args:
        margin: by how much.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.MarginRankingLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
    """

    _function = staticmethod(margin_ranking_loss)

    def __init__(self, margin: float = 0, reduction: Reduction = "mean") -> None:
        as_number(margin, "margin")
        super().__init__(reduction, margin=margin)


def multi_margin_loss(
    input: Nested,
    target: Nested,
    p: int = 1,
    margin: float = 1.0,
    weight: Sequence[Number] | None = None,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of what the scores of the right classes lack of a margin.

    For each sample it is the sum of max(0, margin - input[target] + input[c])**p over the other classes c,
    divided by the number C of all. Like `torch.nn.functional.multi_margin_loss`_.

    >>> multi_margin_loss([0.5, 1.0, 1.25, 0.0], 2)
    ScalarValue(data=0.25)

    Args:
        input: the scores of the classes: (C) for one sample, (N, C) for a batch of N.
        target: the right class of each sample, an int from 0 to C - 1: () or (N).
        p: the power, 1 or 2.
        margin: by how much the right class should have the largest score.
        weight: a factor for each class, (C).
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    Raises:
        ClassIndexError: if a class lies outside of 0 to C - 1.

    .. _torch.nn.functional.multi_margin_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
    """
    check_reduction(reduction)
    _check_power(p)
    as_number(margin, "margin")
    samples, shape = class_scores(input, "multi_margin_loss")
    if shape_of(target, "target") != shape:
        raise ShapeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples "
            f"(batch size). Expected target size {shape}, but got {shape_of(target, 'target')}. "
            f"Input has shape {(*shape, len(samples[0]))}."
        )
    classes = len(samples[0])
    weights = class_weights(weight, classes, "multi_margin_loss")
    losses = []
    for scores, label in zip(samples, class_indices(target, classes), strict=True):
        others = [score for c, score in enumerate(scores) if c != label]
        short = [relu(margin - scores[label] + score) for score in others] or [scores[label] * 0]
        losses.append(times(weights[label], total([each_short**p for each_short in short]) / classes))
    return reduced(losses, shape, reduction)


class MultiMarginLoss(Loss):
    """Compute the mean of what the scores of the right classes lack of a margin.

    For each sample it is the sum of max(0, margin - input[target] + input[c])**p over the other classes c,
    divided by the number C of all. Like `torch.nn.MultiMarginLoss`_. Call it as ``loss(input, target)``, see
    :func:`~nanograd.nn.functional.multi_margin_loss`.

    >>> loss = MultiMarginLoss(p=2)
    >>> loss([0.5, 1.0, 1.25, 0.0], 2)
    ScalarValue(data=0.15625)

    Args:
        p: the power, 1 or 2.
        margin: by how much the right class should have the largest score.
        weight: a factor for each class, (C).
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    .. _torch.nn.MultiMarginLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
    """

    _function = staticmethod(multi_margin_loss)

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Sequence[Number] | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        _check_power(p)
        as_number(margin, "margin")
        super().__init__(reduction, p=p, margin=margin, weight=weight)


def _check_power(p: int) -> None:
    if as_number(p, "p") not in {1, 2}:
        raise ArgumentError(f"only p == 1 and p == 2 supported. Got: {p}")
