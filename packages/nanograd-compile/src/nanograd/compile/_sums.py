"""Flattening: chains of ``+`` and ``-`` become sums of many terms.

A sum that is only used by another sum is a part of that one; so is a product, which stays in it as a pair of
factors, and a 0 is left out. ``dot`` and ``sum`` of the engine come out in the same form. What is left are
few large sums, and those are what matrix products are made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from nanograd.compile._program import LeafKind, Mask, ScalarProgram
from nanograd.compile._sum_parts import NO_FACTOR, inside_sums, whole_sums, zeros_of


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


def flatten_sums(program: ScalarProgram, among: Mask | None = None) -> Sums:
    """Return the sums of a program, each as long as can be.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x, y = ScalarValue(2.0), ScalarValue(3.0)
    >>> flatten_sums(capture(x * y - (x + 1), inputs=[x, y])).terms
    {5: [(1, 0, 1), (-1, 0, -1), (-1, 3, -1)]}

    Args:
        program: without values that are never used.
        among: (n,) the values of which the sums are wanted; all if left out.
    """
    inside = inside_sums(program)
    whole = whole_sums(program, inside)
    if among is not None:
        whole &= among
    positions = np.flatnonzero(whole).tolist()
    if not positions:
        return Sums(inside.tolist(), {})
    symbols = [*[operation.symbol for operation in program.operations], *[""] * len(LeafKind)]
    opcodes = program.opcodes.tolist()
    starts, arguments = program.starts.tolist(), program.arguments.tolist()
    is_inside = inside.tolist()
    zeros = set(np.flatnonzero(zeros_of(program)).tolist())
    terms: dict[int, list[tuple[int, int, int]]] = {}
    for position in reversed(positions):
        found: list[tuple[int, int, int]] = []
        waiting = [(1, position)]
        while waiting:
            sign, value = waiting.pop()
            if value != position and not is_inside[value]:
                found.append((sign, value, NO_FACTOR))
                continue
            what = symbols[opcodes[value]]
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
    return Sums(is_inside, terms)
