"""The report: what a graph was compiled into, and what did not become regular, and why."""

from __future__ import annotations

from collections.abc import Sequence

from nanograd.compile._analysis import Analysis
from nanograd.compile._array_program import (
    Array,
    ArrayProgram,
    Expression,
    Let,
    MatMul,
    Statement,
    Store,
    Taken,
    operands,
    parts,
)
from nanograd.compile._cost_model import Choice
from nanograd.compile._tape import Tape

_MOST_LISTED = 12


def report(
    captured: int,
    analysis: Analysis,
    choice: Choice,
    program: ArrayProgram | None,
    forward: int,
    tape: Tape | None = None,
) -> str:
    """Return the report of a program.

    Args:
        captured: the number of nodes of the graph.
        analysis: what they came down to.
        choice: what runs them.
        program: the array program, None if they run on the tape.
        forward: how many of its statements compute the value.
        tape: the tape, if something runs on it.
    """
    deeper_than = analysis.deeper_than
    classes = f"{len(analysis.classes) - 3:,}" if deeper_than is None else f"more than {deeper_than:,}"
    lines = [
        f"{captured:,} nodes, {len(analysis.program):,} after simplification, {classes} classes",
        f"runs as {choice.executor}: {choice.reason}",
    ]
    if tape is not None:
        lines.append(f"the tape runs in {tape.executor}")
    if program is None:
        return "\n".join([*lines, *_irregular(analysis)])
    statements = program.statements
    lines.append(f"{forward} statements forward, {len(statements) - forward} back")
    products = [expression for statement in statements for expression in _within(statement, MatMul)]
    lines.append(f"{len(products)} matrix products")
    if choice.parts is not None:
        lines.append(
            f"{choice.parts.on_arrays:,} values as arrays, and the tape goes on from "
            f"{len(choice.parts.boundary):,} of them with {len(choice.parts.tape):,} values"
        )
    taken = _taken(statements)
    if not taken:
        lines.append("all arrays are read as views")
    else:
        lines.append(f"{len(taken)} arrays are read element by element, because no order makes a view of it:")
        lines.extend(f"  {name}: {counts}" for name, counts in taken[:_MOST_LISTED])
    return "\n".join(lines)


def _within(statement: Statement, kind: type[Expression]) -> list[Expression]:
    found = []
    waiting: list[Expression] = [statement.value] if isinstance(statement, Let | Store) else []
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, kind):
            found.append(expression)
        waiting.extend(parts(expression))
    return found


def _taken(statements: Sequence[Statement]) -> list[tuple[str, str]]:
    """Return the names of the arrays that are taken from, each with how often and how much."""
    counts: dict[Array, list[int]] = {}
    for statement in statements:
        if isinstance(statement, Let | Store):
            for operand in operands(statement.value):
                if isinstance(operand, Taken):
                    counts.setdefault(operand.array, []).append(operand.index.size)
    return [
        (array.name, f"{len(sizes)} times, {max(sizes):,} elements at most of {array.size:,}")
        for array, sizes in counts.items()
    ]


def _irregular(analysis: Analysis) -> list[str]:
    """Return which operations the smallest classes are made of."""
    if analysis.deeper_than is not None:
        most = f"{analysis.deeper_than:,}"
        return [f"more than {most} values are computed one from the other, and too few side by side"]
    program, classes = analysis.program, analysis.classes
    alone: dict[str, int] = {}
    for members, opcode in zip(classes.members[3:], classes.opcodes[3:], strict=True):
        if len(members) == 1:
            symbol = program.operations[opcode].symbol if opcode >= 0 else "sum"
            alone[symbol] = alone.get(symbol, 0) + 1
    if not alone:
        return []
    listed = sorted(alone.items(), key=lambda item: (-item[1], item[0]))[:_MOST_LISTED]
    named = ", ".join(f"{count:,} {symbol}" for symbol, count in listed)
    count = sum(alone.values())
    return [f"{count:,} values are like no other, computed from others in a way of their own: {named}"]
