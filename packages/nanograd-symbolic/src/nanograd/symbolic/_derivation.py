"""What :func:`derive` returns: the steps, and how they look as text, Markdown, LaTeX and in a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import sympy
from nanograd.engine import Number, ScalarValue
from nanograd.symbolic._labels import latex_names
from nanograd.symbolic._latex import latex_of
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._sympy_numbers import Expression

if TYPE_CHECKING:
    from rich.console import Group

MOST_STEPS = 200
"""The most steps that are shown, if no other number is asked for."""

_PRECISION = 6

# f((-1)) is f(-1)
_BRACKETS = re.compile(r"\(\((-?[\d.e+-]+)\)\)")
_BRACKETS_LATEX = re.compile(r"\\left\(\((-?[\d.e+-]+)\) \\right\)")


class Slope(sympy.Symbol):  # type: ignore[misc]  # SymPy has no types
    """A derivative as a symbol: ``d(x*w)/dw``.

    Attributes:
        of: what is differentiated, as it is shown.
        value: its number.
    """

    __slots__ = ("of", "value")

    def __new__(cls, name: str, of: Expression = None, value: Number = 0.0) -> Self:
        slope: Self = sympy.Symbol.__xnew__(cls, name, real=True)
        slope.of = of
        slope.value = value
        return slope

    def __getnewargs_ex__(self) -> tuple[tuple[object, ...], dict[str, object]]:
        return (self.name, self.of, self.value), {}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``before`` equals ``after``, by a rule.

    Attributes:
        rule: the name of the rule.
        before: the derivative that is worked out, as a symbol.
        after: what it is, over values and other derivatives.
        value: the number that both are.
    """

    rule: str
    before: Expression
    after: Expression
    value: Number


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Derivation:
    """The derivation of one derivative; notebooks show it typeset.

    Attributes:
        root: the result that is differentiated.
        wrt: the value it is differentiated with respect to.
        variable: the symbol of ``wrt``.
        definitions: the values that are called by name, and what they are.
        steps: the steps, from the result down to the variable, and the last one, which puts them together.
        result: the derivative.
        symbols: the symbol of each value that has one.
        value: the derivative as a number.
    """

    root: ScalarValue
    wrt: ScalarValue
    variable: Expression
    definitions: tuple[tuple[Expression, Expression], ...]
    steps: tuple[Step, ...]
    result: SharedFormula
    symbols: Mapping[ScalarValue, Expression] = field(repr=False)
    value: Number

    def text(self, *, numbers: bool = False, max_steps: int = MOST_STEPS) -> str:
        """Return the derivation as text.

        Args:
            numbers: whether to add each equation with its numbers filled in.
            max_steps: how many steps to show; the last one is shown always.
        """
        lines = [str(self.steps[0].before), ""]
        filled = self._numbers()
        shown, left_out = self._bounded(self.definitions, max_steps)
        if shown:
            lines += [f"   {symbol} = {meaning}" for symbol, meaning in shown]
            lines += [f"   ... {left_out} more definitions"] if left_out else []
            lines += [""]
        for number, step in self._numbered(max_steps):
            if step is None:
                lines.append(f"... {number} steps that are not shown")
                continue
            lines += [f"{number}. {step.rule}", f"   {step.before} = {step.after}"]
            if numbers and step.after.free_symbols:
                lines.append("   " + _with_value(_filled(step.after, filled), step, filled, " ≈ "))
        return "\n".join(lines)

    def markdown(
        self, *, numbers: bool = False, max_steps: int = MOST_STEPS, title: str | None = None
    ) -> str:
        """Return the derivation as a page of Markdown with formulas between dollar signs.

        Args:
            numbers: whether to add each equation with its numbers filled in.
            max_steps: how many steps to show; the last one is shown always.
            title: the heading; the derivative if left out.
        """
        names = self._latex_names()
        lines = [f"# {title}" if title else f"# ${names[self.steps[0].before]}$", ""]
        shown, left_out = self._bounded(self.definitions, max_steps)
        if shown:
            lines += ["With", ""]
            lines += [f"$${names[symbol]} = {latex_of(meaning, names)}$$" for symbol, meaning in shown]
            lines += [f"and {left_out} more definitions"] if left_out else []
            lines += [""]
        for number, step in self._numbered(max_steps):
            if step is None:
                lines += [f"*{number} steps that are not shown*", ""]
            else:
                equation = " ".join(self._equation(step, names, numbers))
                lines += [f"**{number}. {step.rule.capitalize()}**", "", f"$${equation}$$", ""]
        return "\n".join(lines)

    def latex(self, *, numbers: bool = False, max_steps: int = MOST_STEPS) -> str:
        """Return the derivation in LaTeX, as an ``aligned`` environment without delimiters.

        Args:
            numbers: whether to add each equation with its numbers filled in.
            max_steps: how many steps to show; the last one is shown always.
        """
        names = self._latex_names()
        shown, left_out = self._bounded(self.definitions, max_steps)
        rows = [rf"{names[symbol]} &= {latex_of(meaning, names)}" for symbol, meaning in shown]
        rows += [rf"&\text{{and {left_out} more definitions}}"] if left_out else []
        for number, step in self._numbered(max_steps):
            if step is None:
                rows.append(rf"&\text{{{number} steps that are not shown}}")
                continue
            left, *right = self._equation(step, names, numbers)
            first, *more = right
            rows.append(rf"{left} &{first} && \text{{{_plain(step.rule)}}}")
            rows += [rf"&{each}" for each in more]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Derivation of {self.steps[0].before} in {len(self.steps)} steps>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __rich__(self) -> Group:
        from rich.console import Group  # only Rich asks, and then it is there
        from rich.table import Table
        from rich.text import Text

        table = Table(title=Text(str(self.steps[0].before)), show_lines=True)
        table.add_column("rule", style="bold")
        table.add_column("before", no_wrap=False)
        table.add_column("after")
        table.add_column("number", justify="right")
        for number, step in self._numbered(MOST_STEPS):
            if step is None:
                table.add_row(Text(f"{number} steps that are not shown"), "", "", "")
            else:
                row = (f"{number}. {step.rule}", str(step.before), str(step.after), _short(step.value))
                table.add_row(*map(Text, row))
        shown, _ = self._bounded(self.definitions, MOST_STEPS)
        return Group(*[Text(f"{symbol} = {meaning}") for symbol, meaning in shown], table)

    def _equation(self, step: Step, names: dict[Expression, str], numbers: bool) -> list[str]:
        rows = [names[step.before], f"= {latex_of(step.after, names)}"]
        if numbers and step.after.free_symbols:
            given = self._numbers()
            filled = {each: _in_brackets(number) for each, number in given.items()}
            shown = _BRACKETS_LATEX.sub(r"\\left(\1\\right)", latex_of(step.after, filled))
            rows.append(_with_value(shown, step, given, r" \approx "))
        return rows

    def _numbers(self) -> dict[Expression, Number]:
        """Return the number of each symbol and of each derivative."""
        numbers = {symbol: node.data for node, symbol in self.symbols.items()}
        for step in self.steps:
            numbers[step.before] = step.value
            numbers.update((each, each.value) for each in step.after.free_symbols if isinstance(each, Slope))
        return numbers

    def _latex_names(self) -> dict[Expression, str]:
        names = latex_names(self.symbols.values())
        slopes = {step.before for step in self.steps}
        for step in self.steps:
            slopes |= {each for each in step.after.free_symbols if isinstance(each, Slope)}
        several = len([symbol for node, symbol in self.symbols.items() if node.is_leaf]) > 1
        d = r"\partial" if several else "d"
        for slope in slopes:
            shown = latex_of(slope.of, names)
            if slope.of.is_Symbol:
                names[slope] = rf"\frac{{{d} {shown}}}{{{d} {names[self.variable]}}}"
            else:
                names[slope] = rf"\frac{{{d}}}{{{d} {names[self.variable]}}}\left({shown}\right)"
        return names

    def _numbered(self, max_steps: int) -> list[tuple[int, Step | None]]:
        """Return the steps with their numbers; None with how many are left out before the last one."""
        numbered: list[tuple[int, Step | None]] = list(enumerate(self.steps, start=1))
        if len(numbered) <= max_steps:
            return numbered
        kept = max(max_steps - 1, 0)
        return [*numbered[:kept], (len(numbered) - kept - 1, None), numbered[-1]]

    @staticmethod
    def _bounded(items: tuple[Any, ...], most: int) -> tuple[tuple[Any, ...], int]:
        return items[:most], max(len(items) - most, 0)


