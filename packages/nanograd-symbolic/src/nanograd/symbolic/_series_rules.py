"""The arithmetic of power series: what coefficient k of a sum, product, quotient, power or choice is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from nanograd.symbolic._refusals import NoTaylorSeriesError

if TYPE_CHECKING:
    from nanograd.symbolic._series import Series
    from nanograd.symbolic._terms import Term

Coefficients = list[Any]


class Step(NamedTuple):
    """One coefficient that is to be computed.

    Attributes:
        series: of which series.
        term: of which term.
        k: its degree.
        m: the number system.
        o: the term's earlier coefficients.
    """

    series: Series
    term: Term
    k: int
    m: Any
    o: Coefficients


def function_rule(step: Step, *xs: Coefficients) -> Any:
    """Return the coefficient of degree 0 of a function: its value."""
    if step.term.function == "logsumexp":
        return step.m.logsumexp([x[0] for x in xs])
    return getattr(step.m, step.term.function)(*[x[0] for x in xs])


def _add(step: Step, x: Coefficients, y: Coefficients) -> Any:
    return x[step.k] + y[step.k]


def _sub(step: Step, x: Coefficients, y: Coefficients) -> Any:
    return x[step.k] - y[step.k]


def _neg(step: Step, x: Coefficients) -> Any:
    return -x[step.k]


def _mul(step: Step, x: Coefficients, y: Coefficients) -> Any:
    if not step.series.varies(step.term.arguments[0]):
        return x[0] * y[step.k]
    if not step.series.varies(step.term.arguments[1]):
        return x[step.k] * y[0]
    return _product(x, y, step.k)


def _product(x: Coefficients, y: Coefficients, k: int) -> Any:
    total = x[0] * y[k]
    for j in range(1, k + 1):
        total = total + x[j] * y[k - j]
    return total


def _divide(step: Step, x: Coefficients, y: Coefficients) -> Any:
    total = x[step.k]
    if step.series.varies(step.term.arguments[1]):
        for j in range(1, step.k + 1):
            total = total - y[j] * step.o[step.k - j]
    return step.m.divide(total, y[0])


def _power(step: Step, x: Coefficients, y: Coefficients) -> Any:
    """Return a coefficient from x o' = y o x', or o' = o (y log(x))'; of a whole power of 0 by products."""
    if step.k == 0:
        return step.m.power(x[0], y[0])
    if step.series.varies(step.term.arguments[1]):
        logarithm = _logarithm(x, step.k, step.m)
        exponent = [_product(y, logarithm, j) for j in range(step.k + 1)]
        total = exponent[1] * step.o[step.k - 1]
        for j in range(2, step.k + 1):
            total = total + j * exponent[j] * step.o[step.k - j]
        return step.m.divide(total, step.k)
    if x[0] == 0:
        if y[0] != int(y[0]) or y[0] < 0:
            raise NoTaylorSeriesError(f"x**{y[0]} has no Taylor series where x is 0")
        return _whole_power(x, int(y[0]), step.k)
    total = 0
    for j in range(1, step.k + 1):
        total = total + (y[0] * j - (step.k - j)) * x[j] * step.o[step.k - j]
    return step.m.divide(total, step.k * x[0])


def _whole_power(x: Coefficients, exponent: int, k: int) -> Any:
    """Return coefficient k of a series without a constant term, to a power."""
    if exponent > k:
        return x[0] * 0
    power = [1] + [0] * k
    for _ in range(exponent):
        power = [_product(power, x, j) for j in range(k + 1)]
    return power[k]


def _logarithm(x: Coefficients, k: int, m: Any) -> Coefficients:
    """Return the series of log(x) to degree k."""
    found = [m.log(x[0])]
    for degree in range(1, k + 1):
        total = degree * x[degree]
        for j in range(1, degree):
            total = total - j * found[j] * x[degree - j]
        found.append(m.divide(total, degree * x[0]))
    return found


def _undecided(step: Step, xs: tuple[Coefficients, ...]) -> bool:
    """Return whether two sides are equal at the point and not around it."""
    x, y = step.term.arguments
    return x is not y and (step.series.varies(x) or step.series.varies(y)) and bool(xs[0][0] == xs[1][0])


def _refuse(what: str) -> None:
    raise NoTaylorSeriesError(
        f"there is no Taylor series at a kink or jump, and {what} here. Expand at another point."
    )


def _condition(step: Step, *xs: Coefficients) -> Any:
    if step.k > 0:
        return step.o[0]
    if _undecided(step, xs):
        _refuse(f"both sides of a comparison are {xs[0][0]}")
    x, y = xs[0][0], xs[1][0]
    if step.term.function == "equal":
        return bool(step.m.equal(x, y))
    return bool(_COMPARED[step.term.function](x, y))


def _choice(step: Step, *xs: Coefficients) -> Any:
    if _undecided(step, xs):
        _refuse(f"both arguments of {step.term.function} are {xs[0][0]}")
    x, y = xs
    is_first = x[0] > y[0] if step.term.function == "maximum" else x[0] < y[0]
    return x[step.k] if is_first or x[0] != x[0] else y[step.k]


def _where(step: Step, *xs: Coefficients) -> Any:
    condition, x, y = xs
    return x[step.k] if condition[0] else y[step.k]


def _absolute(step: Step, x: Coefficients) -> Any:
    if x[0] == 0:
        _refuse("the argument of abs is 0")
    return x[step.k] if x[0] > 0 else -x[step.k]


def _step(step: Step, *xs: Coefficients) -> Any:
    x = xs[0][0]
    if step.k > 0:
        return x * 0
    result = function_rule(step, *xs)
    jumps = (
        x == 0
        if step.term.function == "sign"
        else bool(step.m.equal(step.m.floor(x), x)) and step.term.function != "rounded"
    )
    if step.term.function == "trunc" and x == 0:
        jumps = False
    if step.term.function == "rounded":  # halfway between two numbers of so many digits
        jumps = bool(step.m.equal(step.m.remainder(2 * x * 10 ** xs[1][0], 2), 1))
    if step.term.function == "floor_divide":
        jumps = bool(step.m.equal(step.m.remainder(x, xs[1][0]), 0))
    if jumps and any(step.series.varies(argument) for argument in step.term.arguments):
        _refuse(f"{step.term.function} jumps at {x}")
    return result


def _remainder(step: Step, x: Coefficients, y: Coefficients) -> Any:
    if step.k == 0:
        result = step.m.remainder(x[0], y[0])
        if bool(result == 0) and step.series.varies(step.term):
            _refuse(f"the remainder jumps at {x[0]}")
        return result
    return x[step.k] - step.m.floor_divide(x[0], y[0]) * y[step.k]


_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
}
RULES: dict[str, Callable[..., Any]] = {
    "pi": lambda step: step.m.pi,
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "mul": _mul,
    "divide": _divide,
    "power": _power,
    "abs": _absolute,
    "where": _where,
    "maximum": _choice,
    "minimum": _choice,
    "remainder": _remainder,
    "and": lambda step, x, y: x[0] and y[0],
    "or": lambda step, x, y: x[0] or y[0],
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal"), _condition),
    **dict.fromkeys(("sign", "floor", "ceil", "trunc", "rounded", "floor_divide"), _step),
}
