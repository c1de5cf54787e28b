"""Accumulation: what arrives at the parts of an array becomes its gradient, in as few steps as can be.

An array that is reached once and as a whole needs no buffer; one that is reached in parts that do not
overlap is filled part by part and never cleared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from nanograd.compile._array_program import (
    BATCH,
    Allocate,
    Array,
    Call,
    Expression,
    Let,
    Literal,
    Permuted,
    Reshaped,
    Scattered,
    Shape,
    Statement,
    Store,
    Taken,
    View,
    same,
)
from nanograd.compile._contraction import broadcastable, onto
from nanograd.compile._program import Indices
from nanograd.compile._symbolic import Symbol, as_numbers, expression, times

_MOST_SUMMANDS = 100
"""More in one statement are too deep for Python's own compiler."""


@dataclass(frozen=True, eq=False)
class Arrival:
    """A gradient that arrives at a part of an array.

    Attributes:
        to: the part.
        value: what arrives.
        axes: which axes of ``to`` the value has; along the others it is the same.
    """

    to: View | Taken
    value: Expression
    axes: tuple[int, ...]


def accumulate(
    array: Array, name: str, arrivals: Sequence[Arrival], *, always_an_array: bool = False
) -> tuple[list[Statement], View | Literal]:
    """Return statements that add up the arrivals, and the gradient, which has the axes of ``array``.

    Args:
        array: what the gradient belongs to.
        name: of the gradient's array.
        arrivals: at the parts of ``array``.
        always_an_array: whether the gradient has to be a new array, of all elements.
    """
    squeezed = _twins_doubled([_squeezed(arrival) for arrival in arrivals])
    if len(squeezed) == 1 and not always_an_array and is_whole(squeezed[0].to):
        alone = _alone(array, name, squeezed[0])
        if alone is not None:
            return alone
    if not always_an_array and all(isinstance(arrival.value, Literal) for arrival in squeezed):
        numbers = [arrival.value.number for arrival in squeezed if isinstance(arrival.value, Literal)]
        if all(is_whole(arrival.to) for arrival in squeezed):
            return [], Literal(sum(numbers))
    result = Array(name, array.shape, array.batched)
    return _added(result, squeezed), result.view()


def _twins_doubled(arrivals: list[Arrival]) -> list[Arrival]:
    """Return arrivals with twice the value in place of two of the same, as the two factors of x * x give."""
    found: list[Arrival] = []
    for arrival in arrivals:
        if found and same(found[-1], arrival):
            found[-1] = Arrival(arrival.to, _doubled(arrival.value), arrival.axes)
        else:
            found.append(arrival)
    return found


def _doubled(value: Expression) -> Expression:
    if isinstance(value, Call) and value.function == "*":
        for place, factor in enumerate(value.arguments):
            if isinstance(factor, Literal):
                arguments = list(value.arguments)
                arguments[place] = Literal(2.0 * factor.number)
                return Call("*", tuple(arguments), value.shape)
    return expression(times(Symbol(value), 2.0))


def _squeezed(arrival: Arrival) -> Arrival:
    axes = [axis for axis, size in enumerate(arrival.to.shape) if size != 1]
    places = {axis: place for place, axis in enumerate(axes)}
    return Arrival(onto(arrival.to, axes), arrival.value, tuple([places[axis] for axis in arrival.axes]))


def is_whole(to: View | Taken) -> bool:
    """Return whether a part is all of its array, in order."""
    if isinstance(to, Taken) or to.offset:
        return False
    expected = 1
    for size, stride in zip(reversed(to.shape), reversed(to.strides), strict=True):
        if size == BATCH:
            continue
        if stride != expected:
            return False
        expected *= size
    return expected == to.array.size and (BATCH in to.shape) == to.array.batched


def _full_shape(array: Array) -> Shape:
    return (BATCH, *array.shape) if array.batched else array.shape


def _alone(array: Array, name: str, arrival: Arrival) -> tuple[list[Statement], View | Literal] | None:
    """Return the gradient of an array at which one value arrives, at all of it; None if it needs a buffer."""
    value, full = arrival.value, _full_shape(array)
    if isinstance(value, Literal):
        return [], value
    if arrival.to.shape != full:
        if len(arrival.axes) < len(arrival.to.shape):
            return None
        value = Reshaped(value, full)
        axes: tuple[int, ...] = tuple(range(len(full)))
    else:
        axes = arrival.axes
    statements: list[Statement] = []
    if isinstance(value, View):
        view = value
    else:
        batched = bool(axes) and full[axes[0]] == BATCH
        own = Array(name, value.shape[1:] if batched else value.shape, batched)
        statements.append(Let(own, value))
        view = own.view()
    sizes, strides = dict(zip(axes, view.shape, strict=True)), dict(zip(axes, view.strides, strict=True))
    every = range(len(full))
    return statements, View(
        view.array,
        view.offset,
        tuple([sizes.get(axis, 1) for axis in every]),
        tuple([strides.get(axis, 0) for axis in every]),
    )


