"""Lowering: from a scalar program to the steps of a tape, four numbers each, which the kernel runs.

Sums, dot products and products of many become steps of two, and a product that only one sum uses becomes one
step with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile._native_kernel import MULTIPLY_ADD, Kernel, is_native
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.engine import FLOATS, OPS, Operation

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

_MOST_DIGITS = 22  # ten to the power of it is the largest that is a float


@dataclass(frozen=True, eq=False)
class Code:
    """The steps of a tape.

    The values of a tape are numbered: first the parameters, the inputs and the constants, then the steps.

    Attributes:
        steps: (n, 4) the opcode, and the numbers of up to three arguments; for logsumexp the first and the
            number of its arguments in ``members``.
        members: the arguments of steps that have more than three.
        constants: the constants' numbers.
        root: the number of the result.
    """

    steps: Codes
    members: Codes
    constants: npt.NDArray[np.float64]
    root: int


def obstacle(program: ScalarProgram) -> str | None:
    """Return why a program cannot be a tape; None if it can."""
    own = [operation.symbol for operation in program.operations if not is_native(operation)]
    if own:
        return f"the program has operations of your own, which the kernel does not know: {', '.join(own)}"
    if OPS["round"] in program.operations:
        rounding = program.opcodes == program.operations.index(OPS["round"])
        digits = program.arguments[program.starts[:-1][rounding] + 1]
        if not (program.opcodes[digits] == LeafKind.CONSTANT).all():
            return "the program computes the number of digits that it rounds to"
        slots = set(program.arguments[program.starts[digits]].tolist())
        most = max(abs(program.constants[slot]) for slot in slots)
        if most > _MOST_DIGITS:
            return f"the program rounds to {most} digits, and the kernel to {_MOST_DIGITS} at most"
    return None


def lowered(program: ScalarProgram, kernel: Kernel) -> Code:
    """Return the steps of a program that nothing stands against."""
    opcodes, starts, arguments = program.opcodes, program.starts, program.arguments
    leaves = program.parameters + program.inputs + len(program.constants)
    steps_of = (opcodes >= 0).astype(np.int64)
    expansions = _expansions(program, kernel)
    for position, (rows, _) in expansions.items():
        steps_of[position] = len(rows)

    ends = np.cumsum(steps_of)
    slots = leaves + ends - 1  # the last of the steps that compute a value holds it
    offsets = {
        LeafKind.PARAMETER: 0,
        LeafKind.INPUT: program.parameters,
        LeafKind.CONSTANT: program.parameters + program.inputs,
    }
    for kind, offset in offsets.items():
        (of_kind,) = np.nonzero(opcodes == kind)
        slots[of_kind] = offset + arguments[starts[of_kind]]

    steps = np.zeros((int(ends[-1]), 4), dtype=np.int64)
    for position, (rows, result) in expansions.items():
        taken = slots[arguments[starts[position] : starts[position + 1]]]
        first = ends[position] - len(rows)
        numbered = np.concatenate([taken, leaves + np.arange(first, ends[position])])
        steps[first : ends[position], 0] = rows[:, 0]
        steps[first : ends[position], 1:3] = numbered[rows[:, 1:]]
        slots[position] = numbered[result]
    members = _fill(program, kernel, steps, slots, ends)
    root = int(slots[-1])
    steps, root = _fused(steps, members, root, leaves, kernel)
    return Code(
        steps.astype(np.uint32),
        members.astype(np.uint32),
        np.array([FLOATS.as_float(constant) for constant in program.constants], dtype=np.float64),
        root,
    )


def _fill(program: ScalarProgram, kernel: Kernel, steps: Numbers, slots: Numbers, ends: Numbers) -> Numbers:
    """Write the steps of operations that are one step, and return the arguments of those with many."""
    members = [np.zeros(0, dtype=np.int64)]
    count = 0
    for number, operation in enumerate(program.operations):
        if operation not in kernel.opcodes:
            continue
        (positions,) = np.nonzero(program.opcodes == number)
        at, first = ends[positions] - 1, program.starts[positions]
        steps[at, 0] = kernel.opcodes[operation]
        if operation.arity is not None:
            for place in range(operation.arity):
                steps[at, 1 + place] = slots[program.arguments[first + place]]
            continue
        for step, start, end in zip(at, first, program.starts[positions + 1], strict=True):
            members.append(slots[program.arguments[start:end]])
            steps[step, 1:3] = count, end - start
            count += int(end - start)
    return np.concatenate(members)


def _fused(steps: Numbers, members: Numbers, root: int, leaves: int, kernel: Kernel) -> tuple[Numbers, int]:
    """Return the steps with products that only one sum uses in one step with it, and the root's number."""
    arities = kernel.arities
    uses = np.bincount(members, minlength=leaves + len(steps))
    for place in range(3):
        taken = steps[arities[steps[:, 0]] > place, 1 + place]
        uses += np.bincount(taken, minlength=len(uses))
    lonely = uses == 1
    lonely[root] = lonely[:leaves] = False
    lonely[leaves:] &= steps[:, 0] == kernel.opcodes[OPS["*"]]
    (sums,) = np.nonzero(steps[:, 0] == kernel.opcodes[OPS["+"]])
    gone = np.zeros(len(steps), dtype=bool)
    for place in (2, 1):  # in a sum of products the last one is the newest: it has not been added to yet
        fits = lonely[steps[sums, place]]
        at = sums[fits]
        product = steps[at, place] - leaves
        steps[at, 3] = steps[at, 3 - place]
        steps[at, 1:3] = steps[product, 1:3]
        steps[at, 0] = kernel.opcodes[MULTIPLY_ADD]
        gone[product] = True
        sums = sums[~fits]
    numbers = np.concatenate([np.arange(leaves), leaves + np.cumsum(~gone) - 1])
    steps = steps[~gone]
    many = arities[steps[:, 0]] == 0
    steps[~many, 1:] = numbers[steps[~many, 1:]]
    members[:] = numbers[members]
    before = leaves + np.arange(len(steps)) - 1
    for (operation, place), opcode in kernel.chains.items():
        chained = (
            (steps[:, 0] == kernel.opcodes[operation]) & (steps[:, 1 + place] == before) & (before >= leaves)
        )
        steps[chained, 0] = opcode
    return steps, int(numbers[root])


