"""Hyperparameters: what several optimizers check about them, in PyTorch's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError, as_number

_CALLED = {"lr": "learning rate", "eps": "epsilon value"}  # the others are called by their names


def check_not_negative(hyperparameters: Mapping[str, Any], *names: str) -> None:
    """Refuse what is not a real number of at least 0.

    Args:
        hyperparameters: those of one group.
        names: which of them to check.

    Raises:
        ArgumentError: if one is negative or nan.
        NumberTypeError: if one is not a real number.
    """
    for name in names:
        called = _CALLED.get(name, f"{name} value")
        if not as_number(hyperparameters[name], called) >= 0:
            raise ArgumentError(f"Invalid {called}: {hyperparameters[name]}")


def check_betas(hyperparameters: Mapping[str, Any]) -> None:
    """Refuse ``betas`` that are not two numbers from 0 to below 1.

    Raises:
        ArgumentError: if there are not two, or one is outside.
        NumberTypeError: if one is not a real number.
    """
    for index, beta in enumerate(pair(hyperparameters, "betas", "(β1, β2)")):
        if not 0.0 <= as_number(beta, f"betas[{index}]") < 1.0:
            raise ArgumentError(f"Invalid beta parameter at index {index}: {beta}")


def pair(hyperparameters: Mapping[str, Any], name: str, meaning: str) -> tuple[Any, Any]:
    """Return a hyperparameter that is two numbers.

    Args:
        hyperparameters: those of one group.
        name: its name.
        meaning: what the two are, for the message.

    Raises:
        ArgumentError: if it is not a tuple or a list of two.
    """
    given = hyperparameters[name]
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ArgumentError(f"{name} are two numbers, {meaning}, and got {given!r}")
    return given[0], given[1]