def _added(result: Array, arrivals: list[Arrival]) -> list[Statement]:
    full = _full_shape(result)
    whole: list[tuple[int, Expression]] = []
    rest: list[Arrival] = []
    for arrival in arrivals:
        value = arrival.value
        if is_whole(arrival.to) and arrival.to.shape == full:
            value = broadcastable(value, arrival.axes, full)
        elif is_whole(arrival.to) and len(arrival.axes) == len(arrival.to.shape):
            value = Reshaped(value, full)
        else:
            rest.append(arrival)
            continue
        whole.append((1, value))
    if not whole:
        return _in_parts(result, rest)
    statements = added_up(result, whole, in_place=True)
    return statements + [_store(result, arrival, added=True) for arrival in rest]


def added_up(
    result: Array, summands: Sequence[tuple[int, Expression]], *, in_place: bool = False
) -> list[Statement]:
    """Return statements that add up expressions with signs, one after the other.

    Args:
        result: what they become.
        summands: they broadcast to its shape.
        in_place: whether ``result`` has to be an array of its own, because more will be added to it.
    """
    full = _full_shape(result)
    statements: list[Statement] = []
    for start in range(0, len(summands), _MOST_SUMMANDS):
        total = _signed_sum(summands[start : start + _MOST_SUMMANDS])
        if statements:
            statements.append(Store(result.view(), total, added=True))
        elif total.shape == full and (is_fresh(total) or (len(summands) == 1 and not in_place)):
            statements.append(Let(result, total))
        elif in_place or len(summands) > _MOST_SUMMANDS:
            statements += [Allocate(result, zeros=False), Store(result.view(), total, added=False)]
        else:
            statements.append(Let(result, Call("broadcast_to", (total,), full)))
    return statements


def _signed_sum(summands: Sequence[tuple[int, Expression]]) -> Expression:
    (sign, first), *others = summands
    total = Symbol(first) if sign > 0 else -Symbol(first)
    for sign, value in others:
        total = total + Symbol(value) if sign > 0 else total - Symbol(value)
    return as_numbers(expression(total))


def is_fresh(expression: Expression) -> bool:
    """Return whether an expression makes an array of its own, which may be changed in place."""
    while isinstance(expression, Reshaped | Permuted):
        expression = expression.of
    if isinstance(expression, Call):
        return expression.function != "broadcast_to"
    return not isinstance(expression, View | Literal)


def _in_parts(result: Array, arrivals: list[Arrival]) -> list[Statement]:
    touched = np.zeros(result.size, dtype=bool)
    statements: list[Store] = []
    zeros = False
    for arrival in arrivals:
        elements = elements_of(arrival.to)
        if _repeats(arrival.to, elements):
            elements = np.arange(elements.min(), elements.max() + 1)
        seen = touched[elements]
        zeros |= bool(seen.any() and not seen.all())
        statements.append(_store(result, arrival, added=bool(seen.any())))
        touched[elements] = True
    zeros |= not touched.all()
    if len(statements) == 1 and not zeros:
        (only,) = statements
        if is_whole(only.target) and is_fresh(only.value) and only.value.shape == only.target.shape:
            value, full = only.value, _full_shape(result)
            return [Let(result, value if value.shape == full else Reshaped(value, full))]
    return [Allocate(result, zeros), *statements]


def _store(result: Array, arrival: Arrival, *, added: bool) -> Store:
    to = arrival.to
    value = broadcastable(arrival.value, arrival.axes, to.shape)
    elements = elements_of(to)
    if not _repeats(to, elements):
        if isinstance(to, Taken):
            return Store(Taken(result, to.index), value, added)
        return Store(View(result, to.offset, to.shape, to.strides), value, added)
    if value.shape != to.shape:
        value = Call("broadcast_to", (value,), to.shape)
    first, size = int(elements.min()), int(elements.max() - elements.min()) + 1
    if result.batched:
        if len(to.shape) > 2:
            value = Reshaped(value, (BATCH, len(elements)))
        scattered = Scattered(value, elements - first, (BATCH, size))
        return Store(View(result, first, (BATCH, size), (BATCH, 1)), scattered, added)
    if len(to.shape) > 1:
        value = Reshaped(value, (len(elements),))
    scattered = Scattered(value, elements - first, (size,))
    return Store(View(result, first, (size,), (1,)), scattered, added)


def _repeats(part: View | Taken, elements: Indices) -> bool:
    if isinstance(part, View) and len(part.shape) - (BATCH in part.shape) <= 1:
        return False
    return len(np.unique(elements)) < len(elements)


def elements_of(part: View | Taken) -> Indices:
    """Return the numbers of the elements of a part of an array, in order; of one sample, if it is batched."""
    if isinstance(part, Taken):
        return part.index.reshape(-1)
    sizes = [(size, stride) for size, stride in zip(part.shape, part.strides, strict=True) if size != BATCH]
    grid = np.full([size for size, _ in sizes], part.offset, dtype=np.int64)
    for axis, (size, stride) in enumerate(sizes):
        grid += (np.arange(size) * stride).reshape([-1 if at == axis else 1 for at in range(len(sizes))])
    return grid.reshape(-1)
