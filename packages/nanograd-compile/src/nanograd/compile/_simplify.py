"""Simplification: the same program with fewer values.

Every rule keeps each number as it is, bit for bit. What would lose an infinity or a nan, such as ``0 * x``,
stays. ``x ** 2`` becomes ``x * x``, which is rounded correctly; the power is so too but for a rare last bit,
and has the slope 2 x, which overflows before x does. ``x + 0``, which ``sum()`` starts with, also stays at
first, as a sum of one term: it may be one of many sums of which others have more.
:func:`without_sums_of_one` drops those that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from nanograd.compile._program import LeafKind, ScalarProgram, readings, renamed_program
from nanograd.compile._settled import COMMUTATIVE, SUMS, constant_key, settled
from nanograd.engine import OPS, Number, Operation

_BY_RULES, _SUM, _PRODUCT = range(3)


def simplify(program: ScalarProgram) -> ScalarProgram:
    """Return a program of the same result in which nothing is computed twice, in vain, or from constants.

    It folds constants, drops ``x - 0``, ``x * 1``, ``x / 1``, ``x ** 1`` and double negation, writes
    ``x ** 2`` as ``x * x`` and ``prod`` as a chain of products, merges equal expressions and constants, and
    leaves out what the last value does not depend on.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x = ScalarValue(3.0, label="x")
    >>> print(simplify(capture(x * x + 1 * x - (-x) ** 2 / 1, inputs=[x])))
    0  input 0  x
    1  *        0 0
    2  +        1 0
    3  neg      0
    4  *        3 3
    5  -        2 4

    Args:
        program: as :func:`capture` returns it.
    """
    prepared = settled(program)
    if prepared is not None:
        return without_dead(prepared, len(program) - 1)
    return simplified_one_by_one(program)


def simplified_one_by_one(program: ScalarProgram) -> ScalarProgram:
    """Return what :func:`simplify` does, for any program.

    Args:
        program: as :func:`capture` returns it.
    """
    building = _Building(program)
    starts, arguments = program.starts.tolist(), program.arguments.tolist()
    renamed: list[int] = []
    symbols = [operation.symbol for operation in program.operations]
    kinds = [_kind(operation) for operation in program.operations]
    add_leaf, add = building.leaf, building.computed
    numbers, known = building.numbers, building.known
    new_opcodes, new_arguments = building.opcodes, building.arguments
    new_starts, origins = building.starts, building.origins
    for position, opcode in enumerate(program.opcodes.tolist()):
        start = starts[position]
        if opcode < 0:
            renamed.append(add_leaf(opcode, arguments[start], position))
            continue
        kind = kinds[opcode]
        if kind != _BY_RULES:  # most values are sums and products that no rule applies to
            x, y = renamed[arguments[start]], renamed[arguments[start + 1]]
            if x not in numbers and y not in numbers:
                found = None
                if kind == _PRODUCT:
                    key = (opcode, x, y) if x < y else (opcode, y, x)
                    found = known.setdefault(key, len(new_opcodes))
                if found is None or found == len(new_opcodes):
                    # What `append` does, without a call: this is a fourth of compiling a long program.
                    found = len(new_opcodes)
                    new_opcodes.append(opcode)
                    new_arguments.append(x)
                    new_arguments.append(y)
                    new_starts.append(len(new_arguments))
                    origins.append(position)
                renamed.append(found)
                continue
        taken = [renamed[argument] for argument in arguments[start : starts[position + 1]]]
        renamed.append(add(opcode, symbols[opcode], taken, position))
    return without_dead(building.program(), renamed[-1])


def _kind(operation: Operation) -> int:
    if operation.symbol in SUMS:
        return _SUM
    return _PRODUCT if operation.symbol == "*" else _BY_RULES


def without_sums_of_one(
    program: ScalarProgram,
    terms: Mapping[int, Sequence[tuple[int, int, int]]],
    members: Iterable[Sequence[int]],
) -> ScalarProgram | None:
    """Return the program without those sums of one term that are of no use, None if there are none.

    They are, if no sum of their class has more terms. The result of -0.0 + 0, which is 0.0, becomes -0.0.

    Args:
        program: a simplified program.
        terms: the terms of its sums.
        members: the values of each class.
    """
    alone = {value for value, found in terms.items() if len(found) == 1}
    if not alone:
        return None
    renamed = np.arange(len(program))
    dropped = False
    for values in members:
        if values and values[0] in alone and alone.issuperset(values):
            for value in values:
                argument = _only_argument(program, value)
                if argument is not None:
                    renamed[value] = renamed[argument]
                    dropped = True
    return without_dead(renamed_program(program, renamed), int(renamed[-1])) if dropped else None


def _only_argument(program: ScalarProgram, value: int) -> int | None:
    """Return the argument that a sum is equal to, None if it is more than that one."""
    if program.operations[program.opcodes[value]].symbol not in {"+", "sum"}:
        return None
    taken = program.arguments[program.starts[value] : program.starts[value + 1]].tolist()
    others = [argument for argument in taken if not _is_zero(program, argument)]
    return others[0] if len(others) == 1 else None


def _is_zero(program: ScalarProgram, value: int) -> bool:
    if program.opcodes[value] != LeafKind.CONSTANT:
        return False
    return bool(program.constants[program.arguments[program.starts[value]]] == 0)


class _Building:
    """A program that grows value by value, each looked up first among those that are there."""

    def __init__(self, source: ScalarProgram) -> None:
        self.source = source
        self.operations = list(source.operations)
        self.opcodes: list[int] = []
        self.starts = [0]
        self.arguments: list[int] = []
        self.origins: list[int] = []
        self.constants: list[Number] = []
        self.numbers: dict[int, Number] = {}  # the numbers of the values that are constant
        self.known: dict[tuple[int, ...], int] = {}
        self.unshifted: dict[int, tuple[int, int] | None] = {}
        self.known_constants: dict[tuple[Number, float], int] = {}

    def leaf(self, kind: int, slot: int, origin: int) -> int:
        if kind == LeafKind.CONSTANT:
            return self.constant(self.source.constants[slot], origin)
        return self.append(kind, (slot,), origin)

    def constant(self, number: Number, origin: int) -> int:
        key = constant_key(number)
        position = self.known_constants.get(key)
        if position is None:
            self.constants.append(number)
            position = self.append(LeafKind.CONSTANT, (len(self.constants) - 1,), origin)
            self.known_constants[key] = position
            self.numbers[position] = number
        return position

    def computed(self, opcode: int, symbol: str, taken: list[int], origin: int) -> int:
        numbers = self.numbers
        rule = _RULES.get(symbol)
        key: tuple[int, ...]
        if rule is not None:
            kept = rule(self, taken)
            if kept is not None:
                return kept
            if symbol in COMMUTATIVE and taken[0] > taken[1]:
                key = (opcode, taken[1], taken[0])
            else:
                key = (opcode, *taken)
        else:
            key = (opcode, *taken)
        if all(argument in numbers for argument in taken):
            operation = self.operations[opcode]
            return self.constant(operation.evaluate(*[numbers[argument] for argument in taken]), origin)
        if symbol == "prod":
            return self._product_of(taken, origin)
        if symbol == "softmax":
            taken = self._without_shift(taken, origin)
            key = (opcode, taken[0], taken[1])
        if symbol == "**" and numbers.get(taken[1]) == 2:
            return self._product_of([taken[0], taken[0]], origin)
        if symbol in SUMS:
            return self.append(opcode, taken, origin)
        position = self.known.get(key)
        if position is None:
            position = self.known[key] = self.append(opcode, taken, origin)
        return position

    def _product_of(self, taken: list[int], origin: int) -> int:
        times = self._opcode(OPS["*"])
        product = taken[0]
        for factor in taken[1:]:
            product = self.computed(times, "*", [product, factor], origin)
        return product

    def _without_shift(self, taken: list[int], origin: int) -> list[int]:
        """Return x and logsumexp(x, y, ...) for x - c and logsumexp(x - c, y - c, ...) with a constant c.

        ``softmax`` of the engine subtracts the largest number from all if that is large. Which number that is
        would be frozen, and rows with and without it would not be of one class.
        """
        value, total = taken
        if total not in self.unshifted:
            arguments = self._arguments(total) if self._symbol(total) == "logsumexp" else []
            shifted = [self._arguments(each) for each in arguments if self._symbol(each) == "-"]
            by = {pair[1] for pair in shifted}
            if arguments and len(shifted) == len(arguments) and len(by) == 1 and by <= self.numbers.keys():
                opcode = self.opcodes[total]
                whole = self.computed(opcode, "logsumexp", [pair[0] for pair in shifted], origin)
                self.unshifted[total] = (whole, by.pop())
            else:
                self.unshifted[total] = None
        found = self.unshifted[total]
        if found is not None and self._symbol(value) == "-" and self._arguments(value)[1] == found[1]:
            return [self._arguments(value)[0], found[0]]
        return taken

    def _symbol(self, position: int) -> str:
        opcode = self.opcodes[position]
        return self.operations[opcode].symbol if opcode >= 0 else ""

    def _arguments(self, position: int) -> list[int]:
        return self.arguments[self.starts[position] : self.starts[position + 1]]

    def _opcode(self, operation: Operation) -> int:
        if operation not in self.operations:
            self.operations.append(operation)
        return self.operations.index(operation)

    def append(self, opcode: int, taken: Sequence[int], origin: int) -> int:
        """Add a value, and return its number."""
        self.opcodes.append(opcode)
        self.arguments.extend(taken)
        self.starts.append(len(self.arguments))
        self.origins.append(origin)
        return len(self.opcodes) - 1

    def program(self) -> ScalarProgram:
        source = self.source
        return replace(
            source,
            operations=tuple(self.operations),
            opcodes=np.array(self.opcodes, dtype=np.int64),
            starts=np.array(self.starts, dtype=np.int64),
            arguments=np.array(self.arguments, dtype=np.int64),
            constants=tuple(self.constants),
            labels=tuple([source.labels[origin] for origin in self.origins]),
            scopes=tuple([source.scopes[origin] for origin in self.origins]),
        )


def _is(building: _Building, position: int, number: int) -> bool:
    known = building.numbers.get(position)
    return known is not None and known == number


def _difference(building: _Building, taken: list[int]) -> int | None:
    return taken[0] if _is(building, taken[1], 0) else None


def _product(building: _Building, taken: list[int]) -> int | None:
    if _is(building, taken[0], 1):
        return taken[1]
    return taken[0] if _is(building, taken[1], 1) else None


def _first_if_second_is_one(building: _Building, taken: list[int]) -> int | None:
    return taken[0] if _is(building, taken[1], 1) else None


def _negation(building: _Building, taken: list[int]) -> int | None:
    position = taken[0]
    opcode = building.opcodes[position]
    if opcode >= 0 and building.operations[opcode].symbol == "neg":
        return building.arguments[building.starts[position]]
    return None


def _no_shortcut(building: _Building, taken: list[int]) -> int | None:  # noqa: ARG001 - a rule like the others
    return None


_RULES: dict[str, Callable[[_Building, list[int]], int | None]] = {
    "+": _no_shortcut,
    "-": _difference,
    "*": _product,
    "/": _first_if_second_is_one,
    "**": _first_if_second_is_one,
    "neg": _negation,
    "maximum": _no_shortcut,
    "minimum": _no_shortcut,
}


def _has_no_gaps(program: ScalarProgram) -> bool:
    """Return whether every operation and every constant is used, in the order of the first use."""
    used, first = np.unique(program.opcodes[program.opcodes >= 0], return_index=True)
    slots = program.arguments[program.starts[:-1][program.opcodes == LeafKind.CONSTANT]]
    return (
        len(used) == len(program.operations)
        and bool((np.diff(first) > 0).all())
        and np.array_equal(slots, np.arange(len(program.constants)))
    )


def without_dead(program: ScalarProgram, root: int) -> ScalarProgram:
    """Return the program up to and with ``root``, without what ``root`` does not depend on."""
    used = np.bincount(readings(program)[1], minlength=len(program)) > 0
    used[root] = True
    if root == len(program) - 1 and used.all() and _has_no_gaps(program):
        return program
    if root == len(program) - 1 and (program.opcodes[~used] < 0).all():  # what leaves use is not here
        alive = used
    else:
        starts, opcodes = program.starts.tolist(), program.opcodes.tolist()
        arguments = program.arguments.tolist()
        alive = np.zeros(root + 1, dtype=np.bool_)
        alive[root] = True
        for position in range(root, -1, -1):
            if alive[position] and opcodes[position] >= 0:
                for argument in arguments[starts[position] : starts[position + 1]]:
                    alive[argument] = True
    living = np.flatnonzero(alive)
    renamed = np.cumsum(alive) - 1
    counts = np.diff(program.starts)[living]
    new_starts = np.concatenate([[0], np.cumsum(counts)])
    index = np.repeat(program.starts[living] - new_starts[:-1], counts) + np.arange(new_starts[-1])
    new_arguments = program.arguments[index]
    new_opcodes = program.opcodes[living]
    computed = np.repeat(new_opcodes >= 0, counts)
    new_arguments[computed] = renamed[new_arguments[computed]]
    constant = np.repeat(new_opcodes == LeafKind.CONSTANT, counts)
    slots, new_arguments[constant] = np.unique(new_arguments[constant], return_inverse=True)
    used, first_use = np.unique(new_opcodes[new_opcodes >= 0], return_index=True)
    in_order = used[np.argsort(first_use)]
    recoded = np.zeros(len(program.operations), dtype=np.int64)
    recoded[in_order] = np.arange(len(in_order))
    computing = new_opcodes >= 0
    new_opcodes[computing] = recoded[new_opcodes[computing]]
    return replace(
        program,
        operations=tuple([program.operations[opcode] for opcode in in_order.tolist()]),
        opcodes=new_opcodes,
        starts=new_starts,
        arguments=new_arguments,
        constants=tuple([program.constants[slot] for slot in slots.tolist()]),
        labels=tuple([program.labels[position] for position in living.tolist()]),
        scopes=tuple([program.scopes[position] for position in living.tolist()]),
    )
