"""Names of single numbers and the arrays they are parts of: ``weight.0.0`` to ``weight.2.1`` are ``weight``.

A file of arrays has the names and shapes that PyTorch's users know.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from nanograd.nn._nested import Shape, is_list
from nanograd.nn._saved_file import SavedFileError


class Group(NamedTuple):
    """An array: its name, its shape, and the names of its numbers, row after row."""

    name: str
    shape: Shape
    parts: tuple[str, ...]


def grouped(names: Iterable[str]) -> list[Group]:
    """Return the arrays that names belong to, in the order of the names.

    Numbers make an array if they are named by all of its indices, without a gap and one after the other.

    >>> [(name, shape) for name, shape, _ in grouped(["w.0.0", "w.0.1", "w.1.0", "w.1.1", "b.0", "scale"])]
    [('w', (2, 2)), ('b', (1,)), ('scale', ())]

    Args:
        names: the names of numbers, as in a state dict.
    """
    names = list(names)
    taken = set(names)
    groups: list[Group] = []
    for (name, axes), run in itertools.groupby(map(_split, names), lambda split: (split[0], len(split[1]))):
        indices = [index for _, index in run]
        shape = tuple(max(along) + 1 for along in zip(*indices, strict=True))
        parts = tuple(".".join([name, *map(str, index)]) for index in indices)
        complete = len(indices) == math.prod(shape) and indices == list(itertools.product(*map(range, shape)))
        if axes and name not in taken and complete:
            groups.append(Group(name, shape, parts))
            taken.add(name)
        else:
            groups.extend(Group(part, (), (part,)) for part in parts)
    return groups


def numbers_by_name(arrays: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the numbers of all arrays by their names.

    >>> numbers_by_name({"w": [1.0, 2.0], "b": 3.0})
    {'w.0': 1.0, 'w.1': 2.0, 'b': 3.0}

    Args:
        arrays: numbers, or nested lists of numbers, by their names.

    Raises:
        SavedFileError: if two numbers have one name, as in ``{"w": [1.0], "w.0": 2.0}``.
    """
    numbers: dict[str, Any] = {}
    for whole, array in arrays.items():
        for name, number in flattened(str(whole), array):
            if name in numbers:
                raise SavedFileError(f"there are two numbers with the name {name!r}")
            numbers[name] = number
    return numbers


def flattened(name: str, array: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of every number in nested lists.

    >>> dict(flattened("w", [[1.0, 2.0], [3.0, 4.0]]))
    {'w.0.0': 1.0, 'w.0.1': 2.0, 'w.1.0': 3.0, 'w.1.1': 4.0}

    Args:
        name: the name of the whole.
        array: a number, or nested lists of numbers.
    """
    if is_list(array):
        for index, item in enumerate(array):
            yield from flattened(f"{name}.{index}", item)
    else:
        yield name, array


def _is_index(part: str) -> bool:
    """Return whether a part of a name is an index as Python writes it."""
    # A file may hold any name, and Python refuses to read an int of thousands of digits.
    return part.isdecimal() and len(part) < 20 and str(int(part)) == part


def _split(name: str) -> tuple[str, tuple[int, ...]]:
    """Return the name of the array and the index in it; the first part of a name is never an index."""
    parts = name.split(".")
    start = len(parts)
    while start > 1 and _is_index(parts[start - 1]):
        start -= 1
    return ".".join(parts[:start]), tuple(map(int, parts[start:]))
