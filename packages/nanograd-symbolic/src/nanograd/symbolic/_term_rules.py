"""What a program of terms leaves out, because leaving it out is exactly safe in IEEE arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nanograd.symbolic._terms import Term


def _is(term: Term, number: int) -> bool:
    return term.number is not None and term.number == number


def _is_negative(term: Term) -> bool:
    # A labeled number is shown by its name and keeps its sign. (-0.0 is not below 0.)
    return term.number is not None and term.number < 0 and term.label is None


def _is_positive_zero(term: Term) -> bool:
    return _is(term, 0) and math.copysign(1.0, term.number or 0) > 0


def _add(x: Term, y: Term) -> Term | None:
    if y.function == "neg":
        return x - y.arguments[0]
    if x.function == "neg":
        return y - x.arguments[0]
    if _is_negative(y):
        return x - -y
    if _is_negative(x):
        return y - -x
    return None


def _sub(x: Term, y: Term) -> Term | None:
    if _is_positive_zero(y):
        return x
    if y.function == "neg":
        return x + y.arguments[0]
    return x + -y if _is_negative(y) else None


def _mul(x: Term, y: Term) -> Term | None:
    for one, other in ((x, y), (y, x)):
        if _is(one, 1):
            return other
        if _is(one, -1):
            return -other
    return None


def _divide(x: Term, y: Term) -> Term | None:
    if _is(y, 1):
        return x
    return -x if _is(y, -1) else None


def _power(x: Term, y: Term) -> Term | None:
    # x * x is rounded once and is never the worse one: the power of a library may be off by one unit.
    for exponent, result in ((0, x.program.number(1)), (1, x)):
        if _is(y, exponent):
            return result
    return x * x if _is(y, 2) else None


def _neg(x: Term) -> Term | None:
    return x.arguments[0] if x.function == "neg" else None


def _where(condition: Term, x: Term, y: Term) -> Term | None:
    if condition.number is not None:
        return x if condition.number else y
    return x if x is y else None


def _and(x: Term, y: Term) -> Term | None:
    for known, other in ((x, y), (y, x)):
        if known.number is not None:
            return other if known.number else known
    return None


def _or(x: Term, y: Term) -> Term | None:
    for known, other in ((x, y), (y, x)):
        if known.number is not None:
            return known if known.number else other
    return None


SIMPLER: dict[str, Callable[..., Term | None]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "divide": _divide,
    "power": _power,
    "neg": _neg,
    "where": _where,
    "and": _and,
    "or": _or,
}
