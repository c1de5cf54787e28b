"""Explanation: the paths of a gradient as text, in colors, as Markdown and as LaTeX."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Sequence

from nanograd.engine import Number, ScalarValue
from nanograd.viz._colors import TERMINAL
from nanograd.viz._paths import MOST_COUNTED, Path
from nanograd.viz._shown import gradient_of
from nanograd.viz._wording import Wording
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_ROUNDING = 1e-9


class Explanation:
    """Why a derivative is what it is; what :func:`explain` returns.

    Attributes:
        x: the value that the derivative was asked for.
        of: the result that was differentiated.
        gradient: the derivative, d of / d x.
        paths: the paths that contribute most, each with its ``steps`` from the result down to the value, the
            ``values`` on it, and its ``contribution``, the product of the steps' slopes.
        number_of_paths: how many there are in all, at most 10**15.
        rest: what the paths that are not shown contribute together.
    """

    def __init__(
        self,
        x: ScalarValue,
        of: ScalarValue,
        gradient: Number,
        paths: Sequence[Path],
        number_of_paths: int,
        wording: Wording,
    ) -> None:
        self.x = x
        self.of = of
        self.gradient = gradient
        self.paths = list(paths)
        self.number_of_paths = number_of_paths
        self._wording = wording
        self.rest: Number = 0
        if number_of_paths > len(self.paths):
            self.rest = gradient - _sum([path.contribution for path in self.paths])

    @property
    def adds_up(self) -> bool:
        """Whether the contributions give the gradient, up to rounding. A hook may have changed it on its way.

        nan and infinity add up to themselves.
        """
        terms = [path.contribution for path in self.paths]
        total = _sum(terms) + self.rest
        if not (math.isfinite(_as_float(total)) and math.isfinite(_as_float(self.gradient))):
            return _same(_as_float(total), _as_float(self.gradient))
        size = _sum(_size(term) for term in (*terms, self.rest))
        return _size(total - self.gradient) <= size * _ROUNDING

    # ---- as text

    def text(self, width: int = 100) -> str:
        """Return it as plain text.

        Args:
            width: of a line, in characters.
        """
        console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
        console.print(self)
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # it is a StringIO
        return "\n".join(line.rstrip() for line in lines)

    def __repr__(self) -> str:
        return self.text()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        written = self._wording.number
        yield Text.assemble(
            self._wording.derivative(self.of, self.x),
            " = ",
            (self._wording.number(self.gradient), TERMINAL["grad"]),
            f": {self._count()}.",
        )
        for number, path in enumerate(self._told(), start=1):
            yield Text("")
            if self.number_of_paths > 1:
                yield Text(
                    f"path {number} contributes {self._wording.number(path.contribution)}", style="bold"
                )
            yield self._table(path)
        yield Text("")
        if len(self.paths) < self.number_of_paths:
            yield Text(f"{self._others()} contribute {written(self.rest)}", style="bold")
        if self.number_of_paths > 1:
            yield Text.assemble(
                f"{self._sum_of_terms()} {self._equals()} ", (written(self.gradient), TERMINAL["grad"])
            )
        yield Text(self._remark())

    def _told(self) -> list[Path]:
        """Return the paths that there is something to say about: not the one from a value to itself."""
        return [path for path in self.paths if path.steps]

    def _table(self, path: Path) -> Table:
        rows = list(self._wording.rows(path))
        # In a narrow terminal names and formulas give way, so that numbers stay whole.
        value, product = (max(cell_len(row[column]) for row in rows) for column in (2, 3))
        table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style=TERMINAL["name"])
        table.add_column("  step", overflow="ellipsis")
        table.add_column("local derivative", overflow="ellipsis")
        table.add_column("value", justify="right", min_width=max(value, 5), style=TERMINAL["data"])
        table.add_column("product", justify="right", min_width=max(product, 7), style=TERMINAL["grad"])
        for row in rows:
            table.add_row(Text(f"  {row[0]}", no_wrap=True), Text(row[1], no_wrap=True), *row[2:])
        return table

    # ---- for documents

    def markdown(self) -> str:
        """Return it as Markdown: a heading line and a table for each path."""
        gradient = self._wording.number(self.gradient)
        lines = [f"{_code(self._wording.derivative(self.of, self.x))} = **{gradient}**: {self._count()}."]
        for number, path in enumerate(self._told(), start=1):
            title = f"Path {number} contributes {self._wording.number(path.contribution)}."
            lines += ["", *([title, ""] if self.number_of_paths > 1 else [])]
            lines += ["| step | local derivative | value | product |", "|---|---|---:|---:|"]
            for row in self._wording.rows(path):
                cells = [_code(cell) for cell in row[:2]] + list(row[2:])
                lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
        if len(self.paths) < self.number_of_paths:
            lines += [f"{self._others()} contribute {self._wording.number(self.rest)}.", ""]
        if self.number_of_paths > 1:
            lines += [f"{self._sum_of_terms()} {self._equals()} **{gradient}**", ""]
        lines.append(self._remark())
        return "\n".join(lines)

    def latex(self) -> str:
        r"""Return it as LaTeX: the chain rule with symbols, then with numbers, in an ``aligned`` environment.

        >>> from nanograd.viz import explain
        >>> x = ScalarValue(3.0, label="x")
        >>> y = x * x
        >>> y.label = "y"
        >>> print(explain(x, of=y).latex())
        \begin{aligned}
        \frac{\partial y}{\partial x} &= \frac{\partial y}{\partial x} + \frac{\partial y}{\partial x} \\
        &= x + x \\
        &= 3 + 3 \\
        &= 6
        \end{aligned}
        """
        wording = self._wording
        equals = "=" if self.adds_up else r"\neq"
        lines = [
            f"{wording.latex_derivative(self.of, self.x)} &= {self._latex_sum(wording.latex_chain)}",
            f"&= {self._latex_sum(wording.latex_slopes)}",
            f"&= {self._latex_sum(wording.latex_numbers)}",
            f"&{equals} {wording.latex_number(self.gradient)}",
        ]
        return "\n".join((r"\begin{aligned}", " \\\\\n".join(dict.fromkeys(lines)), r"\end{aligned}"))

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _latex_sum(self, product: Callable[[Path], str]) -> str:
        products = [product(path) for path in self.paths]
        if len(self.paths) < self.number_of_paths:
            products.append(r"\cdots")
        return " + ".join(products)

    def _count(self) -> str:
        of, x = self._wording.name(self.of), self._wording.name(self.x)
        if self.of is self.x:
            return "a value changes as much as itself"
        if self.number_of_paths == 1:
            return f"one path leads from {of} to {x}"
        more = " or more" if self.number_of_paths == MOST_COUNTED else ""
        return f"{self.number_of_paths:,} paths{more} lead from {of} to {x}"

    def _others(self) -> str:
        left = self.number_of_paths - len(self.paths)
        return "the other paths" if self.number_of_paths == MOST_COUNTED else f"the other {left:,}"

    def _sum_of_terms(self) -> str:
        terms = [path.contribution for path in self.paths]
        if len(self.paths) < self.number_of_paths:
            terms.append(self.rest)
        return " + ".join(self._wording.number(term) for term in terms).replace("+ -", "- ")

    def _equals(self) -> str:
        return "=" if self.adds_up else "≠"

    def _remark(self) -> str:
        name = f"{self._wording.name(self.x)}.grad"
        if not self.adds_up:
            return "The paths do not add up to that: a hook changed a gradient on its way."
        if not self.x.has_grad:
            return (
                f"{name} is still 0: backward() has not been called on a result that depends on "
                f"{self._wording.name(self.x)}."
            )
        arrived = gradient_of(self.x)
        if arrived == self.gradient or _close(arrived, self.gradient):
            return f"This is {name}."
        return (
            f"{name} is {self._wording.number(arrived)}: other results or earlier calls of backward() have "
            "added to it, or it was set."
        )


def _code(text: str) -> str:
    """Return a text as code in a cell of a Markdown table, whatever characters it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|") if text else ""


def _sum(terms: Iterable[Number]) -> Number:
    total: Number = 0
    for term in terms:
        total = total + term
    return total


def _size(number: Number) -> Number:
    return -number if number < 0 else number


def _same(one: Number, other: Number) -> bool:
    return one == other or (one != one and other != other)


def _as_float(number: Number) -> float:
    try:
        return float(number)
    except OverflowError:  # as the engine does with integers beyond the floats
        return math.inf if number > 0 else -math.inf


def _close(one: Number, other: Number) -> bool:
    return _same(one, other) or _size(one - other) <= _size(other) * _ROUNDING
