"""Domains: the intervals of real numbers on which an operation of the table is defined."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """The real numbers from ``low`` to ``high``; an end that is infinite or open does not belong to it.

    >>> str(POSITIVE), 0.0 in POSITIVE, 0.5 in POSITIVE
    ('x > 0', False, True)
    """

    low: float = -math.inf
    high: float = math.inf
    open: bool = False

    def __contains__(self, x: float) -> bool:
        return self.low < x < self.high if self.open else self.low <= x <= self.high

    def __str__(self) -> str:
        less = "<" if self.open else "≤"
        more = ">" if self.open else "≥"
        if self.low == -math.inf and self.high == math.inf:
            return "all real x"
        if self.high == math.inf:
            return f"x {more} {self.low:g}"
        if self.low == -math.inf:
            return f"x {less} {self.high:g}"
        return f"{self.low:g} {less} x {less} {self.high:g}"


REALS = Interval()
POSITIVE = Interval(low=0.0, open=True)
NOT_NEGATIVE = Interval(low=0.0)
