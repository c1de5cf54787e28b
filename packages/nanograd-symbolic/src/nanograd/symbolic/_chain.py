"""Long sums and products, put together in one piece.

A row adds its arguments one after the other, and SymPy copies a sum with every term that it gets: a sum of n
terms would take the square of n.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from nanograd.symbolic._sympy_numbers import Expression


class Chain:
    """A sum or a product under construction; SymPy takes it as the expression that it is.

    >>> x, y, z = sympy.symbols("x y z")
    >>> sympy.sympify(Chain(x) * y + z + x)
    x*y + x + z
    """

    __slots__ = ("_join", "_parts")

    def __init__(self, first: Expression) -> None:
        self._parts = [first]
        self._join: Callable[..., Expression] = sympy.Add

    def __add__(self, other: Expression) -> Chain:
        return self._joined(sympy.Add, other)

    def __mul__(self, other: Expression) -> Chain:
        return self._joined(sympy.Mul, other)

    def _joined(self, join: Callable[..., Expression], other: Expression) -> Chain:
        if len(self._parts) > 1 and self._join is not join:
            self._parts = [self._sympy_()]
        self._join = join
        self._parts.append(sympy.sympify(other))
        return self

    def _sympy_(self) -> Expression:
        return self._join(*self._parts)
