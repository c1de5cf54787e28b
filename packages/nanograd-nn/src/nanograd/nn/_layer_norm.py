"""LayerNorm: the values of each sample moved to the mean 0 and the variance 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine import ScalarValue, ShapeError, dot, sqrt, sum_
from nanograd.nn._dimensions import ends_with, in_a_row
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, is_list, nested, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import caller


def layer_norm(
    input: Nested,
    normalized_shape: int | Sequence[int],
    weight: Nested | None = None,
    bias: Nested | None = None,
    eps: float = 1e-05,
) -> Any:
    """Return (x - mean) / sqrt(variance + eps) weight + bias, like `torch.nn.functional.layer_norm`_.

    Mean and variance (of all values, divided by their number) are taken over the last dimensions.

    >>> [round(value.data, 4) for value in layer_norm([1.0, 3.0], 2)]
    [-1.0, 1.0]

    Args:
        input: ``(*, *normalized_shape)``.
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        weight: factors in that shape; none if left out.
        bias: what is added, in that shape; nothing if left out.
        eps: keeps the divisor away from 0.

    Raises:
        ShapeError: if the shapes do not match.

    .. _torch.nn.functional.layer_norm:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
    """
    shape = as_shape(normalized_shape, "layer_norm")
    return over_last_dimensions(input, shape, weight, bias, eps, standardized, "layer_norm")


def standardized(values: Sequence[ScalarValue], eps: float) -> list[ScalarValue]:
    """Return (x - mean) / sqrt(variance + eps) for each value x."""
    mean = sum_(values) / len(values)
    centered = [value - mean for value in values]
    scale = 1.0 / sqrt(dot(centered, centered) / len(values) + eps)
    return [value * scale for value in centered]


def over_last_dimensions(
    input: Nested,
    shape: Shape,
    weight: Nested | None,
    bias: Nested | None,
    eps: float,
    normalized: Callable[[Sequence[ScalarValue], float], list[ScalarValue]],
    kind: str,
) -> Any:
    """Return normalized(values, eps) weight + bias for the values of each part of the input of a shape.

    Raises:
        ShapeError: if the input does not end with that shape, or weight or bias have another one.
    """
    input_shape = shape_of(input, "input")
    if not ends_with(input_shape, shape):
        sizes = ", ".join(map(str, shape))
        raise ShapeError(
            f"{caller(kind)}: Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {sizes}], but got input of size {list(input_shape)}"
        )
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and shape_of(given, name) != shape:
            raise ShapeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(shape_of(given, name))} and normalized_shape = {list(shape)}"
            )
    values, size = flat(input, "input"), math.prod(shape)
    results: list[Any] = []
    for start in range(0, len(values), size):
        part = normalized(values[start : start + size], eps)
        if weight is not None:
            part = [value * factor for value, factor in zip(part, in_a_row(weight), strict=True)]
        if bias is not None:
            part = [value + shift for value, shift in zip(part, in_a_row(bias), strict=True)]
        results += part
    return nested(results, input_shape)


def as_shape(given: int | Sequence[int], kind: str) -> Shape:
    """Return sizes as a tuple; of one size, a tuple of one.

    Raises:
        ArgumentError: if one is not a positive int, or there are none.
    """
    sizes = list(given) if is_list(given) and len(given) else [given]  # type: ignore[arg-type]
    return tuple(as_size(size, f"normalized_shape of {kind}") for size in sizes)


class LayerNorm(Module):
    """Compute (x - mean) / sqrt(variance + eps) weight + bias over the last dimensions.

    Like `torch.nn.LayerNorm`_.

    >>> layer = LayerNorm(2)
    >>> [round(value.data, 4) for value in layer([1.0, 3.0])]
    [-1.0, 1.0]
    >>> layer
    LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=True)

    Args:
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        eps: keeps the divisor away from 0.
        elementwise_affine: whether there are weights, 1 at first.
        bias: whether there are biases too, 0 at first.

    Attributes:
        weight: parameters in ``normalized_shape``, or None.
        bias: likewise.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.LayerNorm: https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape = as_shape(normalized_shape, "LayerNorm")
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight = parameters_of(1.0, self.normalized_shape) if elementwise_affine else None
        self.bias = parameters_of(0.0, self.normalized_shape) if elementwise_affine and bias else None
        self.label_parameters()

    def forward(self, input: Nested) -> Any:
        """Return the values normalized.

        Args:
            input: ``(*, *normalized_shape)``.

        Raises:
            ShapeError: if it has another shape.
        """
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


def parameters_of(number: float, shape: Shape) -> Any:
    """Return nested lists of parameters that all begin with one number."""
    return nested([Parameter(number) for _ in range(math.prod(shape))], shape)
