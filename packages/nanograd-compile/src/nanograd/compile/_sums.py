"""Flattening: chains of ``+`` and ``-`` become sums of many terms.

A sum that is only used by another sum is a part of that one; so is a product, which stays in it as a pair of
factors, and a 0 is left out. ``dot`` and ``sum`` of the engine come out in the same form. What is left are
few large sums, and those are what matrix products are made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from nanograd.compile._program import Indices, LeafKind, ScalarProgram

NO_FACTOR = -1
"""In place of the second factor of a term that is not a product."""

_FLATTENED = {"+", "-", "neg", "sum", "dot"}


@dataclass(frozen=True, eq=False)
class Sums:
    """The sums of a program.

    Attributes:
        inside: (n,) whether a value is a part of the sum that uses it, and not a value by itself.
        terms: for each sum its terms, in the order in which the user wrote them: (sign, left, right), a
            value or a product of two; ``right`` is :data:`NO_FACTOR` for a value.
    """

    inside: list[bool]
    terms: dict[int, list[tuple[int, int, int]]]


def flatten_sums(program: ScalarProgram) -> Sums:
    """Return the sums of a program, each as long as can be.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x, y = ScalarValue(2.0), ScalarValue(3.0)
    >>> flatten_sums(capture(x * y - (x + 1), inputs=[x, y])).terms
    {5: [(1, 0, 1), (-1, 0, -1), (-1, 3, -1)]}

    Args:
        program: without values that are never used.
    """
    symbols = [operation.symbol for operation in program.operations]
    kinds = [symbol if symbol in _FLATTENED or symbol == "*" else "" for symbol in symbols]
    opcodes = program.opcodes.tolist()
    kind = [kinds[opcode] if opcode >= 0 else "" for opcode in opcodes]
    starts, arguments = program.starts.tolist(), program.arguments.tolist()
    uses = _uses(program).tolist()
    constants = [number == 0 for number in program.constants]
    zeros = {
        position
        for position, opcode in enumerate(opcodes)
        if opcode == LeafKind.CONSTANT and constants[arguments[starts[position]]]
    }
    inside = [False] * len(opcodes)
    terms: dict[int, list[tuple[int, int, int]]] = {}
    for position in range(len(opcodes) - 1, -1, -1):
        if inside[position] or kind[position] in {"", "*", "neg"}:
            continue
        found: list[tuple[int, int, int]] = []
        waiting = [(1, position)]
        while waiting:
            sign, value = waiting.pop()
            what = kind[value]
            if value != position:
                if not what or uses[value] != 1:
                    found.append((sign, value, NO_FACTOR))
                    continue
                inside[value] = True
            start = starts[value]
            if what == "*":
                found.append((sign, arguments[start], arguments[start + 1]))
            elif what == "+":
                waiting.append((sign, arguments[start + 1]))
                waiting.append((sign, arguments[start]))
            elif what == "-":
                waiting.append((-sign, arguments[start + 1]))
                waiting.append((sign, arguments[start]))
            elif what == "neg":
                waiting.append((-sign, arguments[start]))
            else:
                taken = arguments[start : starts[value + 1]]
                if what == "sum":
                    waiting.extend([(sign, argument) for argument in reversed(taken)])
                else:
                    half = len(taken) // 2
                    found.extend(
                        [(sign, left, right) for left, right in zip(taken[:half], taken[half:], strict=True)]
                    )
        terms[position] = [term for term in found if term[2] != NO_FACTOR or term[1] not in zeros] or found[
            :1
        ]
    return Sums(inside, terms)


def _uses(program: ScalarProgram) -> Indices:
    """Return how often each value is an argument; the result counts as used once more."""
    computed = np.repeat(program.opcodes >= 0, np.diff(program.starts))
    uses = np.bincount(program.arguments[computed], minlength=len(program))
    uses[-1] += 1
    return uses
