"""Choices in a graph: a condition is a number that is not 0 where it holds, with the derivative 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sympy
from nanograd.engine import (
    VALUES,
    ScalarValue,
    where,
)
from nanograd.symbolic._sympy_numbers import Expression

Operand: TypeAlias = Any
"""A ScalarValue or a plain number."""


def folded(operation: Callable[[Operand, Operand], Operand], operands: Sequence[Operand]) -> Operand:
    """Return what an operation of two arguments makes of all operands, from left to right."""
    result, *others = operands
    for other in others:
        result = operation(result, other)
    return result


def positive(x: Operand) -> Operand:
    """Return 1 where x > 0, else 0."""
    return VALUES.maximum(VALUES.sign(x), 0)


def condition_of(part: Expression, operands: Sequence[Operand]) -> Operand:
    """Return a number that is not 0 where a condition of SymPy's holds."""
    if isinstance(part, sympy.And):
        return folded(VALUES.minimum, operands)
    if isinstance(part, sympy.Or):
        return folded(VALUES.maximum, operands)
    if isinstance(part, sympy.Not):
        return 1 - operands[0]
    difference = operands[0] - operands[1]
    if isinstance(part, sympy.Gt):
        return positive(difference)
    if isinstance(part, sympy.Lt):
        return positive(-difference)
    if isinstance(part, sympy.Ge):
        return 1 - positive(-difference)
    if isinstance(part, sympy.Le):
        return 1 - positive(difference)
    unequal = abs(VALUES.sign(difference))
    return 1 - unequal if isinstance(part, sympy.Eq) else unequal


class Choices:
    """The choices of one graph, which remember what is harmless: nothing is looked at twice."""

    def __init__(self) -> None:
        self._harmless: set[ScalarValue] = set()

    def of_piecewise(self, part: Expression, operands: Sequence[Operand]) -> Operand:
        """Return the value of a Piecewise, whose values and conditions are the operands in turn."""
        pairs = list(zip(operands[::2], operands[1::2], strict=True))
        result: Operand = float("nan")  # where no condition holds, SymPy has nan
        if part.args[-1].args[1] == sympy.true:
            result = pairs.pop()[0]
        for value, condition in reversed(pairs):
            result = self.choice(condition, value, result)
        return result

    def step(self, x: Operand, middle: Operand) -> Operand:
        """Return 0 below 0, ``middle`` at 0, and 1 above 0."""
        return self.choice(positive(x), 1, self.choice(positive(-x), 0, middle))

    def choice(self, condition: Operand, x: Operand, y: Operand) -> Operand:
        """Return ``where`` with both branches, or the one taken if the other one would spoil gradients."""
        taken, left = (x, y) if condition else (y, x)
        return where(condition, x, y) if self._is_harmless(left) else taken

    def _is_harmless(self, value: Operand) -> bool:
        """Return whether a value and all derivatives towards it are finite: 0 times them is 0."""
        if not isinstance(value, ScalarValue):
            return bool(abs(value) < float("inf"))
        found: set[ScalarValue] = set()
        stack = [value]
        while stack:
            node = stack.pop()
            if node in found or node in self._harmless:
                continue
            numbers = (node.data, *[slope or 0 for slope in node.local_derivatives])
            if not all(abs(number) < float("inf") for number in numbers):
                return False
            found.add(node)
            stack.extend(node.children)
        self._harmless |= found
        return True
