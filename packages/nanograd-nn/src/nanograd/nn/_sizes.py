"""Sizes: how many inputs, outputs and classes there are, as a user gives them."""

from __future__ import annotations

import operator

from nanograd.engine import ArgumentError


def as_size(given: object, what: str) -> int:
    """Return ``given`` as a positive int.

    Args:
        given: what the user gave.
        what: the argument's name, which an error begins with.

    Raises:
        ArgumentError: if it is not a whole number of at least 1.
    """
    size = as_int(given)
    if size is None or size < 1:
        raise ArgumentError(f"{what} is a number of values, an int of at least 1, and got {given!r}")
    return size


def as_int(given: object) -> int | None:
    """Return Python's or NumPy's ints as an int, and None for all else, True and False included.

    >>> as_int(3), as_int(3.0), as_int(True)
    (3, None, None)
    """
    try:
        return None if isinstance(given, bool) else operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        return None
