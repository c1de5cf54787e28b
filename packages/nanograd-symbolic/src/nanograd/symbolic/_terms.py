"""TERMS, the number system of source code: a row of the table that is run in it records what it computes.

A program holds each term once, however often a graph computes it, and computes at once what needs no
argument. What it leaves out is exactly safe in IEEE arithmetic: ``1 * x`` and ``x - 0`` are ``x`` also for
-0.0, infinities and nan; ``x + 0`` and ``0 * x`` are not, and stay.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nanograd.engine import FLOATS, VALUES, Number, Scope
from nanograd.symbolic._refusals import NoSourceError
from nanograd.symbolic._term_rules import SIMPLER

FUNCTIONS = tuple(name for name in VALUES.__all__ if name not in {"logsumexp", "pi"})
"""The names of a number system's functions that take a fixed number of arguments."""

CONDITIONS = frozenset({"less", "less_equal", "greater", "greater_equal", "equal", "and", "or"})
"""The functions that give true or false."""

_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "abs": operator.abs,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "and": operator.and_,
    "or": operator.or_,
    "logsumexp": lambda *xs: FLOATS.logsumexp(xs),
}
_IN_FLOATS = _OPERATORS | {name: getattr(FLOATS, name) for name in FUNCTIONS}


class Term:
    """One step of a program: a function of other terms, a number, or an argument.

    Attributes:
        program: the program it belongs to.
        index: its place in the program; its arguments have smaller ones.
        function: ``"add"``, ``"exp"``, ...; ``"number"`` or ``"argument"``.
        arguments: the terms that it is computed from.
        number: the value of a number.
        label: the user's name for it.
        scope: the part of a model that it was computed in.
    """

    __slots__ = ("arguments", "function", "index", "label", "number", "program", "scope")

    def __init__(
        self, program: Program, function: str, arguments: tuple[Term, ...], number: Number | None = None
    ) -> None:
        self.program = program
        self.index = len(program.terms)
        self.function = function
        self.arguments = arguments
        self.number = number
        self.label: str | None = None
        self.scope: Scope | None = None
        program.terms.append(self)

    def __add__(self, other: Any) -> Term:
        return self.program.term("add", self, other)

    def __radd__(self, other: Any) -> Term:
        return self.program.term("add", other, self)

    def __sub__(self, other: Any) -> Term:
        return self.program.term("sub", self, other)

    def __rsub__(self, other: Any) -> Term:
        return self.program.term("sub", other, self)

    def __mul__(self, other: Any) -> Term:
        return self.program.term("mul", self, other)

    def __rmul__(self, other: Any) -> Term:
        return self.program.term("mul", other, self)

    def __truediv__(self, other: Any) -> Term:
        return self.program.term("divide", self, other)

    def __rtruediv__(self, other: Any) -> Term:
        return self.program.term("divide", other, self)

    def __pow__(self, other: Any) -> Term:
        return self.program.term("power", self, other)

    def __rpow__(self, other: Any) -> Term:
        return self.program.term("power", other, self)

    def __neg__(self) -> Term:
        return self.program.term("neg", self)

    def __abs__(self) -> Term:
        return self.program.term("abs", self)

    def __lt__(self, other: Any) -> Term:
        return self.program.term("less", self, other)

    def __le__(self, other: Any) -> Term:
        return self.program.term("less_equal", self, other)

    def __gt__(self, other: Any) -> Term:
        return self.program.term("greater", self, other)

    def __ge__(self, other: Any) -> Term:
        return self.program.term("greater_equal", self, other)

    def __and__(self, other: Any) -> Term:
        return self.program.term("and", self, other)

    def __rand__(self, other: Any) -> Term:
        return self.program.term("and", other, self)

    def __or__(self, other: Any) -> Term:
        return self.program.term("or", self, other)

    def __ror__(self, other: Any) -> Term:
        return self.program.term("or", other, self)

    def __bool__(self) -> bool:
        raise NoSourceError(
            "its rule asks `if` of a number that is not known yet: use m.where(condition, x, y)"
        )


