"""Conditions that are written as numbers, as graphs have them, read back as conditions.

:func:`from_sympy` writes a condition with signs, ``Max`` and ``Min``, as a number that is above 0 where it
holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sympy


class _Switch(NamedTuple):
    """A number that is whole, the least and the greatest that it can be, and when it is above 0."""

    least: int
    greatest: int
    is_positive: Any


def condition_written(number: Any) -> Any:
    """Return when a number is not 0, if it is one that a condition was written as; None for all others.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> condition_written(sympy.Min(1 - sympy.Max(0, sympy.sign(x)), abs(sympy.sign(y))))
    (x <= 0) & Ne(y, 0)
    >>> condition_written(sympy.Max(0, x))

    Args:
        number: an expression of SymPy's.
    """
    known: dict[Any, _Switch | None] = {}
    stack = [number]
    while stack:
        operands = _operands(stack[-1])
        waiting = [operand for operand in operands if operand not in known]
        if waiting:
            stack.extend(waiting)
        else:
            part = stack.pop()
            known[part] = _switch(part, [known[operand] for operand in operands])
    found = known[number]
    return found.is_positive if found is not None and found.least >= 0 else None


def _operands(part: Any) -> tuple[Any, ...]:
    if isinstance(part, (sympy.Max, sympy.Min)):
        return tuple(part.args)
    if part.is_Add and len(part.args) == 2 and part.args[0] is sympy.S.One:
        return (-part.args[1],)
    return ()


def _switch(part: Any, operands: Sequence[_Switch | None]) -> _Switch | None:
    if part.is_Integer:
        return _Switch(int(part), int(part), sympy.true if part > 0 else sympy.false)
    if isinstance(part, sympy.sign):
        return _Switch(-1, 1, part.args[0] > 0)
    if part.is_Mul and isinstance(-part, sympy.sign):
        return _Switch(-1, 1, (-part).args[0] < 0)
    if isinstance(part, sympy.Abs) and isinstance(part.args[0], sympy.sign):
        return _Switch(0, 1, sympy.Ne(part.args[0].args[0], 0))
    known = [operand for operand in operands if operand is not None]
    if not known or len(known) < len(operands):
        return None
    if isinstance(part, (sympy.Max, sympy.Min)):
        one, joined = (max, sympy.Or) if isinstance(part, sympy.Max) else (min, sympy.And)
        return _Switch(
            one(each.least for each in known),
            one(each.greatest for each in known),
            joined(*[each.is_positive for each in known]),
        )
    (switch,) = known
    return _Switch(1 - switch.greatest, 1 - switch.least, opposite(switch.is_positive))


def opposite(condition: Any) -> Any:
    """Return when a condition does not hold, with ``Not`` nowhere but before what cannot be turned around."""
    return sympy.Not(condition).to_nnf(simplify=False)
