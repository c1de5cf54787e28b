"""Modules that are dicts of their parts: what ``ModuleDict`` and ``ParameterDict`` share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nanograd.engine import NumberTypeError
from nanograd.nn._errors import MissingKeyError
from nanograd.nn._module import Module


class Named(Module):
    """A module whose parts are attributes, used like a dict."""

    def _as_item(self, given: Any, _place: str) -> Any:
        """Return what is kept for what was given; a subclass refuses what it does not hold."""
        return given

    def _is_item(self, _held: object) -> bool:
        return True

    def _held(self) -> dict[str, Any]:
        return {name: held for name, held in vars(self).items() if self._is_item(held)}

    def update(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Put in parts by name; those of the same names are exchanged.

        Args:
            items: a dict, or pairs of names and parts.

        Raises:
            NumberTypeError: if one of them is not of the kind that belongs here.
            ArgumentError: if a key cannot be a part of a name.
        """
        if not isinstance(items, Iterable):
            raise NumberTypeError(
                f"{type(self).__name__}.update should be called with an iterable of key/value pairs, "
                f"but got {type(items).__name__}"
            )
        checked = {name: self._as_item(item, f"{name!r}") for name, item in dict(items).items()}
        for name in checked:
            if name not in self:
                self._check_new(name, "part")
        vars(self).update(checked)

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._held().keys()

    def values(self) -> Iterable[Any]:
        """Return the parts."""
        return self._held().values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return the names and parts."""
        return self._held().items()

    def pop(self, key: str) -> Any:
        """Take one out and return it."""
        item = self[key]
        del self[key]
        return item

    def clear(self) -> None:
        """Take all out."""
        for name in list(self):
            del vars(self)[name]

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise MissingKeyError(f"{type(self).__name__} has no {key!r}: it has {list(self)}")
        return vars(self)[key]

    def __setitem__(self, key: str, item: Any) -> None:
        self.update({key: item})

    def __delitem__(self, key: str) -> None:
        self[key]  # refuses what is not there
        del vars(self)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._held())

    def __contains__(self, key: object) -> bool:
        return key in self._held()
