"""EXPRESSIONS, the number system of array expressions.

A row of the table that is run in it writes down what is to be computed, and computes with literal numbers
only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nanograd.compile._array_program import Call, Expression, Literal, broadcast
from nanograd.engine import FLOATS


class Symbol:
    """An expression in a formula of the table: operators and comparisons build larger ones."""

    __slots__ = ("expression",)
    __hash__ = None  # type: ignore[assignment]  # comparisons build expressions

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def __add__(self, other: Any) -> Any:
        return _call("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return _call("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return _call("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _call("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return times(self, other)

    def __rmul__(self, other: Any) -> Any:
        return times(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _call("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _call("divide", other, self)

    def __neg__(self) -> Any:
        return _call("neg", self)

    def __abs__(self) -> Any:
        return _call("abs", self)

    def __lt__(self, other: Any) -> Any:
        return _call("<", self, other)

    def __le__(self, other: Any) -> Any:
        return _call("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return _call(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return _call(">=", self, other)

    def __and__(self, other: Any) -> Any:
        return _call("&", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return _call("|", self, other)

    __ror__ = __or__


class _Expressions:
    """The number system; its functions are those of ``FLOATS``, by name."""

    pi = math.pi

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Return ``x`` where the condition holds, else ``y``."""
        if not isinstance(condition, Symbol):
            return x if condition else y
        if (x, y) == (0, 1) and not isinstance(x, Symbol) and not isinstance(y, Symbol):
            return _call("not", condition)
        if (x, y) == (1, 0) and not isinstance(x, Symbol) and not isinstance(y, Symbol):
            return condition
        test = condition.expression
        if (
            isinstance(test, Call)
            and test.function == "<="
            and isinstance(y, Symbol)
            and y.expression is test.arguments[0]
            and not isinstance(x, Symbol)
            and x == 0
            and _is_zero(test.arguments[1])
        ):
            return _call("maximum", y, 0.0)  # where(x <= 0, 0, x), the form of relu, in one step
        return _call("where", condition, x, y)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if not hasattr(FLOATS, name):
            raise AttributeError(f"number systems have no function {name!r}")

        def call(*arguments: Any) -> Any:
            return _call(name, *arguments)

        return call


EXPRESSIONS = _Expressions()


def expression(value: Any) -> Expression:
    """Return a formula's result as an expression."""
    return value.expression if isinstance(value, Symbol) else Literal(float(value))


def times(x: Any, y: Any) -> Any:
    """Return the product of two factors, without a step for a factor of 1 or -1."""
    for factor, other in ((x, y), (y, x)):
        number = _number(factor)
        if number == 1:
            return other
        if number == -1:
            return _call("neg", other)
    return _call("*", x, y)


def _call(function: str, *arguments: Any) -> Any:
    numbers = [_number(argument) for argument in arguments]
    if all(number is not None for number in numbers):
        return _of_numbers(function, numbers)
    if function in {"&", "|"}:
        for number, other in zip(numbers, reversed(arguments), strict=True):
            if number is not None:  # true and false, of a condition on numbers only
                return other if bool(number) == (function == "&") else bool(number)
    expressions = _without_booleans(function, [expression(argument) for argument in arguments])
    if function == "neg":
        inner = expressions[0]
        if isinstance(inner, Call) and inner.function == "neg":
            return Symbol(inner.arguments[0])
    return Symbol(Call(function, expressions, broadcast(*[each.shape for each in expressions])))


_COMPARISONS = {"<", "<=", ">", ">=", "equal", "&", "|", "not"}


def as_numbers(value: Expression) -> Expression:
    """Return an expression with 1 and 0 in place of true and false."""
    if isinstance(value, Call) and value.function in _COMPARISONS:
        return Call("where", (value, Literal(1.0), Literal(0.0)), value.shape)
    return value


def _without_booleans(function: str, arguments: list[Expression]) -> tuple[Expression, ...]:
    """Return the arguments as numbers where NumPy would not compute with true and false as with 1 and 0."""
    if function in {"&", "|", "not"}:
        return tuple(arguments)
    if function == "where":
        return (arguments[0], *[as_numbers(argument) for argument in arguments[1:]])
    if function == "*":  # a number times true or false is what one means
        return (as_numbers(arguments[0]), arguments[1])
    return tuple([as_numbers(argument) for argument in arguments])


def _number(value: Any) -> Any:
    if not isinstance(value, Symbol):
        return value
    return value.expression.number if isinstance(value.expression, Literal) else None


def _is_zero(of: Expression) -> bool:
    return isinstance(of, Literal) and of.number == 0


_OF_NUMBERS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "neg": lambda x: -x,
    "abs": abs,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "&": lambda x, y: x & y,
    "|": lambda x, y: x | y,
}


def _of_numbers(function: str, numbers: list[Any]) -> Any:
    compute = _OF_NUMBERS.get(function)
    return getattr(FLOATS, function)(*numbers) if compute is None else compute(*numbers)
