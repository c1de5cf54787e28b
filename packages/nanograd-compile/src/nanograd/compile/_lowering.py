"""Lowering: each rule over arrays becomes a statement, and its derivative becomes others.

The forward pass computes the arrays in order. The backward pass goes through the rules in reverse and
collects, for each array, what arrives at which part of it. Partial derivatives are those of the engine's
table, written down as expressions; nothing here knows one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import cast

import numpy as np
from nanograd.compile._accumulation import Arrival, accumulate, added_up, elements_of
from nanograd.compile._array_program import (
    BATCH,
    Allocate,
    Array,
    ArrayProgram,
    Call,
    Expression,
    Let,
    Literal,
    Operand,
    Reshaped,
    Rows,
    RunTape,
    Segments,
    Shape,
    Statement,
    Store,
    Summed,
    Taken,
    View,
    same,
)
from nanograd.compile._classes import PARAMETERS
from nanograd.compile._contraction import aligned, broadcastable, contract, onto, trimmed
from nanograd.compile._program import Indices
from nanograd.compile._regularity import reading
from nanograd.compile._reroll import Joined, Many, Mapped, Rerolled, Rule, SumOf, Term
from nanograd.compile._symbolic import EXPRESSIONS, Symbol, as_numbers, expression, times

Gradient = View | Literal
"""What arrives at an array: an array of its own, with axes of size 1 where it is the same, or one number."""


def lower(rerolled: Rerolled, root: int, place: int, *, gradient: bool) -> ArrayProgram:
    """Return the array program of the rules.

    Args:
        rerolled: the rules.
        root: the class of the result.
        place: where the result is in the array of its class.
        gradient: whether the program also computes the derivatives for the parameters.
    """
    parameters, inputs = rerolled.arrays[:2]
    program = ArrayProgram(parameters, (inputs,))
    result = rerolled.arrays[root]
    for rule in rerolled.rules:
        if isinstance(rule, Joined):
            program.statements.append(Allocate(rule.target, zeros=False))
            program.statements.extend([_joining(to, part) for to, part in rule.parts])
        elif isinstance(rule, SumOf):
            program.statements.extend(_sum(rule))
        else:
            program.statements.append(Let(rule.target, forward(rule)))
    if rerolled.boundary is not None:
        _with_tape(rerolled, program, rerolled.boundary, gradient=gradient)
        return program
    part = reading(result, np.array(place))
    seed: Gradient = Literal(1.0)
    program.result = part
    if not isinstance(part, Literal) and result.batched:
        program.result = Summed(part, (0,), ())
        share = Array(f"g_{result.name}", (), batched=True)
        seed = share.view()
        if gradient:
            program.statements.append(Let(share, Call("share", (), (BATCH,))))
    if gradient:
        _Backward(rerolled, program).run(part, seed)
    return program


def _with_tape(rerolled: Rerolled, program: ArrayProgram, boundary: Array, *, gradient: bool) -> None:
    """Append the part of the program that runs on the tape, and the way back from there."""
    tape = RunTape(
        boundary,
        Array("value", ()),
        Array("g_tape", rerolled.arrays[PARAMETERS].shape),
        Array("g_boundary", boundary.shape),
    )
    program.statements.append(tape)
    program.result = tape.value.view()
    if gradient:
        backward = _Backward(rerolled, program)
        parameters = rerolled.arrays[PARAMETERS].view()
        of_tape = trimmed(tape.gradient.view())
        axes = tuple(range(len(of_tape.shape)))  # none of a single parameter
        backward.arrivals[parameters.array] = [Arrival(parameters, of_tape, axes)]
        backward.run(boundary.view(), tape.boundary_gradient.view())


def forward(rule: Mapped | Many) -> Expression:
    """Return the expression that a rule computes its target by."""
    target = _full_shape(rule.target)
    rank = len(target)
    if isinstance(rule, Mapped):
        arguments = [_argument(trimmed(aligned(operand, rank))) for operand in rule.operands]
        value = expression(rule.operation.run(EXPRESSIONS, *arguments))
    else:
        value = _of_many(rule, target)
    value = as_numbers(value)
    if value.shape != target:
        value = Call("broadcast_to", (value,), target)
    return value


def _sum(rule: SumOf) -> list[Statement]:
    """Return the statements that add the terms up in the order in which they are written.

    In another order a difference of large numbers would lose digits. The first two may change places, which
    loses none: a product comes first, and what is subtracted last.
    """
    target = _full_shape(rule.target)
    terms = sorted(rule.terms[:2], key=lambda term: (term.sign < 0, term.right is None))
    summands = [(term.sign, _term(term, target)) for term in (*terms, *rule.terms[2:])]
    return added_up(rule.target, summands)


def _term(term: Term, target: Shape) -> Expression:
    space, left, right = _in_space(term, batched=BATCH in target)
    if term.counts is None:
        rank = len(target)
        value, axes = contract(left, right, space, [axis < rank for axis in range(len(space))])
        return broadcastable(value, axes, target)
    value, axes = contract(left, right, space, [True] * len(space))
    if not axes or axes[-1] != len(space) - 1:
        value = Call("broadcast_to", (broadcastable(value, axes, space),), space)
    return _runs("sum_of_runs", value, term.counts, target)


def _runs(function: str, value: Expression, counts: Indices, target: Shape) -> Expression:
    starts = np.cumsum(counts) - counts
    shape = (*value.shape[:-1], len(counts))
    result = Segments(function, value, starts, shape)
    sizes = (BATCH, *target[1:]) if len(shape) > 1 else tuple([size for size in target if size != BATCH])
    return result if shape == sizes else Reshaped(result, sizes)


def _of_many(rule: Many, target: Shape) -> Expression:
    if rule.operation.symbol != "logsumexp":
        raise NotImplementedError(f"an operation of many arguments: {rule.operation.symbol}")
    space, operand, _ = _in_space(rule.term, batched=BATCH in target)
    full = Call("broadcast_to", (operand,), space) if operand.shape != space else operand
    if rule.term.counts is not None:
        return _runs("logsumexp_of_runs", full, rule.term.counts, target)
    shape = (*target, prod(space[len(target) :]))
    return Rows("logsumexp", full if full.shape == shape else Reshaped(full, shape), target)


def _in_space(term: Term, *, batched: bool) -> tuple[Shape, Operand, Operand | None]:
    space = (BATCH, *term.space) if batched else term.space
    left = aligned(term.left, len(space))
    return space, left, None if term.right is None else aligned(term.right, len(space))


def _joining(to: View | Taken, part: Operand) -> Store:
    axes = [axis for axis, size in enumerate(to.shape) if size != 1]
    if not isinstance(part, Literal):
        part = trimmed(onto(aligned(part, len(to.shape)), axes))
    return Store(onto(to, axes), part, added=False)


def _full_shape(array: Array) -> Shape:
    return (BATCH, *array.shape) if array.batched else array.shape


def _argument(operand: Expression) -> Symbol | float:
    return operand.number if isinstance(operand, Literal) else Symbol(operand)


@dataclass
class _Backward:
    """The reverse pass over the rules."""

    rerolled: Rerolled
    program: ArrayProgram

    def __post_init__(self) -> None:
        self.statements: list[Statement] = self.program.statements
        self.arrivals: dict[Array, list[Arrival]] = {}
        self.names: dict[str, int] = {}
        self.needed = {self.program.parameters}
        for rule in self.rerolled.rules:
            if any(array in self.needed for array in _read(rule)):
                self.needed.add(rule.target)

    def run(self, root: Operand, seed: Gradient) -> None:
        """Append what computes the gradient of the parameters."""
        parameters = self.program.parameters
        if not isinstance(root, Literal):
            self._add(root, seed, list(range(len(seed.shape))))
        for rule in reversed(self.rerolled.rules):
            target = rule.target
            if target not in self.needed:
                continue
            arrivals = self.arrivals.pop(target, [])
            if not arrivals:
                continue
            statements, gradient = accumulate(target, f"g_{target.name}", arrivals)
            self.statements.extend(statements)
            self._spread(rule, gradient)
        statements, found = accumulate(
            parameters, "gradient", self.arrivals.pop(parameters, []), always_an_array=True
        )
        self.statements.extend(statements)
        self.program.gradient = cast("View", found).array

    def _spread(self, rule: Rule, gradient: Gradient) -> None:
        target = _full_shape(rule.target)
        if isinstance(rule, SumOf):
            for term in rule.terms:
                self._spread_term(term, gradient, rule.target)
            return
        if isinstance(rule, Joined):
            for to, part in rule.parts:
                if isinstance(part, Literal) or part.array not in self.needed:
                    continue
                self._arrive_joined(part, gradient, to, target)
            return
        rank = len(target)
        if isinstance(rule, Mapped):
            operands = [aligned(operand, rank) for operand in rule.operands]
            arguments = [_argument(trimmed(operand)) for operand in operands]
            result = Symbol(rule.target.view())
            for operand, partial in zip(operands, rule.operation.partials, strict=True):
                if isinstance(operand, Literal) or operand.array not in self.needed:
                    continue
                slope = partial(EXPRESSIONS, result, *arguments)
                self._arrive(operand, expression(times(_argument(gradient), slope)), target)
            return
        space, operand, _ = _in_space(rule.term, batched=rule.target.batched)
        if isinstance(operand, Literal) or operand.array not in self.needed:
            return
        of_result = self._over_space(rule.target.view(), rule.term, rule.target)
        (slope,) = rule.operation.partials[0](EXPRESSIONS, Symbol(of_result), [Symbol(operand)])
        over = self._over_space(gradient, rule.term, rule.target)
        self._arrive(operand, expression(times(_argument(over), slope)), space)

    def _spread_term(self, term: Term, gradient: Gradient, target: Array) -> None:
        space, left, right = _in_space(term, batched=target.batched)
        over = self._over_space(gradient, term, target)
        over = aligned(over, len(space))
        if right is not None and same(left, right):
            self._contribute(left, over, right, space, 2.0 * term.sign)
            return
        self._contribute(left, over, right, space, term.sign)
        if right is not None:
            self._contribute(right, over, left, space, term.sign)

    def _contribute(
        self, to: Operand, gradient: Operand, factor: Operand | None, space: Shape, sign: float
    ) -> None:
        if isinstance(to, Literal) or to.array not in self.needed:
            return
        value, axes = contract(gradient, factor, space, [size != 1 for size in to.shape], sign)
        self._add(to, value, axes)

    def _arrive(self, to: View | Taken, value: Expression, space: Shape) -> None:
        """Add up a value over the axes that the operand does not have."""
        offset = len(space) - len(value.shape)
        axes = [offset + place for place, size in enumerate(value.shape) if size != 1]
        missing = 1.0
        for axis, size in enumerate(space):
            if to.shape[axis] == 1 and size != 1 and axis not in axes:
                missing *= size
        if missing != 1.0:
            value = (
                expression(times(Symbol(value), missing))
                if not isinstance(value, Literal)
                else Literal(value.number * missing)
            )
        if len(axes) < len(value.shape):
            value = Reshaped(value, tuple([size for size in value.shape if size != 1]))
        summed = tuple([place for place, axis in enumerate(axes) if to.shape[axis] == 1])
        if summed:
            shape = tuple([size for place, size in enumerate(value.shape) if place not in summed])
            value = Summed(value, summed, shape)
            axes = [axis for place, axis in enumerate(axes) if place not in summed]
        self._add(to, value, axes)

    def _arrive_joined(self, part: View | Taken, gradient: Gradient, to: View | Taken, target: Shape) -> None:
        if isinstance(gradient, Literal):
            over: Operand = gradient
        elif isinstance(to, Taken):
            places = elements_of(gradient) if gradient.shape[-1] != 1 else None
            over = gradient if places is None else Taken(gradient.array, places[to.index])
        else:
            over = View(
                gradient.array,
                gradient.offset + (to.offset * gradient.strides[-1]),
                (*gradient.shape[:-1], to.shape[-1] if gradient.shape[-1] != 1 else 1),
                (*gradient.strides[:-1], to.strides[-1] * gradient.strides[-1]),
            )
        space = (*target[:-1], to.shape[-1])
        operand = aligned(part, len(space))
        value, axes = contract(aligned(over, len(space)), None, space, [size != 1 for size in operand.shape])
        self._add(operand, value, axes)

    def _add(self, to: View | Taken, value: Expression, axes: list[int]) -> None:
        value = as_numbers(value)
        self.arrivals.setdefault(to.array, []).append(Arrival(to, value, tuple(axes)))

    def _over_space(self, gradient: Gradient, term: Term, target: Array) -> Operand:
        """Return what arrives at the target, over the axes of a term: the same for all that are summed."""
        if isinstance(gradient, Literal):
            return gradient
        if term.counts is None:
            extra = len(term.space) - len(target.shape)
            gradient = aligned(gradient, len(_full_shape(target)))
            return View(
                gradient.array,
                gradient.offset,
                gradient.shape + (1,) * extra,
                gradient.strides + (0,) * extra,
            )
        owner = np.repeat(np.arange(target.size), term.counts)
        over = aligned(gradient, len(_full_shape(target)))
        places = np.broadcast_to(
            elements_of(over).reshape([size for size in over.shape if size != BATCH]), target.shape
        )
        return Taken(gradient.array, places.reshape(-1)[owner])


def _read(rule: Rule) -> list[Array]:
    found: list[Operand | None] = []
    if isinstance(rule, Mapped):
        found.extend(rule.operands)
    elif isinstance(rule, Joined):
        found.extend([part for _, part in rule.parts])
    elif isinstance(rule, SumOf):
        found.extend([operand for term in rule.terms for operand in (term.left, term.right)])
    else:
        found.append(rule.term.left)
    return [operand.array for operand in found if isinstance(operand, View | Taken)]
