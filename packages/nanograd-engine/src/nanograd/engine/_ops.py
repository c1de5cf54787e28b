"""The table of operations: what each computes, and its derivatives.

Nothing else in nanograd knows a derivative. A row is written over a *number system* ``m``, a namespace of
elementary functions, so that one row serves every use: ``FLOATS`` gives values and gradients, other systems
give formulas or array programs. In a row ``x`` and ``y`` are the arguments and ``o`` is the result, which
often makes the derivative shorter: the slope of ``exp`` is ``o``.

Where a function has no derivative the rows follow PyTorch 2: relu'(0) = 0, abs'(0) = 0, x**0 is flat
everywhere.

To add an operation, write its row here, its method in ``_elementary.py`` and its function in
``_functions.py``. The tests, drawings and formulas go through the table and find it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from nanograd.engine import _floats as FLOATS
from nanograd.engine._domains import NOT_NEGATIVE, POSITIVE, REALS, Interval
from nanograd.engine._errors import ArgumentError
from nanograd.engine._floats import Number, as_float

Rule = Callable[..., Any]
"""A function of (number system, arguments) or (number system, result, arguments)."""


class Operation:
    """One row of the table: a symbol, how to compute it, its partial derivatives and where it is defined.

    >>> from nanograd.engine import OPS
    >>> times = OPS["*"]
    >>> times.evaluate(3.0, 4.0), times.partials_at(12.0, 3.0, 4.0)
    (12.0, (4.0, 3.0))

    Attributes:
        symbol: the name that pictures, formulas and :data:`OPS` use; unique.
        arity: the number of arguments; ``None`` for an operation of any number of them.
        forward: computes the result from (m, x) or (m, x, y); of any number, from (m, xs).
        partials: computes a derivative from (m, o, x) or (m, o, x, y), one function an argument; of any
            number, one function that takes (m, o, xs) and returns them all.
        domain: one interval an argument.
        kinks: first arguments at which the derivative is a convention.
    """

    __slots__ = ("arity", "domain", "forward", "kinks", "partials", "symbol")

    def __init__(
        self,
        symbol: str,
        arity: int | None,
        forward: Rule,
        partials: tuple[Rule, ...],
        domain: tuple[Interval, ...],
        kinks: tuple[float, ...],
    ) -> None:
        self.symbol: Final = symbol
        self.arity: Final = arity
        self.forward: Final = forward
        self.partials: Final = partials
        self.domain: Final = domain
        self.kinks: Final = kinks

    def evaluate(self, *arguments: Number) -> Number:
        """Return the result for plain numbers, with IEEE results where Python would raise."""
        try:
            result: Number = self.run(FLOATS, *arguments)
        except OverflowError:  # an integer or a fraction beyond the largest float met a float
            result = self.run(FLOATS, *map(as_float, arguments))
        if result.__class__ is int and float in map(type, arguments):
            return float(result)  # the 0 of relu(-1.5) is a float like its argument
        return result

    def partials_at(self, result: Number, *arguments: Number) -> tuple[Number, ...]:
        """Return the derivative with respect to each argument, for plain numbers."""
        try:
            return self.differentiate(FLOATS, result, *arguments)
        except OverflowError:
            return self.differentiate(FLOATS, as_float(result), *map(as_float, arguments))

    def run(self, m: Any, *arguments: Any) -> Any:
        """Return the result in the number system ``m``."""
        return self.forward(m, arguments) if self.arity is None else self.forward(m, *arguments)

    def differentiate(self, m: Any, o: Any, *arguments: Any) -> tuple[Any, ...]:
        """Return the partial derivatives in the number system ``m``, ``o`` being the result."""
        if self.arity is None:
            return tuple(self.partials[0](m, o, arguments))
        return tuple(partial(m, o, *arguments) for partial in self.partials)

    def __str__(self) -> str:
        return self.symbol

    def __repr__(self) -> str:
        return f"<Operation {self.symbol}>"

    def __reduce__(self) -> tuple[Callable[[str], Operation], tuple[str]]:
        return operation_named, (self.symbol,)  # copies and pickles are the row itself


OPS: dict[str, Operation] = {}
"""Every row of the table by its symbol, in the order in which it is written below."""


def operation_named(symbol: str) -> Operation:
    """Return the row of the table with this symbol.

    Raises:
        ArgumentError: if there is none; it lists the symbols there are.
    """
    if symbol not in OPS:
        raise ArgumentError(f"the table has no operation {symbol!r}; it has {' '.join(OPS)}")
    return OPS[symbol]


def row(
    symbol: str, forward: Rule, *partials: Rule, domain: Sequence[Interval] = (), kinks: Sequence[float] = ()
) -> Operation:
    """Write one row into the table: as many partial derivatives as the operation has arguments."""
    arity = len(partials)
    return _enter(
        Operation(symbol, arity, forward, partials, tuple(domain) or (REALS,) * arity, tuple(kinks))
    )


def row_of_many(symbol: str, forward: Rule, partials: Rule) -> Operation:
    """Write the row of an operation that takes any number of arguments, given as one sequence ``xs``."""
    return _enter(Operation(symbol, None, forward, (partials,), (REALS,), ()))


def _enter(operation: Operation) -> Operation:
    if operation.symbol in OPS:
        raise ArgumentError(f"the table has an operation {operation.symbol!r} already")
    OPS[operation.symbol] = operation
    return operation


# fmt: off
# ---- arithmetic
ADD = row("+", lambda m, x, y: x + y, lambda m, o, x, y: 1, lambda m, o, x, y: 1)
SUB = row("-", lambda m, x, y: x - y, lambda m, o, x, y: 1, lambda m, o, x, y: -1)
MUL = row("*", lambda m, x, y: x * y, lambda m, o, x, y: y, lambda m, o, x, y: x)
DIV = row("/", lambda m, x, y: m.divide(x, y),
          lambda m, o, x, y: m.divide(1, y),
          lambda m, o, x, y: -m.divide(o, y))
POW = row("**", lambda m, x, y: m.power(x, y),
          lambda m, o, x, y: m.where(m.equal(y, 0), 0, y * m.power(x, y - 1)),
          lambda m, o, x, y: m.where(m.equal(x, 0) & (y >= 0), 0, o * m.log(x)),
          domain=(POSITIVE, REALS))
MOD = row("%", lambda m, x, y: m.remainder(x, y),
          lambda m, o, x, y: 1,
          lambda m, o, x, y: -m.floor(m.divide(x, y)),
          domain=(REALS, POSITIVE))
NEG = row("neg", lambda m, x: -x, lambda m, o, x: -1)
ABS = row("abs", lambda m, x: abs(x), lambda m, o, x: m.sign(x), kinks=(0.0,))

# ---- rounding: flat wherever it has a derivative
FLOOR = row("floor", lambda m, x: m.floor(x), lambda m, o, x: 0)
ROUND = row("round", lambda m, x, y: m.rounded(x, y), lambda m, o, x, y: 0, lambda m, o, x, y: 0)

# ---- exponentials and roots
EXP  = row("exp",  lambda m, x: m.exp(x),  lambda m, o, x: o)
LOG  = row("log",  lambda m, x: m.log(x),  lambda m, o, x: m.divide(1, x), domain=(POSITIVE,))
SQRT = row("sqrt", lambda m, x: m.sqrt(x), lambda m, o, x: m.divide(1, 2 * o), domain=(NOT_NEGATIVE,))

# ---- circular and hyperbolic functions
SIN  = row("sin",  lambda m, x: m.sin(x),  lambda m, o, x: m.cos(x))
COS  = row("cos",  lambda m, x: m.cos(x),  lambda m, o, x: -m.sin(x))
TANH = row("tanh", lambda m, x: m.tanh(x), lambda m, o, x: 1 - o * o)

# ---- activations
# The slope of sigmoid is s(x) s(-x) and not o (1 - o), which is 0 from x = 37 on instead of exp(-x).
SIGMOID = row("sigmoid", lambda m, x: m.divide(1, 1 + m.exp(-x)),
              lambda m, o, x: o * m.divide(1, 1 + m.exp(x)))
RELU = row("relu", lambda m, x: m.where(x <= 0, 0, x), lambda m, o, x: m.where(x <= 0, 0, 1), kinks=(0.0,))

# ---- of many arguments
LOGSUMEXP = row_of_many("logsumexp", lambda m, xs: m.logsumexp(xs), lambda m, o, xs: [m.exp(x - o) for x in
xs])
# fmt: on
