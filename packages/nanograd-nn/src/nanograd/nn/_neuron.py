"""Neuron: a weighted sum of the inputs, a bias and an activation, in readable scalars."""

from __future__ import annotations

import random

from nanograd.engine import ScalarValue
from nanograd.nn._activations import Activation, activation_function, activation_name, identity
from nanograd.nn._module import Module
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Vector, as_vector, weighted_sum


class Neuron(Module):
    """Compute activation(w[0] x[0] + w[1] x[1] + ... + b).

    Weights and bias begin as numbers between ±1 / sqrt(nin), as those of `torch.nn.Linear`_ do. (micrograd
    draws the weights between ±1 and begins with b = 0; with many inputs that saturates a tanh.)

    >>> neuron = Neuron(2, activation="tanh")
    >>> neuron.load_state_dict({"w.0": -3.0, "w.1": 1.0, "b": 6.875})
    IncompatibleKeys(missing_keys=[], unexpected_keys=[])
    >>> neuron([2.0, -4.0])
    ScalarValue(data=-0.996146...)

    Args:
        nin: the number of inputs.
        nonlin: whether there is an activation; without one the neuron is linear.
        activation: ``"relu"``, ``"tanh"``, ``"sigmoid"``, ``"identity"``, or a function of one value.
        generator: draws the weights and then the bias; without it the one that :func:`manual_seed` seeds.

    Attributes:
        w: the weights, as many as inputs.
        b: the bias.

    Raises:
        ArgumentError: if ``nin`` is not at least 1, or no activation has that name.

    .. _torch.nn.Linear: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation = "relu",
        generator: random.Random | None = None,
    ) -> None:
        self.nin = as_size(nin, "nin of Neuron(nin)")
        function = activation_function(activation)
        self.activation = function if nonlin else identity
        drawn_by = generator_or_default(generator)
        bound = self.nin**-0.5
        self.w = [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(self.nin)]
        self.b = Parameter(uniform(-bound, bound, drawn_by))
        self.label_parameters()

    def forward(self, x: Vector) -> ScalarValue:
        """Return the neuron's output for one sample.

        Args:
            x: as many values as the neuron has inputs.

        Raises:
            ShapeError: if there are more or fewer.
        """
        return self.activation(weighted_sum(self.w, as_vector(x, self.nin, "Neuron")) + self.b)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return f"nin={self.nin}, activation={activation_name(self.activation)}"
