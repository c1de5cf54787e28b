"""The source of the tape's kernel, written by the table of operations.

The rows of the table are functions over a number system. Run in one whose numbers are the names of variables,
a row writes down what it computes, and that is the branch of the kernel for this operation. So no derivative
is known here, and a new row of the table is a new branch.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile import _native_functions
from nanograd.compile._native_source import Source, Variable, written
from nanograd.engine import OPS, Operation

_ADD, _MULTIPLY = OPS["+"], OPS["*"]

# A product that only one sum uses is computed with it. Both are rounded, as they are one after the other.
MULTIPLY_ADD = Operation(
    "multiply_add",
    3,
    lambda m, x, y, z: _ADD.forward(m, _MULTIPLY.forward(m, x, y), z),
    (
        lambda m, o, x, y, z: _ADD.partials[0](m, o, x, z) * _MULTIPLY.partials[0](m, o, x, y),
        lambda m, o, x, y, z: _ADD.partials[0](m, o, x, z) * _MULTIPLY.partials[1](m, o, x, y),
        lambda m, o, x, y, z: _ADD.partials[1](m, o, x, z),
    ),
    _MULTIPLY.domain + _ADD.domain[1:],
    (),
)

# Of the operations of many arguments it alone is one step of the tape; the others are sums and products.
_LOGSUMEXP = OPS["logsumexp"]

# Sums and recurrences are chains: a step takes the result of the step before. It is in a register still, and
# reading it back from memory would be half of the time. The places of that argument:
_CHAINS = ((_ADD, 0), (MULTIPLY_ADD, 0), (MULTIPLY_ADD, 2))


@dataclass(frozen=True)
class Kernel:
    """The source of the kernel and the numbers by which it knows the operations.

    Attributes:
        source: a Python module for Numba.
        opcodes: the number of each operation.
        chains: the number of an operation whose argument at the given place is the result of the step before.
        arities: (opcodes,) the number of arguments; 0 for any number.
        first_backward: (opcodes,) the first number for the way back. There is one for each set of arguments
            that need a gradient, in the order of the binary numbers in which bit k stands for argument k.
    """

    source: str
    opcodes: dict[Operation, int]
    chains: dict[tuple[Operation, int], int]
    arities: npt.NDArray[np.int64]
    first_backward: npt.NDArray[np.int64]


def is_native(operation: Operation) -> bool:
    """Return whether the kernel has a branch for the operation, or it is made of such: all of the table.

    A user's own operation is none of them, because the kernel is compiled before there is one.
    """
    return operation.forward.__module__ == _ADD.forward.__module__


@cache
def kernel() -> Kernel:
    """Return the kernel for the table of the installed engine."""
    rows = [row for row in OPS.values() if is_native(row) and row.arity is not None]
    rows += [MULTIPLY_ADD, _LOGSUMEXP]
    variants = [*[(row, None) for row in rows], *_CHAINS]
    forward: list[tuple[int, list[str]]] = []
    backward: list[tuple[int, list[str]]] = []
    first_backward = []
    for opcode, (row, chained) in enumerate(variants):
        forward.append((opcode, _forward_branch(row, chained)))
        first_backward.append(1 + len(backward))
        for mask in range(1, 2 ** (row.arity or 1)):
            backward.append((1 + len(backward), _backward_branch(row, chained, mask)))
    source = _MODULE.format(
        functions=_functions(),
        options=_OPTIONS,
        forward=_branches("what", forward, 8),
        backward=_branches("back", backward, 12),
    )
    return Kernel(
        source,
        opcodes={row: opcode for opcode, row in enumerate(rows)},
        chains={chain: opcode for opcode, chain in enumerate(_CHAINS, len(rows))},
        arities=np.array([row.arity or 0 for row, _ in variants]),
        first_backward=np.array(first_backward),
    )


_MODULE = '''"""The kernel of nanograd's tapes. Written by nanograd.compile from the table of operations."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

