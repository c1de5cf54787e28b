"""Clipping gradients, so that one sample does not throw the parameters far away."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, TypeAlias

from nanograd.engine import FLOATS, ArgumentError, GraphError, Number, ScalarValue, as_number
from nanograd.nn.utils._parameters import Parameters, as_parameters

NormType: TypeAlias = float | Literal["inf"]


def clip_grad_norm_(
    parameters: Parameters, max_norm: float, norm_type: NormType = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients by one factor, so that their norm is at most ``max_norm``.

    The factor is max_norm / (norm + 1e-6), or 1 if that is smaller. Parameters without a gradient are passed
    over. Like `torch.nn.utils.clip_grad_norm_`_.

    >>> x, y = ScalarValue(1.0), ScalarValue(1.0)
    >>> (3.0 * x + 4.0 * y).backward()
    >>> clip_grad_norm_([x, y], max_norm=0.5)
    5.0
    >>> round(x.grad, 4), round(y.grad, 4)
    (0.3, 0.4)

    Args:
        parameters: the parameters, or a single one.
        max_norm: the largest norm, at least 0.
        norm_type: which norm: 2 for the length, 1 for the sum of sizes, infinity or ``"inf"`` for the
            largest.
        error_if_nonfinite: whether to raise where the norm is infinite or nan. If not, all gradients are nan
            or 0 afterwards.

    Returns:
        The norm before.

    Raises:
        GraphError: if the norm is not finite and ``error_if_nonfinite`` is set; gradients stay as they are.
        ArgumentError: if ``norm_type`` is 0, for which there is no norm, or nan; or ``max_norm`` is negative,
            which would turn the gradients around, or nan.
        NumberTypeError: if something is not a ScalarValue or not a real number.

    .. _torch.nn.utils.clip_grad_norm_:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
    """
    given = as_parameters(parameters)
    norm = get_total_norm([value.grad for value in given if value.has_grad], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, norm)
    return norm


def clip_grads_with_norm_(parameters: Parameters, max_norm: float, total_norm: float) -> None:
    """Scale all gradients by max_norm / (total_norm + 1e-6), if that is below 1.

    Like `torch.nn.utils.clip_grads_with_norm_`_.

    >>> x = ScalarValue(1.0)
    >>> (8.0 * x).backward()
    >>> clip_grads_with_norm_(x, max_norm=2.0, total_norm=8.0)
    >>> round(x.grad, 4)
    2.0

    Args:
        parameters: the parameters, or a single one.
        max_norm: the largest norm, at least 0.
        total_norm: the norm of all gradients, such as :func:`get_total_norm` returns.

    Raises:
        ArgumentError: if ``max_norm`` is negative or nan.
        NumberTypeError: if something is not a ScalarValue or not a real number.

    .. _torch.nn.utils.clip_grads_with_norm_:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grads_with_norm_.html
    """
    given = as_parameters(parameters)
    largest, norm = float(as_number(max_norm, "max_norm")), float(as_number(total_norm, "total_norm"))
    if not largest >= 0:
        raise ArgumentError(f"max_norm is the largest norm, at least 0, and got {max_norm}")
    factor = FLOATS.minimum(FLOATS.divide(largest, norm + 1e-6), 1.0)
    for value in given:
        if value.has_grad:
            value.grad = value.grad * factor


def clip_grad_value_(parameters: Parameters, clip_value: float) -> None:
    """Move every gradient into the interval from -clip_value to clip_value.

    Like `torch.nn.utils.clip_grad_value_`_.

    >>> x = ScalarValue(1.0)
    >>> (-8.0 * x).backward()
    >>> clip_grad_value_(x, 2.0)
    >>> x.grad
    -2.0

    Args:
        parameters: the parameters, or a single one.
        clip_value: the largest size.

    Raises:
        ArgumentError: if it is negative or nan.
        NumberTypeError: if something is not a ScalarValue or not a real number.

    .. _torch.nn.utils.clip_grad_value_:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
    """
    given = as_parameters(parameters)
    bound = as_number(clip_value, "clip_value")
    if not bound >= 0:
        raise ArgumentError(f"clip_value is the largest size of a gradient, at least 0, and got {clip_value}")
    for value in given:
        if value.has_grad:
            value.grad = FLOATS.minimum(FLOATS.maximum(value.grad, -bound), bound)


def get_total_norm(
    tensors: Number | ScalarValue | Iterable[Number | ScalarValue],
    norm_type: NormType = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Return the norm of numbers: (abs(x1)**p + abs(x2)**p + ...)**(1 / p), 0 if there are none.

    Like `torch.nn.utils.get_total_norm`_.

    >>> get_total_norm([3.0, -4.0])
    5.0

    Args:
        tensors: numbers, such as gradients.
        norm_type: p: 2 for the length, 1 for the sum of sizes, infinity or ``"inf"`` for the
            largest.
        error_if_nonfinite: whether to raise where the norm is infinite or nan.

    Raises:
        GraphError: if it is, and ``error_if_nonfinite`` is set.
        ArgumentError: if ``norm_type`` is 0, for which there is no norm, or nan.
        NumberTypeError: if something is not a real number.

    .. _torch.nn.utils.get_total_norm:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
    """
    p = math.inf if norm_type == "inf" else float(as_number(norm_type, "norm_type"))
    if p == 0 or p != p:
        raise ArgumentError(f"norm_type is a number that is not 0, or infinity, and got {norm_type}")
    given = [tensors] if isinstance(tensors, ScalarValue) or not isinstance(tensors, Iterable) else tensors
    sizes = [
        abs(float(value.data if isinstance(value, ScalarValue) else as_number(value, "a gradient")))
        for value in given
    ]
    norm = _norm(sizes, p) if sizes else 0.0
    if error_if_nonfinite and not math.isfinite(norm):
        raise GraphError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return norm


def _norm(sizes: list[float], p: float) -> float:
    if any(size != size for size in sizes):
        return math.nan
    if math.isinf(p):
        return max(sizes) if p > 0 else min(sizes)
    largest = max(sizes)
    if p == 2 or largest == 0.0 or math.isinf(largest):
        return math.hypot(*sizes) if p > 0 else 0.0
    # In units of the largest, so that no power overflows; fsum rounds once, the same in every version.
    summed = math.fsum(FLOATS.power(size / largest, p) for size in sizes)
    return float(largest * FLOATS.power(summed, 1 / p))
