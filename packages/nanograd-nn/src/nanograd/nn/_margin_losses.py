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
    softplus,
    where,
)
from nanograd.nn._classes import class_indices, class_weights
from nanograd.nn._loss import Loss, broadcast, each, pointwise, rows, same_shape, vectors
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
        super().__init__(reduction, margin=margin)


def soft_margin_loss(
    input: Nested,
    target: Nested,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of log(1 + exp(-target input)), like `torch.nn.functional.soft_margin_loss`_.

    It does not overflow, as PyTorch's does from -target input = 710 on.

    >>> soft_margin_loss([0.0, 800.0], [1, -1], reduction="none")
    [ScalarValue(data=0.6931471805599453), ScalarValue(data=800.0)]

    Args:
        input: scores, positive for the class 1: a value, or lists of values of any shape.
        target: 1 or -1 for each, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.functional.soft_margin_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
    """
    return pointwise(lambda x, y: softplus(-(y * x)), input, target, reduction)


class SoftMarginLoss(Loss):
    """Compute the mean of log(1 + exp(-target input)), like `torch.nn.SoftMarginLoss`_.

    It does not overflow, as PyTorch's does from -target input = 710 on. Call it as ``loss(input, target)``,
    see :func:`~nanograd.nn.functional.soft_margin_loss`.

    >>> loss = SoftMarginLoss()
    >>> loss([0.0, 0.0], [1, -1])
    ScalarValue(data=0.6931471805599453)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.SoftMarginLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
    """

    _function = staticmethod(soft_margin_loss)

    def __init__(self, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)


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
    samples, shape = vectors(input, "input of multi_margin_loss")
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
        super().__init__(reduction, p=p, margin=margin, weight=weight)


def multilabel_soft_margin_loss(
    input: Nested,
    target: Nested,
    weight: Nested | None = None,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean binary cross-entropy of sigmoid(input), class by class.

    For each sample it is the mean over the classes of target softplus(-input) + (1 - target) softplus(input).
    Like `torch.nn.functional.multilabel_soft_margin_loss`_.

    >>> multilabel_soft_margin_loss([[0.0, 800.0], [0.0, 0.0]], [[1, 1], [0, 1]], reduction="none")
    [ScalarValue(data=0.34657359027997264), ScalarValue(data=0.6931471805599453)]

    Args:
        input: the logits of the classes: (C) for one sample, (N, C) for a batch of N.
        target: 1 for each class that the sample belongs to, 0 for the others, of the same shape.
        weight: a factor for each class, (C), or for each number.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    .. _torch.nn.functional.multilabel_soft_margin_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
    """
    check_reduction(reduction)
    shape = same_shape(input, target)
    if not shape:
        raise ShapeError("input of multilabel_soft_margin_loss has the shape (C) or (N, C), and not ()")
    losses = each(
        lambda x, y: y * softplus(-x) + (1 - y) * softplus(x), flat(input, "input"), flat(target, "target")
    )
    if weight is not None:
        losses = each(lambda factor, loss: factor * loss, broadcast(weight, shape, "weight"), losses)
    means = [total(sample) / shape[-1] for sample in rows(losses, shape[-1])]
    return reduced(means, shape[:-1], reduction)


class MultiLabelSoftMarginLoss(Loss):
    """Compute the mean binary cross-entropy of sigmoid(input), class by class.

    For each sample it is the mean over the classes of target softplus(-input) + (1 - target) softplus(input).
    Like `torch.nn.MultiLabelSoftMarginLoss`_. Call it as ``loss(input, target)``, see
    :func:`~nanograd.nn.functional.multilabel_soft_margin_loss`.

    >>> loss = MultiLabelSoftMarginLoss()
    >>> loss([0.0, 0.0], [1, 0])
    ScalarValue(data=0.6931471805599453)

    Args:
        weight: a factor for each class, (C), or for each number.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    .. _torch.nn.MultiLabelSoftMarginLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
    """

    _function = staticmethod(multilabel_soft_margin_loss)

    def __init__(self, weight: Nested | None = None, reduction: Reduction = "mean") -> None:
        super().__init__(reduction, weight=weight)


def _check_power(p: int) -> None:
    if p not in {1, 2}:
        raise ArgumentError(f"only p == 1 and p == 2 supported. Got: {p}")
