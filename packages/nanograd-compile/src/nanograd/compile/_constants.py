"""Constants: the arrays of numbers that emitted source refers to, each under one name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_NAME = re.compile(r"[ci]\d+|ones_\d+")


def is_constant(name: str) -> bool:
    """Return whether a name may be that of a constant, and so of nothing else.

    >>> is_constant("c1"), is_constant("ones_100"), is_constant("count")
    (True, True, False)
    """
    return _NAME.fullmatch(name) is not None


class Constants:
    """The constants of a source.

    Attributes:
        by_name: their numbers.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}
        self._names: dict[tuple[Any, ...], str] = {}

    def name(self, prefix: str, numbers: np.ndarray[Any, Any]) -> str:
        """Return the name of an array of numbers, which begins with ``prefix``; equal ones have one."""
        key = (prefix, numbers.shape, numbers.tobytes())
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = f"{prefix}{len(self._names) + 1}"
            numbers = numbers.copy()
            numbers.flags.writeable = False
            self.by_name[found] = numbers
        return found

    def ones(self, count: int) -> str:
        """Return the name of a vector of so many ones."""
        found = f"ones_{count}"
        if found not in self.by_name:
            self.by_name[found] = np.ones(count)
            self.by_name[found].flags.writeable = False
        return found
