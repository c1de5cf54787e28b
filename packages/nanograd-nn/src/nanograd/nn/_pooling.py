"""Pooling: the largest value, or the mean, of every window of a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, ShapeError, sum_, where
from nanograd.nn._conv2d import axes_of
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, flat, nested, shape_of
from nanograd.nn._vectors import caller
from nanograd.nn._windows import Axis, Pair, Taps, as_pair, windows


def max_pool2d(
    input: Nested,
    kernel_size: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    dilation: Pair = 1,
    ceil_mode: bool = False,
) -> Any:
    """Return the largest value of each window, like `torch.nn.functional.max_pool2d`_.

    Of equal ones the first counts, as in PyTorch, and gets the gradient.

    >>> max_pool2d([[[1.0, 2.0], [4.0, 3.0]]], 2)
    [[[ScalarValue(data=4.0)]]]

    Args:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of the window.
        stride: how far apart the windows lie; as far as they are large if left out.
        padding: how many places that count for nothing lie around the picture.
        dilation: how far apart a window's places lie.
        ceil_mode: whether a last window may reach beyond the picture.

    Returns:
        ``(N, C, H', W')`` or ``(C, H', W')``.

    Raises:
        ShapeError: if the input has another shape, or the window is larger than the picture.
        ArgumentError: if an option makes no sense.

    .. _torch.nn.functional.max_pool2d:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
    """
    axes = _pool_axes(kernel_size, stride, padding, dilation, "max_pool2d")

    def largest(values: list[Any], _row: Taps, _column: Taps, _count: int) -> Any:
        if not values:  # a window with gaps, all of whose places lie in the padding
            return ScalarValue(-math.inf, requires_grad=False)
        # A choice and not the engine's maximum, which divides the gradient of a tie.
        return reduce(lambda most, x: where((x > most) | (x != x), x, most), values)

    return _pooled(input, axes, ceil_mode, largest, "max_pool2d")


def avg_pool2d(
    input: Nested,
    kernel_size: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Return the mean of each window, like `torch.nn.functional.avg_pool2d`_.

    >>> avg_pool2d([[[1.0, 2.0], [4.0, 3.0]]], 2)
    [[[ScalarValue(data=2.5)]]]

    Args:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of the window.
        stride: how far apart the windows lie; as far as they are large if left out.
        padding: how many zeros lie around the picture.
        ceil_mode: whether a last window may reach beyond the picture.
        count_include_pad: whether the zeros count.
        divisor_override: what sums are divided by instead of the number of places.

    Returns:
        ``(N, C, H', W')`` or ``(C, H', W')``.

    Raises:
        ShapeError: if the input has another shape, or the window is larger than the picture.
        ArgumentError: if an option makes no sense.

    .. _torch.nn.functional.avg_pool2d:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
    """
    if divisor_override == 0:
        raise ArgumentError("divisor must be not zero")
    axes = _pool_axes(kernel_size, stride, padding, 1, "avg_pool2d")

    def mean(values: list[Any], row: Taps, column: Taps, padded: int) -> Any:
        count = padded if count_include_pad else len(row) * len(column)
        return sum_(values) / (divisor_override or count)

    return _pooled(input, axes, ceil_mode, mean, "avg_pool2d")


class MaxPool2d(Module):
    """Compute the largest value of each window of a picture, like `torch.nn.MaxPool2d`_.

    >>> MaxPool2d(2)([[[1.0, 2.0], [4.0, 3.0]]])
    [[[ScalarValue(data=4.0)]]]

    The options are those of :func:`~nanograd.nn.functional.max_pool2d`, and so are their defaults.

    Raises:
        ArgumentError: if an option makes no sense.

    .. _torch.nn.MaxPool2d: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
    """

    def __init__(
        self,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        dilation: Pair = 1,
        *,
        ceil_mode: bool = False,
    ) -> None:
        _pool_axes(kernel_size, stride, padding, dilation, "MaxPool2d")
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.ceil_mode = ceil_mode

    def forward(self, input: Nested) -> Any:
        """Return the largest values.

        Args:
            input: ``(N, C, H, W)`` or ``(C, H, W)``.

        Raises:
            ShapeError: if it has another shape, or the window is larger than the picture.
        """
        options = (self.stride, self.padding, self.dilation, self.ceil_mode)
        return max_pool2d(input, self.kernel_size, *options)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(Module):
    """Compute the mean of each window of a picture, like `torch.nn.AvgPool2d`_.

    >>> AvgPool2d(2)([[[1.0, 2.0], [4.0, 3.0]]])
    [[[ScalarValue(data=2.5)]]]

    The options are those of :func:`~nanograd.nn.functional.avg_pool2d`, and so are their defaults.

    Raises:
        ArgumentError: if an option makes no sense.

    .. _torch.nn.AvgPool2d: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
    """

    def __init__(
        self,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        _pool_axes(kernel_size, stride, padding, 1, "AvgPool2d")
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Nested) -> Any:
        """Return the means.

        Args:
            input: ``(N, C, H, W)`` or ``(C, H, W)``.

        Raises:
            ShapeError: if it has another shape, or the window is larger than the picture.
        """
        options = (self.ceil_mode, self.count_include_pad, self.divisor_override)
        return avg_pool2d(input, self.kernel_size, self.stride, self.padding, *options)

    def extra_repr(self) -> str:
        """Return the arguments that PyTorch shows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


def _pool_axes(
    kernel_size: Pair, stride: Pair | None, padding: Pair, dilation: Pair, kind: str
) -> tuple[Axis, Axis]:
    kernel = as_pair(kernel_size, f"kernel_size of {kind}")
    around = as_pair(padding, f"padding of {kind}", 0)  # not "same", which is for convolutions
    axes = axes_of(kernel, kernel if stride is None else stride, around, dilation, kind)
    if any(axis.before > axis.kernel // 2 for axis in axes):
        raise ArgumentError(
            f"{kind}: pad should be smaller than or equal to half of kernel size, but got padding={around} "
            f"and kernel_size={kernel}"
        )
    return axes


def _pooled(
    input: Nested, axes: tuple[Axis, Axis], ceil_mode: bool, pool: Callable[..., Any], kind: str
) -> Any:
    """Return pool(values, row, column, number of places with the padding) of every window."""
    shape = shape_of(input, "input")
    if len(shape) not in {3, 4} or 0 in shape:
        raise ShapeError(f"{caller(kind)} takes an input of shape (N, C, H, W) or (C, H, W) and got {shape}")
    height, width = shape[-2:]
    rows = windows(height, axes[0], kind, ceil_mode=ceil_mode)
    columns = windows(width, axes[1], kind, ceil_mode=ceil_mode)
    tall, wide = _places(len(rows), height, axes[0]), _places(len(columns), width, axes[1])

    def output(plane: Any, i: int, j: int) -> Any:
        row, column = rows[i], columns[j]
        return pool([plane[y][x] for _, y in row for _, x in column], row, column, tall[i] * wide[j])

    planes = nested(flat(input, "input"), (math.prod(shape[:-2]), height, width))
    results = [
        [[output(plane, i, j) for j in range(len(columns))] for i in range(len(rows))] for plane in planes
    ]
    return nested(results, shape[:-2])


def _places(count: int, size: int, axis: Axis) -> list[int]:
    """Return how many places each window has inside of the padded picture."""
    end = size + axis.before + axis.after
    return [min(axis.kernel, end - index * axis.stride) for index in range(count)]
