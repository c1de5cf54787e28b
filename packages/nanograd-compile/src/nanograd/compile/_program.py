"""ScalarProgram: a graph as flat arrays, which every later step of the compiler reads.

A graph is a million small objects; a program is five arrays. Values are numbered in topological order, so
one pass over the arrays computes them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.engine import Number, Operation, Scope, ShapeError

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class LeafKind(IntEnum):
    """Where a value comes from; a program stores it as a negative opcode."""

    CONSTANT = -1
    INPUT = -2
    PARAMETER = -3


@dataclass(frozen=True, eq=False)
class ScalarProgram:
    """The values of a graph in topological order, each by what makes it.

    Attributes:
        operations: the operations that the program uses, in the order in which it first does.
        opcodes: (n,) for a computed value the position of its operation in ``operations``, else its
            :class:`LeafKind`.
        starts: (n + 1,) value i takes ``arguments[starts[i]:starts[i + 1]]``.
        arguments: (m,) for a computed value the numbers of its arguments; for a leaf its slot, one entry, in
            the parameters, the inputs or the constants.
        constants: the constants' numbers.
        labels: (n,) the labels of the values, None where there is none.
        parameters: the number of parameters.
        inputs: the number of inputs.
        scopes: (n,) the part of a model in which each value was computed, None outside of all.
    """

    operations: tuple[Operation, ...]
    opcodes: Indices
    starts: Indices
    arguments: Indices
    constants: tuple[Number, ...]
    labels: tuple[str | None, ...]
    parameters: int
    inputs: int
    scopes: tuple[Scope | None, ...]

    def __len__(self) -> int:
        return len(self.opcodes)

    def used_parameters(self, *, beyond: Collection[Operation] = ()) -> tuple[int, ...]:
        """Return the slots of the parameters that the last value depends on, in order.

        Args:
            beyond: operations that do not count: what only they use is not used.
        """
        used = np.zeros(len(self), dtype=np.bool_)
        used[-1:] = True
        blocked = [operation in beyond for operation in self.operations]
        opcodes, starts = self.opcodes.tolist(), self.starts.tolist()
        if any(blocked):
            for position in range(len(self) - 1, -1, -1):
                if used[position] and opcodes[position] >= 0 and not blocked[opcodes[position]]:
                    used[self.arguments[starts[position] : starts[position + 1]]] = True
        else:
            used[:] = True
        places = self.starts[:-1][used & (self.opcodes == LeafKind.PARAMETER)]
        return tuple(sorted(self.arguments[places].tolist()))

    def run(self, m: Any, parameters: Sequence[Any], inputs: Sequence[Any] = ()) -> list[Any]:
        """Return every value of the program, computed by the table of operations in the number system ``m``.

        It is the plainest executor there is, and the one that faster ones are held against.

        >>> from nanograd.compile import capture
        >>> from nanograd.engine import FLOATS, ScalarValue
        >>> w, x = ScalarValue(2.0), ScalarValue(3.0)
        >>> capture(w * x + 1, parameters=[w], inputs=[x]).run(FLOATS, [10.0], [0.5])
        [10.0, 0.5, 5.0, 1, 6.0]

        Args:
            m: a number system such as ``FLOATS`` or ``VALUES`` of the engine.
            parameters: as many as were captured.
            inputs: as many as were captured.

        Raises:
            ShapeError: if there are more or fewer.
        """
        for what, given, expected in (
            ("parameters", parameters, self.parameters),
            ("inputs", inputs, self.inputs),
        ):
            if len(given) != expected:
                raise ShapeError(f"the program takes {expected} {what} and got {len(given)}")
        slots = {
            LeafKind.CONSTANT: self.constants,
            LeafKind.INPUT: inputs,
            LeafKind.PARAMETER: parameters,
        }
        values: list[Any] = []
        starts, arguments = self.starts.tolist(), self.arguments.tolist()
        for position, opcode in enumerate(self.opcodes.tolist()):
            taken = arguments[starts[position] : starts[position + 1]]
            if opcode < 0:
                values.append(slots[LeafKind(opcode)][taken[0]])
            else:
                values.append(self.operations[opcode].run(m, *[values[argument] for argument in taken]))
        return values

    def __str__(self) -> str:
        """Return one line for each value: its number, what makes it, and from what."""
        rows = []
        for position, opcode in enumerate(self.opcodes.tolist()):
            taken = self.arguments[self.starts[position] : self.starts[position + 1]].tolist()
            if opcode >= 0:
                what, of = self.operations[opcode].symbol, " ".join(map(str, taken))
            elif opcode == LeafKind.CONSTANT:
                what, of = "constant", str(self.constants[taken[0]])
            else:
                what, of = f"{LeafKind(opcode).name.lower()} {taken[0]}", self.labels[position] or ""
            rows.append((str(position), what, of))
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
        return "\n".join(f"{n:<{widths[0]}}  {what:<{widths[1]}}  {of}".rstrip() for n, what, of in rows)


def readings(program: ScalarProgram) -> tuple[Indices, Indices]:
    """Return the users and the values that they use, in order."""
    counts = np.diff(program.starts)
    computed = program.opcodes >= 0
    users = np.repeat(np.arange(len(program)), counts)
    of_computed = computed[users]
    return users[of_computed], program.arguments[of_computed]


def made_by(program: ScalarProgram, symbols: set[str]) -> Mask:
    """Return for each value whether one of some operations made it."""
    codes = [code for code, operation in enumerate(program.operations) if operation.symbol in symbols]
    chosen = np.zeros(len(program.operations) + len(LeafKind) + 1, dtype=np.bool_)  # leaves are negative
    chosen[codes] = True
    return chosen[program.opcodes]


def renamed_program(program: ScalarProgram, renamed: Indices) -> ScalarProgram:
    """Return the program with ``renamed[i]`` in place of value i wherever that is used."""
    computed = np.repeat(program.opcodes >= 0, np.diff(program.starts))
    arguments = program.arguments.copy()
    arguments[computed] = renamed[arguments[computed]]
    return replace(program, arguments=arguments)
