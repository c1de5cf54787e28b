"""From a graph to a formula: one expression, or definitions and an expression over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Literal, overload

import sympy
from nanograd.engine import NumberTypeError, ScalarValue, topological_order
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._names import Names, checked_names, names_inner_value, numbered, symbols, symbols_of
from nanograd.symbolic._real import formula_of_operation
from nanograd.symbolic._shared import Definition, SharedFormula, compact, refuse_huge
from nanograd.symbolic._sympy_numbers import Expression

_MOST_TERMS = 100
"""The most terms of a gradient's definition: Python compiles no sum of ten thousand."""


@overload
def to_sympy(
    root: ScalarValue, *, names: Names | None = None, sharing: Literal[False] = False
) -> Expression: ...
@overload
def to_sympy(root: ScalarValue, *, names: Names | None = None, sharing: Literal[True]) -> SharedFormula: ...
@overload
def to_sympy(
    root: ScalarValue, *, names: Names | None = None, sharing: bool
) -> Expression | SharedFormula: ...
def to_sympy(
    root: ScalarValue, *, names: Names | None = None, sharing: bool = False
) -> Expression | SharedFormula:
    """Return the formula of a value over the symbols of its leaves.

    The symbols are named by :func:`symbols`. Constants appear as numbers: integers and fractions exactly,
    floats with all of their bits, although SymPy prints 15 digits of them.

    With ``sharing`` the result keeps what the graph shares as definitions, in time and size linear in the
    graph. Defined are values that are used more than once, values whose label is one word, and parts of long
    expressions; the others are called t1, t2, ...

    >>> a, b = ScalarValue(2.0, label="a"), ScalarValue(3.0, label="b")
    >>> to_sympy((a * b + 1).tanh())
    tanh(a*b + 1)
    >>> value = a
    >>> for _ in range(60):
    ...     value = value + value * b
    >>> formula = to_sympy(value, sharing=True)
    >>> len(formula.definitions), formula.expanded_size > 10**18
    (59, True)

    Args:
        root: the result of the graph.
        names: names to use instead of labels, such as ``dict(model.named_parameters())``.
        sharing: whether to return a :class:`SharedFormula` instead of one expression.

    Raises:
        FormulaSizeError: if the expression would write out more than 20,000 operations, or more than 100
            inside each other.
        NoFormulaError: if an operation of the graph has no formula, or a value is no real number.
        ArgumentError: if ``names`` gives one name to two values.
        NumberTypeError: if ``root`` is not a ScalarValue.
    """
    if sharing:
        steps = Steps(topological_order(root), (), checked_names(names))
        return steps.shared([steps.formulas[root]], [root])
    return formula_of(root, symbols(root, names=names))


def formula_of(root: ScalarValue, names: Mapping[ScalarValue, Expression]) -> Expression:
    """Return the formula of a value as one expression; nodes in ``names`` are symbols."""
    order = topological_order(root)
    sizes: dict[ScalarValue, tuple[int, int]] = {}
    for node in order:
        if node.op is None or node in names:
            sizes[node] = (0, 0)
        else:
            parts = [sizes[child] for child in node.children]
            # A chain of sums or products is one n-ary expression in SymPy, and not deep.
            inside = [
                depth - (child.op is node.op and node.op.symbol in "+*")
                for child, (_, depth) in zip(node.children, parts, strict=True)
            ]
            sizes[node] = (1 + sum(size for size, _ in parts), 1 + max(inside))
    refuse_huge(f"the formula of {root!r}", *sizes[root], len(order))
    formulas: dict[ScalarValue, Expression] = {}
    for node in order:
        formulas[node] = _formula_of_node(node, names, formulas)
    return formulas[root]


def _formula_of_node(
    node: ScalarValue,
    names: Mapping[ScalarValue, Expression],
    formulas: Mapping[ScalarValue, Expression],
) -> Expression:
    if node in names:
        return names[node]
    if node.op is None:
        return SYMPY.number(node.data)
    return formula_of_operation(node, [formulas[child] for child in node.children])


class Steps:
    """A graph as definitions, one for each node, over temporary symbols; formulas are compacted from them."""

    def __init__(
        self, order: Sequence[ScalarValue], inner: Sequence[ScalarValue], names: Mapping[ScalarValue, str]
    ) -> None:
        self.order = order
        self.names = names
        self.leaves = symbols_of(order, inner, names)
        self.definitions: list[Definition] = []
        self.formulas: dict[ScalarValue, Expression] = {}
        self.temporaries: dict[Expression, ScalarValue] = {}
        for node in order:
            formula = _formula_of_node(node, self.leaves, self.formulas)
            if formula.args:
                self.temporaries[temporary := self.define(formula)] = node
                formula = temporary
            self.formulas[node] = formula

    def define(self, meaning: Expression) -> Expression:
        """Return a temporary symbol that stands for an expression."""
        temporary = sympy.Dummy("t", real=True)
        self.definitions.append((temporary, meaning))
        return temporary

    def define_sum(self, terms: list[Expression]) -> Expression:
        """Return a number or a symbol that is the sum of terms; long sums are sums of shorter ones."""
        while len(terms) > _MOST_TERMS:
            pieces = [terms[i : i + _MOST_TERMS] for i in range(0, len(terms), _MOST_TERMS)]
            terms = [self.define(sympy.Add(*piece)) for piece in pieces]
        total = sympy.Add(*terms)
        return self.define(total) if total.args else total

    def define_products_of_the_others(self, factors: Sequence[Expression]) -> list[Expression]:
        """Return for each factor the product of all others: those before it times those after it."""
        before, after = [sympy.S.One], [sympy.S.One]
        for products, others in ((before, factors[:-1]), (after, factors[:0:-1])):
            for factor in others:
                product = products[-1] * factor
                products.append(self.define(product) if product.args else product)
        return [one * other for one, other in zip(before, reversed(after), strict=True)]

    def shared(
        self,
        outputs: Sequence[Expression],
        roots: Sequence[ScalarValue] = (),
        arranged: Callable[[list[Expression]], Expression] = itemgetter(0),
    ) -> SharedFormula:
        """Return the compacted formula of outputs.

        Args:
            outputs: expressions over the temporary symbols.
            roots: values whose own label is not to become a definition.
            arranged: makes one expression of the outputs; the first of them if left out.
        """
        taken = {str(symbol) for symbol in self.leaves.values()}
        tops = set(roots)
        named: dict[Expression, Expression] = {}
        for temporary, node in self.temporaries.items():
            label = self.names.get(node) or (node.label if names_inner_value(node.label) else None)
            if label and node not in tops:
                name = label if label not in taken else next(numbered(f"{label}_", {*taken, f"{label}_1"}))
                taken.add(name)
                named[temporary] = sympy.Symbol(name, real=True)
        values, slopes = numbered("t", taken), numbered("g", taken)

        def fresh(temporary: Expression) -> Expression:
            return sympy.Symbol(next(values if temporary in self.temporaries else slopes), real=True)

        definitions, written, kept = compact(self.definitions, outputs, named.get, fresh)
        found = dict(self.leaves)
        for temporary, symbol in kept.items():
            if temporary in self.temporaries:
                found[self.temporaries[temporary]] = symbol
        return SharedFormula(tuple(definitions), arranged(written), found)


def require_value(given: object, function: str, argument: str) -> ScalarValue:
    """Return a ScalarValue that was asked for.

    Raises:
        NumberTypeError: if it is something else.
    """
    if not isinstance(given, ScalarValue):
        raise NumberTypeError(
            f"{function}({argument}) takes a ScalarValue and got {type(given).__name__}: {given!r}"
        )
    return given