def _expansions(program: ScalarProgram, kernel: Kernel) -> dict[int, tuple[Numbers, int]]:
    """Return for each value that takes several steps its :func:`_expansion`, in topological order."""
    many = [
        number
        for number, operation in enumerate(program.operations)
        if operation.arity is None and operation not in kernel.opcodes
    ]
    known: dict[tuple[int, int], tuple[Numbers, int]] = {}
    expansions = {}
    for position in np.flatnonzero(np.isin(program.opcodes, many)).tolist() if many else ():
        number = int(program.opcodes[position])
        count = int(program.starts[position + 1] - program.starts[position])
        if (number, count) not in known:
            known[number, count] = _expansion(program.operations[number], count, kernel)
        expansions[position] = known[number, count]
    return expansions


def _expansion(operation: Operation, count: int, kernel: Kernel) -> tuple[Numbers, int]:
    """Return the steps that compute an operation of so many arguments, and the number of its result.

    The arguments are numbers 0 to count - 1, the steps count and so on.
    """
    rows: list[tuple[int, int, int]] = []

    def step(symbol: str, x: _Number, y: _Number) -> _Number:
        rows.append((kernel.opcodes[OPS[symbol]], x.number, y.number))
        return _Number(count + len(rows) - 1, step)

    result = operation.run(None, *[_Number(number, step) for number in range(count)])
    return np.array(rows, dtype=np.int64).reshape(-1, 3), result.number


class _Number:
    """What a row of many arguments is run on, to see which sums and products it takes."""

    __slots__ = ("number", "step")

    def __init__(self, number: int, step: Any) -> None:
        self.number = number
        self.step = step

    def __add__(self, other: _Number) -> _Number:
        result: _Number = self.step("+", self, other)
        return result

    def __mul__(self, other: _Number) -> _Number:
        result: _Number = self.step("*", self, other)
        return result
