"""The activations that have a name: ``MLP(3, [4, 1], activation="gelu")``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn import _activation_functions as functions

Activation: TypeAlias = Callable[[ScalarValue], Any]

ACTIVATIONS: dict[str, Activation] = {
    "identity": functions.identity,
    # A neuron's sum is a ScalarValue always: its methods take a third of the time of functions of anything.
    "relu": ScalarValue.relu,
    "sigmoid": ScalarValue.sigmoid,
    "tanh": ScalarValue.tanh,
    "leaky_relu": ScalarValue.leaky_relu,
    "elu": ScalarValue.elu,
    "gelu": ScalarValue.gelu,
    "silu": ScalarValue.silu,
    **{
        function.__name__: function
        for function in (
            functions.selu,
            functions.celu,
            functions.mish,
            functions.softplus,
            functions.softsign,
            functions.logsigmoid,
            functions.tanhshrink,
            functions.softshrink,
            functions.hardshrink,
            functions.hardtanh,
            functions.relu6,
            functions.hardsigmoid,
            functions.hardswish,
        )
    },
}
"""The functions that a neuron's ``activation="..."`` may name, each with PyTorch's default options."""


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
    if isinstance(given, type):
        raise NumberTypeError(
            f"activation takes a name or a function and got the class {given.__name__}. "
            f"Give it an object of it: {given.__name__}()."
        )
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
