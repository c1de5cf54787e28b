"""The number system of source code: a row of the table that is run in it writes its lines for the kernel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nanograd.compile import _native_functions
from nanograd.engine import FLOATS

# How the functions that are no function calls in Python are written.
_WRITTEN = {
    "divide": "{} / {}",
    "power": "{} ** {}",
    "remainder": "{} % {}",
    "floor_divide": "{} // {}",
    "equal": "{} == {}",
    "where": "{1} if {0} else {2}",
}


class Source:
    """The number system whose numbers are variables of the kernel: a row that is run in it writes its lines.

    >>> from nanograd.engine import OPS
    >>> source = Source()
    >>> slope = OPS["tanh"].partials[0](source, source.variable("o"), source.variable("x"))
    >>> source.lines, slope.name
    (['v0 = o * o', 'v1 = 1.0 - v0'], 'v1')
    """

    pi = math.pi

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[str, str] = {}

    def variable(self, name: str) -> Variable:
        """Return the variable of this name."""
        return Variable(self, name)

    def let(self, expression: str) -> Variable:
        """Return the variable that holds an expression, the same one for the same expression."""
        if expression not in self._names:
            self._names[expression] = f"v{len(self._names)}"
            self.lines.append(f"{self._names[expression]} = {expression}")
        return Variable(self, self._names[expression])

    def __getattr__(self, function: str) -> Callable[..., Any]:
        """Return a function of the number system; what it is given no variable for it computes at once."""
        exact = getattr(FLOATS, function)

        def call(*arguments: Any) -> Any:
            if not any(isinstance(argument, Variable) for argument in arguments):
                return exact(*arguments)
            names = [written(argument) for argument in arguments]
            if function in _WRITTEN:
                return self.let(_WRITTEN[function].format(*names))
            written_by_hand = hasattr(_native_functions, function)
            return self.let(f"{'' if written_by_hand else 'math.'}{function}({', '.join(names)})")

        return call


class Variable:
    """A number or truth that the kernel will know."""

    __slots__ = ("name", "source")
    __hash__ = None  # type: ignore[assignment]  # rows compare with m.equal

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name

    def _with(self, operator: str, left: Any, right: Any) -> Variable:
        return self.source.let(f"{written(left)} {operator} {written(right)}")

    def __add__(self, other: Any) -> Variable:
        return self._with("+", self, other)

    def __radd__(self, other: Any) -> Variable:
        return self._with("+", other, self)

    def __sub__(self, other: Any) -> Variable:
        return self._with("-", self, other)

    def __rsub__(self, other: Any) -> Variable:
        return self._with("-", other, self)

    def __mul__(self, other: Any) -> Variable:
        return self._with("*", self, other)

    def __rmul__(self, other: Any) -> Variable:
        return self if other == 1 else self._with("*", other, self)

    def __lt__(self, other: Any) -> Variable:
        return self._with("<", self, other)

    def __le__(self, other: Any) -> Variable:
        return self._with("<=", self, other)

    def __gt__(self, other: Any) -> Variable:
        return self._with(">", self, other)

    def __ge__(self, other: Any) -> Variable:
        return self._with(">=", self, other)

    def __and__(self, other: Any) -> Variable:
        return self._with("&", self, other)

    def __or__(self, other: Any) -> Variable:
        return self._with("|", self, other)

    def __neg__(self) -> Variable:
        return self.source.let(f"-{self.name}")

    def __abs__(self) -> Variable:
        return self.source.let(f"math.fabs({self.name})")


def written(number: Any) -> str:
    """Return a variable's name, or a number as a float."""
    return number.name if isinstance(number, Variable) else repr(float(number))
