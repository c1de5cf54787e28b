"""ModuleList and ModuleDict: modules in a list or a dict, for a ``forward`` that you write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nanograd.nn._module import Module
from nanograd.nn._named import Named
from nanograd.nn._numbered import NumberedModules
from nanograd.nn._registration import as_module


class ModuleList(NumberedModules):
    """Hold modules in a list, like `torch.nn.ModuleList`_.

    A plain list of modules as an attribute does as much; this one can be called ``model.layers.append(...)``
    on, printed and loaded under PyTorch's names alike.

    >>> from nanograd.nn import Linear
    >>> ModuleList([Linear(2, 2), Linear(2, 2)]).append(Linear(2, 1))
    ModuleList(
      (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)
      (2): Linear(in_features=2, out_features=1, bias=True)
    )

    Args:
        modules: modules to begin with.

    Raises:
        NumberTypeError: if one of them is not a module.

    .. _torch.nn.ModuleList: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    """

    _neighbors_in_one_line = True

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        self.extend(() if modules is None else modules)


class ModuleDict(Named):
    """Hold modules in a dict, like `torch.nn.ModuleDict`_.

    >>> from nanograd.nn import ReLU, Tanh
    >>> choices = ModuleDict({"relu": ReLU(), "tanh": Tanh()})
    >>> choices["relu"](-1.0), list(choices)
    (0.0, ['relu', 'tanh'])

    Args:
        modules: modules by name to begin with.

    Raises:
        NumberTypeError: if one of them is not a module.
        ArgumentError: if a key cannot be a part of a name.

    .. _torch.nn.ModuleDict: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        self.update({} if modules is None else modules)

    def _as_item(self, given: Any, place: str) -> Module:
        return as_module(given, place)

    def _is_item(self, held: object) -> bool:
        return isinstance(held, Module)
