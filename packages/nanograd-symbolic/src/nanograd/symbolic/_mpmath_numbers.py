"""The number system of mpmath: a row of the table that is run in it gives numbers of as many digits as asked.

At the edges it gives what floats give: ``log(0)`` is ``-inf``, ``1 / 0`` is ``inf``, and nan stands where a
result would not be real.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
from nanograd.engine import Number


class MpmathNumbers:
    """A namespace ``m`` of one precision, which leaves that of :data:`mpmath.mp` alone.

    >>> m = MpmathNumbers(30)
    >>> m.context.nstr(m.log(m.number(2)), 20), m.log(m.number(0))
    ('0.69314718055994530942', mpf('-inf'))

    Args:
        digits: how many decimal digits numbers have.
    """

    def __init__(self, digits: int) -> None:
        self.context: Any = mpmath.mp.clone()
        self.context.dps = digits
        self.pi = +self.context.pi
        for name in _REAL_FUNCTIONS:
            setattr(self, name, self._real(getattr(self.context, name)))

    def number(self, number: Number) -> Any:
        """Return a number; floats are the binary fractions that they are."""
        if isinstance(number, Fraction):
            return self.context.mpf(number.numerator) / number.denominator
        return self.context.mpf(number)

    def _real(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that gives nan where the result would be complex or there is none."""

        def real(*arguments: Any) -> Any:
            try:
                result = function(*map(self.context.mpf, arguments))
            except (ValueError, ZeroDivisionError, OverflowError):
                return self.context.nan
            return result if result.__class__ is self.context.mpf else self.context.nan

        return real

    # ---- what mpmath has under another name, or not at all

    def divide(self, x: Any, y: Any) -> Any:
        x, y = self.context.mpf(x), self.context.mpf(y)
        if y:
            return x / y
        return self.context.nan if not x or x != x else self.context.sign(x) * self.context.inf

    def power(self, x: Any, y: Any) -> Any:
        if x == 0 and y < 0:
            return self.context.inf
        return self._real(self.context.power)(x, y)

    def remainder(self, x: Any, y: Any) -> Any:
        return x - y * self.floor_divide(x, y) if y else self.context.nan

    def floor_divide(self, x: Any, y: Any) -> Any:
        return self.floor(self.divide(x, y))

    def floor(self, x: Any) -> Any:
        return self.context.floor(x) if self.context.isfinite(x) else x

    def ceil(self, x: Any) -> Any:
        return -self.floor(-x)

    def trunc(self, x: Any) -> Any:
        return self.floor(x) if x > 0 else self.ceil(x)

    def rounded(self, x: Any, digits: Any) -> Any:
        """Return x to so many decimal digits; ties go to even."""
        if not self.context.isfinite(x):
            return x
        unit = Fraction(10) ** -int(digits)
        sign, mantissa, exponent, _ = self.context.mpf(x)._mpf_
        exact = Fraction(int(mantissa)) * Fraction(2) ** exponent * (-1 if sign else 1)
        return self.number(round(exact / unit) * unit)

    def sign(self, x: Any) -> Any:
        return self.context.sign(x)

    def maximum(self, x: Any, y: Any) -> Any:
        return x if x >= y or x != x else self.context.mpf(y)

    def minimum(self, x: Any, y: Any) -> Any:
        return x if x <= y or x != x else self.context.mpf(y)

    def equal(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        return x if condition else y

    def log(self, x: Any) -> Any:
        return -self.context.inf if x == 0 else self._real(self.context.log)(x)

    def log1p(self, x: Any) -> Any:
        return -self.context.inf if x == -1 else self._real(self.context.log1p)(x)

    def log2(self, x: Any) -> Any:
        return self.log(x) / self.context.ln2

    def log10(self, x: Any) -> Any:
        return self.log(x) / self.context.ln10

    def cbrt(self, x: Any) -> Any:
        return self.context.sign(x) * self.context.cbrt(abs(x))

    def atanh(self, x: Any) -> Any:
        return x * self.context.inf if abs(x) == 1 else self._real(self.context.atanh)(x)

    def gaussian(self, x: Any) -> Any:
        return self.context.exp(-x * x)

    def sigmoid(self, x: Any) -> Any:
        return 1 / (1 + self.context.exp(-x))

    def softplus(self, x: Any) -> Any:
        larger = x if x > 0 else self.context.zero
        return larger + self.context.log1p(self.context.exp(-abs(x)))

    def logsumexp(self, xs: Sequence[Any]) -> Any:
        if any(x != x for x in xs):
            return self.context.nan
        largest = max(xs)
        if self.context.isinf(largest):
            return largest
        return largest + self.context.log(sum(self.context.exp(x - largest) for x in xs))


_REAL_FUNCTIONS = (
    *("exp", "expm1", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
    *("asinh", "acosh", "hypot", "erf", "erfc"),
)
