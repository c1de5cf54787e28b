"""Activations: the functions between layers, by name for neurons and as modules for Sequential."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, relu, sigmoid, tanh
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, mapped

Activation: TypeAlias = Callable[[ScalarValue], ScalarValue]


def identity(x: ScalarValue) -> ScalarValue:
    """Return x as it is: the activation of a linear neuron."""
    return x


ACTIVATIONS: dict[str, Activation] = {"identity": identity, "relu": relu, "sigmoid": sigmoid, "tanh": tanh}
"""The functions that a neuron's ``activation="..."`` may name."""


def activation_function(given: str | Activation) -> Activation:
    """Return the function of a name; a function is returned as it is.

    Raises:
        ArgumentError: if no function has that name; the message lists those that there are.
        NumberTypeError: if it is neither a name nor a function.
    """
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            names = ", ".join(repr(name) for name in ACTIVATIONS)
            raise ArgumentError(
                f"unknown activation {given!r}. Known are {names}; or give a function of one value."
            )
        return ACTIVATIONS[given]
    if not callable(given):
        raise NumberTypeError(
            f"activation takes a name or a function and got {type(given).__name__}: {given!r}"
        )
    return given


def activation_name(function: Activation) -> str:
    """Return what a module's repr calls an activation."""
    for name, known in ACTIVATIONS.items():
        if known is function:
            return repr(name)
    return getattr(function, "__name__", None) or repr(function)


class _Elementwise(Module):
    """A module that applies one function to every value it is given."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def forward(self, input: Nested) -> Any:
        """Return the function of a value, or of every value in nested lists.

        Args:
            input: values of any shape.
        """
        return mapped(self._function, input)


class Identity(_Elementwise):
    """Return the input as it is, like `torch.nn.Identity`_.

    >>> Identity()([1.0, -2.0])
    [1.0, -2.0]

    .. _torch.nn.Identity: https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
    """

    def __init__(self) -> None:
        super().__init__(identity)


class ReLU(_Elementwise):
    """Return max(0, x) for every value x, like `torch.nn.ReLU`_.

    >>> ReLU()([1.0, -2.0])
    [1.0, 0.0]

    .. _torch.nn.ReLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html
    """

    def __init__(self) -> None:
        super().__init__(relu)


class Sigmoid(_Elementwise):
    """Return 1 / (1 + e**-x) for every value x, like `torch.nn.Sigmoid`_.

    >>> Sigmoid()([0.0, -800.0])
    [0.5, 0.0]

    .. _torch.nn.Sigmoid: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
    """

    def __init__(self) -> None:
        super().__init__(sigmoid)


class Tanh(_Elementwise):
    """Return (e**x - e**-x) / (e**x + e**-x) for every value x, like `torch.nn.Tanh`_.

    >>> Tanh()(ScalarValue(0.0))
    ScalarValue(data=0.0)

    .. _torch.nn.Tanh: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html
    """

    def __init__(self) -> None:
        super().__init__(tanh)
