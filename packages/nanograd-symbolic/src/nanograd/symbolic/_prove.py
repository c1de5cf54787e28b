"""Proving a row of the table: its partial derivatives are those that SymPy finds, as formulas."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy
from nanograd.engine import OPS, ArgumentError, Interval, Operation
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._errors import NoFormulaError
from nanograd.symbolic._flat_derivative import flat_derivative
from nanograd.symbolic._real import partials_of_operation, rule_of_operation
from nanograd.symbolic._row_calculus import with_branches
from nanograd.symbolic._sympy_numbers import Expression

_ARGUMENTS_OF_MANY = 4
_POINTS = 200


@dataclass(frozen=True, slots=True)
class PartialProof:
    """One partial derivative of a row: the table's formula beside SymPy's.

    Attributes:
        argument: the argument's name.
        table: the table's formula; None if the row has no formula.
        sympy: SymPy's derivative of the row's formula; None if the row has no formula.
        proved: whether SymPy has proved their difference to be 0, in every case.
        cases: the cases in which it was proved, such as ``for x > 0`` or ``for all arguments``.
        points: the number of points at which it was checked with numbers, if it could not be proved.
        reason: why it could not be proved, or what the proof leaves out; empty if nothing.
    """

    argument: str
    table: Expression | None
    sympy: Expression | None
    proved: bool
    cases: tuple[str, ...]
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class RowProof:
    """What :func:`prove_row` found: true if every partial derivative is proved, or right at every point.

    Attributes:
        operation: the row.
        partials: one proof for each argument.
        refuted: what is wrong, in words; empty if nothing is.
    """

    operation: Operation
    partials: tuple[PartialProof, ...]
    refuted: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether every partial derivative is proved as a formula."""
        return all(partial.proved for partial in self.partials)

    def __bool__(self) -> bool:
        return not self.refuted

    def __str__(self) -> str:
        lines = [f"{self.operation.usage}: {'proved' if self.proved else 'right' if self else 'wrong'}"]
        for partial in self.partials:
            how = f"proved {', '.join(partial.cases)}" if partial.proved else f"{partial.points} points"
            reason = f" ({partial.reason})" if partial.reason else ""
            lines.append(f"  d/d{partial.argument} = {partial.table}: {how}{reason}")
        return "\n".join([*lines, *self.refuted])


def prove_row(operation: Operation | str) -> RowProof:
    """Prove that the partial derivatives of a row of the table are SymPy's derivatives of its formula.

    The difference of the two is simplified to 0: at once, or case by case where a formula has branches, for
    arguments inside the row's domain. Kinks and jumps themselves, where there is no derivative, are no case.
    An operation of many arguments is proved for four. What SymPy cannot decide is checked with numbers, by
    differences of the row's floats at 200 points, and the proof says so.

    >>> print(prove_row("tanh"))
    tanh(x): proved
      d/dx = 1 - tanh(x)**2: proved for all arguments
    >>> print(prove_row("abs"))
    abs(x): proved
      d/dx = sign(x): proved for x > 0, for x < 0

    Args:
        operation: a row of :data:`nanograd.engine.OPS`, or its symbol.

    Raises:
        ArgumentError: if it is no row.
    """
    row = OPS.get(operation) if isinstance(operation, str) else operation
    if not isinstance(row, Operation):
        raise ArgumentError(
            f"prove_row takes a row of OPS or its symbol, such as 'tanh', and got {operation!r}"
        )
    count = row.arity or _ARGUMENTS_OF_MANY
    names = [sympy.Symbol(name, real=True) for name in _argument_names(count)]
    try:
        formula = rule_of_operation(row, names)
    except NoFormulaError as error:
        return _without_formula(row, names, str(error))
    branches = with_branches(formula)
    proofs: list[PartialProof] = []
    refuted: list[str] = []
    for index, (name, slope) in enumerate(
        zip(names, partials_of_operation(row, formula, names), strict=True)
    ):
        derivative = flat_derivative(branches, name)
        difference = derivative - with_branches(slope)
        cases = list(_cases(row, names, [branches, slope]))
        undecided = [title for title, values in cases if not _is_zero(difference.xreplace(values))]
        reason, points = _left_out(formula), 0
        if undecided:
            reason = f"SymPy finds no proof {', '.join(undecided)}"
            points, wrong = _by_differences(row, index)
            refuted += [f"d/d{name} {text}" for text in wrong]
        proved = tuple(title for title, _ in cases if title not in undecided)
        proofs.append(PartialProof(str(name), slope, derivative, not undecided, proved, points, reason))
    return RowProof(row, tuple(proofs), tuple(refuted))


