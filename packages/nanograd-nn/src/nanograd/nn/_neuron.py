"""Neuron: a weighted sum of the inputs, a bias and an activation, in readable scalars."""

from __future__ import annotations

import random
from typing import Any

from nanograd.nn._activation_functions import identity
from nanograd.nn._activation_names import Activation, activation_function, activation_name
from nanograd.nn._module import Module
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Vector, affine_of_each, as_samples


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
        activation: the name of a function of :mod:`nanograd.nn.functional` such as ``"tanh"`` or ``"gelu"``,
            ``"identity"``, or a function of one value.
        generator: draws the weights and then the bias; without it the one that :func:`manual_seed` seeds.
        fused: whether the sum is one node of the graph, :func:`~nanograd.engine.dot`, and not one for each
            product and sum. The numbers are the same, to the last bit; a step takes a fraction of the time.

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
        fused: bool = False,
    ) -> None:
        self.nin = as_size(nin, "nin of Neuron(nin)")
        function = activation_function(activation)
        self.activation = function if nonlin else identity
        self.fused = fused
        drawn_by = generator_or_default(generator)
        bound = self.nin**-0.5
        self.w = [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(self.nin)]
        self.b = Parameter(uniform(-bound, bound, drawn_by))
        self.label_parameters()

    def forward(self, x: Vector) -> Any:
        """Return the neuron's output for one sample, or one output for each sample of a batch.

        Args:
            x: as many values as the neuron has inputs, ``(nin)``; or lists of them, ``(*, nin)``.

        Returns:
            A value; of a batch lists of values, ``(*)``.

        Raises:
            ShapeError: if there are more or fewer.
        """
        inputs = as_samples(x, self.nin, "Neuron")
        if isinstance(inputs, Sample):
            return self.activation(affine_of_each(self.w, self.b, [inputs], fused=self.fused)[0])
        sums = affine_of_each(self.w, self.b, inputs.rows, fused=self.fused)
        return inputs.in_its_shape([self.activation(total) for total in sums])

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        fused = ", fused=True" if self.fused else ""
        return f"nin={self.nin}, activation={activation_name(self.activation)}{fused}"
