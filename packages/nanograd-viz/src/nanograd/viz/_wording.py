"""What the steps of a chain rule are called: names, formulas and numbers, as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nanograd.engine import Number, ScalarValue
from nanograd.viz._boxes import counted, is_constant, symbol_of
from nanograd.viz._formulas import RESULT, Template, slope_templates
from nanograd.viz._latex import latex_name, latex_number, latex_template
from nanograd.viz._numerals import short_numeral
from nanograd.viz._paths import Path, Step
from nanograd.viz._shown import label_of
from nanograd.viz._text import shortened, visible

_MOST_STEPS = 12
_LONGEST_NAME = 24
_LONGEST_FORMULA = 48


class Wording:
    """Names for all values of a graph: a label, of a constant the number, for others v1, v2, ... in order.

    Args:
        order: the graph in topological order.
        precision: the number of decimals.
    """

    def __init__(self, order: Sequence[ScalarValue], precision: int) -> None:
        taken = {label_of(node) for node in order} - {""}
        free = (f"v{number}" for number in range(1, len(order) + len(taken) + 1) if f"v{number}" not in taken)
        self._made = {node: next(free) for node in order if not label_of(node) and not is_constant(node)}
        self._precision = precision

    # ---- text

    def name(self, node: ScalarValue) -> str:
        """Return what a value is called."""
        return shortened(visible(self._name(node)), _LONGEST_NAME)

    def number(self, number: Number) -> str:
        """Return a number with so many decimals."""
        return short_numeral(number, self._precision)

    def derivative(self, of: ScalarValue, by: ScalarValue) -> str:
        """Return the name of a derivative: ``∂of/∂by``."""
        return f"∂{self.name(of)}/∂{self.name(by)}"

    def rows(self, path: Path) -> Iterator[tuple[str, str, str, str]]:
        """Yield for each step what was computed, the local derivative, its value, and the product so far."""
        products: list[Number] = []
        for step in path.steps:
            products.append(step.slope * (products[-1] if products else 1))
        for numbered in bounded(list(zip(path.steps, products, strict=True))):
            if numbered is None:
                yield f"… {counted(len(products) - _MOST_STEPS, 'step')} …", "", "", ""
                continue
            step, product = numbered
            derivative = self.derivative(step.node, step.node.children[step.place])
            slope = self._slope(step)
            yield (
                f"{self.name(step.node)} = {self.formula(step.node)}",
                f"{derivative} = {slope}" if slope else derivative,
                self.number(step.slope),
                self.number(product),
            )

    # ---- LaTeX

    def latex_derivative(self, of: ScalarValue, by: ScalarValue) -> str:
        """Return the name of a derivative as LaTeX."""
        of_name, by_name = latex_name(self._name(of)), latex_name(self._name(by))
        return rf"\frac{{\partial {of_name}}}{{\partial {by_name}}}"

    def latex_chain(self, path: Path) -> str:
        """Return a path as a product of derivatives."""
        return _product(path, lambda step: self.latex_derivative(step.node, step.node.children[step.place]))

    def latex_slopes(self, path: Path) -> str:
        """Return a path as a product of formulas."""
        return _product(path, self._latex_slope)

    def latex_numbers(self, path: Path) -> str:
        """Return a path as a product of numbers."""
        return _product(path, lambda step: _in_parentheses(self.latex_number(step.slope)))

    def latex_number(self, number: Number) -> str:
        """Return a number as LaTeX."""
        return latex_number(number, self._precision)

    # ---- parts

    def _name(self, node: ScalarValue) -> str:
        return label_of(node) or self._made.get(node) or short_numeral(node.data)

    def formula(self, node: ScalarValue) -> str:
        """Return what a value was computed from: ``a * b``, ``tanh(x)``."""
        names = [self.name(child) for child in node.children]
        symbol = symbol_of(node)
        if len(names) == 2 and not symbol[0].isalpha():
            one, other = (
                f"({name})" if name.startswith("-") and is_constant(child) else name
                for name, child in zip(names, node.children, strict=True)
            )
            return f"{one} {symbol} {other}"
        return shortened(f"{symbol}({', '.join(names)})", _LONGEST_FORMULA)

    def _slope(self, step: Step) -> str:
        template, named = _slope(step)
        if template is None:
            return ""
        text = "".join(part if isinstance(part, str) else self.name(named[part]) for part in template)
        return shortened(text, _LONGEST_FORMULA)

    def _latex_slope(self, step: Step) -> str:
        template, named = _slope(step)
        if template is None:
            return self.latex_derivative(step.node, step.node.children[step.place])
        written = latex_template(template, {hole: self._name(node) for hole, node in named.items()})
        return _in_parentheses(written)


def bounded(steps: Sequence[Any]) -> list[Any]:
    """Return what is shown of a long list: its ends, and None in place of what lies between.

    >>> bounded([1, 2, 3])
    [1, 2, 3]
    >>> bounded(range(100))
    [0, 1, 2, 3, 4, 5, None, 94, 95, 96, 97, 98, 99]
    """
    if len(steps) <= _MOST_STEPS + 1:
        return list(steps)
    half = _MOST_STEPS // 2
    return [*steps[:half], None, *steps[-half:]]


def _slope(step: Step) -> tuple[Template | None, dict[int, ScalarValue]]:
    """Return the formula of a local derivative, and the values whose names stand in it."""
    children = step.node.children
    constants = {place: child.data for place, child in enumerate(children) if is_constant(child)}
    template = slope_templates(step.operation, len(children), constants)[step.place]
    return template, {RESULT: step.node, **dict(enumerate(children))}


def _product(path: Path, factor: Callable[[Step], str]) -> str:
    factors = [r"\cdots" if step is None else factor(step) for step in bounded(path.steps)]
    return r" \cdot ".join(factors) or "1"


def _in_parentheses(factor: str) -> str:
    """Return a factor as it stands in a product."""
    return rf"\left({factor}\right)" if factor.startswith("-") or " " in factor else factor
