"""The formula of a derivative: the table's partial derivatives, carried backward over definitions.

This is the backward pass of the engine with formulas instead of numbers, and as linear as that: nothing is
differentiated after it has been written out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, overload

import sympy
from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.symbolic._formula import Steps, require_value
from nanograd.symbolic._names import Names, checked_names
from nanograd.symbolic._real import partials_of_operation, refuse_unreal
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._sympy_numbers import Expression

_MOST_FACTORS = 8
"""The most factors of a product whose derivatives are written out: that takes the square of their number."""


@overload
def symbolic_grad(
    root: ScalarValue, wrt: ScalarValue, *, names: Names | None = None, sharing: Literal[False] = False
) -> Expression: ...


@overload
def symbolic_grad(
    root: ScalarValue,
    wrt: Sequence[ScalarValue],
    *,
    names: Names | None = None,
    sharing: Literal[False] = False,
) -> list[Expression]: ...


@overload
def symbolic_grad(
    root: ScalarValue,
    wrt: ScalarValue | Sequence[ScalarValue],
    *,
    names: Names | None = None,
    sharing: Literal[True],
) -> SharedFormula: ...


def symbolic_grad(
    root: ScalarValue,
    wrt: ScalarValue | Sequence[ScalarValue],
    *,
    names: Names | None = None,
    sharing: bool = False,
) -> Expression | list[Expression] | SharedFormula:
    """Return the formula of d root / d wrt, with the partial derivatives of the table of operations.

    The formula says what ``backward`` computes, at kinks and ties too: the slope of ``relu`` is 0 where
    ``x <= 0``. :func:`prove_row` proves the table with SymPy's own derivatives. An inner value may be given
    too: it becomes a symbol.

    >>> x = ScalarValue(0.5, label="x")
    >>> symbolic_grad(x.tanh() * 3, x)
    3 - 3*tanh(x)**2
    >>> y = ScalarValue(2.0, label="y")
    >>> symbolic_grad(x * y + y, [x, y])
    [y, x + 1]

    Args:
        root: the result of the graph.
        wrt: the value to differentiate with respect to, or several for a list of formulas.
        names: names to use instead of labels, such as ``dict(model.named_parameters())``.
        sharing: whether to return a :class:`SharedFormula`, in time and size linear in the graph. Gradients
            of inner values that it defines are called g1, g2, ... With several ``wrt`` its expression is a
            SymPy ``Tuple``.

    Raises:
        ArgumentError: if ``root`` does not depend on one of ``wrt``, or none is given.
        FormulaSizeError: if a formula without sharing would write out more than 20,000 operations.
        NoFormulaError: if an operation of the graph has no formula, or a derivative is no real number.
        NumberTypeError: if something else than a ScalarValue is given.
    """
    one = isinstance(wrt, ScalarValue)
    targets = values_of("symbolic_grad", "wrt", wrt)
    steps, (slopes,) = slopes_of([require_value(root, "symbolic_grad", "root")], targets, names)
    shared = steps.shared(slopes, (), (lambda written: written[0]) if one else _as_tuple)
    if sharing:
        return shared
    return shared.expand() if one else list(shared.expand())


def symbolic_jacobian(
    roots: Sequence[ScalarValue],
    wrt: Sequence[ScalarValue],
    *,
    names: Names | None = None,
    sharing: bool = False,
) -> Expression:
    """Return the matrix of the formulas of d root / d wrt: a row for each root, a column for each ``wrt``.

    >>> x, y = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="y")
    >>> symbolic_jacobian([x * y, x + y], [x, y])
    Matrix([
    [y, x],
    [1, 1]])

    Args:
        roots: the results, of one graph or of several.
        wrt: the values to differentiate with respect to.
        names: names to use instead of labels.
        sharing: whether to return a :class:`SharedFormula`, whose expression is a matrix.

    Raises:
        ArgumentError: if no root depends on one of ``wrt``, or none is given.
        FormulaSizeError: if a formula without sharing would write out more than 20,000 operations.
        NoFormulaError: if an operation has no formula, or a derivative is no real number.
        NumberTypeError: if something else than ScalarValues is given.
    """
    results = values_of("symbolic_jacobian", "roots", roots)
    targets = values_of("symbolic_jacobian", "wrt", wrt)
    steps, rows = slopes_of(results, targets, names)
    shared = steps.shared([slope for row in rows for slope in row], (), as_matrix(len(results)))
    return shared if sharing else shared.expand()


def slopes_of(
    roots: Sequence[ScalarValue], targets: Sequence[ScalarValue], names: Names | None
) -> tuple[Steps, list[list[Expression]]]:
    """Return the definitions of a graph and of its gradients, and for each root its slope for each target."""
    order = topological_order(*roots)
    reached = set(order)
    for target in targets:
        if target not in reached:
            raise ArgumentError(
                f"{_listed(roots)} on {target!r}{labelled(target)}: give a value that it was computed from"
            )
    steps = Steps(order, [target for target in targets if not target.is_leaf], checked_names(names))
    for target in targets:
        # A constant without a label would be written as its number.
        if target not in steps.leaves:
            raise ArgumentError(
                f"{target!r} is a constant without a name: give it a label, or a name with names="
            )
    leading = _leading_to(set(targets), order)
    rows = []
    for root in roots:
        arrived = _backward_over_graph(steps, root, leading)
        rows.append([arrived.get(target, sympy.S.Zero) for target in targets])
    return steps, rows


def _leading_to(targets: set[ScalarValue], order: Sequence[ScalarValue]) -> set[ScalarValue]:
    leading = set(targets)
    for node in order:
        if not leading.isdisjoint(node.children):
            leading.add(node)
    return leading


def _backward_over_graph(
    steps: Steps, root: ScalarValue, leading: set[ScalarValue]
) -> dict[ScalarValue, Expression]:
    """Return the formula of the gradient of every node that leads to a target."""
    terms: defaultdict[ScalarValue, list[Expression]] = defaultdict(list)
    terms[root].append(sympy.S.One)
    arrived: dict[ScalarValue, Expression] = {}
    for node in reversed(steps.order):
        if node not in leading or node not in terms:
            continue
        total = steps.define_sum(terms.pop(node))
        arrived[node] = total
        if node.op is None:
            continue
        # An inner target is a symbol in formulas, and still depends on what it was computed from.
        arguments = [steps.formulas[child] for child in node.children]
        if node.op.symbol == "prod" and len(arguments) > _MOST_FACTORS:
            partials: Sequence[Expression] = steps.define_products_of_the_others(arguments)
        else:
            partials = partials_of_operation(node.op, steps.formulas[node], arguments)
        for child, partial in zip(node.children, partials, strict=True):
            if child in leading and partial is not sympy.S.Zero:
                refuse_unreal(partial, f"a derivative of {node.op.usage}", arguments)
                terms[child].append(partial * total)
    return arrived


def values_of(function: str, argument: str, given: ScalarValue | Sequence[ScalarValue]) -> list[ScalarValue]:
    """Return one ScalarValue, or several, as a list.

    Raises:
        ArgumentError: if there are none.
        NumberTypeError: if something else was given; it names the place.
    """
    if isinstance(given, ScalarValue) or not isinstance(given, Iterable):
        return [require_value(given, function, argument)]
    values = [require_value(value, function, f"{argument}[{i}]") for i, value in enumerate(given)]
    if not values:
        raise ArgumentError(f"{function}({argument}) got no values: give at least one")
    return values


def _as_tuple(written: list[Expression]) -> Expression:
    return sympy.Tuple(*written)


def as_matrix(rows: int) -> Callable[[list[Expression]], Expression]:
    return lambda written: sympy.ImmutableMatrix(rows, len(written) // rows, written)


def _listed(roots: Sequence[ScalarValue]) -> str:
    if len(roots) == 1:
        return f"{roots[0]!r} does not depend"
    return f"none of {len(roots)} roots depends"


def labelled(node: ScalarValue) -> str:
    return f" ({node.label!r})" if node.label else ""
