"""Depth: a program that is too deep for arrays, seen before its values are classified.

Each value that is no part of a sum is of a later class than all that it is computed from. So a program has at
least as many classes as there are values on a path through it, and a path is found in a moment. Where it is
longer than a source of arrays may be, only arrays and tape together are left to try, and arrays need classes
of many members. The height of a value, how many values are on the longest path up to it, is the same for all
of its class. Where fewer values than that have one height, their classes are too small, and with them the
classes of everything above, which is computed from them. Only what is below has to be classified: mostly
nothing.

A program that is deep and wide at every height is classified whole, as any other one.
"""

from __future__ import annotations

import numpy as np
from nanograd.compile._program import Mask, ScalarProgram, readings
from nanograd.compile._sum_parts import Terms, whole_sums

_MOST_HEIGHTS = 32
"""So many are looked at, each in one step over what is left of the program."""


def is_deeper(program: ScalarProgram, inside: Mask, depth: int) -> bool:
    """Return whether a path of more values than ``depth`` is found; parts of sums do not count.

    The path goes down from the result, always to the argument that most values were written for: a program
    has those of one argument after the other, and each one after its own.

    Args:
        program: the program.
        inside: (n,) what is a part of a sum.
        depth: the number of values that is not enough.
    """
    if len(program) - int(inside.sum()) <= depth:
        return False
    # Read one by one, NumPy's arrays take four times as long as the memory that they are in.
    opcodes, starts = program.opcodes.data, program.starts.data
    arguments, counts = program.arguments.data, (~inside).data
    value, lowest, count = len(program) - 1, -1, 0
    while opcodes[value] >= 0:
        count += counts[value]
        if count > depth:
            return True
        value, lowest = _heaviest(arguments[starts[value] : starts[value + 1]].tolist(), lowest)
    return False


def _heaviest(taken: list[int], lowest: int) -> tuple[int, int]:
    """Return the argument that most values were written for, and the last value before those.

    Args:
        taken: the arguments.
        lowest: the last value before those that were written for the value that takes them.
    """
    found, size, before = max(taken), 0, lowest
    start = -1  # of an argument that was there already, nothing is known
    for argument in taken:
        if argument > before:  # else it was written for one of those before it
            if argument - before > size:
                found, size, start = argument, argument - before, before
            before = argument
    return found, start


def below_the_first_thin_height(
    program: ScalarProgram, inside: Mask, terms: Terms, width: int
) -> Mask | None:
    """Return the values below the lowest height that fewer than ``width`` values have, leaves included.

    None if there is no such height among the first ones.

    Args:
        program: the program.
        inside: (n,) what is a part of a sum.
        terms: the terms of its sums.
        width: the number of values that is enough.
    """
    users, arguments = readings(program)
    others = ~(inside | whole_sums(program, inside))[users]
    products = terms.right >= 0
    users = np.concatenate([users[others], terms.of, terms.of[products]])
    arguments = np.concatenate([arguments[others], terms.left, terms.right[products]])
    below: Mask = program.opcodes < 0
    values = ~(inside | below)
    for _ in range(_MOST_HEIGHTS):
        waiting = ~below[arguments]
        users, arguments = users[waiting], arguments[waiting]
        higher = np.zeros(len(program), dtype=np.bool_)
        higher[users] = True
        here = values & ~below & ~higher
        if np.count_nonzero(here) < width:
            return below
        below = below | here
    return None
