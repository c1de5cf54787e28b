"""The number system of fractions: the engine's own, which is exact where a result is rational, kept exact.

The engine divides two integers as Python does, and 1 / 2 is a float. Here it is a fraction.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from nanograd.engine import FLOATS, VALUES

LARGEST_EXPONENT = 10_000


class FractionNumbers:
    """The namespace ``m`` of fractions; what is not rational comes out as a float.

    >>> m = FractionNumbers()
    >>> m.divide(1, 3), m.power(Fraction(2, 3), Fraction(2)), m.sqrt(Fraction(2))
    (Fraction(1, 3), Fraction(4, 9), 1.4142135623730951)
    """

    pi = FLOATS.pi

    def __init__(self) -> None:
        for name in VALUES.__all__:
            if not hasattr(self, name):
                setattr(self, name, getattr(FLOATS, name))

    def divide(self, x: Any, y: Any) -> Any:
        """Return x / y, a fraction if both are exact."""
        if float in (x.__class__, y.__class__) or not y:
            return FLOATS.divide(x, y)
        return Fraction(x) / y

    def power(self, x: Any, y: Any) -> Any:
        """Return x ** y, a fraction if x is exact and y is whole and not too large."""
        if x.__class__ is float or y.__class__ is float or y != int(y) or (not x and y < 0):
            return FLOATS.power(x, y)
        return Fraction(x) ** int(y) if abs(y) <= LARGEST_EXPONENT else FLOATS.power(float(x), float(y))