def _without_formula(row: Operation, names: Sequence[Expression], reason: str) -> RowProof:
    proofs, refuted = [], []
    for index, name in enumerate(names):
        points, wrong = _by_differences(row, index)
        refuted += [f"d/d{name} {text}" for text in wrong]
        proofs.append(PartialProof(str(name), None, None, False, (), points, reason))
    return RowProof(row, tuple(proofs), tuple(refuted))


def _cases(
    row: Operation, names: Sequence[Expression], formulas: Sequence[Expression]
) -> Iterator[tuple[str, dict[Expression, Expression]]]:
    """Yield the cases that cover a row's domain: a title, and arguments written so that the case holds.

    Arguments that a formula compares with each other are taken in every order, those that it compares with 0
    with both signs.
    """
    compared: set[Expression] = set()
    signed: set[Expression] = set()
    for part in itertools.chain.from_iterable(map(sympy.preorder_traversal, formulas)):
        if isinstance(part, (sympy.core.relational.Relational, sympy.sign, sympy.Abs)):
            found = part.free_symbols
            equality = isinstance(part, (sympy.Eq, sympy.Ne))
            (compared if len(found) > 1 and not equality else signed).update(found)
    ordered = [name for name in names if name in compared]
    domains = row.domain if row.arity else row.domain[:1] * len(names)
    choices = [
        _interior(name, interval, name in signed - compared)
        for name, interval in zip(names, domains, strict=True)
        if name not in compared
    ]
    for order in itertools.permutations(ordered) if ordered else [()]:
        values: dict[Expression, Expression] = {}
        titles = [" < ".join(map(str, order))] if order else []
        for lower, name in itertools.pairwise(order):
            values[name] = values.get(lower, lower) + sympy.Dummy(f"{name}_gap", positive=True)
        for choice in itertools.product(*choices):
            chosen = dict(values)
            for _, part in choice:
                chosen.update(part)
            shown = [title for title in [*titles, *[title for title, _ in choice]] if title]
            yield f"for {' and '.join(shown) or 'all arguments'}", chosen


def _interior(
    name: Expression, interval: Interval, signed: bool
) -> list[tuple[str, dict[Expression, Expression]]]:
    """Return the ways to write one argument inside its domain, with its sign known if that matters."""
    distance = sympy.Dummy(str(name), positive=True)
    if interval.low > -math.inf and interval.high == math.inf:
        return [(f"{name} > {interval.low:g}", {name: SYMPY.number(int(interval.low)) + distance})]
    if signed:
        return [(f"{name} > 0", {name: distance}), (f"{name} < 0", {name: -distance})]
    return [("", {})]


def _is_zero(difference: Expression) -> bool:
    for attempt in (sympy.expand, sympy.simplify, _simplified_exponentials):
        if attempt(difference) == 0:
            return True
    return False


def _simplified_exponentials(expression: Expression) -> Expression:
    return sympy.simplify(expression.rewrite(sympy.exp))


def _left_out(formula: Expression) -> str:
    return "between its jumps" if formula.has(sympy.floor, sympy.ceiling, sympy.Mod, sympy.sign) else ""


def _by_differences(row: Operation, index: int) -> tuple[int, list[str]]:
    """Return at how many points a partial derivative was compared with differences, and where it is wrong."""
    draw = random.Random(0)
    count = row.arity or _ARGUMENTS_OF_MANY
    domains = row.domain if row.arity else row.domain[:1] * count
    checked, wrong = 0, []
    for _ in range(_POINTS):
        point = [draw.uniform(max(interval.low, -3.0), min(interval.high, 3.0)) for interval in domains]
        numeric = [_difference_at(row, point, index, step) for step in (1e-4, 1e-5)]
        if not all(map(math.isfinite, numeric)) or not math.isclose(*numeric, rel_tol=1e-4, abs_tol=1e-4):
            continue  # a kink, a jump or a pole lies between
        checked += 1
        claimed = row.partials_at(row.evaluate(*point), *point)[index]
        if not math.isclose(claimed, numeric[1], rel_tol=1e-4, abs_tol=1e-4):
            shown = ", ".join(f"{x:.6g}" for x in point)
            wrong.append(f"at ({shown}) is {claimed:.6g} in the table and {numeric[1]:.6g} by differences")
    return checked, wrong[:1]


def _difference_at(row: Operation, point: Sequence[float], index: int, step: float) -> float:
    above, below = list(point), list(point)
    above[index] += step
    below[index] -= step
    return (float(row.evaluate(*above)) - float(row.evaluate(*below))) / (2 * step)


def _argument_names(count: int) -> list[str]:
    return list("xyzw"[:count]) if count <= 4 else [f"x{i}" for i in range(1, count + 1)]
