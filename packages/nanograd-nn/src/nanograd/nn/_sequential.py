"""Sequential: modules one after the other."""

from __future__ import annotations

from typing import Any

from nanograd.nn._module import Module
from nanograd.nn._numbered import NumberedModules


class Sequential(NumberedModules):
    """Compute each module of the output of the one before, like `torch.nn.Sequential`_.

    It can be used like a list: indexed, cut, added to.

    >>> from nanograd.nn import Linear, ReLU
    >>> model = Sequential(Linear(2, 3), ReLU())
    >>> model
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    >>> len(model), model[1]
    (2, ReLU())

    Args:
        *modules: the modules, which are named ``0``, ``1`` and so on; or one dict of them by names.

    Raises:
        NumberTypeError: if one of them is not a module.
        ArgumentError: if a key of the dict cannot be a part of a name.

    .. _torch.nn.Sequential: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    _a_part_keeps_names = True

    def __init__(self, *modules: Module | dict[str, Module]) -> None:
        if len(modules) == 1 and isinstance(modules[0], dict):
            for name, module in modules[0].items():
                self.add_module(name, self._as_item(module, f"{name!r} of Sequential"))
        else:
            self.extend(modules)

    def forward(self, input: Any) -> Any:
        """Return the output of the last module.

        Args:
            input: what the first module takes.
        """
        output = input
        for module in self:
            output = module(output)
        return output
