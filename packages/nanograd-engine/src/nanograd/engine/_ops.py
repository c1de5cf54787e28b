"""The table of operations: what each computes, and its derivatives.

Nothing else in nanograd knows a derivative. A row is written over a *number system* ``m``, a namespace of
elementary functions, so that one row serves every use: ``FLOATS`` gives values and gradients, other systems
give formulas or array programs. In a row ``x`` and ``y`` are the arguments and ``o`` is the result, which
often makes the derivative shorter: the slope of ``exp`` is ``o``.

Where a function has no derivative the rows follow PyTorch 2: relu'(0) = 0, abs'(0) = 0, x**0 is flat
everywhere.

To add an operation, write its row here, its function beside its like (``_exponentials.py``,
``_activations.py`` and so on) and its method in ``_elementary.py``; ``CONTRIBUTING.md`` does it step by step.
The tests, drawings and formulas go through the table and find it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from itertools import accumulate
from operator import add, mul
from typing import Any, Final

from nanograd.engine import _floats as FLOATS
from nanograd.engine._domains import (
    ABOVE_MINUS_ONE,
    AT_LEAST_ONE,
    NOT_NEGATIVE,
    OPEN_UNIT,
    POSITIVE,
    REALS,
    UNIT,
    Interval,
)
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

    @property
    def usage(self) -> str:
        """How it is called, for messages: ``ScalarValue * other``, ``maximum(x, y)``, ``sum(values)``."""
        if self.arity is None:
            return f"{self.symbol}(values)"
        if self.symbol[0].isalpha():
            return f"{self.symbol}({', '.join('xyz'[: self.arity])})"
        return f"ScalarValue {self.symbol} other"

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
        if result.__class__ is Fraction:  # 1 / 2 is a float, 1 / Fraction(2) is exact
            arguments = tuple([Fraction(x) if x.__class__ is int else x for x in arguments])
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
# y - 1 is rounded, and x to the power of it takes that error times log(x).
POW = row("**", lambda m, x, y: m.power(x, y),
          lambda m, o, x, y: m.where(m.equal(y, 0), 0, y * m.power(x, y - 1)),
          lambda m, o, x, y: m.where(m.equal(x, 0) & (y >= 0), 0, o * m.log(x)),
          domain=(POSITIVE, REALS))
MOD = row("%", lambda m, x, y: m.remainder(x, y),
          lambda m, o, x, y: 1,
          lambda m, o, x, y: -m.floor_divide(x, y),
          domain=(REALS, POSITIVE))
FLOOR_DIVIDE = row("floor_divide", lambda m, x, y: m.floor_divide(x, y),
                   lambda m, o, x, y: 0, lambda m, o, x, y: 0, domain=(REALS, POSITIVE))
NEG = row("neg", lambda m, x: -x, lambda m, o, x: -1)
ABS = row("abs", lambda m, x: abs(x), lambda m, o, x: m.sign(x), kinks=(0.0,))

# ---- steps: flat wherever they have a derivative
SIGN  = row("sign",  lambda m, x: m.sign(x),  lambda m, o, x: 0, kinks=(0.0,))
FLOOR = row("floor", lambda m, x: m.floor(x), lambda m, o, x: 0)
CEIL  = row("ceil",  lambda m, x: m.ceil(x),  lambda m, o, x: 0)
TRUNC = row("trunc", lambda m, x: m.trunc(x), lambda m, o, x: 0)
ROUND = row("round", lambda m, x, y: m.rounded(x, y), lambda m, o, x, y: 0, lambda m, o, x, y: 0)

# ---- choices: a tie of maximum or minimum gives half of the gradient to each; clamp's bounds belong to it
MAXIMUM = row("maximum", lambda m, x, y: m.maximum(x, y),
              lambda m, o, x, y: m.where(x < y, 0, m.where(m.equal(x, y), m.divide(1, 2), 1)),
              lambda m, o, x, y: m.where(x > y, 0, m.where(m.equal(x, y), m.divide(1, 2), 1)))
MINIMUM = row("minimum", lambda m, x, y: m.minimum(x, y),
              lambda m, o, x, y: m.where(x > y, 0, m.where(m.equal(x, y), m.divide(1, 2), 1)),
              lambda m, o, x, y: m.where(x < y, 0, m.where(m.equal(x, y), m.divide(1, 2), 1)))
CLAMP = row("clamp", lambda m, x, low, high: m.minimum(m.maximum(x, low), high),
            lambda m, o, x, low, high: m.where((x >= low) & (x <= high), 1, 0),
            lambda m, o, x, low, high: m.where((x < low) & (low < high), 1, 0),
            lambda m, o, x, low, high: m.where((x > high) | (low > high), 1, 0))
WHERE = row("where", lambda m, condition, x, y: m.where(m.equal(condition, 0), y, x),
            lambda m, o, condition, x, y: 0,
            lambda m, o, condition, x, y: m.where(m.equal(condition, 0), 0, 1),
            lambda m, o, condition, x, y: m.where(m.equal(condition, 0), 1, 0))

# ---- exponentials, logarithms and roots
EXP   = row("exp",   lambda m, x: m.exp(x),   lambda m, o, x: o)
EXPM1 = row("expm1", lambda m, x: m.expm1(x), lambda m, o, x: m.exp(x))
LOG   = row("log",   lambda m, x: m.log(x),   lambda m, o, x: m.divide(1, x), domain=(POSITIVE,))
LOG1P = row("log1p", lambda m, x: m.log1p(x), lambda m, o, x: m.divide(1, 1 + x), domain=(ABOVE_MINUS_ONE,))
LOG2  = row("log2",  lambda m, x: m.log2(x),  lambda m, o, x: m.divide(1, x * m.log(2)), domain=(POSITIVE,))
LOG10 = row("log10", lambda m, x: m.log10(x), lambda m, o, x: m.divide(1, x * m.log(10)), domain=(POSITIVE,))
SQRT  = row("sqrt",  lambda m, x: m.sqrt(x),  lambda m, o, x: m.divide(1, 2 * o), domain=(NOT_NEGATIVE,))
CBRT  = row("cbrt",  lambda m, x: m.cbrt(x),  lambda m, o, x: m.divide(1, 3 * o * o))

# ---- circular functions; 1 - x**2 would cancel near 1, (1 - x) (1 + x) does not
SIN   = row("sin",  lambda m, x: m.sin(x),  lambda m, o, x: m.cos(x))
COS   = row("cos",  lambda m, x: m.cos(x),  lambda m, o, x: -m.sin(x))
TAN   = row("tan",  lambda m, x: m.tan(x),  lambda m, o, x: 1 + o * o)
ASIN  = row("asin", lambda m, x: m.asin(x),
            lambda m, o, x: m.divide(1, m.sqrt((1 - x) * (1 + x))), domain=(UNIT,))
ACOS  = row("acos", lambda m, x: m.acos(x),
            lambda m, o, x: -m.divide(1, m.sqrt((1 - x) * (1 + x))), domain=(UNIT,))
ATAN  = row("atan", lambda m, x: m.atan(x), lambda m, o, x: m.divide(1, 1 + x * x))
ATAN2 = row("atan2", lambda m, x, y: m.atan2(x, y),
            lambda m, o, x, y: _over_squared_distance(m, y, x, y),
            lambda m, o, x, y: -_over_squared_distance(m, x, x, y))
HYPOT = row("hypot", lambda m, x, y: m.hypot(x, y),
            lambda m, o, x, y: m.divide(x, o),
            lambda m, o, x, y: m.divide(y, o))

# ---- hyperbolic functions; roots are taken one by one so that their product does not overflow
SINH  = row("sinh",  lambda m, x: m.sinh(x),  lambda m, o, x: m.cosh(x))
COSH  = row("cosh",  lambda m, x: m.cosh(x),  lambda m, o, x: m.sinh(x))
# 1 - o**2 cancels as o comes near 1; the error is absolute, 1e-16. PyTorch does the same, and a cosh is slow.
TANH  = row("tanh",  lambda m, x: m.tanh(x),  lambda m, o, x: 1 - o * o)
ASINH = row("asinh", lambda m, x: m.asinh(x), lambda m, o, x: m.divide(1, m.hypot(1, x)))
ACOSH = row("acosh", lambda m, x: m.acosh(x),
            lambda m, o, x: m.divide(1, m.sqrt(x - 1) * m.sqrt(x + 1)), domain=(AT_LEAST_ONE,))
ATANH = row("atanh", lambda m, x: m.atanh(x),
            lambda m, o, x: m.divide(1, (1 - x) * (1 + x)), domain=(OPEN_UNIT,))

# ---- activations
ERF = row("erf", lambda m, x: m.erf(x), lambda m, o, x: m.divide(2, m.sqrt(m.pi)) * m.gaussian(x))
ERFC = row("erfc", lambda m, x: m.erfc(x), lambda m, o, x: -m.divide(2, m.sqrt(m.pi)) * m.gaussian(x))
GAUSSIAN = row("gaussian", lambda m, x: m.gaussian(x), lambda m, o, x: -2 * x * o)
# The slope of sigmoid is s(x) s(-x) and not o (1 - o), which is 0 from x = 37 on instead of exp(-x).
SIGMOID = row("sigmoid", lambda m, x: m.sigmoid(x), lambda m, o, x: o * m.sigmoid(-x))
# The slopes of silu and gelu cross 0, where their two terms cancel.
SILU = row("silu", lambda m, x: m.divide(x, 1 + m.exp(-x)),
           lambda m, o, x: m.sigmoid(x) * (1 + x * m.sigmoid(-x)))
SOFTPLUS = row("softplus", lambda m, x: m.softplus(x), lambda m, o, x: m.sigmoid(x))
RELU = row("relu", lambda m, x: m.where(x <= 0, 0, x), lambda m, o, x: m.where(x <= 0, 0, 1), kinks=(0.0,))
LEAKY_RELU = row("leaky_relu", lambda m, x, slope: m.where(x > 0, x, slope * x),
                 lambda m, o, x, slope: m.where(x > 0, 1, slope),
                 lambda m, o, x, slope: m.where(x > 0, 0, x), kinks=(0.0,))
ELU = row("elu", lambda m, x, alpha: m.where(x <= 0, alpha * m.expm1(x), x),
          lambda m, o, x, alpha: m.where(x <= 0, alpha * m.exp(x), 1),
          lambda m, o, x, alpha: m.where(x <= 0, m.expm1(x), 0), kinks=(0.0,))
# Far below 0 both are exponentials, of -x**2 / 2 and 0.07 x**3, and those exponents are rounded: an error of
# some hundred units in the last place of a number that is nearly 0, as in PyTorch.
GELU = row("gelu", lambda m, x: x * _normal_distribution(m, x),
           lambda m, o, x: _normal_distribution(m, x) + x * _normal_density(m, x))
GELU_TANH = row("gelu_tanh", lambda m, x: x * m.sigmoid(2 * _gelu_argument(m, x)),
                lambda m, o, x: _gelu_tanh_slope(m, x))

# ---- of many arguments
# One addition after the other, as `+` does: Python's sum() rounds differently from version to version.
SUM  = row_of_many("sum",  lambda m, xs: reduce(add, xs), lambda m, o, xs: [1] * len(xs))
PROD = row_of_many("prod", lambda m, xs: reduce(mul, xs), lambda m, o, xs: _products_of_the_others(xs))
# dot takes both vectors one after the other: x1, x2, ..., y1, y2, ...
DOT  = row_of_many("dot", lambda m, xs: reduce(add, map(mul, *_halves(xs))),
                   lambda m, o, xs: [*_halves(xs)[1], *_halves(xs)[0]])
LOGSUMEXP = row_of_many("logsumexp", lambda m, xs: m.logsumexp(xs),
                        lambda m, o, xs: [m.exp(x - o) for x in xs])
# One output of softmax: x is its argument, y the logsumexp of all. x - y is rounded, here and in the slopes
# of logsumexp, and the exponential multiplies that error by the size of x - y.
SOFTMAX = row("softmax", lambda m, x, y: m.exp(x - y), lambda m, o, x, y: o, lambda m, o, x, y: -o)
# fmt: on


def _over_squared_distance(m: Any, z: Any, x: Any, y: Any) -> Any:
    # z / (x**2 + y**2) without overflow; 0 at the origin, as in PyTorch
    distance = m.hypot(x, y)
    return m.where(m.equal(distance, 0), 0, m.divide(m.divide(z, distance), distance))


def _normal_distribution(m: Any, x: Any) -> Any:
    return m.divide(m.erfc(-m.divide(x, m.sqrt(2))), 2)


def _normal_density(m: Any, x: Any) -> Any:
    return m.divide(m.gaussian(m.divide(x, m.sqrt(2))), m.sqrt(2 * m.pi))


def _gelu_argument(m: Any, x: Any) -> Any:
    # sqrt(2 / pi) (x + 0.044715 x**3), from Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
    return m.sqrt(m.divide(2, m.pi)) * x * (1 + m.divide(44715, 1000000) * x * x)


def _gelu_tanh_slope(m: Any, x: Any) -> Any:
    left, right = m.sigmoid(2 * _gelu_argument(m, x)), m.sigmoid(-2 * _gelu_argument(m, x))
    bend = m.sqrt(m.divide(2, m.pi)) * (1 + 3 * m.divide(44715, 1000000) * x * x)
    # Far from 0 one of the two is 0, and x**2 may be infinite.
    return left + m.where(m.equal(left * right, 0), 0, 2 * x * left * right * bend)


def _products_of_the_others(xs: Sequence[Any]) -> list[Any]:
    """Return for each argument the product of all others, without dividing: an argument may be 0."""
    before = list(accumulate(xs[:-1], mul, initial=1))
    after = list(accumulate(reversed(xs[1:]), mul, initial=1))
    return [left * right for left, right in zip(before, reversed(after), strict=True)]


def _halves(xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    half = len(xs) // 2
    return xs[:half], xs[half:]
