"""From a formula to a graph: every SymPy function that the table of operations has becomes its row.

Parts that an expression repeats become one node. Choices are recorded as ``where`` with a condition that is
itself computed, so that the graph has all branches and its formula is the one that was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy
from nanograd.engine import (
    ArgumentError,
    Number,
    NumberTypeError,
    ScalarValue,
    as_number,
)
from nanograd.symbolic._choices import Choices, Operand
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._sympy_numbers import Expression
from nanograd.symbolic._sympy_parts import operands_of, value_of


def from_sympy(
    formula: Expression, values: Mapping[str | Expression, Number | ScalarValue] | None = None
) -> ScalarValue:
    """Return the graph of a formula at given numbers: symbols become leaves, labelled by their names.

    The formula may have sums, products, powers, every function that the table of operations has, ``Max`` and
    ``Min``, ``Piecewise`` with conditions, and ``Sum`` and ``Product`` over whole numbers. Parts that it
    repeats become one node.

    A branch of ``Piecewise`` that is not taken is left out if it, or a derivative of it, is infinite or nan
    there: 0 times that would be nan.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> root = from_sympy(sympy.exp(x * y) + x, {x: 0.0, y: 3.0})
    >>> root
    ScalarValue(data=1.0)
    >>> leaf = ScalarValue(2.0, label="x")
    >>> from_sympy(x**3, {"x": leaf}).backward()
    >>> leaf.grad
    12.0

    Args:
        formula: a SymPy expression or a :class:`SharedFormula`.
        values: for each symbol, by the symbol or its name, a number or the ScalarValue to use for it.

    Raises:
        NoOperationError: if the formula has a function or a number that the table does not have; it names it.
        ArgumentError: if a symbol has no value, or a value belongs to no symbol.
        NumberTypeError: if ``formula`` is no expression, or a value is not a real number.
    """
    definitions: tuple[tuple[Expression, Expression], ...] = ()
    free = None
    if isinstance(formula, SharedFormula):
        definitions, free, formula = formula.definitions, formula.free_symbols, formula.expression
    if isinstance(formula, (int, float, Fraction)) and not isinstance(formula, bool):
        formula = sympy.sympify(formula)
    if not isinstance(formula, sympy.Expr):
        raise NumberTypeError(
            f"from_sympy(formula) takes a SymPy expression or a SharedFormula and got "
            f"{type(formula).__name__}: {formula!r}"
        )
    known: dict[Expression, Operand] = dict(_leaves(free or formula.free_symbols, values or {}))
    choices = Choices()
    for symbol, meaning in definitions:
        known[symbol] = _graph_of(meaning, known, choices)
    result = _graph_of(formula, known, choices)
    return result if isinstance(result, ScalarValue) else ScalarValue(result, requires_grad=False)


def _leaves(
    free: set[Expression], values: Mapping[str | Expression, Number | ScalarValue]
) -> Iterator[tuple[Expression, ScalarValue]]:
    """Yield the leaf of each symbol.

    Raises:
        ArgumentError: if symbols and values do not match; it names all that are left over.
    """
    if not isinstance(values, Mapping):
        raise NumberTypeError(f"from_sympy(values) takes a dictionary like {{'x': 2.0}} and got {values!r}")
    by_name: dict[str, list[Expression]] = {}
    for symbol in sorted(free, key=str):
        by_name.setdefault(symbol.name, []).append(symbol)
    given: dict[Expression, Number | ScalarValue] = {}
    unknown = []
    for key, value in values.items():
        found = by_name.get(key, []) if isinstance(key, str) else [key] if key in free else []
        if not found:
            # The symbol of to_sympy is real, and one that was made by hand often is not.
            found = by_name.get(str(key), [])
        if len(found) > 1:
            raise ArgumentError(
                f"from_sympy got a value for {str(key)!r}, and {len(found)} symbols of the formula have that "
                "name: they differ in assumptions such as real=True. Give the symbols themselves as keys."
            )
        if not found:
            unknown.append(str(key))
        else:
            given[found[0]] = value
    missing = [str(symbol) for symbol in sorted(free, key=str) if symbol not in given]
    if missing or unknown:
        parts = [f"has no value for {', '.join(missing)}"] if missing else []
        parts += [f"got a value for {', '.join(unknown)}, which it does not have"] if unknown else []
        shown = ", ".join(sorted(by_name)) or "none"
        raise ArgumentError(f"from_sympy {' and '.join(parts)}; the symbols of the formula are: {shown}")
    for symbol, value in given.items():
        if isinstance(value, ScalarValue):
            yield symbol, value
        else:
            yield symbol, ScalarValue(as_number(value, f"from_sympy(values[{symbol.name!r}])"), symbol.name)


def _graph_of(formula: Expression, known: dict[Expression, Operand], choices: Choices) -> Operand:
    """Return the value of an expression; ``known`` has those of its parts, and gets more of them."""
    stack = [formula]
    while stack:
        part = stack[-1]
        if part in known:
            stack.pop()
            continue
        needed = operands_of(part)
        waiting = [operand for operand in needed if operand not in known]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        known[part] = value_of(part, needed, known, choices)
    return known[formula]
