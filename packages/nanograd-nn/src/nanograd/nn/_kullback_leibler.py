"""The divergence of Kullback and Leibler: how far predicted probabilities are from those that are given."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from nanograd.engine import exp, log, where
from nanograd.nn._loss import Loss, pointwise
from nanograd.nn._nested import Nested, shape_of
from nanograd.nn._reduction import check_reduction

KLReduction: TypeAlias = Literal["mean", "sum", "none", "batchmean"]


def kl_div(
    input: Nested,
    target: Nested,
    reduction: KLReduction = "mean",
    log_target: bool = False,
) -> Any:
    """Return the mean of target (log(target) - input), like `torch.nn.functional.kl_div`_.

    This is the divergence of Kullback and Leibler with the reduction ``"batchmean"``, or the sum; ``"mean"``
    divides by the number of probabilities, as it does in PyTorch.

    >>> from math import log
    >>> kl_div([[log(0.25), log(0.75)]], [[0.5, 0.5]], reduction="batchmean")
    ScalarValue(data=0.143841036225890...)

    Args:
        input: logarithms of probabilities: a value, or lists of values of any shape.
        target: probabilities, of the same shape; with ``log_target`` their logarithms.
        reduction: ``"batchmean"`` for the sum divided by the first size, ``"mean"``, ``"sum"``, or ``"none"``
            for the terms.
        log_target: whether the target is logarithms of probabilities too.

    .. _torch.nn.functional.kl_div:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
    """
    check_reduction(reduction, "batchmean")
    formula = _divergence_of_logs if log_target else _divergence
    if reduction == "batchmean":
        shape = shape_of(input, "input")
        summed = pointwise(formula, input, target, "sum")
        return summed / shape[0] if shape else summed
    return pointwise(formula, input, target, reduction)


class KLDivLoss(Loss):
    """Compute the mean of target (log(target) - input), like `torch.nn.KLDivLoss`_.

    This is the divergence of Kullback and Leibler with the reduction ``"batchmean"``, or the sum; ``"mean"``
    divides by the number of probabilities, as it does in PyTorch. Call it as ``loss(input, target)``, see
    :func:`~nanograd.nn.functional.kl_div`.

    >>> from math import log
    >>> loss = KLDivLoss(reduction="sum")
    >>> loss([log(0.25), log(0.75)], [0.5, 0.5])
    ScalarValue(data=0.143841036225890...)

    Args:
        reduction: ``"batchmean"`` for the sum divided by the first size, ``"mean"``, ``"sum"``, or ``"none"``
            for the terms.
        log_target: whether the target is logarithms of probabilities too.

    .. _torch.nn.KLDivLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
    """

    _function = staticmethod(kl_div)
    _reductions = ("batchmean",)

    def __init__(self, reduction: KLReduction = "mean", log_target: bool = False) -> None:
        super().__init__(reduction, log_target=log_target)


def _divergence(x: Any, y: Any) -> Any:
    """Return y (log(y) - x), with 0 log(0) = 0."""
    return where(y, y * log(where(y, y, 1.0)), 0.0) - y * x


def _divergence_of_logs(x: Any, y: Any) -> Any:
    return exp(y) * (y - x)
