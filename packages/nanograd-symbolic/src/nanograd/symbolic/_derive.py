"""The derivation of a derivative, step by step, from the result down to the variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sympy
from nanograd.engine import ArgumentError, Number, ScalarValue, topological_order
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._derivation import Derivation, Slope, Step
from nanograd.symbolic._formula import require_value
from nanograd.symbolic._names import Names, checked_names, names_inner_value, numbered, symbols_of
from nanograd.symbolic._real import formula_of_operation
from nanograd.symbolic._rules import rule_for
from nanograd.symbolic._shared import Definition, SharedFormula, compact, measured
from nanograd.symbolic._sympy_numbers import Expression

_LARGEST_SHOWN = 10
"""The most operations that a value may have that is written out where it is used."""

_LARGEST_RESULT = 100
"""The most operations of a last step that calls no derivative by name."""


def derive(root: ScalarValue, wrt: ScalarValue, *, names: Names | None = None) -> Derivation:
    """Return the derivation of d root / d wrt, step by step, each with the name of its rule.

    Every step is an equation: a derivative on the left, and on the right what its rule makes of it. The last
    one puts them together. Values with a one-word label, and those that are long or used more than once, are
    defined first and called by name, so that a derivation is linear in the graph.

    >>> x, w, b = (ScalarValue(v, label=name) for name, v in {"x": 2.0, "w": 0.5, "b": -1.0}.items())
    >>> print(derive((x * w + b).tanh(), w))
    d(tanh(b + w*x))/dw
    <BLANKLINE>
    1. chain rule, tanh
       d(tanh(b + w*x))/dw = d(b + w*x)/dw*(1 - tanh(b + w*x)**2)
    2. sum rule
       d(b + w*x)/dw = d(w*x)/dw + db/dw
    3. constant rule
       db/dw = 0
    4. constant factor rule
       d(w*x)/dw = dw/dw*x
    5. variable
       dw/dw = 1
    6. put together
       d(tanh(b + w*x))/dw = x*(1 - tanh(b + w*x)**2)

    Args:
        root: the result of the graph.
        wrt: the value to differentiate with respect to, a leaf or an inner one.
        names: names to use instead of labels.

    Raises:
        ArgumentError: if ``root`` does not depend on ``wrt``, or ``wrt`` is a constant without a name.
        NoFormulaError: if an operation of the graph has no formula, or a value is no real number.
        NumberTypeError: if something else than a ScalarValue is given.
    """
    require_value(root, "derive", "root")
    require_value(wrt, "derive", "wrt")
    order = topological_order(root)
    if wrt not in set(order):
        shown = f" ({wrt.label!r})" if wrt.label else ""
        raise ArgumentError(
            f"{root!r} does not depend on {wrt!r}{shown}: give a value that it was computed from"
        )
    return _Writer(order, wrt, checked_names(names)).derivation()


class _Writer:
    """Writes one derivation: first how each value is shown, then the steps."""

    def __init__(self, order: Sequence[ScalarValue], wrt: ScalarValue, names: dict[ScalarValue, str]) -> None:
        self.root, self.wrt, self.names = order[-1], wrt, names
        self.symbols = symbols_of(order, [] if wrt.is_leaf else [wrt], names)
        if wrt not in self.symbols:
            raise ArgumentError(
                f"{wrt!r} is a constant without a name: give it a label, or a name with names="
            )
        self.depends = {wrt}
        for node in order:
            if node is not wrt and not self.depends.isdisjoint(node.children):
                self.depends.add(node)
        self.order = order
        self.uses = Counter(child for node in order for child in node.children)
        self.shown: dict[ScalarValue, Expression] = {}
        self.formulas: dict[ScalarValue, Expression] = {}
        self.definitions: list[Definition] = []
        self.slopes: dict[ScalarValue, Slope] = {}
        self.by_name: dict[str, Slope] = {}
        self.steps: list[Step] = []
        self.written: set[Slope] = set()
        self._show(order)
        self.values = self._values(order)

    def _show(self, order: Sequence[ScalarValue]) -> None:
        taken = {str(symbol) for symbol in self.symbols.values()}
        labels = {
            node: self.names.get(node) or node.label
            for node in order
            if node in self.names or names_inner_value(node.label)
        }
        taken |= {label for label in labels.values() if label}
        fresh = numbered("u", taken)
        used = {str(symbol) for symbol in self.symbols.values()}
        for node in order:
            if node in self.symbols:
                self.shown[node] = self.symbols[node]
                continue
            if node.op is None:
                self.shown[node] = SYMPY.number(node.data)
                continue
            formula = formula_of_operation(node, [self.shown[child] for child in node.children])
            self.formulas[node] = self.shown[node] = formula
            size = measured(formula, {})[0]
            label = labels.get(node)
            shared = self.uses[node] > 1 and size > 1
            if formula.args and (label or ((shared or size > _LARGEST_SHOWN) and node is not self.root)):
                if label and label not in used:
                    name = label
                else:
                    name = next(numbered(f"{label}_", {*taken, f"{label}_1"}) if label else fresh)
                used.add(name)
                taken.add(name)
                self.shown[node] = sympy.Symbol(name, real=True)
                self.symbols[node] = self.shown[node]
                self.definitions.append((self.shown[node], formula))

    def _values(self, order: Sequence[ScalarValue]) -> dict[ScalarValue, Number]:
        """Return the derivative of each value as a number."""
        values: dict[ScalarValue, Number] = {self.wrt: 1.0}
        for node in order:
            if node.op is not None and node is not self.wrt and node in self.depends:
                partials = node.op.partials_at(node.data, *[child.data for child in node.children])
                values[node] = sum(
                    partial * values[child]
                    for partial, child in zip(partials, node.children, strict=True)
                    if child in self.depends
                )
        return values

    def slope(self, node: ScalarValue) -> Slope:
        """Return the symbol that stands for the derivative of a value."""
        if node not in self.slopes:
            shown, variable = str(self.shown[node]), str(self.symbols[self.wrt])
            part = shown if self.shown[node].is_Symbol else f"({shown})"
            # Values that look the same have the same derivative.
            self.slopes[node] = self.by_name.setdefault(
                shown, Slope(f"d{part}/d{variable}", self.shown[node], self.values.get(node, 0.0))
            )
        return self.slopes[node]

    def derivation(self) -> Derivation:
        wanted = {self.root}
        for node in reversed(self.order):
            if node in wanted and node in self.depends:
                if node is self.wrt:
                    self._write("variable", node, sympy.S.One)
                elif node.op is not None and node.op.symbol in _SUMS:
                    self._write_sum(node, wanted)
                else:
                    self._write_rule(node, wanted)
        result = self._put_together()
        variable = self.symbols[self.wrt]
        definitions = tuple(self.definitions)
        return Derivation(
            self.root, self.wrt, variable, definitions, tuple(self.steps), result, self.symbols,
            self.values.get(self.root, 0.0),
        )  # fmt: skip

    def _write_rule(self, node: ScalarValue, wanted: set[ScalarValue]) -> None:
        arguments = [self.shown[child] for child in node.children]

        def slope(child: ScalarValue) -> Expression | None:
            return self.slope(child) if child in self.depends else None

        rule, after = rule_for(node, self.formulas[node], arguments, slope, self.wrt)
        self._write(rule, node, after)
        wanted.update(child for child in node.children if self.slope(child) in after.free_symbols)

    def _write_sum(self, node: ScalarValue, wanted: set[ScalarValue]) -> None:
        """Write one step for a sum of many, and one for each of its terms that is constant."""
        terms = self._terms(node)
        after = sympy.Add(*[sign * self.slope(term) for sign, term in terms])
        self._write("sum rule", node, after)
        for _, term in terms:
            if term in self.depends:
                wanted.add(term)
            elif self.slope(term) in after.free_symbols:
                self._write("constant rule", term, sympy.S.Zero)

    def _terms(self, node: ScalarValue) -> list[tuple[int, ScalarValue]]:
        """Return the terms of a sum with their signs; sums inside that have no name belong to it."""
        terms = []
        stack = [(1, node)]
        while stack:
            sign, part = stack.pop()
            opened = part is node or not self.shown[part].is_Symbol
            if part.op is not None and part is not self.wrt and opened and part.op.symbol in _SUMS:
                signs = [sign, -sign] if part.op.symbol == "-" else [sign] * len(part.children)
                stack.extend(reversed(list(zip(signs, part.children, strict=True))))
            else:
                terms.append((sign, part))
        return terms

    def _write(self, rule: str, node: ScalarValue, after: Expression) -> None:
        before = self.slope(node)
        if before not in self.written:
            self.written.add(before)
            self.steps.append(Step(rule, before, after, self.values.get(node, 0.0)))

    def _put_together(self) -> SharedFormula:
        """Return the derivative with each step put into the one before it, and write that as a step."""
        meanings = [*self.definitions, *[(step.before, step.after) for step in reversed(self.steps)]]
        kept = {symbol for symbol, _ in self.definitions}
        definitions, (expression,), _ = compact(
            meanings, [self.slope(self.root)], lambda each: each if each in kept else None, lambda each: each
        )
        slopes: dict[Expression, Expression] = {s: meaning for s, meaning in definitions if s not in kept}
        if expression in slopes:
            expression = slopes[expression]
        while inner := [symbol for symbol in expression.free_symbols if symbol in slopes]:
            whole = expression.xreplace({symbol: slopes[symbol] for symbol in inner})
            if measured(whole, {})[0] > _LARGEST_RESULT:
                break
            expression = whole
        result = SharedFormula(tuple(definitions), expression, self.symbols)
        if len(self.steps) > 1:
            self.steps.append(
                Step("put together", self.slope(self.root), expression, self.values.get(self.root, 0.0))
            )
        return result


_SUMS = ("+", "-", "sum")
