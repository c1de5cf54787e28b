"""Classification: which values are computed in the same way.

Two leaves are of one class if they are of one kind. Two values are if one operation makes both of them from
arguments of the same classes; two sums, if the sets of the classes of their terms are equal. A set and not a
list: sums of different lengths, as causal attention has them, are one class. Classes are numbered as they are
met, after those of their arguments, so that in this order every class can be computed after those before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable
from dataclasses import dataclass

import numpy as np
from nanograd.compile._program import Indices, LeafKind, Mask, ScalarProgram
from nanograd.compile._sum_parts import NO_FACTOR
from nanograd.compile._sums import Sums

LARGE = 16
"""A class of so many members is worth a statement."""

_FEW_LENGTHS, _OF_A_LENGTH = 4, 8

PARAMETERS, INPUTS, CONSTANTS = 0, 1, 2
"""The classes of leaves, which every program has."""


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of the values of a program.

    Attributes:
        of: (n,) the class of each value; -1 for what is inside a sum, or was not looked at.
        members: for each class its values, in order.
        opcodes: for each class the position of its operation in the program; -1 for leaves and sums.
    """

    of: Indices
    members: list[list[int]]
    opcodes: list[int]

    def __len__(self) -> int:
        return len(self.members)


def classify(
    program: ScalarProgram, sums: Sums, by_length: Collection[int] = (), among: Mask | None = None
) -> Classes:
    """Return the classes of a program's values.

    >>> from nanograd.compile import capture
    >>> from nanograd.compile._sums import flatten_sums
    >>> from nanograd.engine import ScalarValue
    >>> x = [ScalarValue(float(number)) for number in range(3)]
    >>> program = capture(sum(value.exp() for value in x), inputs=x)
    >>> classify(program, flatten_sums(program)).members[3:]
    [[2, 5, 8], [9]]

    Args:
        program: the program.
        sums: its sums.
        by_length: sums that are of one class only with sums of as many terms.
        among: (n,) the values to classify, with all that they are computed from; all if left out.
    """
    numbers: dict[Hashable, int] = {}
    of = [-1] * len(program)
    members: list[list[int]] = [[], [], []]
    opcodes = [-1, -1, -1]
    leaf_classes = {LeafKind.PARAMETER: PARAMETERS, LeafKind.INPUT: INPUTS, LeafKind.CONSTANT: CONSTANTS}
    leaf_class = {int(kind): number for kind, number in leaf_classes.items()}
    symbols = [operation.symbol for operation in program.operations]
    of_many = [operation.arity is None for operation in program.operations]
    swaps = [symbol == "*" for symbol in symbols]
    starts, arguments = program.starts.tolist(), program.arguments.tolist()
    wanted = ~np.array(sums.inside, dtype=np.bool_)
    if among is not None:
        wanted &= among
    positions = np.flatnonzero(wanted)
    terms = sums.terms
    key: Hashable
    for position, opcode in zip(positions.tolist(), program.opcodes[positions].tolist(), strict=True):
        if opcode < 0:
            number = leaf_class[opcode]
        else:
            found = terms.get(position)
            if found is not None:
                key = frozenset(
                    [
                        (sign, of[left], NO_FACTOR)
                        if right == NO_FACTOR
                        else (sign, of[left], of[right])
                        if of[left] <= of[right]
                        else (sign, of[right], of[left])
                        for sign, left, right in found
                    ]
                )
                if position in by_length:
                    key = (len(found), key)
            elif of_many[opcode]:
                taken = arguments[starts[position] : starts[position + 1]]
                key = (opcode, frozenset([of[argument] for argument in taken]))
            else:
                start, end = starts[position], starts[position + 1]
                if end - start == 1:
                    key = (opcode, of[arguments[start]])
                elif end - start == 2:
                    x, y = of[arguments[start]], of[arguments[start + 1]]
                    key = (opcode, y, x) if swaps[opcode] and x > y else (opcode, x, y)
                else:
                    key = (opcode, *[of[argument] for argument in arguments[start:end]])
            number = numbers.get(key, -1)
            if number < 0:
                number = numbers[key] = len(members)
                members.append([])
                opcodes.append(-1 if found is not None else opcode)
        of[position] = number
        members[number].append(position)
    return Classes(np.array(of, dtype=np.int64), members, opcodes)


def sums_of_few_lengths(sums: Sums, classes: Classes) -> set[int]:
    """Return the sums of those classes that fall into a few large parts of one length each.

    Two layers of different widths are one class at first. Each by itself is a matrix product, and both
    together are none; so they are better apart. Causal attention has a few sums of every length, and stays
    together.

    Args:
        sums: the sums of a program.
        classes: its classes.
    """
    found: set[int] = set()
    for members in classes.members:
        if len(members) < _OF_A_LENGTH or members[0] not in sums.terms:
            continue
        counts = Counter([len(sums.terms[member]) for member in members])
        if 1 < len(counts) <= _FEW_LENGTHS and min(counts.values()) >= _OF_A_LENGTH:
            found.update(members)
    return found
