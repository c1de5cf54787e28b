"""Losses of models that predict a distribution: how unlikely it says that the target is."""

from __future__ import annotations

import math
from typing import Any, cast

from nanograd.engine import (
    ArgumentError,
    Number,
    ScalarValue,
    ShapeError,
    as_number,
    exp,
    log,
    maximum,
    where,
)
from nanograd.nn._loss import Loss, broadcast, each, known, pointwise, same_shape
from nanograd.nn._nested import Nested, Shape, flat, shape_of
from nanograd.nn._reduction import Reduction, check_reduction, reduced


def gaussian_nll_loss(
    input: Nested,
    target: Nested,
    var: Nested,
    full: bool = False,
    eps: float = 1e-6,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of (log(var) + (input - target)**2 / var) / 2.

    This is minus the logarithm of the density of a normal distribution at the target, without a constant.
    Variances below ``eps`` count as ``eps``, and still get gradients. Like
    `torch.nn.functional.gaussian_nll_loss`_.

    >>> gaussian_nll_loss([0.0, 1.0], [2.0, 1.0], [1.0, 4.0], reduction="none")
    [ScalarValue(data=2.0), ScalarValue(data=0.6931471805599453)]

    Args:
        input: the means that a model predicts: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        var: the variances that it predicts, at least 0: of the same shape, with 1 or nothing in place of the
            last size, or one number.
        full: whether to add the constant, log(2 π) / 2.
        eps: the smallest variance.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    Raises:
        ArgumentError: if a variance is negative, which compiled code does not look at; or ``eps`` is.
        NumberTypeError: if something is not a real number.

    .. _torch.nn.functional.gaussian_nll_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
    """
    check_reduction(reduction)
    _check_eps(eps)
    shape = same_shape(input, target)
    variances = [_held(variance, eps) for variance in _variances(var, shape)]
    constant = math.log(2.0 * math.pi) / 2 if full else 0.0

    def loss(x: Any, y: Any, variance: Any) -> Any:
        density = (log(variance) + (x - y) ** 2 / variance) / 2
        return density + constant if full else density

    return reduced(each(loss, flat(input, "input"), flat(target, "target"), variances), shape, reduction)


class GaussianNLLLoss(Loss):
    """Compute the mean of (log(var) + (input - target)**2 / var) / 2, like `torch.nn.GaussianNLLLoss`_.

    This is minus the logarithm of the density of a normal distribution at the target, without a constant.
    Variances below ``eps`` count as ``eps``, and still get gradients. Call it as ``loss(input, target,
    var)``, see :func:`~nanograd.nn.functional.gaussian_nll_loss`.

    >>> loss = GaussianNLLLoss()
    >>> loss([0.0, 1.0], [2.0, 1.0], [1.0, 1.0])
    ScalarValue(data=1.0)

    Args:
        full: whether to add the constant, log(2 π) / 2.
        eps: the smallest variance.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.GaussianNLLLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
    """

    _function = staticmethod(gaussian_nll_loss)

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: Reduction = "mean") -> None:
        _check_eps(eps)
        super().__init__(reduction, full=full, eps=eps)


def poisson_nll_loss(
    input: Nested,
    target: Nested,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of exp(input) - target input, like `torch.nn.functional.poisson_nll_loss`_.

    This is minus the logarithm of the probability of ``target`` events where exp(input) are expected, without
    log(target!). Without ``log_input`` it is input - target log(input + eps).

    >>> poisson_nll_loss([0.0, 1.0], [3, 0], reduction="none")
    [ScalarValue(data=1.0), ScalarValue(data=2.718281828459045)]

    Args:
        input: what a model returned, the logarithms of expected numbers: a value, or lists of values.
        target: how many events there were, of the same shape.
        log_input: whether the input is logarithms; if not, it is expected numbers.
        full: whether to add log(target!) by Stirling's formula where the target is above 1.
        eps: keeps the logarithm finite where 0 are expected.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.functional.poisson_nll_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
    """
    as_number(eps, "eps")

    def loss(x: Any, y: Any) -> Any:
        unlikely = exp(x) - y * x if log_input else x - y * log(x + eps)
        return unlikely + _log_factorial(y) if full else unlikely

    return pointwise(loss, input, target, reduction)


class PoissonNLLLoss(Loss):
    """Compute the mean of exp(input) - target input, like `torch.nn.PoissonNLLLoss`_.

    This is minus the logarithm of the probability of ``target`` events where exp(input) are expected, without
    log(target!). Without ``log_input`` it is input - target log(input + eps). Call it as ``loss(input,
    target)``, see :func:`~nanograd.nn.functional.poisson_nll_loss`.

    >>> loss = PoissonNLLLoss(log_input=False, eps=0.0)
    >>> loss([1.0, 1.0], [2, 0])
    ScalarValue(data=1.0)

    Args:
        log_input: whether the input is logarithms; if not, it is expected numbers.
        full: whether to add log(target!) by Stirling's formula where the target is above 1.
        eps: keeps the logarithm finite where 0 are expected.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each number.

    .. _torch.nn.PoissonNLLLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
    """

    _function = staticmethod(poisson_nll_loss)

    def __init__(
        self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: Reduction = "mean"
    ) -> None:
        as_number(eps, "eps")
        super().__init__(reduction, log_input=log_input, full=full, eps=eps)


def _log_factorial(y: Any) -> Any:
    """Return log(y!) by Stirling's formula, and 0 up to 1."""
    safe = maximum(y, 1.0)  # the formula is not finite at 0
    return where(maximum(y - 1.0, 0.0), safe * log(safe) - safe + log(2.0 * math.pi * safe) / 2, 0.0)


def _variances(var: Nested, shape: Shape) -> list[ScalarValue]:
    """Return a variance for each number of the input.

    Raises:
        ShapeError: if they are too many or too few.
        ArgumentError: if one is negative.
    """
    size = shape_of(var, "var")
    if size == shape[:-1] and shape:
        variances = [variance for variance in flat(var, "var") for _ in range(shape[-1])]
    elif size in {(), shape} or _differs_by_one_1(size, shape):
        variances = broadcast(var, shape, "var")
    else:
        raise ShapeError(f"var is of incorrect size: {size}, for an input of size {shape}")
    for _, number in known(variances):
        if number < 0:
            raise ArgumentError(f"var has negative entry/entries: {number}")
    return variances


def _differs_by_one_1(size: Shape, shape: Shape) -> bool:
    if len(size) != len(shape):
        return False
    return [own for own, wanted in zip(size, shape, strict=True) if own != wanted] == [1]


def _check_eps(eps: float) -> None:
    if not as_number(eps, "eps") >= 0:
        raise ArgumentError(f"eps is the smallest variance, at least 0, and got {eps}")


def _held(variance: ScalarValue, eps: Number) -> ScalarValue:
    """Return the variance, at least eps, with the derivative 1 also below, as in PyTorch."""
    lift = cast("ScalarValue", maximum(variance, eps) - variance)
    return variance + lift.detach()
