"""Hyperparameters: what more than one optimizer checks about them."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError, as_number


def check_not_negative(what: str, given: Any) -> None:
    """Refuse what is not a real number of at least 0, in PyTorch's words.

    Args:
        what: the name, such as ``"learning rate"``.
        given: the value.

    Raises:
        ArgumentError: if it is negative or nan.
        NumberTypeError: if it is not a real number.
    """
    if not as_number(given, what) >= 0:
        raise ArgumentError(f"Invalid {what}: {given}")
