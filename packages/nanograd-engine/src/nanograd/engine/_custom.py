"""A user's own operation: a row of the table like those that nanograd comes with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._apply import apply
from nanograd.engine._domains import Interval
from nanograd.engine._errors import ArgumentError
from nanograd.engine._ops import OPS, Operation, Rule, row

_CUSTOM: set[Operation] = set()


def custom_op(
    symbol: str, forward: Rule, partials: Sequence[Rule], *, domain: Sequence[Interval] = ()
) -> Callable[..., Any]:
    """Return a function for an operation of your own, given by its formula and its partial derivatives.

    The rules are written over a number system ``m``, as those of the table are: ``m.exp(x)``, ``m.where(x >
    0, x, 0)``, ``m.divide(x, y)``. So the operation can be drawn, differentiated again and turned into a
    formula like any other. Defining a symbol anew replaces your earlier operation, as running a notebook's
    cell twice does.

    >>> from nanograd.engine import ScalarValue
    >>> cube = custom_op("cube", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    >>> x = ScalarValue(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(3.0)
    (8.0, 12.0, 27.0)

    Args:
        symbol: its name in pictures, formulas and tables.
        forward: a function of (m, x) or (m, x, y, ...) that returns the result.
        partials: for each argument a function of (m, o, x) or (m, o, x, y, ...) that returns the derivative,
            ``o`` being the result.
        domain: an interval for each argument; all real numbers if left out.

    Raises:
        ArgumentError: if the symbol belongs to the table, or there are no partial derivatives, or not as many
            intervals.
    """
    if not isinstance(symbol, str) or not symbol:
        raise ArgumentError(f"custom_op(symbol, ...) takes a name and got {symbol!r}")
    if not partials:
        raise ArgumentError(
            f"custom_op({symbol!r}, forward, partials) needs a partial derivative for each argument"
        )
    if domain and len(domain) != len(partials):
        raise ArgumentError(
            f"custom_op({symbol!r}) got {len(partials)} partial derivatives and {len(domain)} intervals: "
            "give one interval for each argument"
        )
    if OPS.get(symbol) in _CUSTOM:
        _CUSTOM.discard(OPS.pop(symbol))
    operation = row(symbol, forward, *partials, domain=domain)
    _CUSTOM.add(operation)

    def call(*operands: Any) -> Any:
        if len(operands) != operation.arity:
            raise ArgumentError(
                f"{operation.usage} takes {operation.arity} arguments and got {len(operands)}"
            )
        return apply(operation, *operands)

    call.__name__ = call.__qualname__ = symbol
    return call
