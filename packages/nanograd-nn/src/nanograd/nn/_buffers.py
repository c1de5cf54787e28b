"""Buffers: plain numbers, alone or in nested lists, that a module keeps and does not train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nanograd.engine import Number, as_number
from nanograd.nn._nested import is_list


def as_buffer(given: Any, what: str) -> Any:
    """Return a copy of a number or of nested lists of numbers, in lists.

    Args:
        given: the numbers.
        what: their name, which an error begins with.

    Raises:
        NumberTypeError: if one of them is not a plain number.
    """
    return [as_buffer(item, what) for item in given] if is_list(given) else as_number(given, what)


def named_numbers(name: str, buffer: Any) -> Iterator[tuple[str, Number]]:
    """Yield the name and the number of each number in a buffer.

    >>> list(named_numbers("mean", [1.0, 2.0]))
    [('mean.0', 1.0), ('mean.1', 2.0)]
    """
    if is_list(buffer):
        for index, item in enumerate(buffer):
            yield from named_numbers(f"{name}.{index}", item)
    else:
        yield name, as_number(buffer, f"buffer {name!r}")


def with_numbers(name: str, buffer: Any, numbers: Mapping[str, Number]) -> Any:
    """Return a copy of a buffer in which the numbers of those names have been exchanged.

    >>> with_numbers("mean", [1.0, 2.0], {"mean.1": 7.0})
    [1.0, 7.0]
    """
    if is_list(buffer):
        return [with_numbers(f"{name}.{index}", item, numbers) for index, item in enumerate(buffer)]
    return numbers.get(name, buffer)
