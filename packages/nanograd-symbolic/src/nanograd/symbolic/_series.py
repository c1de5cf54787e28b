"""Power series through the table of operations: all Taylor coefficients of a graph, order by order.

A function's series follows from its slope: if ``o = f(x)`` then ``o' = f'(x) x'``, and the table writes
``f'`` in functions that it has too. So the terms of a graph and of the slopes of its functions, and of
theirs, soon are all there is, and each coefficient needs only earlier ones (McIlroy, "Power series, power
serious", 1999). That takes time linear in the nodes and quadratic in the order, where differentiating again
and again would double the terms each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nanograd.engine import OPS, Number, ScalarValue, topological_order
from nanograd.symbolic._gradient_program import checked_values, needed_nodes, run_rule, term_of
from nanograd.symbolic._series_rules import RULES, Coefficients, Step, function_rule
from nanograd.symbolic._terms import Program, Term


class Series:
    """The power series of a graph in one of its values, at any point.

    >>> x = ScalarValue(0.0, label="x")
    >>> from nanograd.engine import FLOATS
    >>> Series("taylor", x.exp(), x).coefficients(FLOATS, lambda number: number, 0.0, 3)
    [1.0, 1.0, 0.5, 0.16666666666666666]

    Args:
        function: who asks, for error messages.
        root: the result of the graph.
        x: the value to expand in; all others are constants.
    """

    def __init__(self, function: str, root: ScalarValue, x: ScalarValue) -> None:
        order = topological_order(root)
        checked_values(f"{function}(x)", [x], set(order), "is no part of the graph of the result")
        self._program = Program(folds=False)
        self._argument = self._program.argument(x.label)
        terms = {x: self._argument}
        for node in needed_nodes(root, order, {x}):
            if node not in terms:
                terms[node] = term_of(self._program, node, terms)
        self._varying = {self._argument}
        self._slopes: dict[Term, list[Term]] = {}
        self._root = terms[root]
        self._close()

    def coefficients(self, m: Any, number: Callable[[Number], Any], at: Any, order: int) -> Coefficients:
        """Return the Taylor coefficients at a point, from that of degree 0 to that of degree ``order``.

        Args:
            m: the number system to compute in.
            number: what makes its numbers.
            at: the point, one of its numbers.
            order: the highest degree.

        Raises:
            NoTaylorSeriesError: if a condition changes at the point, so that there is a kink or a jump.
        """
        found: dict[Term, Coefficients] = {term: [] for term in self._program.terms}
        found[self._argument] = [at, number(1), *[number(0)] * order]
        zero = number(0)
        for k in range(order + 1):
            for term in self._program.terms:
                if term is self._argument:
                    continue
                if k > 0 and term not in self._varying:
                    found[term].append(zero)
                elif term.function == "number":
                    found[term].append(number(term.number))  # type: ignore[arg-type]  # a number has one
                elif k > 0 and term in self._slopes:
                    found[term].append(self._by_slopes(term, k, found, zero, m))
                else:
                    arguments = [found[argument] for argument in term.arguments]
                    rule: Callable[..., Any] = RULES.get(term.function, function_rule)
                    found[term].append(rule(Step(self, term, k, m, found[term]), *arguments))
        return found[self._root][: order + 1]

    def varies(self, term: Term) -> bool:
        """Return whether a term depends on x."""
        return term in self._varying

    def _close(self) -> None:
        """Add the slopes of all functions, and theirs, until nothing new is needed."""
        terms = self._program.terms  # grows in the loop
        index = 0
        while index < len(terms):
            term = terms[index]
            index += 1
            if any(argument in self._varying for argument in term.arguments):
                self._varying.add(term)
            if term not in self._varying or term.function in RULES or term is self._argument:
                continue
            row = OPS[term.function]
            if row.arity is None:
                slopes = list(row.differentiate(self._program.m, term, *term.arguments))
            else:
                slopes = [
                    run_rule(self._program, row, rule, self._program.m, term, *term.arguments)
                    for rule in row.partials
                ]
            self._slopes[term] = slopes

    def _by_slopes(self, term: Term, k: int, found: dict[Term, Coefficients], zero: Any, m: Any) -> Any:
        """Return coefficient k of a function, from o' = the sum of f' x' over its arguments."""
        total = zero
        for argument, slope in zip(term.arguments, self._slopes[term], strict=True):
            if argument in self._varying:
                x, p = found[argument], found[slope]
                for j in range(1, k + 1):
                    total = total + j * x[j] * p[k - j]
        return m.divide(total, k)
