"""ParameterList and ParameterDict: parameters in a list or a dict, alone or in nested lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nanograd.nn._dimensions import in_a_row
from nanograd.nn._named import Named
from nanograd.nn._nested import mapped, shape_of
from nanograd.nn._numbered import Numbered
from nanograd.nn._parameter import Parameter


class ParameterList(Numbered):
    """Hold parameters in a list, like `torch.nn.ParameterList`_.

    Each item is a parameter or nested lists of parameters; plain numbers become parameters.

    >>> scales = ParameterList([1.0, [2.0, 3.0]])
    >>> scales
    ParameterList(
      (0): Parameter of size ()
      (1): Parameter of size (2,)
    )
    >>> scales.state_dict()
    {'0': 1.0, '1.0': 2.0, '1.1': 3.0}

    Args:
        values: items to begin with.

    Raises:
        NumberTypeError: if there is something else than numbers.

    .. _torch.nn.ParameterList: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        self.extend(() if values is None else values)

    def _as_item(self, given: Any, _place: str) -> Any:
        return _as_parameters(given)

    def _is_item(self, held: object) -> bool:
        return _are_parameters(held)

    def extra_repr(self) -> str:
        """Return a line for each item."""
        return _lines(self._items())


class ParameterDict(Named):
    """Hold parameters in a dict, like `torch.nn.ParameterDict`_.

    Each item is a parameter or nested lists of parameters; plain numbers become parameters.

    >>> parts = ParameterDict({"scale": 1.0, "shift": [2.0, 3.0]})
    >>> parts["scale"], len(parts.parameters())
    (Parameter(data=1.0), 3)

    Args:
        parameters: items by name to begin with.

    Raises:
        NumberTypeError: if there is something else than numbers.
        ArgumentError: if a key cannot be a part of a name.

    .. _torch.nn.ParameterDict: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
    """

    def __init__(self, parameters: Mapping[str, Any] | None = None) -> None:
        self.update({} if parameters is None else parameters)

    def _as_item(self, given: Any, _place: str) -> Any:
        return _as_parameters(given)

    def _is_item(self, held: object) -> bool:
        return _are_parameters(held)

    def extra_repr(self) -> str:
        """Return a line for each item."""
        return _lines(self._held())


def _as_parameters(given: Any) -> Any:
    parameters = mapped(lambda item: item if isinstance(item, Parameter) else Parameter(item), given)
    shape_of(parameters, "what a list of parameters is given")  # refuses what is ragged
    return parameters


def _are_parameters(held: object) -> bool:
    return any(isinstance(item, Parameter) for item in in_a_row(held))


def _lines(items: Mapping[str, Any]) -> str:
    return "\n".join(f"({name}): Parameter of size {shape_of(item, name)}" for name, item in items.items())