{functions}
@njit("float64(uint32[:, ::1], uint32[::1], float64[::1], float64[::1], float64[::1], int64)", {options})
def run(code, members, values, adjoints, gradient, root):
    """Compute all values; then, if there are adjoints, those of the first leaves, and leave them all 0."""
    steps = len(code)
    leaves = len(values) - steps
    o = 0.0
    # Indices without a sign, as Numba asks of every other whether it counts from the end.
    for number in range(steps):
        i = np.uint32(number)
        what = code[i, 0] & 0xFFFF
{forward}
        values[np.uint32(leaves + number)] = o
    if len(adjoints) > 0:
        adjoints[root] = 1.0
        carried = 0.0
        for number in range(steps - 1, -1, -1):
            i, here = np.uint32(number), np.uint32(leaves + number)
            g = adjoints[here] + carried
            carried = 0.0
            adjoints[here] = 0.0
            back = code[i, 0] >> 16
            o = values[here]
            a = code[i, 1]
            b = code[i, 2]
            c = code[i, 3]
{backward}
        for k in range(len(gradient)):
            gradient[k] = adjoints[k]
        for k in range(leaves):
            adjoints[k] = 0.0
    return values[root]


@njit("void(uint32[:, ::1], uint32[::1], boolean[::1], int64[::1], int64[::1])", {options})
def prepare(code, members, active, arities, first_backward):
    """Say in every step what to do on the way back, from which leaves are active."""
    leaves = len(active) - len(code)
    for i in range(len(code)):
        what = code[i, 0] & 0xFFFF
        mask = 0
        if arities[what] == 0:
            for k in range(code[i, 1], code[i, 1] + code[i, 2]):
                if active[members[k]]:
                    mask = 1
        else:
            for k in range(arities[what]):
                if active[code[i, 1 + k]]:
                    mask += 1 << k
        active[leaves + i] = mask > 0
        back = first_backward[what] + mask - 1 if mask > 0 else 0
        code[i, 0] = what + (back << 16)
'''
_OPTIONS = 'cache=True, nogil=True, error_model="numpy"'


def _functions() -> str:
    """Return the functions that branches call, for Numba."""
    functions = [function for _, function in inspect.getmembers(_native_functions, inspect.isfunction)]
    for_numba = '@njit(nogil=True, error_model="numpy")'
    return "\n".join(f"{for_numba}\n{inspect.getsource(function)}\n" for function in functions)


def _branches(variable: str, branches: Sequence[tuple[int, list[str]]], margin: int) -> str:
    lines: list[str] = []
    for number, body in branches:
        lines.append(f"{'elif' if lines else 'if'} {variable} == {number}:")
        lines += [f"    {line}" for line in body]
    return textwrap.indent("\n".join(lines), " " * margin)


def _forward_branch(operation: Operation, chained: int | None) -> list[str]:
    if operation.arity is None:
        return ["o = logsumexp(values, members[code[i, 1] : code[i, 1] + code[i, 2]])"]
    source = Source()
    names = list("xyz"[: operation.arity])
    loads = [f"{name} = values[code[i, {place + 1}]]" for place, name in enumerate(names) if place != chained]
    if chained is not None:
        names[chained] = "o"
    result = operation.forward(source, *map(source.variable, names))
    return [*loads, *source.lines, f"o = {written(result)}"]


def _backward_branch(operation: Operation, chained: int | None, mask: int) -> list[str]:
    source = Source()
    o = source.variable("o")
    if operation.arity is None:
        (partial,) = operation.differentiate(source, o, source.variable("x"))
        body = ["x = values[members[k]]", *source.lines, f"adjoints[members[k]] += {_times_g(partial)}"]
        return ["for k in range(a, a + b):", *[f"    {line}" for line in body]]
    names, slots = "xyz"[: operation.arity], "abc"[: operation.arity]
    arguments = [source.variable(name) for name in names]
    terms = []
    for place, slot in enumerate(slots):
        if mask >> place & 1:
            to = "carried" if place == chained else f"adjoints[{slot}]"
            terms.append(f"{to} += {_times_g(operation.partials[place](source, o, *arguments))}")
    loads = [f"{name} = values[{slot}]" for name, slot in zip(names, slots, strict=True)]
    return [*loads, *source.lines, *terms]


def _times_g(partial: Any) -> str:
    return "g" if not isinstance(partial, Variable) and partial == 1 else f"{written(partial)} * g"
