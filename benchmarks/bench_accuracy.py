"""How exact each operation is: the worst error in units in the last place, against formulas at 400 digits.

Points are drawn from each operation's domain, with magnitudes from 1e-6 to 30. The engine's tests hold
bounds; this shows the figures.
"""

import math
import random

import mpmath
import sympy
from nanograd.engine import OPS, Interval, Operation
from nanograd.symbolic import SYMPY
from rich.console import Console
from rich.table import Table

POINTS = 300
FLAT = {"sign", "floor", "ceil", "trunc", "round", "%", "floor_divide"}
ARITY_OF_MANY = {"dot": 4}


def number_in(interval: Interval, draw: random.Random) -> float:
    """Return a random number inside an interval, small and large ones alike."""
    if interval.high < math.inf:
        return draw.uniform(interval.low, interval.high)
    size = 10 ** draw.uniform(-6, math.log10(30))
    if interval.low == -math.inf:
        return math.copysign(size, draw.uniform(-1, 1))
    return interval.low + size


def ulps(computed: float, exact: mpmath.mpf) -> float:
    """Return the distance of a float from an exact number in units in the last place."""
    return float(abs(mpmath.mpf(computed) - exact) / math.ulp(float(exact)))


def worst_errors(operation: Operation) -> tuple[float, float | None]:
    """Return the worst error of the operation's values, and of its derivatives if SymPy has them all."""
    draw = random.Random(1)
    names = sympy.symbols("x y z w", real=True)[: operation.arity or ARITY_OF_MANY.get(operation.symbol, 3)]
    domains = [*operation.domain, *[operation.domain[-1]] * len(names)]
    formula = operation.run(SYMPY, *names)
    value = sympy.lambdify(names, formula, modules="mpmath")
    slopes = [] if operation.symbol in FLAT else [sympy.diff(formula, name) for name in names]
    slopes = [sympy.lambdify(names, slope.doit(), modules="mpmath") for slope in slopes if _is_smooth(slope)]
    of_values = of_slopes = 0.0
    for _ in range(POINTS):
        point = [number_in(interval, draw) for interval, _ in zip(domains, names, strict=False)]
        result = operation.evaluate(*point)
        exact_point = [mpmath.mpf(x) for x in point]
        of_values = max(of_values, ulps(result, mpmath.mpf(value(*exact_point))))
        for slope, partial in zip(slopes, operation.partials_at(result, *point), strict=False):
            of_slopes = max(of_slopes, ulps(partial, mpmath.mpf(slope(*exact_point))))
    return of_values, of_slopes if len(slopes) == len(names) else None


def _is_smooth(slope: sympy.Expr) -> bool:
    return not slope.has(sympy.Derivative, sympy.DiracDelta, sympy.Heaviside, sympy.Subs)


if __name__ == "__main__":
    table = Table(title="worst error in units in the last place")
    for column in ("operation", "value", "derivative"):
        table.add_column(column, justify="right")
    with mpmath.workdps(400):
        for operation in OPS.values():
            if operation.symbol != "round":
                of_values, of_slopes = worst_errors(operation)
                table.add_row(
                    operation.symbol,
                    f"{of_values:.2f}",
                    "not compared" if of_slopes is None else f"{of_slopes:.2f}",
                )
    Console(width=60).print(table)
