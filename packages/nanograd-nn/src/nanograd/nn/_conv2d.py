"""Conv2d: the same small weighted sum at every place of a picture."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, Literal

from nanograd.engine import ArgumentError, ScalarValue, ShapeError
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, flat, nested, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import affine, caller
from nanograd.nn._windows import Axis, Pair, as_pair, windows

Padding = Pair | Literal["same", "valid"]


def conv2d(
    input: Nested,
    weight: Nested,
    bias: Sequence[Any] | None = None,
    stride: Pair = 1,
    padding: Padding = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Any:
    """Return the weighted sums of a picture's windows, like `torch.nn.functional.conv2d`_.

    Each output is one node, a :func:`~nanograd.engine.dot` of the weights and what lies under them.

    >>> conv2d([[[1.0, 2.0], [3.0, 4.0]]], [[[[1.0, 10.0]]]])
    [[[ScalarValue(data=21.0)], [ScalarValue(data=43.0)]]]

    Args:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        weight: ``(out_channels, C / groups, kernel height, kernel width)``.
        bias: ``(out_channels)``.
        stride: how far apart the windows lie.
        padding: how many zeros lie around the picture; ``"same"`` for as many as keep its size, ``"valid"``
            for none.
        dilation: how far apart a window's places lie.
        groups: into how many groups, which do not see each other, the channels are divided.

    Returns:
        ``(N, out_channels, H', W')`` or ``(out_channels, H', W')``.

    Raises:
        ShapeError: if the sizes do not match, or the window is larger than the picture.
        ArgumentError: if an option makes no sense.

    .. _torch.nn.functional.conv2d:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
    """
    shape, weight_shape = shape_of(input, "input"), shape_of(weight, "weight")
    if len(shape) not in {3, 4}:
        raise ShapeError(
            f"{caller('conv2d')}: Expected 3D (unbatched) or 4D (batched) input, "
            f"but got input of size: {shape}"
        )
    if len(weight_shape) != 4 or 0 in weight_shape:
        raise ShapeError(
            f"{caller('conv2d')}: weight has the shape (out, in / groups, H, W), not {weight_shape}"
        )
    (outs, ins, *kernel), (channels, height, width) = weight_shape, shape[-3:]
    if as_size(groups, "groups of conv2d") * ins != channels or outs % groups:
        raise ShapeError(
            f"{caller('conv2d')}: Given groups={groups}, weight of size {weight_shape}, expected input "
            f"{shape} to have {groups * ins} channels, but got {channels} channels instead"
        )
    if bias is not None and shape_of(bias, "bias") != (outs,):
        raise ShapeError(
            f"{caller('conv2d')}: Given weight of size {weight_shape}, expected bias to be 1-dimensional "
            f"with {outs} elements, but got bias of size {shape_of(bias, 'bias')} instead"
        )
    axes = axes_of(kernel, stride, padding, dilation, "conv2d")
    rows, columns = windows(height, axes[0], "conv2d"), windows(width, axes[1], "conv2d")
    pictures = nested(flat(input, "input"), (math.prod(shape[:-3]), *shape[-3:]))
    filters = nested(flat(weight, "weight"), weight_shape)
    biases = [None] * outs if bias is None else bias

    def output(picture: Any, out: int, row: Any, column: Any) -> ScalarValue:
        first = out // (outs // groups) * ins  # the first channel of the group
        places = [
            (filters[out][channel][i][j], picture[first + channel][y][x])
            for channel in range(ins)
            for i, y in row
            for j, x in column
        ]
        if not places and biases[out] is None:
            return ScalarValue(0.0, requires_grad=False)
        return affine([w for w, _ in places], biases[out], [x for _, x in places], fused=True)

    results = [
        [[[output(picture, out, row, column) for column in columns] for row in rows] for out in range(outs)]
        for picture in pictures
    ]
    return results if len(shape) == 4 else results[0]


def axes_of(
    kernel: Sequence[int], stride: Pair, padding: Padding, dilation: Pair, kind: str
) -> tuple[Axis, Axis]:
    """Return how windows lie along the height and the width.

    Raises:
        ArgumentError: if an option makes no sense.
    """
    strides, dilations = as_pair(stride, f"stride of {kind}"), as_pair(dilation, f"dilation of {kind}")
    if isinstance(padding, str):
        if padding not in {"same", "valid"}:
            raise ArgumentError(
                f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}, or ints"
            )
        if padding == "same" and strides != (1, 1):
            raise ArgumentError("padding='same' is not supported for strided convolutions")
        around = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilations, kernel, strict=True)]
        sides = [(total // 2, total - total // 2) for total in around]
    else:
        sides = [(side, side) for side in as_pair(padding, f"padding of {kind}", 0)]
    height, width = (Axis(kernel[axis], strides[axis], *sides[axis], dilations[axis]) for axis in range(2))
    return height, width


class Conv2d(Module):
    """Compute the same weighted sums at every place of a picture, like `torch.nn.Conv2d`_.

    Weights and biases begin as numbers between ±1 / sqrt(C / groups times the window's size).

    >>> layer = Conv2d(1, 2, kernel_size=3, padding=1)
    >>> layer
    Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    >>> output = layer([[[1.0, 2.0], [3.0, 4.0]]])
    >>> len(output), len(output[0]), len(output[0][0])
    (2, 2, 2)

    Args:
        in_channels: the number of channels of the picture, C.
        out_channels: the number of weighted sums at each place.
        kernel_size: the size of the window, one number or height and width.
        stride: see :func:`~nanograd.nn.functional.conv2d`.
        padding: likewise.
        dilation: likewise.
        groups: likewise.
        bias: whether a bias is added.
        generator: draws the weights in order and then the biases.

    Attributes:
        weight: ``(out_channels, in_channels / groups, *kernel_size)`` parameters.
        bias: ``(out_channels)`` parameters, or None.

    Raises:
        ArgumentError: if an option makes no sense.

    .. _torch.nn.Conv2d: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        padding: Padding = 0,
        dilation: Pair = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        generator: random.Random | None = None,
    ) -> None:
        self.in_channels = as_size(in_channels, "in_channels of Conv2d")
        self.out_channels = as_size(out_channels, "out_channels of Conv2d")
        self.groups = as_size(groups, "groups of Conv2d")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ArgumentError(f"{name} must be divisible by groups, and {channels} is not by {groups}")
        self.kernel_size = as_pair(kernel_size, "kernel_size of Conv2d")
        axes_of(self.kernel_size, stride, padding, dilation, "Conv2d")  # refuses what makes no sense
        self.stride = as_pair(stride, "stride of Conv2d")
        self.padding = padding if isinstance(padding, str) else as_pair(padding, "padding of Conv2d", 0)
        self.dilation = as_pair(dilation, "dilation of Conv2d")
        drawn_by = generator_or_default(generator)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        bound = math.prod(shape[1:]) ** -0.5

        def drawn(count: int) -> list[Parameter]:
            return [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(count)]

        self.weight = nested(drawn(math.prod(shape)), shape)
        self.bias = drawn(self.out_channels) if bias else None
        self.label_parameters()

    def forward(self, input: Nested) -> Any:
        """Return the weighted sums.

        Args:
            input: ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.

        Returns:
            ``(N, out_channels, H', W')`` or ``(out_channels, H', W')``.

        Raises:
            ShapeError: if it has another shape, or the window is larger than the picture.
        """
        options = (self.stride, self.padding, self.dilation, self.groups)
        return conv2d(input, self.weight, self.bias, *options)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with, those that differ from what is usual."""
        return "".join(
            [
                f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}",
                f", stride={self.stride}",
                f", padding={self.padding!r}" if self.padding != (0, 0) else "",
                f", dilation={self.dilation}" if self.dilation != (1, 1) else "",
                f", groups={self.groups}" if self.groups != 1 else "",
                ", bias=False" if self.bias is None else "",
            ]
        )
