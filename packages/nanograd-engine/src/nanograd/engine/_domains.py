"""Domains: the intervals of real numbers on which an operation of the table is defined."""

from __future__ import annotations

import math
from typing import NamedTuple


class Interval(NamedTuple):
    """The real numbers from ``low`` to ``high``; an end that is infinite or open does not belong to it.

    >>> str(POSITIVE), POSITIVE.includes(0.0), POSITIVE.includes(0.5)
    ('x > 0', False, True)
    """

    low: float = -math.inf
    high: float = math.inf
    open: bool = False

    def includes(self, x: float) -> bool:
        """Return whether x belongs to the interval."""
        return self.low < x < self.high if self.open else self.low <= x <= self.high

    def __str__(self) -> str:
        less, more = ("<", ">") if self.open else ("≤", "≥")
        if self.low == -math.inf:
            return "all real x" if self.high == math.inf else f"x {less} {self.high:g}"
        if self.high == math.inf:
            return f"x {more} {self.low:g}"
        return f"{self.low:g} {less} x {less} {self.high:g}"


REALS = Interval()
POSITIVE = Interval(low=0.0, open=True)
NOT_NEGATIVE = Interval(low=0.0)
ABOVE_MINUS_ONE = Interval(low=-1.0, open=True)
AT_LEAST_ONE = Interval(low=1.0)
UNIT = Interval(low=-1.0, high=1.0)
OPEN_UNIT = Interval(low=-1.0, high=1.0, open=True)
