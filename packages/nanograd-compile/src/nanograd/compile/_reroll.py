"""Re-rolling: each class of the scalar program becomes one rule over arrays.

The members of a class are put into an order in which what they read are views: the order in which they were
written, or a sorted one, whichever leaves the fewest elements to be taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from operator import itemgetter
from typing import TypeAlias, cast

import numpy as np
from nanograd.compile._array_program import Array, Operand, Shape, Taken, View
from nanograd.compile._classes import CONSTANTS, INPUTS, PARAMETERS, Classes
from nanograd.compile._grids import grid_order
from nanograd.compile._program import Indices, ScalarProgram
from nanograd.compile._regularity import blocks, common_blocks, irregularity, reading, shape_of_blocks
from nanograd.compile._sum_parts import NO_FACTOR
from nanograd.compile._sums import Sums
from nanograd.engine import Operation

_MOST_COLUMNS = 4
"""A sum of so few terms may be written out, term by term."""


@dataclass(frozen=True, eq=False)
class Mapped:
    """An operation, elementwise."""

    target: Array
    operation: Operation
    operands: tuple[Operand, ...]


@dataclass(frozen=True, eq=False)
class Term:
    """A part of a sum: a value or a product, summed over the last axes of its space.

    Attributes:
        sign: 1 or -1.
        left: the value, or the first factor.
        right: the second factor, None for a value.
        space: the axes of the target, and after them those that are summed over.
        counts: how many terms each element has, where that differs; then ``space`` is one axis of all of
            them.
    """

    sign: int
    left: Operand
    right: Operand | None
    space: Shape
    counts: Indices | None = None


@dataclass(frozen=True, eq=False)
class SumOf:
    """A sum of values and products."""

    target: Array
    terms: tuple[Term, ...]


@dataclass(frozen=True, eq=False)
class Many:
    """An operation of any number of arguments; the arguments are laid out like those of a :class:`Term`."""

    target: Array
    operation: Operation
    term: Term


@dataclass(frozen=True, eq=False)
class Joined:
    """Parts of several arrays, side by side in one."""

    target: Array
    parts: tuple[tuple[View | Taken, Operand], ...]
    """Where each part goes, and what it is."""


Rule: TypeAlias = Mapped | SumOf | Many | Joined


@dataclass(eq=False)
class Rerolled:
    """A scalar program as rules over arrays.

    Attributes:
        arrays: for each class the array of its members.
        positions: (n,) the place of each value in the array of its class.
        rules: what computes the arrays of the classes that are no leaves, in order.
        members: for each class its values.
        boundary: the array of the values that the tape goes on with, None if all is done in arrays.
    """

    arrays: list[Array]
    positions: Indices
    rules: list[Rule] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    boundary: Array | None = None


def reroll(
    program: ScalarProgram,
    sums: Sums,
    classes: Classes,
    name: Callable[[int], str],
    *,
    batched: bool,
    left_out: Collection[int] = (),
    boundary: Sequence[int] = (),
) -> Rerolled:
    """Return the rules over arrays that compute a scalar program, or a part of it.

    Args:
        program: a simplified program.
        sums: its sums.
        classes: its classes.
        name: gives each class a name for its array.
        batched: whether each input has an axis of samples.
        left_out: classes that are not computed, and that no other one reads.
        boundary: values to put side by side into one array at the end.
    """
    rerolling = _Rerolling(program, sums, classes, name, batched)
    for number in range(CONSTANTS + 1, len(classes)):
        if number in left_out:
            rerolling.result.arrays.append(Array(name(number), ()))
        else:
            rerolling.add(number)
    if boundary:
        rerolling.join_boundary(np.array(boundary))
    return rerolling.result


class _Rerolling:
    def __init__(
        self,
        program: ScalarProgram,
        sums: Sums,
        classes: Classes,
        name: Callable[[int], str],
        batched: bool,
    ) -> None:
        self.program, self.sums, self.classes, self.name = program, sums, classes, name
        self.joined: list[Array] = []
        positions = np.zeros(len(program), dtype=np.int64)
        for leaf in (PARAMETERS, INPUTS, CONSTANTS):
            members = classes.members[leaf]
            positions[members] = program.arguments[program.starts[members]]
        numbers = np.array([_as_float(number) for number in program.constants], dtype=np.float64)
        self.result = Rerolled(
            [
                Array("p", (program.parameters,)),
                Array("x", (program.inputs,), batched),
                Array("constants", (len(numbers),), numbers=numbers),
            ],
            positions,
            members=classes.members,
        )

    def add(self, number: int) -> None:
        """Add the rule of a class; those that it reads are there."""
        opcode = self.classes.opcodes[number]
        operation = None if opcode < 0 else self.program.operations[opcode]
        if operation is None:
            self._add_sum(number)
        elif operation.arity is None:
            self._add_many(number, operation)
        else:
            self._add_mapped(number, operation)

    def _array(self, number: int, shape: Shape, sources: Iterable[int]) -> Array:
        batched = any(self._source(source).batched for source in sources)
        array = Array(self.name(number), shape, batched)
        self.result.arrays.append(array)
        return array

    def _add_mapped(self, number: int, operation: Operation) -> None:
        members = np.array(self.classes.members[number])
        starts = self.program.starts[members]
        arguments = [self.program.arguments[starts + slot] for slot in range(operation.arity or 0)]
        if operation.symbol == "*":
            arguments = list(_ordered(self.classes.of, *arguments))
        sources = [int(self.classes.of[values[0]]) for values in arguments]
        indices = [self.result.positions[values] for values in arguments]
        found: list[tuple[int, int, Indices, list[Operand], Shape]] = []
        for order in _orders(indices):
            operands, shape = self._map(sources, [index[order] for index in indices])
            score = sum(irregularity(operand) for operand in operands)
            found.append((score, len(found), order, operands, shape))
            if score == 0:
                break
        *_, order, operands, shape = min(found, key=itemgetter(0, 1))
        self.result.positions[members[order]] = np.arange(len(members))
        self.result.rules.append(Mapped(self._array(number, shape, sources), operation, tuple(operands)))

    def _map(self, sources: list[int], indices: list[Indices]) -> tuple[list[Operand], Shape]:
        size = len(indices[0])
        chain = common_blocks([blocks(index) for index in indices], size)
        arrays = [self.result.arrays[source] for source in sources]
        if len(chain) == 1:  # all in one run: keep the axes that an argument has
            for array, index in zip(arrays, indices, strict=True):
                if array.size == size and index[0] == 0 and index[-1] == size - 1:
                    chain = common_blocks([_chain(array.shape)], size)
        shape = shape_of_blocks(chain)
        return [
            reading(array, index.reshape(shape)) for array, index in zip(arrays, indices, strict=True)
        ], shape

    def _add_many(self, number: int, operation: Operation) -> None:
        members = self.classes.members[number]
        starts, arguments = self.program.starts, self.program.arguments
        taken = [arguments[starts[member] : starts[member + 1]] for member in members]
        counts = np.array([len(values) for values in taken])
        values = np.concatenate(taken)
        sources = sorted(set(self.classes.of[values].tolist()))
        indices = self.result.positions[values]
        source = sources[0]
        if len(sources) > 1:
            source, indices = self._join(values, sources, f"{self.name(number)}_of")
        part = _Part(1, source, None, indices, None, counts)
        order, _, shape, terms = self._best_layout([part], columns=False)
        self.result.positions[np.array(members)[order]] = np.arange(len(members))
        self.result.rules.append(Many(self._array(number, shape, sources), operation, terms[0]))

    def join_boundary(self, values: Indices) -> None:
        """Add a rule that puts values of any classes side by side."""
        sources = sorted(set(self.classes.of[values].tolist()))
        self._join(values, sources, "boundary")
        self.result.boundary = self.joined[-1]

    def _join(self, values: Indices, sources: list[int], name: str) -> tuple[int, Indices]:
        """Add an array of values that are in several, and return its number and their places in it."""
        batched = any(self.result.arrays[source].batched for source in sources)
        target = Array(name, (len(values),), batched)
        classes = self.classes.of[values]
        pieces = []
        for source in sources:
            places = np.flatnonzero(classes == source)
            array = self.result.arrays[source]
            to = cast("View | Taken", reading(target, places))
            pieces.append((to, reading(array, self.result.positions[values[places]])))
        self.result.rules.append(Joined(target, tuple(pieces)))
        self.joined.append(target)
        return -len(self.joined), np.arange(len(values))

    def _source(self, number: int) -> Array:
        """Return the array of a class, or one that was joined, which has a negative number."""
        return self.result.arrays[number] if number >= 0 else self.joined[-number - 1]

    def _add_sum(self, number: int) -> None:
        members = self.classes.members[number]
        parts = self._sum_parts(members)
        order, _, shape, terms = self._best_layout(parts)
        self.result.positions[np.array(members)[order]] = np.arange(len(members))
        sources = [source for part in parts for source in (part.left, part.right) if source is not None]
        self.result.rules.append(SumOf(self._array(number, shape, sources), tuple(terms)))

    def _sum_parts(self, members: list[int]) -> list[_Part]:
        """Return the terms of all members by what they are."""
        of, positions = self.classes.of, self.result.positions
        terms = self.sums.terms
        lengths = [len(terms[member]) for member in members]
        table = np.array([term for member in members for term in terms[member]], dtype=np.int64)
        owner = np.repeat(np.arange(len(members)), lengths)
        sign, left, right = table.T
        left_class = of[left]
        right_class = np.where(right == NO_FACTOR, NO_FACTOR, of[right])
        swapped = (right_class != NO_FACTOR) & (left_class > right_class)
        left, right = np.where(swapped, right, left), np.where(swapped, left, right)
        left_class, right_class = (
            np.where(swapped, right_class, left_class),
            np.where(swapped, left_class, right_class),
        )
        size = len(self.classes) + 1
        keys = (left_class * size + right_class + 1) * 2 + (sign > 0)
        found, first, which = np.unique(keys, return_index=True, return_inverse=True)
        parts = []
        for key in np.argsort(first).tolist():
            chosen = np.flatnonzero(which == key) if len(found) > 1 else np.arange(len(keys))
            one = chosen[0]
            product = right[one] != NO_FACTOR
            parts.append(
                _Part(
                    int(sign[one]),
                    int(left_class[one]),
                    int(right_class[one]) if product else None,
                    positions[left[chosen]],
                    positions[right[chosen]] if product else None,
                    np.bincount(owner[chosen], minlength=len(members)),
                )
            )
        return parts

    def _best_layout(
        self, parts: list[_Part], *, columns: bool = True
    ) -> tuple[Indices, int, Shape, list[Term]]:
        """Return the order of the members that leaves the least to be taken, and what follows from it."""
        found: list[tuple[Indices, int, Shape, list[Term]]] = []
        for order, candidate in self._candidates(parts, columns=columns):
            shape, terms = self._terms(candidate)
            score = sum(
                irregularity(operand)
                for term in terms
                for operand in (term.left, term.right)
                if operand is not None
            )
            found.append((order, score, shape, terms))
            if score == 0:
                break
        return min(found, key=itemgetter(1))

    def _candidates(self, parts: list[_Part], *, columns: bool) -> Iterator[tuple[Indices, list[_Part]]]:
        size = len(parts[0].counts)
        natural = np.arange(size)
        yield natural, parts
        if columns and any(part.few for part in parts):
            yield natural, [column for part in parts for column in part.columns()]
        grids = sorted(
            [part for part in parts if part.is_product and part.uniform],
            key=lambda part: -len(part.left_index),
        )
        for part in grids[:1]:
            left, right = part.rows()
            order = grid_order(left, right, fast_right=part.right == PARAMETERS)
            if order is not None:
                ordered = [each.ordered(order) for each in parts]
                yield order, ordered
                yield order, [each.with_sorted_terms() for each in ordered]
        if size > 1:
            for part in parts:
                first = part.first_indices()
                for keys in (first, first[::-1]):
                    order = np.lexsort(keys[::-1])
                    yield order, [each.ordered(order).with_sorted_terms() for each in parts]

    def _terms(self, parts: list[_Part]) -> tuple[Shape, list[Term]]:
        size = len(parts[0].counts)
        found = [part.blocks() for part in parts]
        outer = common_blocks([sizes for outer, _ in found for sizes in outer], size)
        shape = shape_of_blocks(outer)
        terms = []
        for part, (_, inner) in zip(parts, found, strict=True):
            if part.uniform:
                space = shape + shape_of_blocks(common_blocks(inner, int(part.counts[0])))
            else:
                space = (int(part.counts.sum()),)
            operands = [
                reading(self._source(source), index.reshape(space))
                for source, index in ((part.left, part.left_index), (part.right, part.right_index))
                if source is not None and index is not None
            ]
            right = operands[1] if len(operands) > 1 else None
            terms.append(Term(part.sign, operands[0], right, space, None if part.uniform else part.counts))
        return shape, terms


@dataclass(frozen=True, eq=False)
class _Part:
    """The terms of one kind of all members of a sum, one member after the other."""

    sign: int
    left: int
    right: int | None
    left_index: Indices
    right_index: Indices | None
    counts: Indices

    @property
    def is_product(self) -> bool:
        return self.right is not None

    @property
    def uniform(self) -> bool:
        return bool((self.counts == self.counts[0]).all())

    @property
    def few(self) -> bool:
        return self.uniform and 1 < self.counts[0] <= _MOST_COLUMNS

    def rows(self) -> tuple[Indices, Indices]:
        shape = (len(self.counts), int(self.counts[0]))
        return self.left_index.reshape(shape), cast("Indices", self.right_index).reshape(shape)

    def ordered(self, order: Indices) -> _Part:
        """Return the part with its members in another order."""
        counts = self.counts[order]
        starts = (np.cumsum(self.counts) - self.counts)[order]
        ends = np.cumsum(counts)
        chosen = np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1])
        return self._chosen(chosen, counts)

    def with_sorted_terms(self) -> _Part:
        """Return the part with the terms of each member sorted by what they read."""
        owner = np.repeat(np.arange(len(self.counts)), self.counts)
        keys = (
            (self.left_index, owner)
            if self.right_index is None
            else (
                self.right_index,
                self.left_index,
                owner,
            )
        )
        return self._chosen(np.lexsort(keys), self.counts)

    def columns(self) -> list[_Part]:
        """Return one part for each term, if they are few."""
        if not self.few:
            return [self]
        count = int(self.counts[0])
        ones = np.ones_like(self.counts)
        return [self._chosen(np.arange(column, len(self.left_index), count), ones) for column in range(count)]

    def first_indices(self) -> list[Indices]:
        """Return what the first term of each member reads."""
        starts = np.cumsum(self.counts) - self.counts
        indices = [self.left_index] if self.right_index is None else [self.left_index, self.right_index]
        return [index[starts] for index in indices]

    def blocks(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the block sizes of the readings: those of members, and those inside a member."""
        if not self.uniform:
            return [], []
        count = int(self.counts[0])
        outer, inner = [], []
        for index in (self.left_index, self.right_index):
            if index is not None:
                found = blocks(index)
                outer.append([size // count for size in found if size % count == 0 and size > count])
                inner.append([size for size in found if count % size == 0 and 1 < size < count])
        return outer, inner

    def _chosen(self, chosen: Indices, counts: Indices) -> _Part:
        right = None if self.right_index is None else self.right_index[chosen]
        return _Part(self.sign, self.left, self.right, self.left_index[chosen], right, counts)


def _orders(indices: list[Indices]) -> Iterator[Indices]:
    """Yield orders of the members of a class: as they are, then sorted by each argument first."""
    size = len(indices[0])
    yield np.arange(size)
    if size > 1:
        for primary in range(len(indices)):
            keys = [index for place, index in enumerate(indices) if place != primary]
            yield np.lexsort([*reversed(keys), indices[primary]])


def _chain(shape: Shape) -> list[int]:
    """Return the block sizes of an array of this shape, from the innermost out."""
    return [prod(shape[axis:]) for axis in range(len(shape) - 1, -1, -1)]


def _ordered(of: Indices, x: Indices, y: Indices) -> tuple[Indices, Indices]:
    """Return the factors of products with the ones of the lower class first."""
    swapped = of[x] > of[y]
    return np.where(swapped, y, x), np.where(swapped, x, y)


def _as_float(number: object) -> float:
    try:
        return float(number)  # type: ignore[arg-type]  # a number
    except OverflowError:
        return np.inf if number > 0 else -np.inf  # type: ignore[operator]  # a number
