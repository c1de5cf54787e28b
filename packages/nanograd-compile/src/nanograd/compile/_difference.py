"""Difference: the first place where structures of arguments differ, in words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

_SHOWN = 4
"""So many of the things that are found in one place say what they are like."""


@dataclass(frozen=True)
class Difference:
    """How structures differ.

    Attributes:
        text: where, and what is there.
        of: whether it is an integer or another thing that is no number to compute with (``"values"``), how
            many numbers there are (``"sizes"``), or what holds them (``"kinds"``).
    """

    text: str
    of: Literal["values", "sizes", "kinds"]


def difference(structures: Sequence[Sequence[Hashable]], names: Sequence[str]) -> Difference:
    """Return how the arguments of some calls differ beyond their numbers, in the first place where they do.

    >>> from nanograd.compile._structure import structure_of
    >>> calls = [[structure_of([[1.0] * 3] * length)] for length in (4, 5, 7)]
    >>> difference(calls, ["x"])
    Difference(text='x has 4, 5, 7 items', of='sizes')
    >>> calls = [[structure_of({"y": [1, label]}, integers=True)] for label in (2, 0)]
    >>> difference(calls, ["x"])
    Difference(text="x['y'][1] is 2, 0", of='values')

    Args:
        structures: for each call those of its arguments, by ``structure_of``; not all are equal.
        names: of the arguments.
    """
    place, found = _apart(structures, names.__getitem__)
    while True:
        kinds = [_kind(structure) for structure in found]
        if len(set(kinds)) > 1:
            return Difference(f"{place} is {_listed(map(_named, kinds))}", "kinds")
        kind = kinds[0]
        if not issubclass(kind, list | tuple | Mapping):
            return _of_items(place, kind, found)
        if len({len(structure) for structure in found}) > 1:
            return Difference(f"{place} has {_listed(str(len(each) - 1) for each in found)} items", "sizes")
        parts = [structure[1:] for structure in found]
        if issubclass(kind, Mapping):
            keys = [tuple([key for key, _ in part]) for part in parts]
            if len(set(keys)) > 1:
                return Difference(f"{place} has the keys {_listed(map(repr, keys))}", "kinds")
            parts = [tuple([item for _, item in part]) for part in parts]
            inner, found = _apart(parts, [f"[{key!r}]" for key in keys[0]].__getitem__)
        else:
            inner, found = _apart(parts, "[{}]".format)
        place += inner


def _apart(structures: Sequence[Sequence[Any]], name: Callable[[int], str]) -> tuple[str, list[Any]]:
    """Return the name of the first part that is not the same in all structures, and what it is in each."""
    at, found = next(
        (at, parts)
        for at, parts in enumerate(zip(*structures, strict=True))
        if any(part != parts[0] for part in parts)
    )
    return name(at), list(found)


def _kind(structure: Any) -> type:
    return float if structure is None else structure[0]


def _of_items(place: str, kind: type, structures: Sequence[Any]) -> Difference:
    """Return how arrays differ, or things that are no containers."""
    if not issubclass(kind, np.ndarray):
        return Difference(f"{place} is {_listed(repr(item) for _, item in structures)}", "values")
    fixed = [len(structure) > 1 and isinstance(structure[1], bytes) for structure in structures]
    if not all(fixed) and any(fixed):
        return Difference(f"{place} is an array of integers, of floats", "kinds")
    shapes = [structure[2] if fixed[0] else structure[1:] for structure in structures]
    if len(set(shapes)) > 1:
        return Difference(f"{place} has shape {_listed(map(str, shapes))}", "sizes")
    arrays = [np.ndarray(shape, dtype, data).tolist() for _, data, shape, dtype in structures]
    return Difference(f"{place} is an array of {_listed(map(str, arrays))}", "values")


def _named(kind: type) -> str:
    return {float: "a number", type(None): "None"}.get(kind, f"of type {kind.__name__}")


def _listed(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return ", ".join([*found[:_SHOWN], *(["..."] if len(found) > _SHOWN else [])])
