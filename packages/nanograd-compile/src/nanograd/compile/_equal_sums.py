"""Equal sums: those of the same terms, which are computed once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from nanograd.compile._program import Indices, ScalarProgram, renamed_program
from nanograd.compile._settled import COMMUTATIVE
from nanograd.compile._simplify import simplify, without_dead
from nanograd.compile._sum_parts import NO_FACTOR, Terms
from nanograd.compile._sums import Sums

Marks = npt.NDArray[np.uint64]


def without_equal_sums(program: ScalarProgram, sums: Sums) -> ScalarProgram | None:
    """Return the program with one value for all sums of the same terms, None if all sums differ.

    Args:
        program: a simplified program.
        sums: its sums.
    """
    terms = sums.terms
    if len({tuple(found) for found in terms.values()}) == len(terms):
        return None
    # Where two sums are equal, so may be what is computed from them, and so on to the top: in one pass.
    renamed = list(range(len(program)))
    first: dict[object, int] = {}
    swaps = [operation.symbol in COMMUTATIVE for operation in program.operations]
    starts, arguments = program.starts.tolist(), program.arguments.tolist()
    for position, opcode in enumerate(program.opcodes.tolist()):
        if opcode < 0 or sums.inside[position]:
            continue
        found = terms.get(position)
        key: object
        if found is not None:
            key = tuple([_renamed(term, renamed) for term in found])
        else:
            taken = [renamed[argument] for argument in arguments[starts[position] : starts[position + 1]]]
            key = (opcode, *(sorted(taken) if swaps[opcode] else taken))
        renamed[position] = first.setdefault(key, position)
    return simplify(without_dead(renamed_program(program, np.array(renamed)), renamed[-1]))


def _renamed(term: tuple[int, int, int], renamed: list[int]) -> tuple[int, int, int]:
    sign, left, right = term
    left = renamed[left]
    if right == NO_FACTOR:
        return sign, left, right
    right = renamed[right]
    return (sign, left, right) if left <= right else (sign, right, left)


def may_have_equal_sums(terms: Terms, values: int) -> bool:
    """Return whether two sums may have the same terms: no for certain, yes also by chance.

    The terms of each sum are added up as random numbers of 64 bits, which are the same for the same term.

    Args:
        terms: the terms of all sums.
        values: the number of values of the program.
    """
    marks = np.zeros(values, dtype=np.uint64)
    np.add.at(marks, terms.of, _scrambled((2 * terms.left + (terms.sign > 0)) * (values + 1) + terms.right))
    of_sums = marks[marks != 0]  # of values that are no sums it is 0
    of_sums.sort()
    return bool((of_sums[1:] == of_sums[:-1]).any())


def _scrambled(numbers: Indices) -> Marks:
    """Return a random number for each number, by the generator SplitMix64 (Steele, Lea, Flood 2014)."""
    marks = numbers.astype(np.uint64)
    marks += np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        marks ^= marks >> np.uint64(shift)
        marks *= np.uint64(factor)
    return marks
