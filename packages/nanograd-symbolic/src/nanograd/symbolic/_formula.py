"""From a graph to a formula, and to the formula of a derivative."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from nanograd.engine import ArgumentError, Number, ScalarValue, topological_order
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._errors import FormulaSizeError, NoFormulaError
from nanograd.symbolic._sympy_numbers import Expression

LARGEST_FORMULA = 20_000
"""The most operations that a formula may write out."""


def to_sympy(root: ScalarValue) -> Expression:
    """Return the formula of a value over the symbols of its leaves.

    The symbols are named by :func:`symbols`. Constants appear as numbers: integers and fractions exactly,
    floats as floats.

    >>> a, b = ScalarValue(2.0, label="a"), ScalarValue(3.0, label="b")
    >>> to_sympy((a * b + 1).tanh())
    tanh(a*b + 1)

    Args:
        root: the result of the graph.

    Raises:
        FormulaSizeError: if the formula would write out more than 20,000 operations.
        NoFormulaError: if an operation of the graph has no formula.
    """
    return formula_of(root, symbols(root))


def symbolic_grad(root: ScalarValue, wrt: ScalarValue) -> Expression:
    """Return the formula of d root / d wrt, as SymPy differentiates it.

    SymPy applies its own rules here and not nanograd's, so that the two can be held against each other; see
    :func:`verify`. An inner value may be given too: it becomes a symbol, and what it was computed from
    disappears.

    >>> x = ScalarValue(0.5, label="x")
    >>> symbolic_grad(x.tanh() * 3, x)
    3 - 3*tanh(x)**2

    Args:
        root: the result of the graph.
        wrt: the value to differentiate with respect to.

    Raises:
        ArgumentError: if ``root`` does not depend on ``wrt``.
        FormulaSizeError: if the formula of ``root`` would write out more than 20,000 operations.
        NoFormulaError: if an operation of the graph has no formula.
    """
    names = symbols(root, wrt)
    if wrt not in names:
        raise ArgumentError(
            f"{root!r} does not depend on {wrt!r}{_labelled(wrt)}: give a value that it was computed from"
        )
    return derivative(formula_of(root, names), names[wrt])


def symbols(root: ScalarValue, *inner: ScalarValue) -> dict[ScalarValue, Expression]:
    """Return the symbol of each leaf that formulas of ``root`` are written in, in topological order.

    A leaf is named by its label. Leaves without one are called x1, x2, ... in the order in which they are
    used; of leaves with one label, the second and later ones get a number: ``w``, ``w_2``. Constants without
    a label are numbers and have no symbol. All symbols stand for real numbers.

    >>> w, v = ScalarValue(2.0, label="w"), ScalarValue(3.0, label="w")
    >>> list(symbols(w * v + ScalarValue(1.0)).values())
    [w, w_2, x1]

    Args:
        root: the result of the graph.
        inner: computed values that become symbols too; what only they depend on has no symbol.
    """
    cut = set(inner)  # a set asks for identity; `in` a tuple would compare numbers
    named = [
        node
        for node in topological_order(root)
        if node in cut or (node.is_leaf and (node.requires_grad or node.label))
    ]
    taken = {node.label for node in named if node.label}
    given: set[str] = set()
    result = {}
    unlabeled = 0
    for node in named:
        if node.label:
            name, count = node.label, 1
            while name in given or (count > 1 and name in taken):
                count += 1
                name = f"{node.label}_{count}"
        else:
            unlabeled += 1
            while (name := f"x{unlabeled}") in taken:
                unlabeled += 1
        given.add(name)
        result[node] = sympy.Symbol(name, real=True)
    return result


def formula_of(
    root: ScalarValue,
    names: dict[ScalarValue, Expression],
    number: Callable[[Number], Expression] = SYMPY.number,
) -> Expression:
    """Return the formula of a value; nodes in ``names`` are symbols, ``number`` converts constants."""
    _refuse_if_huge(root)
    formulas: dict[ScalarValue, Expression] = {}
    for node in topological_order(root):
        if node in names:
            formulas[node] = names[node]
        elif node.op is None:
            formulas[node] = number(node.data)
        else:
            formulas[node] = node.op.run(SYMPY, *[formulas[child] for child in node.children])
    return formulas[root]


def derivative(formula: Expression, symbol: Expression) -> Expression:
    """Return SymPy's derivative of a formula.

    Raises:
        NoFormulaError: if SymPy can only write it down and not work it out.
    """
    slope = sympy.diff(formula, symbol)
    if slope.has(sympy.Derivative, sympy.Subs):
        raise NoFormulaError(f"SymPy knows no derivative of {formula} with respect to {symbol}")
    return slope


def _refuse_if_huge(root: ScalarValue) -> None:
    written: dict[ScalarValue, int] = {}
    for node in topological_order(root):
        written[node] = (node.op is not None) + sum(written[child] for child in node.children)
    if written[root] > LARGEST_FORMULA:
        size = written[root] if written[root] < 10**12 else f"about 10**{len(str(written[root])) - 1}"
        raise FormulaSizeError(
            f"the formula of {root!r} would write out {size} operations, because it repeats what the "
            f"{len(written)} nodes of the graph share; {LARGEST_FORMULA} are allowed. Ask for that of a part."
        )


def _labelled(node: ScalarValue) -> str:
    return f" ({node.label!r})" if node.label else ""
