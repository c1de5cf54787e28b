"""MLP: layers one after the other, the multilayer perceptron."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._activation_names import Activation, activation_function
from nanograd.nn._layer import Layer
from nanograd.nn._module import Module
from nanograd.nn._nested import Shape, is_list, mapped
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Vector, as_samples


class MLP(Module):
    """Compute the outputs of layers one after the other; the last one is linear, as in micrograd.

    >>> model = MLP(3, [2, 3, 2, 1], activation="tanh")
    >>> len(model.layers), len(model.parameters())
    (4, 28)
    >>> model.parameters()[0].label
    'layers.0.neurons.0.w.0'
    >>> len(model([[2.0, 3.0, -1.0], [3.0, -1.0, 0.5]]))
    2
    >>> model([2.0, 3.0])
    Traceback (most recent call last):
    ...
    nanograd.engine.ShapeError: MLP takes 3 inputs and got 2: [2.0, 3.0]. Give it as many values as MLP...

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of every layer; the last one is the number of outputs.
        activation: what the hidden layers apply, by name or as a function of one value, see :class:`Neuron`.
        output_activation: what the last layer applies, nothing if left out.
        generator: draws the weights, layer after layer.
        fused: whether each weighted sum is one node of the graph, see :class:`Neuron`.

    Attributes:
        layers: the layers.

    Raises:
        ArgumentError: if a size is not at least 1, if there is no layer, or if no activation has that name.
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str | Activation = "relu",
        output_activation: str | Activation | None = None,
        generator: random.Random | None = None,
        fused: bool = False,
    ) -> None:
        if not is_list(nouts) or not len(nouts):
            raise ArgumentError(
                f"nouts of MLP(nin, nouts) lists the neurons of each layer, as [4, 1], and got {nouts!r}"
            )
        activation_function(activation)  # refused also where no layer is hidden
        self.nin = as_size(nin, "nin of MLP(nin, nouts)")
        sizes = [
            self.nin,
            *(as_size(nout, f"nouts[{index}] of MLP(nin, nouts)") for index, nout in enumerate(nouts)),
        ]
        activations = [activation] * (len(sizes) - 2) + [output_activation or "identity"]
        self.layers = [
            Layer(*size, activation=function, generator=generator, fused=fused)
            for size, function in zip(itertools.pairwise(sizes), activations, strict=True)
        ]
        self.label_parameters()

    def forward(self, x: Vector) -> Any:
        """Return the outputs for one sample, or for each sample of a batch.

        Args:
            x: as many values as the network has inputs, ``(nin)``; or lists of them, ``(*, nin)``.

        Returns:
            A list of the outputs, ``(nout)``, or of a single output the value itself; of a batch lists of
            them, ``(*, nout)`` or ``(*)``.

        Raises:
            ShapeError: if there are more or fewer.
        """
        inputs = as_samples(x, self.nin, "MLP")
        leading = () if isinstance(inputs, Sample) else inputs.leading
        outputs: Any = inputs
        for layer in self.layers:
            outputs = layer(_as_rows(outputs, leading))
        return outputs


def _as_rows(outputs: Any, leading: Shape) -> Any:
    """Return the outputs with those of a single neuron, which are values, put into lists of one."""
    first = outputs
    for _ in leading:
        first = first[0]
    return outputs if is_list(first) else mapped(lambda output: [output], outputs)
