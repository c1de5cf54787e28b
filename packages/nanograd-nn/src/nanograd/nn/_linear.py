"""Linear: PyTorch's layer of weighted sums, without an activation of its own."""

from __future__ import annotations

import random

from nanograd.engine import ScalarValue
from nanograd.nn._module import Module
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Vector, as_vector, weighted_sum


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
    ) -> None:
        self.in_features = as_size(in_features, "in_features of Linear")
        self.out_features = as_size(out_features, "out_features of Linear")
        drawn_by = generator_or_default(generator)
        bound = self.in_features**-0.5

        def drawn(count: int) -> list[Parameter]:
            return [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(count)]

        self.weight = [drawn(self.in_features) for _ in range(self.out_features)]
        self.bias = drawn(self.out_features) if bias else None
        self.label_parameters()

    def forward(self, input: Vector) -> list[ScalarValue]:
        """Return the outputs for one sample.

        Args:
            input: ``in_features`` values.

        Raises:
            ShapeError: if there are more or fewer.
        """
        x = as_vector(input, self.in_features, "Linear")
        sums = [weighted_sum(row, x) for row in self.weight]
        if self.bias is None:
            return sums
        return [total + bias for total, bias in zip(sums, self.bias, strict=True)]

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )
