"""The formulas of second derivatives: the gradient's definitions, differentiated once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sympy
from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.symbolic._derivative import as_matrix, labelled, slopes_of, values_of
from nanograd.symbolic._flat_derivative import flat_derivative
from nanograd.symbolic._formula import Steps, require_value
from nanograd.symbolic._names import Names
from nanograd.symbolic._real import partials_of_operation
from nanograd.symbolic._sympy_numbers import Expression


def symbolic_hessian(
    root: ScalarValue, wrt: Sequence[ScalarValue], *, names: Names | None = None, sharing: bool = False
) -> Expression:
    """Return the matrix of the formulas of the second derivatives of a value.

    The gradient's formula is differentiated once more: steps such as ``floor`` and ``sign`` stay flat, as in
    the table.

    >>> x, y = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="y")
    >>> symbolic_hessian(x**3 * y, [x, y])
    Matrix([
    [ 6*x*y, 3*x**2],
    [3*x**2,      0]])

    Args:
        root: the result of the graph.
        wrt: the values to differentiate with respect to, none of which depends on another.
        names: names to use instead of labels.
        sharing: whether to return a :class:`SharedFormula`, whose expression is a matrix.

    Raises:
        ArgumentError: if ``root`` does not depend on one of ``wrt``, or one of them on another.
        FormulaSizeError: if a formula without sharing would write out more than 20,000 operations.
        NoFormulaError: if an operation has no formula, or a derivative is no real number.
        NumberTypeError: if something else than ScalarValues is given.
    """
    targets = values_of("symbolic_hessian", "wrt", wrt)
    for target in targets:
        below = set(topological_order(target)) - {target}
        for other in targets:
            if other in below:
                raise ArgumentError(
                    f"symbolic_hessian(wrt) got {target!r}{labelled(target)}, which depends on "
                    f"{other!r}{labelled(other)}: give values that do not depend on each other"
                )
    steps, (slopes,) = slopes_of([require_value(root, "symbolic_hessian", "root")], targets, names)
    partials = _partials_of_definitions(steps)
    rows = [_backward_over_definitions(steps, slope, partials) for slope in slopes]
    entries = [row.get(steps.formulas[target], sympy.S.Zero) for row in rows for target in targets]
    shared = steps.shared(entries, (), as_matrix(len(targets)))
    return shared if sharing else shared.expand()


def _partials_of_definitions(steps: Steps) -> dict[Expression, list[tuple[Expression, Expression]]]:
    """Return, for each temporary symbol, its partial derivatives with respect to the symbols it is over."""
    partials: dict[Expression, list[tuple[Expression, Expression]]] = {}
    for temporary, meaning in steps.definitions:
        node = steps.temporaries.get(temporary)
        if node is None:
            partials[temporary] = [
                (symbol, flat_derivative(meaning, symbol)) for symbol in _in_order(meaning.free_symbols)
            ]
        elif node.op is not None:
            arguments = [steps.formulas[child] for child in node.children]
            found = partials_of_operation(node.op, temporary, arguments)
            partials[temporary] = [pair for pair in zip(arguments, found, strict=True) if pair[0].is_Symbol]
    return partials


def _backward_over_definitions(
    steps: Steps, output: Expression, partials: Mapping[Expression, Sequence[tuple[Expression, Expression]]]
) -> dict[Expression, Expression]:
    """Return the derivative of an output with respect to every symbol that it depends on."""
    terms: defaultdict[Expression, list[Expression]] = defaultdict(list)
    if output.is_Symbol:
        terms[output].append(sympy.S.One)
    for temporary, _ in reversed(list(steps.definitions)):
        if temporary not in terms or temporary not in partials:
            continue
        total = steps.define_sum(terms.pop(temporary))
        for symbol, partial in partials[temporary]:
            if partial is not sympy.S.Zero:
                terms[symbol].append(partial * total)
    return {symbol: sympy.Add(*parts) for symbol, parts in terms.items()}


def _in_order(found: set[Expression]) -> list[Expression]:
    return sorted(found, key=lambda symbol: symbol.sort_key())
