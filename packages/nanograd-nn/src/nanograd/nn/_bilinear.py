"""Bilinear: weighted sums of the products of two inputs."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ShapeError, dot
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, nested, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Vector, affine, as_samples, caller


def bilinear(input1: Vector, input2: Vector, weight: Nested, bias: Sequence[Any] | None = None) -> list[Any]:
    """Return the sum of weight[k][i][j] x[i] y[j] over all i and j, plus bias[k], for each k.

    Like `torch.nn.functional.bilinear`_.

    >>> bilinear([1.0, 2.0], [10.0], [[[3.0], [4.0]]], [0.5])
    [ScalarValue(data=110.5)]

    Args:
        input1: x, ``(*, in1_features)``.
        input2: y, ``(*, in2_features)``, in as many samples.
        weight: ``(out_features, in1_features, in2_features)``.
        bias: ``(out_features)``.

    Returns:
        Lists of values, ``(*, out_features)``.

    Raises:
        ShapeError: if the sizes do not match.

    .. _torch.nn.functional.bilinear:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
    """
    shape = shape_of(weight, "weight")
    if len(shape) != 3 or 0 in shape:
        raise ShapeError(
            f"{caller('bilinear')} takes a weight of shape (out_features, in1_features, in2_features) "
            f"and got {shape}"
        )
    if bias is not None and shape_of(bias, "bias") != shape[:1]:
        raise ShapeError(
            f"{caller('bilinear')} takes a bias for each of the {shape[0]} outputs "
            f"and got one of shape {shape_of(bias, 'bias')}"
        )
    first, second = as_samples(input1, shape[1], "bilinear"), as_samples(input2, shape[2], "bilinear")
    leading, other = _leading(first), _leading(second)
    if leading != other:
        raise ShapeError(
            f"{caller('bilinear')}: input dimensions do not match: got {(*leading, shape[1])} "
            f"and {(*other, shape[2])}, which differ before the last one"
        )
    matrices = nested(flat(weight, "weight"), shape)
    biases = [None] * shape[0] if bias is None else bias

    def outputs(x: Sample, y: Sample) -> list[Any]:
        return [
            affine([dot(row, y) for row in matrix], own_bias, x, fused=True)
            for matrix, own_bias in zip(matrices, biases, strict=True)
        ]

    if isinstance(first, Sample) or isinstance(second, Sample):
        return outputs(first, second)  # type: ignore[arg-type]  # both are
    return first.in_its_shape([outputs(*pair) for pair in zip(first.rows, second.rows, strict=True)])


def _leading(samples: Any) -> Shape:
    """Return the shape of a batch without the size of its samples."""
    return () if isinstance(samples, Sample) else samples.leading


class Bilinear(Module):
    """Compute the sum of weight[k][i][j] x[i] y[j] over all i and j, plus bias[k], like `torch.nn.Bilinear`_.

    Weights and biases begin as numbers between ±1 / sqrt(in1_features).

    >>> layer = Bilinear(2, 3, 4)
    >>> layer
    Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)
    >>> len(layer([1.0, 2.0], [1.0, 2.0, 3.0]))
    4

    Args:
        in1_features: the size of the first input.
        in2_features: the size of the second.
        out_features: the number of outputs.
        bias: whether a bias is added.
        generator: draws the weights in order and then the biases.

    Attributes:
        weight: ``(out_features, in1_features, in2_features)`` parameters.
        bias: ``(out_features)`` parameters, or None.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.Bilinear: https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        generator: random.Random | None = None,
    ) -> None:
        self.in1_features = as_size(in1_features, "in1_features of Bilinear")
        self.in2_features = as_size(in2_features, "in2_features of Bilinear")
        self.out_features = as_size(out_features, "out_features of Bilinear")
        shape = (self.out_features, self.in1_features, self.in2_features)
        bound, drawn_by = self.in1_features**-0.5, generator_or_default(generator)

        def drawn(count: int) -> list[Parameter]:
            return [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(count)]

        self.weight = nested(drawn(math.prod(shape)), shape)
        self.bias = drawn(self.out_features) if bias else None
        self.label_parameters()

    def forward(self, input1: Vector, input2: Vector) -> list[Any]:
        """Return the outputs for one sample, or for each sample of a batch.

        Args:
            input1: ``(*, in1_features)``.
            input2: ``(*, in2_features)``.

        Returns:
            Lists of values, ``(*, out_features)``.

        Raises:
            ShapeError: if the sizes do not match.
        """
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
