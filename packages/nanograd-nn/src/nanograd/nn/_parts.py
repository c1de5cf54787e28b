"""Finding the parts of a module: what its attributes hold, directly or in lists, tuples and dicts.

A part is known by its path, the attribute's name and then the keys that lead to it: ``("layers", 0)`` for
``self.layers[0]``. The order is the one in which a reader of the module meets the parts, the same from run to
run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias, TypeVar

from nanograd.engine import ArgumentError

Path: TypeAlias = tuple[Any, ...]

_P = TypeVar("_P")


def parts(whole: object, kind: type[_P]) -> Iterator[tuple[Path, _P]]:
    """Yield the path and the part, for every part of one kind; it does not look inside other objects.

    >>> class Pair:
    ...     def __init__(self):
    ...         self.first = 1.0
    ...         self.rest = {"a": [2.0, 3.0]}
    >>> list(parts(Pair(), float))
    [(('first',), 1.0), (('rest', 'a', 0), 2.0), (('rest', 'a', 1), 3.0)]

    Args:
        whole: an object with attributes.
        kind: the class of the parts.

    Raises:
        ArgumentError: if a part lies in a set, which has no order, or under a key that cannot be a part of a
            name.
    """
    for name, held in vars(whole).items():
        yield from _parts_in(held, kind, (name,))


def part_at(whole: object, path: Path) -> object:
    """Return what ``whole`` holds at a path now, or None if the path has come to lead nowhere."""
    held: Any = vars(whole)
    try:
        for key in path:
            held = held[key]
    except (LookupError, TypeError):
        return None
    return held


def part_named(whole: object, name: str, kind: type) -> Any:
    """Return what is held under a name such as ``layers.0.weight``, or None; the empty name is the whole.

    Args:
        whole: an object with attributes.
        name: the path as a name.
        kind: the class whose objects' attributes are looked into on the way.
    """
    held: Any = whole
    for key in name.split(".") if name else []:
        if isinstance(held, kind):
            held = vars(held)
        if isinstance(held, list | tuple):
            held = held[int(key)] if key.isdecimal() and int(key) < len(held) else None
        else:
            held = held.get(key) if isinstance(held, dict) else None
    return held


def name_of(path: Path) -> str:
    """Return a path as a name: ``layers.0``."""
    return ".".join(map(str, path))


def _parts_in(held: object, kind: type[_P], path: Path) -> Iterator[tuple[Path, _P]]:
    if isinstance(held, kind):
        yield path, held
    elif isinstance(held, list | tuple):
        for index, item in enumerate(held):
            if isinstance(item, kind):  # the usual case, without a generator for each of a thousand weights
                yield (*path, index), item
            else:
                yield from _parts_in(item, kind, (*path, index))
    elif isinstance(held, dict):
        for key, item in held.items():
            for found in _parts_in(item, kind, (*path, key)):
                _check_key(key, path)
                yield found
    elif isinstance(held, set | frozenset) and any(isinstance(item, kind) for item in held):
        raise ArgumentError(
            f"{name_of(path)!r} holds a {kind.__name__} in a set, whose order changes from run to run. "
            "Use a list."
        )


def _check_key(key: object, path: Path) -> None:
    """Refuse a key that could give two parts one name: ``"a.b"`` beside ``"a"``, ``0`` beside ``"0"``."""
    if not isinstance(key, str) or not key or "." in key:
        raise ArgumentError(
            f'module name can\'t contain ".", be empty or not be a string, got: {key!r} in {name_of(path)!r}'
        )
