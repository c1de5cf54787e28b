"""The truth that a learner's derivatives are held against: differences of the function, with ten digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._differences import windows
from nanograd.engine._errors import ArgumentError, NumberTypeError
from nanograd.engine._exercises._verdict import NO_RETURN, shown
from nanograd.engine._floats import as_float
from nanograd.engine._modes import no_grad
from nanograd.engine._numbers import as_number
from nanograd.engine._value import ScalarValue

_STEP = 1e-2  # the largest, as a part of the argument

Point = tuple[float, ...]


class Sampled:
    """A function at some points, with its derivatives there.

    Args:
        check: the name of the check, for messages.
        argument: the name of its argument that the function is.
        function: takes values, or a list of them.
        takes_list: whether it takes a list.
    """

    def __init__(self, check: str, argument: str, function: Callable[..., Any], *, takes_list: bool) -> None:
        self._check = check
        self._argument = argument
        self._function = function
        self._takes_list = takes_list
        self._problem: Exception | None = None

    def at(self, point: Sequence[float]) -> float:
        """Return the result; nan outside of the domain."""
        # Constants, so that both x.tanh() and math.tanh(x) can be written.
        values = [ScalarValue(number, requires_grad=False) for number in point]
        try:
            with no_grad():
                result = self._function(values) if self._takes_list else self._function(*values)
        except (ArithmeticError, ValueError) as error:
            self._problem = error
            return math.nan
        try:
            return plain(result, self._check)
        except NumberTypeError:
            raise NumberTypeError(
                f"{self._check}({self._argument}) takes a function that returns one number, and this one "
                f"returned {shown(result)}.{_why_no_number(result)}"
            ) from None

    def slopes(self, point: Sequence[float]) -> Point | None:
        """Return the derivatives; None where one of them does not exist."""
        middle = self.at(point)
        if not math.isfinite(middle):
            return None
        slopes = [self._slope(point, index, middle) for index in range(len(point))]
        return None if None in slopes else tuple([slope for slope in slopes if slope is not None])

    def _slope(self, point: Sequence[float], index: int, middle: float) -> float | None:
        def moved(number: float) -> list[float]:
            return [self.at([*point[:index], number, *point[index + 1 :]])]

        best = None
        for (window,) in windows(moved, point[index], [middle], _STEP):
            tolerance = 1e-8 + 1e-6 * abs(window.central.value)
            if window.is_smooth(tolerance) and (
                best is None or window.central.uncertainty < best.uncertainty
            ):
                best = window.central
            if window.is_converged(tolerance):
                break
        if best is None:
            return None
        return 0.0 if abs(best.value) <= best.uncertainty else best.value

    def refuse(self, points: Sequence[Sequence[float]]) -> ArgumentError:
        """Return the error for a function that has a derivative at none of the points."""
        reason = f" The last try: {type(self._problem).__name__}: {self._problem}." if self._problem else ""
        return ArgumentError(
            f"{self._check}({self._argument}) has no derivative at any of {len(points)} inputs, such as "
            f"{list(points[0])}.{reason} Give points inside its domain: inputs=[[...], [...]]."
        )


def _why_no_number(result: object) -> str:
    if result is None:
        return f" {NO_RETURN}"
    if isinstance(result, list | tuple):
        return " If it computes derivatives, it belongs in the second place."
    return ""


def plain(given: Any, what: str) -> float:
    """Return a number or the number of a ScalarValue as a float.

    Raises:
        NumberTypeError: if it is neither.
    """
    if isinstance(given, ScalarValue):
        return as_float(given.data)
    return as_float(as_number(given, what))


def is_close(a: float, b: float, rtol: float = 1e-5, atol: float = 1e-7) -> bool:
    return math.isclose(a, b, rel_tol=rtol, abs_tol=atol)
