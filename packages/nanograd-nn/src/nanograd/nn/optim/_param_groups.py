"""Parameter groups: what an optimizer is given, as dicts of parameters and their hyperparameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue

ParamGroup: TypeAlias = dict[str, Any]
Params: TypeAlias = Iterable[ScalarValue] | Iterable[tuple[str, ScalarValue]] | Iterable[Mapping[str, Any]]
"""Parameters, with their names or without, or one dict a group: ``{"params": parameters, "lr": 0.1}``."""

_EMPTY = (
    "optimizer got an empty parameter list: give it the parameters() of a model that has some, "
    "or a list of ScalarValues"
)

# What schedulers write into a group beside its hyperparameters, and read from it when they resume.
_SCHEDULED = ("initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum")


def param_groups(params: Params) -> list[Mapping[str, Any]]:
    """Return what the user gave as groups; parameters alone are one group.

    Raises:
        NumberTypeError: if it is a single parameter or nothing to iterate over.
        ArgumentError: if it is empty.
    """
    if isinstance(params, ScalarValue | Mapping | str) or not isinstance(params, Iterable):
        raise NumberTypeError(
            "params argument given to the optimizer should be an iterable of ScalarValues or dicts, "
            f"but got {type(params).__name__}"
        )
    _refuse_set(params)
    given = list(params)
    if not given:
        raise ArgumentError(_EMPTY)
    if all(isinstance(item, Mapping) for item in given):
        return given  # type: ignore[return-value]  # just seen
    return [{"params": given}]


def complete_group(
    group: Mapping[str, Any], defaults: Mapping[str, Any], taken: Iterable[ScalarValue]
) -> ParamGroup:
    """Return a group with its parameters as a list and with the defaults for what it leaves out.

    Names of parameters are kept under ``"param_names"``, as in PyTorch.

    Args:
        group: parameters under ``"params"``, perhaps a ``"name"``, hyperparameters, what schedulers left.
        defaults: the hyperparameters of the optimizer.
        taken: the parameters of other groups.

    Raises:
        NumberTypeError: if the group is not a dict, or one of the parameters not a ScalarValue.
        ArgumentError: if one was computed, occurs twice or is taken; if there are none, or some have names;
            or if a hyperparameter is unknown, which PyTorch keeps and never reads.
    """
    if not isinstance(group, Mapping):
        raise NumberTypeError(f"param_group must be a dict, but got {type(group).__name__}")
    if unknown_names(group, defaults) or "params" not in group:
        raise ArgumentError(
            f'a parameter group has "params" and hyperparameters ({", ".join(defaults)}), '
            f"and this one has {list(group)}"
        )
    params = group["params"]
    if isinstance(params, ScalarValue):
        params = [params]
    if not isinstance(params, Iterable):
        raise NumberTypeError(
            f"params of a parameter group are ScalarValues, and got {type(params).__name__}"
        )
    _refuse_set(params)
    params, names = _without_names(list(params))
    for parameter in params:
        if not isinstance(parameter, ScalarValue):
            raise NumberTypeError(
                "optimizer can only optimize ScalarValues, "
                f"but one of the params is {type(parameter).__name__}"
            )
        if not parameter.is_leaf:
            raise ArgumentError(
                f"can't optimize a non-leaf ScalarValue: {parameter!r} was computed. Give the leaves it was "
                "computed from, or parameter.detach().requires_grad_() for a new one."
            )
    if not params:
        raise ArgumentError(_EMPTY)
    if len(set(params)) < len(params):
        raise ArgumentError("optimizer contains a parameter group with duplicate parameters")
    if not set(taken).isdisjoint(params):
        raise ArgumentError("some parameters appear in more than one parameter group")
    complete = {**defaults, **group, "params": params}
    return {**complete, "param_names": names} if names else complete


def unknown_names(group: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """Return the names in a group that neither an optimizer with these defaults nor a scheduler reads."""
    return [name for name in group if name not in {"params", "param_names", "name", *defaults, *_SCHEDULED}]


def _without_names(given: list[Any]) -> tuple[list[Any], list[str]]:
    """Return parameters and their names, if they are pairs as from ``named_parameters()``; else no names."""
    pairs = [
        item for item in given if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)
    ]
    if not pairs:
        return given, []
    if len(pairs) < len(given):
        raise ArgumentError("all optimizer params should be with/without names. Some param names are missing")
    return [parameter for _, parameter in pairs], [name for name, _ in pairs]


def _refuse_set(params: object) -> None:
    if isinstance(params, set | frozenset):
        raise NumberTypeError(
            "optimizer parameters should be organized in ordered collections, "
            "but the ordering of ScalarValues in sets will change between runs. Please use a list instead."
        )