class Program:
    """Terms, each once, in an order in which they can be computed.

    >>> program = Program()
    >>> x = program.argument("x")
    >>> (1 * x + 2 * program.m.exp(0)).function, x * x is x * x
    ('add', True)

    Args:
        folds: whether numbers are computed and terms simplified as soon as they arise. If not, only a double
            minus is left out.

    Attributes:
        terms: all of them.
        m: the number system that rows of the table are run in.
    """

    def __init__(self, folds: bool = True) -> None:
        self._folds = folds
        self.terms: list[Term] = []
        self.m = TermNumbers(self)
        self._known: dict[Any, Term] = {}
        if not folds:
            self.m.pi = Term(self, "pi", ())

    def argument(self, label: str | None) -> Term:
        """Return a new term that is given when the program runs."""
        term = Term(self, "argument", ())
        term.label = label
        return term

    def number(self, number: Number, label: str | None = None) -> Term:
        """Return a number as a term; a labeled one is a term of its own."""
        key = (number.__class__, repr(number), label)  # 0.0 is not -0.0, and nan is nan
        term = self._known.get(key)
        if term is None:
            term = self._known[key] = Term(self, "number", (), number)
            term.label = label
        return term

    def term(self, function: str, *operands: Any) -> Term:
        """Return the function of terms and plain numbers: an earlier term, a number, or a new term."""
        arguments = tuple(
            [operand if operand.__class__ is Term else self.number(operand) for operand in operands]
        )
        key = (function, *[argument.index for argument in arguments])
        term = self._known.get(key)
        if term is None:
            term = self._simplified(function, arguments)
            if term is None:
                term = Term(self, function, arguments)
            self._known[key] = term
        return term

    def _simplified(self, function: str, arguments: tuple[Term, ...]) -> Term | None:
        """Return a number or a simpler term for a function of terms, if there is one."""
        if not self._folds:
            return SIMPLER["neg"](*arguments) if function == "neg" else None
        rule = SIMPLER.get(function)
        if all(argument.number is not None for argument in arguments):
            # 1 * w keeps the name of w, where that is a labeled number.
            named = rule(*arguments) if rule and any(argument.label for argument in arguments) else None
            if named is not None:
                return named
            return self.number(computed(function, [argument.number for argument in arguments]))
        return None if rule is None else rule(*arguments)


class TermNumbers:
    """The namespace ``m`` of one program: its functions return terms.

    Attributes:
        pi: the number.
    """

    def __init__(self, program: Program) -> None:
        self.pi: Any = math.pi
        for name in FUNCTIONS:
            setattr(self, name, partial(program.term, name))
        self.logsumexp = lambda xs: program.term("logsumexp", *xs)

    def __getattr__(self, name: str) -> Any:
        raise NoSourceError(f"its rule uses m.{name}, and a number system has no such function")


def computed(function: str, numbers: Sequence[Any]) -> Any:
    """Return the function of plain numbers, as the engine computes it.

    >>> computed("divide", [1, 0]), computed("add", [2, 3])
    (inf, 5)
    """
    try:
        return _IN_FLOATS[function](*numbers)
    except OverflowError:  # an integer or a fraction beyond the largest float met a float
        return _IN_FLOATS[function](*map(FLOATS.as_float, numbers))


def evaluate(
    results: Sequence[Term], given: dict[Term, Any], m: Any, number: Callable[[Number], Any]
) -> list[Any]:
    """Return the values of terms in a number system.

    Args:
        results: the terms.
        given: the value of each argument.
        m: the number system.
        number: what makes its numbers.
    """
    values = dict(given)
    for term in live_terms(results):
        if term in values:
            continue
        if term.function == "number":
            values[term] = number(term.number)  # type: ignore[arg-type]  # a number has one
            continue
        arguments = [values[argument] for argument in term.arguments]
        function = _OPERATORS.get(term.function) or getattr(m, term.function)
        if term.function == "logsumexp":
            values[term] = m.logsumexp(arguments)
            continue
        try:
            values[term] = function(*arguments)
        except OverflowError:  # an integer beyond the largest float met a float
            values[term] = function(*map(FLOATS.as_float, arguments))
    return [values[result] for result in results]


def live_terms(results: Sequence[Term]) -> list[Term]:
    """Return the terms that results are computed from, in order."""
    reached = set(results)
    stack = list(reached)
    while stack:
        for argument in stack.pop().arguments:
            if argument not in reached:
                reached.add(argument)
                stack.append(argument)
    return sorted(reached, key=lambda term: term.index)
