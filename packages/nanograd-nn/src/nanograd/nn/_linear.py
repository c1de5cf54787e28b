"""Linear: PyTorch's layer of weighted sums, without an activation of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ShapeError
from nanograd.nn._module import Module
from nanograd.nn._nested import shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Samples, Vector, affine_of_each, as_samples, caller, fused_sums


class Linear(Module):
    """Compute y[j] = weight[j][0] x[0] + weight[j][1] x[1] + ... + bias[j], like `torch.nn.Linear`_.

    Weights and biases begin as numbers between ±1 / sqrt(in_features). The result is a list, of one output
    too.

    >>> linear = Linear(2, 3)
    >>> linear
    Linear(in_features=2, out_features=3, bias=True)
    >>> len(linear([1.0, 2.0]))
    3

    Args:
        in_features: the number of inputs.
        out_features: the number of outputs.
        bias: whether a bias is added.
        generator: draws the weights row by row and then the biases.
        fused: whether each weighted sum is one node of the graph, see :class:`Neuron`.

    Attributes:
        weight: ``out_features`` lists of ``in_features`` parameters.
        bias: ``out_features`` parameters, or None.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.Linear: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        generator: random.Random | None = None,
        fused: bool = False,
    ) -> None:
        self.in_features = as_size(in_features, "in_features of Linear")
        self.out_features = as_size(out_features, "out_features of Linear")
        self.fused = fused
        drawn_by = generator_or_default(generator)
        bound = self.in_features**-0.5

        def drawn(count: int) -> list[Parameter]:
            return [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(count)]

        self.weight = [drawn(self.in_features) for _ in range(self.out_features)]
        self.bias = drawn(self.out_features) if bias else None
        self.label_parameters()

    def forward(self, input: Vector) -> list[Any]:
        """Return the outputs for one sample, or for each sample of a batch.

        Args:
            input: ``in_features`` values, or lists of them, ``(*, in_features)``.

        Returns:
            Lists of values, ``(*, out_features)``.

        Raises:
            ShapeError: if a sample has more or fewer.
        """
        return _outputs(as_samples(input, self.in_features, "Linear"), self.weight, self.bias, self.fused)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
            + (", fused=True" if self.fused else "")
        )


def linear(input: Vector, weight: Sequence[Sequence[Any]], bias: Sequence[Any] | None = None) -> list[Any]:
    """Return weight[j][0] x[0] + weight[j][1] x[1] + ... + bias[j] for each j.

    Like `torch.nn.functional.linear`_.

    >>> linear([10.0, 1.0], [[2.0, 3.0], [4.0, 5.0]], [0.0, 1.0])
    [ScalarValue(data=23.0), ScalarValue(data=46.0)]

    Args:
        input: ``(*, in_features)``.
        weight: ``(out_features, in_features)``.
        bias: ``(out_features)``.

    Returns:
        Lists of values, ``(*, out_features)``.

    Raises:
        ShapeError: if the sizes do not match.

    .. _torch.nn.functional.linear:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
    """
    shape = shape_of(weight, "weight")
    if len(shape) != 2 or 0 in shape:
        raise ShapeError(
            f"{caller('linear')} takes a weight of shape (out_features, in_features) and got {shape}"
        )
    if bias is not None and shape_of(bias, "bias") != shape[:1]:
        raise ShapeError(
            f"{caller('linear')} takes a bias for each of the {shape[0]} rows of weight "
            f"and got one of shape {shape_of(bias, 'bias')}"
        )
    return _outputs(as_samples(input, shape[1], "linear"), weight, bias, fused=True)


def _outputs(
    inputs: Sample | Samples, weight: Sequence[Sequence[Any]], bias: Sequence[Any] | None, fused: bool
) -> list[Any]:
    samples = [inputs] if isinstance(inputs, Sample) else inputs.rows
    biases = [None] * len(weight) if bias is None else bias
    if fused:
        columns = fused_sums(weight, biases, samples)
    else:
        columns = [
            affine_of_each(row, own_bias, samples, fused=False)
            for row, own_bias in zip(weight, biases, strict=True)
        ]
    outputs = [list(row) for row in zip(*columns, strict=True)]
    return outputs[0] if isinstance(inputs, Sample) else inputs.in_its_shape(outputs)
