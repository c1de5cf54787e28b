"""Which arguments of a function to differentiate for: ``argnums``, as in JAX and ``torch.func``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine._errors import ArgumentError
from nanograd.engine._numbers import described
from nanograd.engine._trees import Tree


def check_function(asked: str, function: Any) -> None:
    """Refuse what is no function.

    Raises:
        ArgumentError: if it cannot be called.
    """
    if not callable(function):
        raise ArgumentError(
            f"{asked}(function) takes a function and got {described(function)}. Give the function itself, "
            "not what it returns."
        )


def check_argnums(asked: str, argnums: Any) -> None:
    """Refuse what cannot be the number of an argument, or several, whatever the function is called with.

    Raises:
        ArgumentError: if it is something else.
    """
    several = list(argnums) if isinstance(argnums, list | tuple | range) else [argnums]
    if not several or not all(type(number) is int for number in several):
        raise ArgumentError(
            f"{asked}(argnums={argnums!r}) takes the number of an argument, counted from 0, or several as a "
            "tuple"
        )


def positions(asked: str, argnums: int | Sequence[int], arguments: tuple[Any, ...]) -> dict[int, str]:
    """Return the position of each argument to differentiate for, and what messages call it.

    >>> positions("gradient", (-1, 0), ("x", "y", "z"))
    {2: 'arguments[2]', 0: 'arguments[0]'}

    Raises:
        ArgumentError: if there is no such argument, or one is named twice.
    """
    found: dict[int, str] = {}
    count = len(arguments)
    for number in [argnums] if isinstance(argnums, int) else argnums:
        position = number + count if number < 0 else number
        if not 0 <= position < count:
            raise ArgumentError(
                f"{asked}(argnums={argnums!r}) needs a positional argument {number}, and the function was "
                f"called with {count}"
            )
        if position in found:
            raise ArgumentError(f"{asked}(argnums={argnums!r}) names argument {position} twice")
        found[position] = f"arguments[{position}]"
    return found


def differentiated(argnums: int | Sequence[int], arguments: tuple[Any, ...]) -> Tree:
    """Return the tree that a gradient looks like: the argument, or a tuple of those chosen."""
    if isinstance(argnums, int):
        return arguments[argnums]
    return tuple(arguments[number] for number in argnums)
