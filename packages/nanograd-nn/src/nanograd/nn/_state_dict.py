"""Loading a state dict: every name and number is looked at before the first parameter changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nanograd.engine import Number, NumberTypeError, as_number
from nanograd.nn._errors import StateDictError
from nanograd.nn._parameter import Parameter

MOST_NAMES = 10


class IncompatibleKeys(NamedTuple):
    """The names that a state dict lacks and those that only it has; both empty if it matches."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load_numbers(
    parameters: Mapping[str, Parameter], state_dict: Mapping[str, Number], whose: str, *, strict: bool
) -> IncompatibleKeys:
    """Give the parameters the numbers of the same name, all of them or after an error none.

    Args:
        parameters: the parameters by name.
        state_dict: numbers by name.
        whose: the name of the module's class, for messages.
        strict: whether names that only one of the two has are an error.

    Raises:
        StateDictError: if names differ and ``strict`` is set.
        NumberTypeError: if something in the dict is not a real number, or it is not a dict.
    """
    if not isinstance(state_dict, Mapping):
        raise NumberTypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}.")
    keys = IncompatibleKeys(
        missing_keys=[name for name in parameters if name not in state_dict],
        unexpected_keys=[name for name in state_dict if name not in parameters],
    )
    if strict and any(keys):
        problems = [
            f"\n\t{problem} in state_dict: {_listed(names)}."
            for problem, names in (
                ("Missing key(s)", keys.missing_keys),
                ("Unexpected key(s)", keys.unexpected_keys),
            )
            if names
        ]
        raise StateDictError(
            f"Error(s) in loading state_dict for {whose}:{''.join(problems)}\n"
            f"\tThe module has {len(parameters)} parameters and the dict {len(state_dict)}: "
            "it must come from a module of the same sizes. strict=False loads the names that both have."
        )
    numbers = {
        name: as_number(state_dict[name], f"load_state_dict: {name!r}")
        for name in parameters
        if name in state_dict
    }
    for name, number in numbers.items():
        parameters[name].data = number
    return keys


def _listed(names: Iterable[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    more = len(quoted) - MOST_NAMES
    return ", ".join(quoted[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
