"""Folding: a product that one other statement reads, and nothing else, becomes a part of that statement.

A sum of products is one pass over two arrays, and what is scaled and then negated is scaled by the opposite.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import cast

from nanograd.compile._accumulation import is_whole
from nanograd.compile._array_program import (
    Array,
    ArrayProgram,
    Call,
    Expression,
    Let,
    Literal,
    MatMul,
    RunTape,
    Statement,
    Store,
    Summed,
    Taken,
    View,
    operands,
    rewritten,
    same,
    within,
)
from nanograd.compile._contraction import grouped


def folded(program: ArrayProgram) -> ArrayProgram:
    """Return a program that does not store products which are only summed, or only negated.

    >>> p, square = Array("p", (3,)), Array("square", (3,))
    >>> squares = Let(square, Call("*", (p.view(), p.view()), (3,)))
    >>> print(folded(ArrayProgram(p, (), [squares], Summed(square.view(), (0,), ()))))
    return p @ p

    Args:
        program: it is not changed.
    """
    products = _products(program)
    gone: set[Array] = set()

    def change(expression: Expression) -> Expression:
        new = _without_product(expression, products)
        if new is None:
            return expression
        gone.update(part.array for part in operands(expression))
        return new

    statements: list[Statement] = []
    for statement in program.statements:
        if isinstance(statement, Let | Store) and _reads(statement.value, products):
            value = rewritten(statement.value, change)
            if isinstance(statement, Let) and statement.array in products:
                products[statement.array] = cast("Call", value)  # still a product
            statements.append(replace(statement, value=value))
        else:
            statements.append(statement)
    result = rewritten(program.result, change)
    kept = [each for each in statements if not (isinstance(each, Let) and each.array in gone)]
    return replace(program, statements=kept, result=result)


def _reads(expression: Expression, products: dict[Array, Call]) -> bool:
    return any(part.array in products for part in operands(expression))


def _products(program: ArrayProgram) -> dict[Array, Call]:
    """Return the products that are read in one place, and summed or negated there."""
    reads: Counter[Array] = Counter()
    wanted: set[Array] = set()
    found: dict[Array, Call] = {}
    values = [program.result]
    for statement in program.statements:
        if isinstance(statement, RunTape):
            reads[statement.boundary] += 1
        elif isinstance(statement, Let | Store):
            values.append(statement.value)
            if isinstance(statement, Store):
                reads[statement.target.array] += 2  # it is filled part by part
            elif isinstance(statement.value, Call) and statement.value.function == "*":
                found[statement.array] = statement.value
    for value in values:
        for expression in within(value):
            if isinstance(expression, View | Taken):
                reads[expression.array] += 1
            elif (of := _reduced(expression)) is not None:
                wanted.add(of.array)
    return {array: value for array, value in found.items() if reads[array] == 1 and array in wanted}


def _reduced(expression: Expression) -> View | None:
    """Return the part of an array that an expression sums or negates."""
    of: Expression | None = None
    if isinstance(expression, Summed) and expression.shape == ():
        of = expression.of
    elif isinstance(expression, Call) and expression.function == "neg":
        (of,) = expression.arguments
    return of if isinstance(of, View) else None


def _without_product(expression: Expression, products: dict[Array, Call]) -> Expression | None:
    """Return what computes the same without the array of a product; None if it does not read one."""
    of = _reduced(expression)
    if of is None or of.array not in products:
        return None
    left, right = products[of.array].arguments
    if isinstance(expression, Summed):
        if of.array.batched or not (is_whole(of) and isinstance(left, View) and isinstance(right, View)):
            return None
        if left.shape != right.shape:
            return None
        every = [list(range(len(left.shape)))]
        return MatMul(grouped(left, every), grouped(right, every), ())
    if same(of, of.array.view()):
        for scale, other in ((left, right), (right, left)):
            if isinstance(scale, Literal):
                return Call("*", (other, Literal(-scale.number)), expression.shape)
    return None
