"""Sequential: modules one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nanograd.engine import NumberTypeError
from nanograd.nn._module import Module


class Sequential(Module):
    """Compute each module of the output of the one before, like `torch.nn.Sequential`_.

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
        *modules: the modules; they are named ``0``, ``1`` and so on.

    Raises:
        NumberTypeError: if one of them is not a module.

    .. _torch.nn.Sequential: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    def __init__(self, *modules: Module) -> None:
        for index, module in enumerate(modules):
            if not isinstance(module, Module):
                raise NumberTypeError(
                    f"{type(module).__name__} is not a Module subclass: "
                    f"argument {index} of Sequential is {module!r}"
                )
        for index, module in enumerate(modules):
            setattr(self, str(index), module)

    def forward(self, input: Any) -> Any:
        """Return the output of the last module.

        Args:
            input: what the first module takes.
        """
        output = input
        for module in self:
            output = module(output)
        return output

    def __iter__(self) -> Iterator[Module]:
        return (held for name, held in vars(self).items() if name.isdecimal())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: int) -> Module:
        return list(self)[index]
