"""RMSNorm: the values of each sample scaled so that their squares have the mean 1."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ScalarValue, dot, sqrt
from nanograd.nn._layer_norm import as_shape, over_last_dimensions, parameters_of
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested


def rms_norm(
    input: Nested,
    normalized_shape: int | Sequence[int],
    weight: Nested | None = None,
    eps: float | None = None,
) -> Any:
    """Return x / sqrt(mean of x**2 + eps) weight over the last dimensions.

    Like `torch.nn.functional.rms_norm`_.

    >>> [round(value.data, 4) for value in rms_norm([1.0, 7.0], 2)]
    [0.2, 1.4]

    Args:
        input: ``(*, *normalized_shape)``.
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        weight: factors in that shape; none if left out.
        eps: keeps the divisor away from 0; if left out, the machine's epsilon, 2.2e-16.

    Raises:
        ShapeError: if the shapes do not match.

    .. _torch.nn.functional.rms_norm:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
    """
    shape = as_shape(normalized_shape, "rms_norm")
    small = sys.float_info.epsilon if eps is None else eps
    return over_last_dimensions(input, shape, weight, None, small, scaled_by_rms, "rms_norm")


def scaled_by_rms(values: Sequence[ScalarValue], eps: float) -> list[ScalarValue]:
    """Return x / sqrt(mean of x**2 + eps) for each value x."""
    scale = 1.0 / sqrt(dot(values, values) / len(values) + eps)
    return [value * scale for value in values]


class RMSNorm(Module):
    """Compute x / sqrt(mean of x**2 + eps) weight over the last dimensions, like `torch.nn.RMSNorm`_.

    >>> layer = RMSNorm(2)
    >>> [round(value.data, 4) for value in layer([1.0, 7.0])]
    [0.2, 1.4]
    >>> layer
    RMSNorm((2,), eps=None, elementwise_affine=True)

    Args:
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        eps: keeps the divisor away from 0; if left out, the machine's epsilon, 2.2e-16.
        elementwise_affine: whether there are weights, 1 at first.

    Attributes:
        weight: parameters in ``normalized_shape``, or None.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.RMSNorm: https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.normalized_shape = as_shape(normalized_shape, "RMSNorm")
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight = parameters_of(1.0, self.normalized_shape) if elementwise_affine else None
        self.label_parameters()

    def forward(self, input: Nested) -> Any:
        """Return the values scaled.

        Args:
            input: ``(*, *normalized_shape)``.

        Raises:
            ShapeError: if it has another shape.
        """
        return rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
