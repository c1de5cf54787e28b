"""The process that simplifies: it reads an expression, and writes the shortest form that it finds.

It runs apart from the program that asks, so that it can be ended at any moment.
"""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable
from typing import Any

import sympy
from nanograd.symbolic._sympy_numbers import Expression

_ATTEMPTS: tuple[Callable[[Expression], Expression], ...] = (
    sympy.simplify,
    sympy.factor_terms,
    sympy.factor,
    sympy.trigsimp,
    sympy.powsimp,
    sympy.radsimp,
    sympy.expand,
)
_POINTS = 5


def shortest_of(expression: Any) -> Any:
    """Return the shortest form of an expression, or of each entry of a matrix or a tuple."""
    if isinstance(expression, (sympy.MatrixBase, sympy.Tuple)):
        entries = [shortest(entry) for entry in expression]
        if isinstance(expression, sympy.Tuple):
            return sympy.Tuple(*entries)
        return type(expression)(*expression.shape, entries)
    return shortest(expression)


def shortest(expression: Expression) -> Expression:
    """Return the form of an expression with the fewest operations, among those with the same values.

    >>> x = sympy.Symbol("x", real=True)
    >>> shortest(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 + x**2.0)
    x**2 + 1
    """
    start = _with_whole_exponents(expression)
    found = [start]
    for attempt in _ATTEMPTS:
        try:
            found.append(attempt(start))
        except (ArithmeticError, AttributeError, RecursionError, RuntimeError, TypeError, ValueError):
            continue  # SymPy cannot rewrite everything in every way
    found.sort(key=_length)
    return next((form for form in found if _same_values(expression, form)), expression)


def _with_whole_exponents(expression: Expression) -> Expression:
    """Return an expression with x**2 for x**2.0: a whole float is exact."""
    return expression.replace(
        lambda part: part.is_Pow and part.exp.is_Float and float(part.exp).is_integer(),
        lambda part: part.base ** int(part.exp),
    )


def _length(expression: Expression) -> tuple[int, int]:
    return sympy.count_ops(expression), len(str(expression))


def _same_values(expression: Expression, form: Expression) -> bool:
    """Return whether two forms agree at random points; a rewriting of SymPy's is not believed unseen."""
    names = sorted(expression.free_symbols, key=str)
    if form.free_symbols - set(names):
        return False
    draw = random.Random(0)
    for _ in range(_POINTS):
        point = {name: sympy.Rational(draw.randint(-2000, 2000), 997) for name in names}
        before, after = [sympy.N(each.subs(point), 20) for each in (expression, form)]
        if before.is_finite and before.is_real and not abs(before - after) <= 1e-12 * (1 + abs(before)):
            return False
    return True


def main() -> None:
    """Read pickled expressions from the standard input, and write their shortest forms to standard output."""
    expressions = pickle.load(sys.stdin.buffer)  # noqa: S301  # the process that started this one wrote it
    sys.stdout.buffer.write(pickle.dumps([shortest_of(expression) for expression in expressions]))


if __name__ == "__main__":
    main()
