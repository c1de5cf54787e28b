"""PReLU: the activation that learns its slope."""

from __future__ import annotations

from typing import Any

from nanograd import engine
from nanograd.engine import Number, ShapeError
from nanograd.nn._dimensions import along
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, is_list, mapped, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._sizes import as_size


def prelu(input: Nested, weight: Nested) -> Any:
    """Return x where it is positive and ``weight`` x elsewhere, like `torch.nn.functional.prelu`_.

    >>> prelu([1.0, -2.0], [0.25])
    [1.0, -0.5]

    Args:
        input: values of any shape.
        weight: the slope below 0: one for all, or one for each channel, the second dimension of ``input``.

    Raises:
        ShapeError: if there are not as many slopes as channels.

    .. _torch.nn.functional.prelu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
    """
    slopes: list[Any] = list(weight) if is_list(weight) else [weight]  # type: ignore[arg-type]  # it is a list
    if len(slopes) == 1:
        return mapped(lambda x: engine.leaky_relu(x, slopes[0]), input)
    shape = shape_of(input, "input")
    channels = shape[1] if len(shape) > 1 else 1
    if len(slopes) != channels:
        raise ShapeError(
            "Mismatch of parameter numbers and input channel size. "
            f"Found parameter numbers = {len(slopes)} and channel size = {channels}."
        )
    return along(lambda x: [engine.leaky_relu(*pair) for pair in zip(x, slopes, strict=True)], input, 1)


class PReLU(Module):
    """Compute x where it is positive and ``weight`` x elsewhere, like `torch.nn.PReLU`_.

    >>> PReLU()([1.0, -2.0])
    [ScalarValue(data=1.0), ScalarValue(data=-0.5)]

    Args:
        num_parameters: the number of slopes: 1, or the number of channels of the input.
        init: the slopes at first.

    Attributes:
        weight: the slopes, a list of ``num_parameters`` parameters.

    Raises:
        ArgumentError: if ``num_parameters`` is not at least 1.

    .. _torch.nn.PReLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
    """

    def __init__(self, num_parameters: int = 1, init: Number = 0.25) -> None:
        self.num_parameters = as_size(num_parameters, "num_parameters of PReLU")
        self.weight = [Parameter(init) for _ in range(self.num_parameters)]
        self.label_parameters()

    def forward(self, input: Nested) -> Any:
        """Return the function of values of any shape."""
        return prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Return the number of slopes."""
        return f"num_parameters={self.num_parameters}"
