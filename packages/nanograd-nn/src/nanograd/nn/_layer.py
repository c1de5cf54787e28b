"""Layer: neurons side by side that read the same inputs."""

from __future__ import annotations

import random

from nanograd.engine import ScalarValue
from nanograd.nn._activations import Activation
from nanograd.nn._module import Module
from nanograd.nn._neuron import Neuron
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Vector, as_vector


class Layer(Module):
    """Compute one output a neuron, all from the same inputs.

    >>> layer = Layer(3, 2, activation="tanh")
    >>> layer
    Layer(
      (neurons.0-1): 2 x Neuron(nin=3, activation='tanh')
    )
    >>> [parameter.label for parameter in layer.parameters()]  # doctest: +NORMALIZE_WHITESPACE
    ['neurons.0.w.0', 'neurons.0.w.1', 'neurons.0.w.2', 'neurons.0.b',
     'neurons.1.w.0', 'neurons.1.w.1', 'neurons.1.w.2', 'neurons.1.b']

    Args:
        nin: the number of inputs.
        nout: the number of neurons.
        nonlin: whether the neurons have an activation.
        activation: its name or a function of one value, see :class:`Neuron`.
        generator: draws the weights, neuron after neuron.

    Attributes:
        neurons: the neurons.

    Raises:
        ArgumentError: if a size is not at least 1, or no activation has that name.
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: str | Activation = "relu",
        generator: random.Random | None = None,
    ) -> None:
        self.nin = as_size(nin, "nin of Layer(nin, nout)")
        neurons = range(as_size(nout, "nout of Layer(nin, nout)"))
        self.neurons = [Neuron(nin, nonlin, activation=activation, generator=generator) for _ in neurons]
        self.label_parameters()

    def forward(self, x: Vector) -> ScalarValue | list[ScalarValue]:
        """Return the outputs for one sample: a list, or of a single neuron the value itself, as in micrograd.

        Args:
            x: as many values as the layer has inputs.

        Raises:
            ShapeError: if there are more or fewer.
        """
        inputs = as_vector(x, self.nin, "Layer")
        outputs: list[ScalarValue] = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs
