"""What the utilities are given: parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from nanograd.engine import NumberTypeError, ScalarValue

Parameters: TypeAlias = ScalarValue | Iterable[ScalarValue]


def as_parameters(given: Parameters) -> list[ScalarValue]:
    """Return what the user gave as a list, which may be read more than once.

    Raises:
        NumberTypeError: if something is not a ScalarValue.
    """
    if isinstance(given, ScalarValue):
        return [given]
    if not isinstance(given, Iterable):
        advice = " Give its parameters()." if hasattr(given, "parameters") else ""
        raise NumberTypeError(f"parameters are ScalarValues, and got {type(given).__name__}.{advice}")
    values: list[ScalarValue] = []
    for value in given:
        if not isinstance(value, ScalarValue):
            raise NumberTypeError(f"parameters are ScalarValues, and one of them is {type(value).__name__}")
        values.append(value)
    return values
