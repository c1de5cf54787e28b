"""Rounding: how far it alone moves the result of a graph, which no program can be held closer to.

A sum of large terms that cancel, such as b + (x - y) with x and y near 1e9, has lost digits when its result
is small, and another order of its terms loses others. How many depends on the numbers, and on what is
computed from the sum. So it is measured, by Monte Carlo arithmetic (Parker, Pierce and Eggert, "Monte Carlo
arithmetic: how to gamble with floating point and win", 2000): the graph is computed some times over, each
value a few roundings off by chance, and a sum by roundings of what its terms are together without their
signs.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from nanograd.compile._interpreter import Interpreter, Vector
from nanograd.compile._program import ScalarProgram, made_by
from nanograd.compile._sum_parts import inside_sums
from nanograd.engine import FLOATS

ROUNDINGS = 16
"""A value is off by so many at most: a sum of many terms is rounded as often, mostly up and down in turn."""

_RUNS = 8
_ROUNDING = 2.0**-52


def moved_by_rounding(program: ScalarProgram, p: Vector, x: Vector) -> tuple[float, Vector]:
    """Return how far roundings move the value of a program, and its derivatives for the parameters.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> b, x, y = [ScalarValue(1.0) for _ in range(3)]
    >>> program = capture(b + (x - y), parameters=[b, x, y])
    >>> moved_by_rounding(program, np.array([0.1, 0.3, 0.2]), np.zeros(0))[0] < 1e-14
    True
    >>> 1e-8 < moved_by_rounding(program, np.array([0.1, 1e9, 1e9]), np.zeros(0))[0] < 1e-5
    True

    Args:
        program: a graph as it was captured.
        p: its parameters.
        x: its inputs.
    """
    value, gradient = Interpreter(program).value_and_grad(p, x)
    moved, moved_gradient = 0.0, np.zeros(len(gradient))
    rounded = _Rounded(program)
    with np.errstate(all="ignore"):
        for _ in range(_RUNS):
            other, other_gradient = rounded.value_and_grad(p, x)
            moved = max(moved, float(np.nan_to_num(abs(other - value), posinf=0.0)))
            moved_gradient = np.maximum(
                moved_gradient, np.nan_to_num(np.abs(other_gradient - gradient), posinf=0.0)
            )
    return moved, moved_gradient


def values_moved_by_rounding(program: ScalarProgram, p: Vector, x: Vector) -> tuple[Vector, Vector]:
    """Return all values of a program, and how far roundings move each of them.

    Args:
        program: a program.
        p: its parameters.
        x: its inputs.
    """
    rounded = _Rounded(program)
    with np.errstate(all="ignore"):
        values = np.array(Interpreter(program).all_values(p, x))
        others = np.array([rounded.all_values(p, x) for _ in range(_RUNS)])
        return values, np.nan_to_num(np.abs(others - values), posinf=0.0).max(axis=0)


class _Rounded(Interpreter):
    """Computes each value a little off, from run to run in another way, and from process to process alike."""

    def __init__(self, program: ScalarProgram) -> None:
        super().__init__(program)
        self._random = random.Random(0)
        self._is_sum = made_by(program, {"+", "-", "sum"}).tolist()
        self._is_dot = made_by(program, {"dot"}).tolist()
        self._inside = inside_sums(program).tolist()

    def all_values(self, parameters: Vector, inputs: Vector) -> list[float]:
        values: list[float] = []
        sizes: list[float] = []  # of a sum what its terms are together, without their signs
        leaves = self._leaves(parameters, inputs)
        draw, inside = self._random.uniform, self._inside
        for position, (opcode, taken) in enumerate(self._rows):
            if opcode < 0:
                values.append(leaves[opcode][taken[0]])
                sizes.append(abs(values[-1]))
                continue
            arguments: list[Any] = [values[argument] for argument in taken]
            value = float(self.program.operations[opcode].run(FLOATS, *arguments))
            size = abs(value)
            if self._is_sum[position]:
                size = sum([sizes[each] if inside[each] else abs(values[each]) for each in taken])
            elif self._is_dot[position]:
                half = len(arguments) // 2
                size = sum([abs(a * b) for a, b in zip(arguments[:half], arguments[half:], strict=True)])
            values.append(value + draw(-ROUNDINGS, ROUNDINGS) * _ROUNDING * size)
            sizes.append(size)
        return values
