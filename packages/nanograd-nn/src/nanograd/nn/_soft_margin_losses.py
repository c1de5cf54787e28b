"""Losses of logistic regression: the softplus of a score, so that right scores always cost a little."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ShapeError, softplus
from nanograd.nn._loss import Loss, broadcast, each, pointwise, rows, same_shape
from nanograd.nn._nested import Nested, flat
from nanograd.nn._reduction import Reduction, check_reduction, reduced, total


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
