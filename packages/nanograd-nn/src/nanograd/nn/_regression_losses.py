"""Losses of regression: how far numbers are from those they should be."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError, as_number, minimum
from nanograd.nn._loss import Loss, each, equal_weights, pointwise, same_shape, weighted_mean
from nanograd.nn._nested import Nested, flat
from nanograd.nn._reduction import Reduction, check_reduction, reduced


def mse_loss(
    input: Nested,
    target: Nested,
    reduction: Reduction = "mean",
    weight: Nested | None = None,
) -> Any:
    """Return the mean of (input - target)**2 over all numbers, like `torch.nn.functional.mse_loss`_.

    >>> mse_loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=2.0)

    Args:
        input: what a model returned: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        weight: a factor for each number, of the same shape; the mean divides by their sum.

    Returns:
        A ScalarValue; of ``"none"`` values in the shape of the input.

    Raises:
        ShapeError: if the shapes differ; PyTorch goes on there, and usually computes what nobody meant.
        ArgumentError: if there are no numbers, or an option has no meaning.
        NumberTypeError: if something is not a real number.

    .. _torch.nn.functional.mse_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
    """
    return _weighted(lambda x, y: (x - y) ** 2, input, target, reduction, weight)


class MSELoss(Loss):
    """Compute the mean of (input - target)**2, like `torch.nn.MSELoss`_.

    Call it as ``loss(input, target)``, see :func:`~nanograd.nn.functional.mse_loss`.

    >>> loss = MSELoss()
    >>> loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=2.0)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.MSELoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """

    _function = staticmethod(mse_loss)

    def __init__(self, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)


def l1_loss(
    input: Nested,
    target: Nested,
    reduction: Reduction = "mean",
    weight: Nested | None = None,
) -> Any:
    """Return the mean of abs(input - target) over all numbers, like `torch.nn.functional.l1_loss`_.

    >>> l1_loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=1.0)

    Args:
        input: what a model returned: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        weight: a factor for each number, of the same shape; the mean divides by their sum.

    .. _torch.nn.functional.l1_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
    """
    return _weighted(lambda x, y: abs(x - y), input, target, reduction, weight)


class L1Loss(Loss):
    """Compute the mean of abs(input - target), like `torch.nn.L1Loss`_.

    Call it as ``loss(input, target)``, see :func:`~nanograd.nn.functional.l1_loss`.

    >>> loss = L1Loss()
    >>> loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=1.0)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.L1Loss: https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
    """

    _function = staticmethod(l1_loss)

    def __init__(self, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)


def smooth_l1_loss(
    input: Nested,
    target: Nested,
    reduction: Reduction = "mean",
    beta: float = 1.0,
) -> Any:
    """Return the mean of squares that become lines at beta, like `torch.nn.functional.smooth_l1_loss`_.

    With d = abs(input - target) each is d**2 / (2 beta) where d is below beta, and d - beta / 2 elsewhere.

    >>> smooth_l1_loss([0.0, 3.0], [1.0, 0.0], reduction="none")
    [ScalarValue(data=0.5), ScalarValue(data=2.5)]

    Args:
        input: what a model returned: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        beta: where the square becomes a line, at least 0; with 0 it is a line everywhere.

    .. _torch.nn.functional.smooth_l1_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
    """
    _check_beta(beta)
    if beta == 0:
        return l1_loss(input, target, reduction)
    return pointwise(lambda x, y: _bent(abs(x - y), beta) / beta, input, target, reduction)


class SmoothL1Loss(Loss):
    """Compute the mean of squares that become lines at beta, like `torch.nn.SmoothL1Loss`_.

    With d = abs(input - target) each is d**2 / (2 beta) where d is below beta, and d - beta / 2 elsewhere.
    Call it as ``loss(input, target)``, see :func:`~nanograd.nn.functional.smooth_l1_loss`.

    >>> loss = SmoothL1Loss(beta=2.0)
    >>> loss(3.0, 0.0)
    ScalarValue(data=2.0)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        beta: where the square becomes a line, at least 0; with 0 it is a line everywhere.

    .. _torch.nn.SmoothL1Loss: https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
    """

    _function = staticmethod(smooth_l1_loss)

    def __init__(self, reduction: Reduction = "mean", beta: float = 1.0) -> None:
        _check_beta(beta)
        super().__init__(reduction, beta=beta)


def huber_loss(
    input: Nested,
    target: Nested,
    reduction: Reduction = "mean",
    delta: float = 1.0,
    weight: Nested | None = None,
) -> Any:
    """Return the mean of squares that become lines at delta, like `torch.nn.functional.huber_loss`_.

    With d = abs(input - target) each is d**2 / 2 where d is below delta, and delta (d - delta / 2) elsewhere.

    >>> huber_loss([0.0, 3.0], [1.0, 0.0], reduction="none")
    [ScalarValue(data=0.5), ScalarValue(data=2.5)]

    Args:
        input: what a model returned: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        delta: where the square becomes a line, above 0.
        weight: a factor for each number, of the same shape; the mean divides by how many there are.

    .. _torch.nn.functional.huber_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
    """
    _check_delta(delta)
    check_reduction(reduction)
    shape = same_shape(input, target)
    weights = equal_weights(weight, shape)
    losses = each(lambda x, y: _bent(abs(x - y), delta), flat(input, "input"), flat(target, "target"))
    if weights is not None:
        losses = [loss * factor for loss, factor in zip(losses, weights, strict=True)]
    return reduced(losses, shape, reduction)


class HuberLoss(Loss):
    """Compute the mean of squares that become lines at delta, like `torch.nn.HuberLoss`_.

    With d = abs(input - target) each is d**2 / 2 where d is below delta, and delta (d - delta / 2) elsewhere.
    Call it as ``loss(input, target)``, see :func:`~nanograd.nn.functional.huber_loss`.

    >>> loss = HuberLoss(delta=2.0)
    >>> loss(3.0, 0.0)
    ScalarValue(data=4.0)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.
        delta: where the square becomes a line, above 0.

    .. _torch.nn.HuberLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
    """

    _function = staticmethod(huber_loss)

    def __init__(self, reduction: Reduction = "mean", delta: float = 1.0) -> None:
        _check_delta(delta)
        super().__init__(reduction, delta=delta)


def _weighted(loss: Any, input: Nested, target: Nested, reduction: Reduction, weight: Nested | None) -> Any:
    check_reduction(reduction)
    shape = same_shape(input, target)
    weights = equal_weights(weight, shape)
    return weighted_mean(each(loss, flat(input, "input"), flat(target, "target")), shape, reduction, weights)


def _bent(distance: Any, end: float) -> Any:
    """Return distance**2 / 2 up to an end, and from there on the line that goes on as steeply."""
    near = minimum(distance, end)
    return near * near / 2 + end * (distance - near)


def _check_beta(beta: float) -> None:
    if not as_number(beta, "beta") >= 0:
        raise ArgumentError(f"smooth_l1_loss does not support negative values for beta. Got: {beta}")


def _check_delta(delta: float) -> None:
    if not as_number(delta, "delta") > 0:
        raise ArgumentError(f"huber_loss does not support non-positive values for delta. Got: {delta}")
