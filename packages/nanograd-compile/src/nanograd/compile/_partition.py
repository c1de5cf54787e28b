"""Partition: a program whose regular part runs as arrays, and what is computed from it on the tape."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from nanograd.compile._analysis import Analysis
from nanograd.compile._classes import CONSTANTS, INPUTS, LARGE
from nanograd.compile._program import Indices, LeafKind, ScalarProgram
from nanograd.compile._sum_parts import NO_FACTOR


@dataclass(frozen=True, eq=False)
class Partition:
    """A program in two parts.

    Attributes:
        left_out: the classes that the arrays do not compute.
        boundary: the values that the tape goes on with, in the order of its inputs.
        tape: the rest of the program.
        on_arrays: how many values the arrays compute.
    """

    left_out: frozenset[int]
    boundary: tuple[int, ...]
    tape: ScalarProgram
    on_arrays: int


def partition(analysis: Analysis) -> Partition | None:
    """Return the program in two parts, None if one of them would be empty.

    The tape has all small classes, and all that are computed from them.

    Args:
        analysis: a simplified program, its sums and its classes.
    """
    classes = analysis.classes
    left_out: set[int] = set()
    for number in range(CONSTANTS + 1, len(classes)):
        members = classes.members[number]
        if len(members) < LARGE or not left_out.isdisjoint(_read_by(analysis, members[0])):
            left_out.add(number)
    if len(left_out) == len(classes) - CONSTANTS - 1 or not (left_out or analysis.deeper_than):
        return None
    return _divided(analysis.program, classes.of, frozenset(left_out))


def _read_by(analysis: Analysis, value: int) -> set[int]:
    """Return the classes that a value, and so every other one of its class, is computed from."""
    program, sums, classes, _ = analysis
    terms = sums.terms.get(value)
    if terms is None:
        arguments = program.arguments[program.starts[value] : program.starts[value + 1]]
        return set(classes.of[arguments].tolist())
    read = {argument for _, left, right in terms for argument in (left, right) if argument != NO_FACTOR}
    return {int(classes.of[argument]) for argument in read}


def _divided(program: ScalarProgram, of: Indices, left_out: frozenset[int]) -> Partition | None:
    starts, arguments, opcodes = program.starts.tolist(), program.arguments.tolist(), program.opcodes.tolist()
    root = len(program) - 1
    class_of = of.tolist()
    wanted = [False] * len(program)
    outside = [False] * len(program)
    wanted[root] = True  # it is: a single value is a small class
    for position in range(root, -1, -1):
        if not wanted[position]:
            continue
        number = class_of[position]
        if number == INPUTS or (number > CONSTANTS and number not in left_out):
            outside[position] = True
        elif opcodes[position] >= 0:
            for argument in arguments[starts[position] : starts[position + 1]]:
                wanted[argument] = True
    kept = np.flatnonzero(wanted)
    given = np.array(outside)[kept]
    boundary = kept[given]
    if not len(boundary):
        return None
    renamed = np.cumsum(wanted) - 1
    new_opcodes = np.where(given, LeafKind.INPUT, program.opcodes[kept])
    counts = np.where(given, 1, np.diff(program.starts)[kept])
    new_starts = np.concatenate([[0], np.cumsum(counts)])
    before = np.repeat(program.starts[kept] - new_starts[:-1], counts)
    new_arguments = program.arguments[before + np.arange(len(before))]
    computed = np.repeat(new_opcodes >= 0, counts)
    new_arguments[computed] = renamed[new_arguments[computed]]
    new_arguments[new_starts[:-1][given]] = np.arange(len(boundary))
    tape = replace(
        program,
        opcodes=new_opcodes,
        starts=new_starts,
        arguments=new_arguments,
        labels=tuple([program.labels[position] for position in kept.tolist()]),
        scopes=tuple([program.scopes[position] for position in kept.tolist()]),
        inputs=len(boundary),
    )
    return Partition(left_out, tuple(boundary.tolist()), tape, len(program) - len(kept) + len(boundary))
