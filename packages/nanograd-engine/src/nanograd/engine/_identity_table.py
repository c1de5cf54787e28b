"""A table beside the graph: what is known of the few values that have a hook or a remembered source line.

``weakref.WeakKeyDictionary`` compares its keys with ``==``, which compares numbers here, and a nan is not
equal to itself. This one asks for identity.
"""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

_K = TypeVar("_K")
_V = TypeVar("_V")


class IdentityTable(Generic[_K, _V]):
    """A dictionary of objects by identity, which forgets an object as soon as nobody else refers to it.

    >>> from nanograd.engine import ScalarValue
    >>> table = IdentityTable()
    >>> x = ScalarValue(float("nan"))
    >>> table[x] = "here"
    >>> x in table, table[x]
    (True, 'here')
    >>> del x
    >>> len(table)
    0
    """

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[int, tuple[ref[_K], _V]] = {}

    def __setitem__(self, key: _K, value: _V) -> None:
        entries, identity = self._entries, id(key)
        entries[identity] = (ref(key, lambda _: entries.pop(identity, None)), value)

    def __getitem__(self, key: _K) -> _V:
        return self._entries[id(key)][1]

    def __delitem__(self, key: _K) -> None:
        del self._entries[id(key)]

    def __contains__(self, key: _K) -> bool:
        return id(key) in self._entries

    def __len__(self) -> int:
        return len(self._entries)
