"""Formulas for the eye: one in LaTeX, or a graph as aligned equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from nanograd.engine import ScalarValue, topological_order
from nanograd.symbolic._formula import Steps, require_value, to_sympy
from nanograd.symbolic._labels import latex_names
from nanograd.symbolic._names import Names, checked_names
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._sympy_numbers import Expression

if TYPE_CHECKING:
    from rich.text import Text


def latex(root: ScalarValue, *, names: Names | None = None) -> str:
    r"""Return the formula of a value in LaTeX, without delimiters.

    Labels get subscripts, as :math:`w_{1}` for ``w_1``, ``w1`` and ``w[1]``; what is no name is escaped.

    >>> x, w = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="w[0]")
    >>> print(latex((x * w).tanh()))
    \tanh{\left(w_{0} x \right)}

    Args:
        root: the result of the graph.
        names: names to use instead of labels.

    Raises:
        FormulaSizeError: if the formula would write out more than 20,000 operations; :func:`equations` does
            not.
        NoFormulaError: if an operation of the graph has no formula, or a value is no real number.
    """
    return latex_of(to_sympy(require_value(root, "latex", "root"), names=names))


def latex_of(expression: Expression, names: Mapping[Expression, str] | None = None) -> str:
    """Return an expression in LaTeX, with symbols shown as labels are."""
    if names is None:
        names = latex_names(sorted(expression.free_symbols, key=str))
    # Words that stand side by side need a space between them, letters do not.
    space = r" \, " if any("mathrm" in name for name in names.values()) else None
    written: str = sympy.latex(expression, symbol_names=dict(names), mul_symbol=space)
    return written


def aligned(rows: Sequence[tuple[str, str]]) -> str:
    """Return equations in LaTeX, one below the other, aligned at their equals signs."""
    lines = [rf"{left} &= {right}" if left else rf"&\phantom{{=}}\; {right}" for left, right in rows]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


@dataclass(frozen=True, eq=False, slots=True)
class Equations:
    """A graph as equations, one below the other; notebooks show them typeset.

    Attributes:
        rows: pairs of a symbol and what it stands for; the last one is the result.
        formula: the same as definitions and an expression.
    """

    rows: tuple[tuple[Expression, Expression], ...]
    formula: SharedFormula

    def latex(self) -> str:
        """Return the equations in LaTeX, as an ``aligned`` environment without delimiters."""
        found = dict.fromkeys(symbol for symbol, _ in self.rows)
        free = sorted(self.formula.free_symbols, key=str)
        names = latex_names([*free, *found])
        return aligned([(names[left], latex_of(right, names)) for left, right in self.rows])

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return "\n".join(f"{left} = {right}" for left, right in self.rows)

    def __rich__(self) -> Text:
        from rich.text import Text  # only Rich asks, and then it is there

        return Text(str(self))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def equations(root: ScalarValue, *, names: Names | None = None) -> Equations:
    r"""Return a graph as aligned equations: one for each shared value and each value with a name.

    A value is named by ``names``, or by its label if that is one word. The result of a part of a model, such
    as ``layers.0``, is named for it; other values that are used more than once are called t1, t2, ... It
    takes time linear in the graph, however much it shares.

    >>> x, w, b = (ScalarValue(v, label=name) for name, v in {"x": 2.0, "w": 3.0, "b": 1.0}.items())
    >>> n = x * w + b
    >>> n.label = "n"
    >>> o = n.tanh()
    >>> o.label = "o"
    >>> print(equations(o))
    n = b + w*x
    o = tanh(n)
    >>> print(equations(o).latex())
    \begin{aligned}
    n &= b + w x \\
    o &= \tanh{\left(n \right)}
    \end{aligned}

    Args:
        root: the result of the graph.
        names: names to use instead of labels.

    Raises:
        NoFormulaError: if an operation of the graph has no formula, or a value is no real number.
    """
    order = topological_order(require_value(root, "equations", "root"))
    given = checked_names(names)
    steps = Steps(order, (), _names_of_parts(order, given) | given)
    shared = steps.shared([steps.formulas[root]], [root])
    taken = {str(symbol) for symbol in shared.symbols.values()}
    label = given.get(root) or root.label or "y"
    while label in taken:
        label += "_out"
    rows = (*shared.definitions, (sympy.Symbol(label, real=True), shared.expression))
    return Equations(rows, shared)


def _names_of_parts(order: Sequence[ScalarValue], given: Mapping[ScalarValue, str]) -> dict[ScalarValue, str]:
    """Return names for the results of parts of a model: values used outside the scope they were made in."""
    leaving: dict[ScalarValue, str] = {}
    for node in order:
        for child in node.children:
            scope = child.scope
            if (
                child.op is not None
                and scope is not None
                and scope is not node.scope
                and scope.path
                and not child.label
                and child not in given
                and not any(outer is scope for outer in (node.scope.ancestry if node.scope else ()))
            ):
                leaving[child] = scope.path
    counts: dict[str, int] = {}
    for path in leaving.values():
        counts[path] = counts.get(path, 0) + 1
    used: dict[str, int] = {}
    result = {}
    for node, path in leaving.items():
        used[path] = used.get(path, 0) + 1
        result[node] = path if counts[path] == 1 else f"{path}[{used[path]}]"
    return result
