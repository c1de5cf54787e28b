"""The state of a scheduler as plain dicts, lists and numbers, and whether one fits a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from types import FunctionType
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError

_PER_GROUP = ("base_lrs", "_last_lr", "max_lrs", "base_momentums", "max_momentums", "min_lrs", "lr_lambdas")


def plain_state(attributes: Mapping[str, Any], without: Sequence[str]) -> dict[str, Any]:
    """Return a copy of a scheduler's attributes without some of them, such as the optimizer."""
    return {name: deepcopy(value) for name, value in attributes.items() if name not in without}


def checked_state(given: Mapping[str, Any], own: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return a copy of a state that was loaded.

    Args:
        given: the state.
        own: that of the scheduler which loads it.
        kind: the name of its class.

    Raises:
        ArgumentError: if the names or the numbers of groups differ.
        NumberTypeError: if it is not a dict, or holds something of another type.
    """
    if not isinstance(given, Mapping):
        raise NumberTypeError(f"Expected state_dict to be dict-like, got {type(given).__name__}.")
    missing, unexpected = [n for n in own if n not in given], [n for n in given if n not in own]
    if missing or unexpected:
        raise ArgumentError(
            f"loaded state dict is not that of a {kind}: it lacks {missing} and has {unexpected} besides"
        )
    for name, value in own.items():
        _check_type(given[name], value, f"{kind}.{name}")
        if name in _PER_GROUP and len(given[name]) != len(value):
            raise ArgumentError(
                f"loaded state dict of {kind} has {name} of {len(given[name])} parameter groups, "
                f"and the optimizer has {len(value)}"
            )
    return {name: deepcopy(value) for name, value in given.items()}


def _check_type(given: Any, own: Any, what: str) -> None:
    """Refuse a word where a number belongs, a number where a list belongs, and so on, also inside lists."""
    for kinds in (bool, str, int | float, list | tuple, Mapping, type(None)):
        if isinstance(own, kinds):
            if not isinstance(given, kinds) or isinstance(given, bool) != (kinds is bool):
                raise NumberTypeError(
                    f"{what} in the loaded state dict is {type(given).__name__}: {given!r}, "
                    f"where a {type(own).__name__} belongs"
                )
            break
    if isinstance(own, list | tuple) and own:
        for index, item in enumerate(given):
            _check_type(item, own[min(index, len(own) - 1)], f"{what}[{index}]")


# ---- functions are not saved, but what objects that can be called hold is


def saved_functions(functions: Sequence[Callable[..., Any] | None]) -> list[dict[str, Any] | None]:
    """Return the attributes of those that are objects, and None for functions."""
    return [
        None if isinstance(function, FunctionType) else deepcopy(getattr(function, "__dict__", None))
        for function in functions
    ]


def restore_functions(
    functions: Sequence[Callable[..., Any] | None], saved: Sequence[Mapping[str, Any] | None]
) -> None:
    """Give the objects among the functions the attributes that were saved."""
    for function, attributes in zip(functions, saved, strict=True):
        if attributes is not None:
            vars(function).update(deepcopy(dict(attributes)))
