"""One row of the table as SymPy sees it: its formula, SymPy's derivatives of it, and where its branches meet.

Everything is evaluated by mpmath. The derivatives are SymPy's own and not the table's, so that one can be
held against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import mpmath
import sympy
from nanograd.engine import Interval, Operation, ScalarValue
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._flat_derivative import flat_derivative
from nanograd.symbolic._real import partials_of_operation, rule_of_operation
from nanograd.symbolic._sympy_numbers import Expression

MOST_DIFFERENTIATED = 8
"""The most arguments that SymPy differentiates for: that takes the square of their number."""

_LARGEST_CONSTANT = 64


class RowCalculus:
    """The formula of one operation, ready to be evaluated at exact numbers.

    Attributes:
        value: the result for the arguments.
    """

    def __init__(self, operation: Operation, arguments: Sequence[Expression]) -> None:
        result = sympy.Symbol("o", real=True)
        formula = with_branches(rule_of_operation(operation, list(arguments)))
        names = [argument for argument in arguments if argument.is_Symbol]
        self._positions = [i for i, argument in enumerate(arguments) if argument.is_Symbol]
        self._count = len(arguments)
        self.value = self._over(names, formula)
        conventions = [
            with_branches(slope) for slope in partials_of_operation(operation, result, list(arguments))
        ]
        self._conventions = [self._over([result, *names], conventions[i]) for i in self._positions]
        slopes = [flat_derivative(formula, name) for name in names]
        self._partials = [self._over(names, with_branches(slope)) for slope in slopes]
        self._switches, self._jumps, self._equalities = [
            self._over(names, list(found)) for found in branch_points(formula)
        ]

    def partials(self, arguments: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """Return SymPy's derivatives for the arguments; None if not wanted, and where there is none."""
        return _each_evaluated(self._partials, arguments, wanted)

    def conventions(self, result: Any, arguments: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """Return the table's derivatives for the result and the arguments, likewise."""
        return _each_evaluated(self._conventions, [result, *arguments], wanted)

    def given(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the arguments that are not constants of the formula."""
        return [arguments[i] for i in self._positions]

    def spread(self, partials: Sequence[Any]) -> list[Any]:
        """Return the partial derivatives in the places of their arguments, None for constants."""
        found: list[Any] = [None] * self._count
        for position, partial in zip(self._positions, partials, strict=True):
            found[position] = partial
        return found

    def branch(self, arguments: Sequence[Any]) -> tuple[Any, ...]:
        """Return which branch the arguments lie in; 0 in the first part where they lie on a border."""
        return (
            tuple(mpmath.sign(x) for x in self._switches(*arguments)),
            tuple((mpmath.floor(x), x == mpmath.floor(x)) for x in self._jumps(*arguments)),
            tuple(x == 0 for x in self._equalities(*arguments)),
        )

    @staticmethod
    def is_border(branch: tuple[Any, ...]) -> bool:
        """Return whether a branch is the border between two, where a derivative is a convention."""
        signs, floors, _ = branch
        return any(sign == 0 for sign in signs) or any(whole for _, whole in floors)

    @staticmethod
    def _over(names: Sequence[Expression], formula: Any) -> Callable[..., Any]:
        function: Callable[..., Any] = sympy.lambdify(list(names), formula, modules="mpmath")
        return function


class LongRowCalculus:
    """The same for an operation of many arguments, whose rules are run in exact numbers as they are.

    Its derivatives are the table's, in time linear in the arguments; :func:`prove_row` proves them.
    """

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def value(self, *arguments: Any) -> Any:
        """Return the result for the arguments."""
        return self._operation.run(_Exactly, *arguments)

    def partials(self, arguments: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """Return the derivatives for the arguments."""
        return self.conventions(self.value(*arguments), arguments, wanted)

    def conventions(self, result: Any, arguments: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """Return the derivatives for the result and the arguments; None for those that are not wanted."""
        slopes = self._operation.differentiate(_Exactly, result, *arguments)
        return [mpmath.mpf(slope) if asked else None for slope, asked in zip(slopes, wanted, strict=True)]

    def given(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the arguments: none of them is a constant of a formula."""
        return list(arguments)

    spread = given

    def branch(self, arguments: Sequence[Any]) -> tuple[Any, ...]:  # noqa: ARG002  # it has one branch
        """Return the only branch there is."""
        return ((), (), ())

    is_border = staticmethod(RowCalculus.is_border)


class _Exactly:
    """The number system of operations of many arguments, at the precision that mpmath is set to."""

    exp = mpmath.exp

    @staticmethod
    def logsumexp(xs: Sequence[Any]) -> Any:
        return mpmath.log(mpmath.fsum(map(mpmath.exp, xs)))


def calculus_of(node: ScalarValue) -> RowCalculus | LongRowCalculus:
    """Return the calculus of a node's operation; whole constant exponents belong to the formula.

    Raises:
        NoFormulaError: if the operation has no formula.
    """
    operation: Operation = node.op  # type: ignore[assignment]  # callers ask for computed nodes
    if operation.arity is None and len(node.children) > MOST_DIFFERENTIATED:
        return LongRowCalculus(operation)
    constants: list[int | None] = [None] * len(node.children)
    if any(interval != Interval() for interval in operation.domain):  # x**2 is defined where x**y is not
        for i, child in enumerate(node.children):
            data = child.data
            if (
                child.is_leaf
                and not child.requires_grad
                and abs(data) <= _LARGEST_CONSTANT
                and data == int(data)
            ):
                constants[i] = int(data)
    return _calculus(operation, tuple(constants))


@lru_cache(maxsize=4096)
def _calculus(operation: Operation, constants: tuple[int | None, ...]) -> RowCalculus:
    return RowCalculus(
        operation,
        [
            sympy.Symbol(f"x{i}", real=True) if constant is None else SYMPY.number(constant)
            for i, constant in enumerate(constants)
        ],
    )


def with_branches(formula: Expression) -> Expression:
    """Return a formula with its choices written as Piecewise, which SymPy differentiates branch by branch.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> with_branches(sympy.Max(x, y))
    Piecewise((x, x >= y), (y, True))
    """
    written = sympy.sympify(formula).replace(sympy.Max, _largest).replace(sympy.Min, _smallest)
    return written.replace(sympy.Abs, lambda x: sympy.Piecewise((x, x >= 0), (-x, True)))


def branch_points(formula: Expression) -> tuple[list[Expression], list[Expression], list[Expression]]:
    """Return what is 0 at a formula's kinks, what is whole where it jumps, and what it asks to be 0."""
    switches, jumps, equalities = [], [], []
    for part in sympy.preorder_traversal(formula):
        if isinstance(part, (sympy.Eq, sympy.Ne)):
            equalities.append(part.lhs - part.rhs)
        elif isinstance(part, sympy.core.relational.Relational):
            switches.append(part.lhs - part.rhs)
        elif isinstance(part, sympy.sign):
            switches.append(part.args[0])
        elif isinstance(part, (sympy.floor, sympy.ceiling)):
            jumps.append(part.args[0])
        elif isinstance(part, sympy.Mod):
            jumps.append(part.args[0] / part.args[1])
    return switches, jumps, equalities


def _largest(*arguments: Expression) -> Expression:
    first, *others = arguments
    for other in others:
        first = sympy.Piecewise((first, first >= other), (other, True))
    return first


def _smallest(*arguments: Expression) -> Expression:
    first, *others = arguments
    for other in others:
        first = sympy.Piecewise((first, first <= other), (other, True))
    return first


def _each_evaluated(
    functions: Sequence[Callable[..., Any]], arguments: Sequence[Any], wanted: Sequence[bool]
) -> list[Any]:
    return [
        evaluated(function, arguments) if asked else None
        for function, asked in zip(functions, wanted, strict=True)
    ]


def evaluated(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return a real number, or None where a formula has none: at a pole, or beyond its domain."""
    try:
        result = function(*arguments)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return _real(result)


def _real(result: Any) -> Any:
    if isinstance(result, mpmath.mpc):
        if result.imag != 0:
            return None
        result = result.real
    result = mpmath.mpf(result)
    return result if mpmath.isfinite(result) else None