class _Filled(sympy.printing.str.StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """Prints expressions with numbers in place of symbols."""

    def __init__(self, numbers: Mapping[Expression, Number]) -> None:
        super().__init__()
        self._of = numbers

    def _print_Symbol(self, symbol: Expression) -> str:  # noqa: N802  # SymPy's name
        return _in_brackets(self._of[symbol])

    _print_Slope = _print_Symbol  # noqa: N815  # SymPy's name


def _filled(expression: Expression, numbers: Mapping[Expression, Number]) -> str:
    return _BRACKETS.sub(r"(\1)", _Filled(numbers).doprint(expression))


def _with_value(shown: str, step: Step, numbers: Mapping[Expression, Number], about: str) -> str:
    """Return a right side with numbers filled in, and its value; a number that is rounded is not equal."""
    exactly = all(_is_exact(numbers[each]) for each in step.after.free_symbols)
    value = _short(step.value)
    if shown in (value, f"({value})"):
        return f"{'= ' if exactly else about.lstrip()}{shown}"
    return f"{'= ' if exactly else about.lstrip()}{shown}{' = ' if _is_exact(step.value) else about}{value}"


def _is_exact(number: Number) -> bool:
    return float(_short(number)) == number


def _in_brackets(number: Number) -> str:
    shown = _short(number)
    return f"({shown})" if shown.startswith("-") or "e" in shown else shown


def _short(number: Number) -> str:
    return f"{float(number):.{_PRECISION}g}"


def _plain(rule: str) -> str:
    return rule.replace("_", r"\_").replace("%", r"\%")
