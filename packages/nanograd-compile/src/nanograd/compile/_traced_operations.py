"""The operations that only traced values have: comparisons, conditions and detaching, which are recorded."""

from __future__ import annotations

from typing import Any

from nanograd.engine import Interval, Operation

_REALS = Interval()


class _TracedOperation(Operation):
    """An operation of traced values only, which the table does not have."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return _operation_named, (self.symbol,)


def _operation_named(symbol: str) -> Operation:
    return next(operation for operation in WITHOUT_GRADIENT if operation.symbol == symbol)


def _condition(symbol: str, rule: Any) -> Operation:
    """Return the operation of a comparison, which is flat: 1 where it holds, else 0."""
    flat = lambda m, o, x, y: 0  # noqa: E731 - a rule like those of the table
    return _TracedOperation(
        symbol, 2, lambda m, x, y: m.where(rule(m, x, y), 1, 0), (flat, flat), (_REALS, _REALS), ()
    )


LESS = _condition("less", lambda m, x, y: x < y)
LESS_EQUAL = _condition("less_equal", lambda m, x, y: x <= y)
GREATER = _condition("greater", lambda m, x, y: x > y)
GREATER_EQUAL = _condition("greater_equal", lambda m, x, y: x >= y)
EQUAL = _condition("equal", lambda m, x, y: m.equal(x, y))
NOT_EQUAL = _TracedOperation(
    "not_equal",
    2,
    lambda m, x, y: m.where(m.equal(x, y), 0, 1),
    (lambda m, o, x, y: 0, lambda m, o, x, y: 0),
    (_REALS, _REALS),
    (),
)
# Of conditions, which are 1 or 0.
BOTH = _condition("and", lambda m, x, y: (x > 0) & (y > 0))
EITHER = _condition("or", lambda m, x, y: (x > 0) | (y > 0))
DETACH = _TracedOperation("detach", 1, lambda m, x: x, (lambda m, o, x: 0,), (_REALS,), ())

WITHOUT_GRADIENT = (LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, BOTH, EITHER, DETACH)
"""The operations that no gradient passes; in a graph that is not traced they leave nothing behind."""
