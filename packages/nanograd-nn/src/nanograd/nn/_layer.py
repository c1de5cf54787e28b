"""Layer: neurons side by side that read the same inputs."""

from __future__ import annotations

import random
from typing import Any

from nanograd.engine import ScalarValue
from nanograd.nn._activation_names import Activation
from nanograd.nn._module import Module
from nanograd.nn._neuron import Neuron
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Vector, as_samples, fused_sums


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
        fused: whether each weighted sum is one node of the graph, see :class:`Neuron`. All of them are then
            computed at once, and the nodes belong to the layer and not to its neurons, unless a neuron has
            hooks.

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
        fused: bool = False,
    ) -> None:
        self.nin = as_size(nin, "nin of Layer(nin, nout)")
        neurons = range(as_size(nout, "nout of Layer(nin, nout)"))
        self.neurons = [
            Neuron(nin, nonlin, activation=activation, generator=generator, fused=fused) for _ in neurons
        ]
        self.label_parameters()

    def forward(self, x: Vector) -> Any:
        """Return the outputs for one sample, or for each sample of a batch.

        Args:
            x: as many values as the layer has inputs, ``(nin)``; or lists of them, ``(*, nin)``.

        Returns:
            A list of the outputs, ``(nout)``, or of a single neuron the value itself, as in micrograd; of a
            batch lists of them, ``(*, nout)`` or ``(*)``.

        Raises:
            ShapeError: if there are more or fewer.
        """
        inputs = as_samples(x, self.nin, "Layer")
        samples = [inputs] if isinstance(inputs, Sample) else inputs.rows
        if all(map(_is_fused_and_free, self.neurons)):
            columns = self._fused_outputs(samples)
        elif isinstance(inputs, Sample):
            columns = [[neuron(inputs)] for neuron in self.neurons]
        else:
            columns = [inputs.in_a_row(neuron(inputs)) for neuron in self.neurons]
        # A neuron has returned its output for all samples; a sample wants the outputs of all neurons.
        rows = columns[0] if len(columns) == 1 else [list(row) for row in zip(*columns, strict=True)]
        return rows[0] if isinstance(inputs, Sample) else inputs.in_its_shape(rows)

    def _fused_outputs(self, samples: list[Sample]) -> list[list[ScalarValue]]:
        weights, biases = [neuron.w for neuron in self.neurons], [neuron.b for neuron in self.neurons]
        return [
            [neuron.activation(total) for total in column]
            for neuron, column in zip(self.neurons, fused_sums(weights, biases, samples), strict=True)
        ]


def _is_fused_and_free(neuron: Module) -> bool:
    """Return whether what a neuron computes may be computed for it: nobody would see a call of its own."""
    return (
        type(neuron) is Neuron
        and neuron.fused
        and not neuron._is_watched()
        and not isinstance(neuron.activation, Module)
    )
