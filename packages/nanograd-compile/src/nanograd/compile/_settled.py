"""Settled programs: those that no rule of simplification changes, seen in a few steps over whole arrays.

Going through a program value by value is a fifth of compiling it, and most programs are settled but for the
constants that they repeat: every ``0.5`` in a user's code is a leaf of its own.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from nanograd.compile._program import Indices, LeafKind, Mask, ScalarProgram, made_by, renamed_program
from nanograd.engine import OPS, Number

SUMS = {"+", "-"}
"""They are compared when they are whole: merging the beginnings of sum(x[:1]), sum(x[:2]) makes a chain."""

COMMUTATIVE = {"+", "*", "maximum", "minimum"}

_REWRITTEN = {"prod", "softmax"}
_REWRITTEN_FIRST_ARGUMENTS = {"*": (1,)}
_REWRITTEN_SECOND_ARGUMENTS = {"-": (0,), "*": (1,), "/": (1,), "**": (1, 2)}
"""Constants for which there is a rule."""


_Constants: TypeAlias = dict[tuple[Number, float], int]
"""Where each constant is, by its :func:`constant_key`."""


def constant_key(number: Number) -> tuple[Number, float]:
    """Return what two constants have in common that are the same: 0.0 and -0.0 are equal and are not."""
    return number, math.copysign(1.0, number) if number == 0 else 0.0


def settled(program: ScalarProgram) -> ScalarProgram | None:
    """Return a program with each constant used in one place and squares as products, if that is all there is.

    None if another rule of :func:`simplify` may apply to a value, or two values may be computed alike. Values
    that nothing uses are still there.

    Args:
        program: the program.
    """
    constants = np.flatnonzero(program.opcodes == LeafKind.CONSTANT)
    slots = program.arguments[program.starts[constants]].tolist()
    first: _Constants = {}
    firsts = [
        first.setdefault(constant_key(program.constants[slot]), position)
        for slot, position in zip(slots, constants.tolist(), strict=True)
    ]
    if len(first) < len(firsts):
        renamed = np.arange(len(program))
        renamed[constants] = firsts
        program = renamed_program(program, renamed)
    program = _with_products_for_squares(program, first)
    if any(_is_rewritten(program, code, first) for code in range(len(program.operations))):
        return None
    return program


def _with_products_for_squares(program: ScalarProgram, constants: _Constants) -> ScalarProgram:
    times = OPS["*"]
    powers = np.flatnonzero(made_by(program, {"**"}))
    exponents = program.starts[powers] + 1
    squares = _are(program.arguments[exponents], (2,), constants)
    if not squares.any():
        return program
    operations = program.operations if times in program.operations else (*program.operations, times)
    opcodes, arguments = program.opcodes.copy(), program.arguments.copy()
    opcodes[powers[squares]] = operations.index(times)
    arguments[exponents[squares]] = arguments[exponents[squares] - 1]
    return replace(program, operations=operations, opcodes=opcodes, arguments=arguments)


def _is_rewritten(program: ScalarProgram, code: int, constants: _Constants) -> bool:
    """Return whether a rule may apply to a value of one operation."""
    operation = program.operations[code]
    symbol = operation.symbol
    if symbol in _REWRITTEN:
        return True
    opcodes, arguments = program.opcodes, program.arguments
    positions = np.flatnonzero(opcodes == code)
    starts = program.starts[positions]
    if operation.arity not in {1, 2}:
        ends = program.starts[positions + 1]
        many = [arguments[start:end] for start, end in zip(starts, ends, strict=True)]
        return len({each.tobytes() for each in many}) < len(many) or any(
            (opcodes[each] == LeafKind.CONSTANT).all() for each in many
        )
    x = arguments[starts]
    constant = opcodes[x] == LeafKind.CONSTANT
    if operation.arity == 1:
        again = symbol == "neg" and (opcodes[x] == code).any()
        return bool(constant.any() or again) or _repeats(x)
    y = arguments[starts + 1]
    if (constant & (opcodes[y] == LeafKind.CONSTANT)).any():
        return True
    for taken, numbers in (
        (x, _REWRITTEN_FIRST_ARGUMENTS.get(symbol, ())),
        (y, _REWRITTEN_SECOND_ARGUMENTS.get(symbol, ())),
    ):
        if _are(taken, numbers, constants).any():
            return True
    if symbol in SUMS:
        return False
    if symbol in COMMUTATIVE:
        x, y = np.minimum(x, y), np.maximum(x, y)
    return _repeats(x * len(program) + y)


def _are(values: Indices, numbers: tuple[int, ...], constants: _Constants) -> Mask:
    """Return for each of some values whether it is a constant equal to one of some numbers."""
    found = np.zeros(len(values), dtype=np.bool_)
    for number in numbers:
        for key in {constant_key(float(number)), constant_key(-0.0 if number == 0 else number)}:
            found |= values == constants.get(key, -1)
    return found


def _repeats(keys: Indices) -> bool:
    """Return whether two keys are equal."""
    in_order = np.sort(keys)
    return bool((in_order[1:] == in_order[:-1]).any())
