"""What pages take from the table of operations while they are built, so that a new row is on them at once.

``.. operations::`` writes a section for each row of ``nanograd.engine.OPS``: plots, the formulas that come
out when SymPy runs the row, the domain, and results and derivatives where the function ends, bends, overflows
or leaves the real numbers. ``.. engine-functions::`` and ``.. elementary-methods::`` are parts of the
reference.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import sympy
from _extensions import operation_plots, operation_slices
from _extensions.notation import anchor, argument_names, operand, written
from docutils import nodes
from nanograd import engine
from nanograd.engine import OPS, Interval, Number, Operation, ScalarValue
from nanograd.symbolic import SYMPY, NoFormulaError
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata
from sympy.printing.latex import LatexPrinter

# Of functions of one argument the table knows the ends of the domain and the kinks; these are shown besides.
FURTHER_EDGES: dict[str, Sequence[tuple[Number, ...]]] = {
    "/": [(1.0, 0.0), (0.0, 0.0)],
    "**": [(0.0, 0.0), (0.0, 0.5), (0.0, 2.0), (0.0, -1.0), (-2.0, 2.0), (-8.0, Fraction(1, 3))],
    "%": [(-5.0, 3.0), (5.0, 0.0)],
    "floor": [(-2.5,)],
    "round": [(2.5, 0), (1234.5, -2)],
    "exp": [(1000.0,)],
    "tanh": [(1000.0,)],
    "sigmoid": [(800.0,), (-800.0,)],
    "logsumexp": [(1000.0, 1000.0)],
    "maximum": [(1.0, 1.0)],
    "minimum": [(1.0, 1.0)],
    "clamp": [(0.0, 0.0, 1.0)],
    "leaky_relu": [(0.0, 0.01)],
    "elu": [(0.0, 1.0)],
    "hypot": [(0.0, 0.0)],
    "atan2": [(0.0, 0.0)],
    "softplus": [(800.0,)],
}

LONGEST_FORMULA = 120
"""Characters of LaTeX. What is longer than this is not for reading."""


class OperationSections(SphinxDirective):
    """``.. operations::``: a section for each row, which is made again when the table or its plots change."""

    def run(self) -> list[nodes.Node]:
        for file in (
            __file__,
            operation_plots.__file__,
            operation_slices.__file__,
            inspect.getfile(Operation),
        ):
            self.env.note_dependency(file)
        links = [f":ref:`{operation} <{anchor(operation)}>`" for operation in OPS.values()]
        lines = [", ".join(links), *(line for operation in OPS.values() for line in _section(operation))]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


class EngineFunctions(SphinxDirective):
    """``.. engine-functions::``: those that the page does not name, in the order of the table."""

    def run(self) -> list[nodes.Node]:
        page = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        named = set(re.findall(r"^\.\. autofunction:: (\w+)", page, re.MULTILINE))
        functions = {name for name in engine.__all__ if inspect.isfunction(getattr(engine, name))}
        return self.documented("autofunction", functions - named)

    def documented(self, directive: str, names: Iterable[str]) -> list[nodes.Node]:
        """Return the documentation of functions or methods."""
        self.env.note_dependency(engine.__file__)
        order = {symbol: place for place, symbol in enumerate(OPS)}
        ordered = sorted(names, key=lambda name: (order.get(name, len(order)), name))
        return self.parse_text_to_nodes("\n".join(f".. {directive}:: {name}" for name in ordered))


class ElementaryMethods(EngineFunctions):
    """``.. elementary-methods::``: the functions as methods, which ScalarValue inherits."""

    def run(self) -> list[nodes.Node]:
        public = {name for name in dir(ScalarValue) if not name.startswith("_")}
        return self.documented("automethod", public - vars(ScalarValue).keys())


def _section(operation: Operation) -> Iterator[str]:
    names = argument_names(operation)
    title = f"``{written(operation, names)}``"
    yield from ["", f".. _{anchor(operation)}:", "", title, "-" * len(title), ""]
    yield from [".. raw:: html", "", '   <div class="plots">', *_plots(operation), "   </div>", ""]
    yield from [".. rst-class:: facts", ""]
    yield from [f":{name}: {text}" for name, text in _facts(operation, names)]
    if edges := list(dict.fromkeys(_edges(operation))):
        yield from ["", ".. list-table::", "   :header-rows: 1", "   :class: operations", ""]
        for cells in [
            ("At", "Value", "Derivative" + "s" * (len(names) > 1)),
            *(_at(operation, at) for at in edges),
        ]:
            yield from [f"   {' ' if index else '*'} - {cell}" for index, cell in enumerate(cells)]


def _plots(operation: Operation) -> Iterator[str]:
    yield from (f"   {operation_plots.plot(part)}" for part in operation_slices.slices(operation))


def _facts(operation: Operation, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is said of an operation, with its name."""
    symbols = [sympy.Symbol(name, real=True) for name in names]
    try:
        result = operation.run(SYMPY, *symbols)
    except NoFormulaError:
        result = None
    yield "Value", "no formula" if result is None else _math(result)
    derivatives = operation.differentiate(SYMPY, result, *symbols)
    for name, derivative in zip(names, derivatives, strict=True):
        yield f"Derivative for {name}" if len(names) > 1 else "Derivative", _math(derivative)
    limits = [
        str(interval).replace("x", name)
        for name, interval in zip(names, operation.domain, strict=False)
        if interval != Interval()
    ]
    yield "Domain", ", ".join(limits) or "everywhere"
    if inspect.isfunction(getattr(engine, operation.symbol, None)):
        yield "Function", f":func:`~nanograd.engine.{operation.symbol}`"


def _edges(operation: Operation) -> Iterator[tuple[Number, ...]]:
    if operation.arity == 1:
        yield from [(kink,) for kink in operation.kinks]
        low, high = operation.domain[0].low, operation.domain[0].high
        yield from [(low - 1.0,), (low,)] if math.isfinite(low) else []
        yield from [(high,), (high + 1.0,)] if math.isfinite(high) else []
    yield from FURTHER_EDGES.get(operation.symbol, ())


def _at(operation: Operation, point: tuple[Number, ...]) -> tuple[str, ...]:
    result = operation.evaluate(*point)
    derivatives = operation.partials_at(result, *point)
    call = written(operation, [operand(number) for number in point])
    return f"``{call}``", f"{result:.6g}", " and ".join(f"{derivative:.6g}" for derivative in derivatives)


class _Latex(LatexPrinter):
    """Formulas as this page writes them."""

    def _print_Piecewise(self, piecewise: sympy.Piecewise) -> str:  # noqa: N802 - SymPy calls it by this name
        """Return cases as half a sentence: not every browser has a font with large braces."""
        (exception, where), (rule, _) = piecewise.args
        rule, exception, where = map(self._print, (rule, exception, where))
        return rf"{rule} \text{{, but }} {exception} \text{{ where }} {where}"

    def _print_atan2(self, function: sympy.atan2) -> str:
        """Return the name that Python has for it too, and not an atan with an index."""
        return rf"\operatorname{{atan2}}\left({', '.join(map(self._print, function.args))}\right)"


def _math(expression: object) -> str:
    latex = _Latex().doprint(sympy.sympify(expression))
    return rf":math:`\displaystyle {latex}`" if len(latex) <= LONGEST_FORMULA else "a long formula"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("operations", OperationSections)
    app.add_directive("engine-functions", EngineFunctions)
    app.add_directive("elementary-methods", ElementaryMethods)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
