"""Modules that are lists of their parts: what ``Sequential``, ``ModuleList`` and ``ParameterList`` share."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any, Self, overload

from nanograd.engine import NumberTypeError
from nanograd.nn._errors import DimensionError
from nanograd.nn._module import Module
from nanograd.nn._registration import as_module


class Numbered(Module):
    """A module whose parts are attributes named ``0``, ``1`` and so on, used like a list."""

    _a_part_keeps_names = False  # whether what list[1:] holds is named as in the whole

    def _as_item(self, given: Any, _place: str) -> Any:
        """Return what is kept for what was given; a subclass refuses what it does not hold."""
        return given

    def _is_item(self, _held: object) -> bool:
        return True

    def _items(self) -> dict[str, Any]:
        return {name: held for name, held in vars(self).items() if name != "training" and self._is_item(held)}

    def _exchange(self, items: Iterable[Any]) -> None:
        """Hold these items, numbered anew, and no others."""
        for name in self._items():
            del vars(self)[name]
        for index, item in enumerate(items):
            vars(self)[str(index)] = item

    def append(self, item: Any) -> Self:
        """Put one more at the end, and return the list.

        Raises:
            NumberTypeError: if it is not of the kind that belongs here.
        """
        return self.extend([item])

    def extend(self, items: Iterable[Any]) -> Self:
        """Put more at the end, and return the list.

        Raises:
            NumberTypeError: if one is not of the kind that belongs here; then none is added.
        """
        kind = type(self).__name__
        if not isinstance(items, Iterable):
            raise NumberTypeError(f"{kind}.extend should be called with an iterable, but got {items!r}")
        checked = [self._as_item(item, f"argument {index} of {kind}") for index, item in enumerate(items)]
        held, number = vars(self), len(self)
        for item in checked:
            while str(number) in held:  # where names do not begin with 0
                number += 1
            held[str(number)] = item
        return self

    def insert(self, index: int, item: Any) -> None:
        """Put one before the one at an index.

        Raises:
            NumberTypeError: if it is not of the kind that belongs here.
        """
        items = list(self)
        items.insert(index, self._as_item(item, f"argument 1 of {type(self).__name__}.insert"))
        self._exchange(items)

    def pop(self, index: int = -1) -> Any:
        """Take one out and return it.

        Raises:
            DimensionError: if there are not as many.
        """
        item = self[index]
        del self[index]
        return item

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._items().values()))

    def __len__(self) -> int:
        return len(self._items())

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            part = type(self)()
            if not self._a_part_keeps_names:
                return part.extend(list(self)[index])
            vars(part).update(list(self._items().items())[index])
            return part
        return vars(self)[self._name_at(index)]

    def __setitem__(self, index: int, item: Any) -> None:
        name = self._name_at(index)
        vars(self)[name] = self._as_item(item, f"item {index} of {type(self).__name__}")

    def __delitem__(self, index: int | slice) -> None:
        items = list(self)
        if not isinstance(index, slice):
            self._name_at(index)
        del items[index]
        self._exchange(items)

    def __iadd__(self, items: Iterable[Any]) -> Self:
        return self.extend(items)

    def __add__(self, items: Iterable[Any]) -> Self:
        return type(self)().extend(self).extend(items)

    def _name_at(self, index: int) -> str:
        names = list(self._items())
        number = operator.index(index)
        if not -len(names) <= number < len(names):
            raise DimensionError(
                f"index {number} is out of range: {type(self).__name__} has {len(names)} items"
            )
        return names[number]


class NumberedModules(Numbered):
    """A list of modules."""

    def _as_item(self, given: Any, place: str) -> Module:
        return as_module(given, place)

    def _is_item(self, held: object) -> bool:
        return isinstance(held, Module)
