"""Loading a state dict: every name and number is looked at before the first parameter changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from nanograd.engine import Number, NumberTypeError, as_number
from nanograd.nn._buffers import named_numbers, with_numbers
from nanograd.nn._errors import StateDictError
from nanograd.nn._parameter import Parameter

MOST_NAMES = 10


class IncompatibleKeys(NamedTuple):
    """The names that a state dict lacks and those that only it has; both empty if it matches."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load_numbers(
    parameters: Mapping[str, Parameter],
    buffers: Sequence[tuple[dict[str, Any], str, str]],
    state_dict: Mapping[str, Number],
    whose: str,
    *,
    strict: bool,
) -> IncompatibleKeys:
    """Give parameters and buffers the numbers of the same name, all of them or after an error none.

    Args:
        parameters: the parameters by name.
        buffers: the attributes that hold a buffer, its name among them, and its name in the state dict.
        state_dict: numbers by name.
        whose: the name of the module's class, for messages.
        strict: whether names that only one of the two has are an error.

    Raises:
        StateDictError: if names differ and ``strict`` is set, or if sizes differ.
        NumberTypeError: if something in the dict is not a real number, or it is not a dict.
    """
    if not isinstance(state_dict, Mapping):
        raise NumberTypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}.")
    names = {
        **dict.fromkeys(parameters),
        **{name: None for held, at, full in buffers for name, _ in named_numbers(full, held[at])},
    }
    keys = IncompatibleKeys(
        missing_keys=[name for name in names if name not in state_dict],
        unexpected_keys=[name for name in state_dict if name not in names],
    )
    mismatches = _size_mismatches(names, state_dict) if any(keys) else []
    if mismatches or (strict and any(keys)):
        problems = [
            f"\n\t{problem} in state_dict: {_listed(unmatched)}."
            for problem, unmatched in (
                ("Missing key(s)", keys.missing_keys),
                ("Unexpected key(s)", keys.unexpected_keys),
            )
            if unmatched and strict
        ] + [f"\n\t{mismatch}" for mismatch in mismatches[:MOST_NAMES]]
        raise StateDictError(
            f"Error(s) in loading state_dict for {whose}:{''.join(problems)}\n"
            f"\tThe module has {len(names)} numbers and the dict {len(state_dict)}: "
            "it must come from a module of the same sizes. strict=False loads the names that both have."
        )
    numbers = {
        name: as_number(state_dict[name], f"load_state_dict: {name!r}")
        for name in names
        if name in state_dict
    }
    loaded = [(held, at, with_numbers(full, held[at], numbers)) for held, at, full in buffers]
    for name, parameter in parameters.items():
        if name in numbers:
            parameter.data = numbers[name]
    for held, at, buffer in loaded:
        held[at] = buffer
    return keys


def _size_mismatches(names: Iterable[str], given: Iterable[str]) -> list[str]:
    """Return a line for each vector or matrix that both have in different sizes."""
    sizes, given_sizes = _sizes(names), _sizes(given)
    return [
        f"size mismatch for {stem}: copying a param with shape {_shape(given_sizes[stem])} from the state "
        f"dict, the shape in current model is {_shape(indices)}."
        for stem, indices in sizes.items()
        if stem in given_sizes and _shape(given_sizes[stem]) != _shape(indices)
    ]


def _sizes(names: Iterable[str]) -> dict[str, set[tuple[int, ...]]]:
    """Return for each name without the numbers at its end which numbers it has there."""
    sizes: dict[str, set[tuple[int, ...]]] = {}
    for name in names:
        stem, indices = str(name), []
        while (parts := stem.rpartition("."))[2].isdecimal() and parts[0]:
            stem = parts[0]
            indices.append(int(parts[2]))
        sizes.setdefault(stem, set()).add(tuple(reversed(indices)))
    return sizes


def _shape(indices: set[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(max(column) + 1 for column in zip(*indices, strict=False))


def _listed(names: Iterable[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    more = len(quoted) - MOST_NAMES
    return ", ".join(quoted[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
