"""The state of an optimizer as plain dicts, lists and numbers, and back again.

Parameters are known by their position, counted through all groups: the optimizer that continues has others.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, as_number
from nanograd.nn.optim._param_groups import ParamGroup, unknown_names

State: TypeAlias = dict[ScalarValue, dict[str, Any]]


def state_dict_of(
    groups: Sequence[ParamGroup], state: Mapping[ScalarValue, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return groups and state with positions in place of parameters."""
    parameters = [parameter for group in groups for parameter in group["params"]]
    positions = {parameter: position for position, parameter in enumerate(parameters)}
    return {
        "state": {positions[parameter]: deepcopy(remembered) for parameter, remembered in state.items()},
        "param_groups": [
            {**group, "params": [positions[parameter] for parameter in group["params"]]} for group in groups
        ],
    }


def fitted(
    state_dict: Mapping[str, Any], groups: Sequence[ParamGroup], defaults: Mapping[str, Any]
) -> tuple[list[ParamGroup], State]:
    """Return the groups and the state of a state dict, with parameters in place of their positions.

    Args:
        state_dict: what :func:`state_dict_of` returned, perhaps by way of a JSON file.
        groups: the groups of the optimizer that continues.
        defaults: its hyperparameters.

    Raises:
        ArgumentError: if groups, sizes or the names of hyperparameters do not match.
        NumberTypeError: if it is not made of dicts and lists as it should be, or something that is remembered
            is not a real number.
    """
    loaded, remembered_of = _layout(state_dict)
    if len(loaded) != len(groups):
        raise ArgumentError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(loaded)}, and the optimizer has {len(groups)}"
        )
    # Positions as text, because that is what a JSON file makes of the keys.
    parameters: dict[str, ScalarValue] = {}
    for index, (group, own) in enumerate(zip(loaded, groups, strict=True)):
        if len(group["params"]) != len(own["params"]):
            raise ArgumentError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's "
                f"group: group {index} has {len(group['params'])} parameters there "
                f"and {len(own['params'])} here"
            )
        if lacking := [name for name in defaults if name not in group]:
            raise ArgumentError(f"loaded state dict is of another optimizer: group {index} has no {lacking}")
        if unknown := unknown_names(group, defaults):
            raise ArgumentError(
                f"loaded state dict is of another optimizer: group {index} has {unknown} besides"
            )
        parameters.update(zip(map(str, group["params"]), own["params"], strict=True))
    if strays := [place for place in remembered_of if str(place) not in parameters]:
        raise ArgumentError(
            f"loaded state dict has the state of parameter {strays[0]}, which is in none of its groups"
        )
    state = {
        parameters[str(place)]: {
            name: _numbers(remembered, f"state[{place}][{name!r}]") for name, remembered in entries.items()
        }
        for place, entries in remembered_of.items()
    }
    names = [{"param_names": own["param_names"]} if "param_names" in own else {} for own in groups]
    return [
        {**named, **group, "params": own["params"]}
        for named, group, own in zip(names, loaded, groups, strict=True)
    ], state


def _layout(state_dict: Mapping[str, Any]) -> tuple[Sequence[Any], Mapping[Any, Any]]:
    """Return the groups and the state of a state dict, which are lists and dicts as they should be."""
    if not isinstance(state_dict, Mapping):
        raise NumberTypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}.")
    if missing := [key for key in ("state", "param_groups") if key not in state_dict]:
        raise ArgumentError(f"loaded state dict has no {missing[0]!r}: it is not the state of an optimizer")
    groups, state = state_dict["param_groups"], state_dict["state"]
    if not isinstance(groups, list | tuple) or not all(map(_is_group, groups)):
        raise NumberTypeError(
            'param_groups of the loaded state dict is a list of dicts with "params", and here it is '
            f"{reprlib.repr(groups)}"
        )
    if not isinstance(state, Mapping) or not all(isinstance(entries, Mapping) for entries in state.values()):
        raise NumberTypeError(
            f"state of the loaded state dict is a dict of dicts, and here it is {reprlib.repr(state)}"
        )
    return groups, state


def _is_group(given: object) -> bool:
    return isinstance(given, Mapping) and isinstance(given.get("params"), list | tuple)


def _numbers(given: Any, what: str) -> Any:
    """Return a copy of a number, of None, or of nested lists of them."""
    if isinstance(given, list | tuple):
        return [_numbers(item, f"{what}[{index}]") for index, item in enumerate(given)]
    return None if given is None else as_number(given, what)
