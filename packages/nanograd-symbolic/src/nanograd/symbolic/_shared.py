"""Formulas that keep what a graph shares: definitions, each small, and an expression over them.

SymPy's expressions are trees, and its functions recursive. A graph of a hundred thousand nodes is therefore
never one expression: it is a list of definitions, as a mathematician would write it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sympy
from nanograd.engine import ScalarValue
from nanograd.symbolic._errors import FormulaSizeError
from nanograd.symbolic._real import refuse_unreal
from nanograd.symbolic._sympy_numbers import Expression

LARGEST_FORMULA = 20_000
"""The most operations that a formula may write out."""

DEEPEST_FORMULA = 100
"""The most functions inside each other that a formula may write out: SymPy walks them recursively."""

LARGEST_INLINED = 24
"""The most operations that a definition may have that is used once, and so is written where it is used."""

Definition = tuple[Expression, Expression]


@dataclass(frozen=True, eq=False, slots=True)
class SharedFormula:
    """A formula as definitions and an expression over them; :meth:`expand` writes it as one.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.symbolic import to_sympy
    >>> x = ScalarValue(2.0, label="x")
    >>> s = x * x + 1
    >>> formula = to_sympy(s * s.exp(), sharing=True)
    >>> print(formula)
    t1 = x**2 + 1
    t1*exp(t1)
    >>> formula.expand()
    (x**2 + 1)*exp(x**2 + 1)

    Attributes:
        definitions: pairs of a symbol and what it stands for, each over symbols defined before it.
        expression: the formula over symbols and definitions: an expression, a Tuple of them or a Matrix.
        symbols: the symbol of each leaf, and of each inner value that has one.
    """

    definitions: tuple[tuple[Expression, Expression], ...]
    expression: Expression
    symbols: Mapping[ScalarValue, Expression]

    @property
    def nodes(self) -> dict[Expression, ScalarValue]:
        """The value that each symbol stands for."""
        return {symbol: node for node, symbol in self.symbols.items()}

    @property
    def free_symbols(self) -> set[Expression]:
        """The symbols that the formula is over, without those it defines."""
        found = set(self.expression.free_symbols)
        for _, meaning in self.definitions:
            found |= meaning.free_symbols
        return found - {symbol for symbol, _ in self.definitions}

    @property
    def expanded_size(self) -> int:
        """The number of operations that :meth:`expand` would write out."""
        return self._measured()[0]

    def expand(self) -> Expression:
        """Return the formula as one expression, without definitions.

        Raises:
            FormulaSizeError: if that would write out more than 20,000 operations, or more than 100 functions
                inside each other.
            NoFormulaError: if what remains is no real number, such as x / (x - x).
        """
        size, depth = self._measured()
        refuse_huge("the formula", size, depth, len(self.definitions))
        written: dict[Expression, Expression] = {}
        for symbol, meaning in self.definitions:
            written[symbol] = meaning.xreplace(written)
        expression = self.expression.xreplace(written)
        refuse_unreal(expression, "the formula, written out,")
        return expression

    def __str__(self) -> str:
        return "\n".join(
            [*[f"{symbol} = {meaning}" for symbol, meaning in self.definitions], str(self.expression)]
        )

    def __repr__(self) -> str:
        return f"<SharedFormula of {len(self.definitions)} definitions over {len(self.free_symbols)} symbols>"

    def _repr_latex_(self) -> str:
        from nanograd.symbolic._labels import latex_names
        from nanograd.symbolic._latex import aligned, latex_of

        defined = [symbol for symbol, _ in self.definitions]
        names = latex_names([*sorted(self.free_symbols, key=str), *defined])
        rows = [(names[symbol], latex_of(meaning, names)) for symbol, meaning in self.definitions]
        return f"$\\displaystyle {aligned([*rows, ('', latex_of(self.expression, names))])}$"

    def _measured(self) -> tuple[int, int]:
        measures: dict[Expression, tuple[int, int]] = {}
        for symbol, meaning in self.definitions:
            measures[symbol] = measured(meaning, measures)
        return measured(self.expression, measures)


def measured(expression: Expression, known: Mapping[Expression, tuple[int, int]]) -> tuple[int, int]:
    """Return how many operations an expression writes out and how deep; ``known`` has those of symbols."""
    size = deepest = 0
    stack = [(expression, 0)]
    while stack:
        part, level = stack.pop()
        if part.args:
            size += max(1, len(part.args) - 1)
            level += 1
            stack.extend([(argument, level) for argument in part.args])
        elif part in known:
            inner_size, inner_depth = known[part]
            size += inner_size
            level += inner_depth
        deepest = max(deepest, level)
    return size, deepest


def refuse_huge(what: str, size: int, depth: int, nodes: int) -> None:
    """Refuse to write out a formula that would be of no use.

    Raises:
        FormulaSizeError: it tells the size and the alternative.
    """
    if size > LARGEST_FORMULA:
        count = size if size < 10**12 else f"about 10**{len(str(size)) - 1}"
        raise FormulaSizeError(
            f"{what} would write out {count} operations, because it repeats what the {nodes} nodes of the "
            f"graph share; {LARGEST_FORMULA} are allowed. Ask for sharing=True, which keeps definitions, or "
            "for the formula of a part."
        )
    if depth > DEEPEST_FORMULA:
        raise FormulaSizeError(
            f"{what} would write {depth} functions inside each other, and SymPy walks them recursively; "
            f"{DEEPEST_FORMULA} are allowed. Ask for sharing=True, which keeps definitions, or for the "
            "formula of a part."
        )


def compact(
    definitions: Sequence[Definition],
    outputs: Sequence[Expression],
    name: Callable[[Expression], Expression | None],
    fresh: Callable[[Expression], Expression],
) -> tuple[list[Definition], list[Expression], dict[Expression, Expression]]:
    """Drop definitions that nothing needs, and write those that are used once where they are used.

    Args:
        definitions: a definition for every step, each over temporary symbols defined before it.
        outputs: what is asked for.
        name: the symbol that a temporary symbol must keep; None if it may be written where it is used.
        fresh: a new symbol for a temporary one that stays.

    Returns:
        The definitions that stay, the outputs over them, and the symbol of each temporary symbol that stays.
    """
    uses = _uses(definitions, outputs)
    written: dict[Expression, Expression] = {}
    sizes: dict[Expression, int] = {}
    kept: list[Definition] = []
    symbols: dict[Expression, Expression] = {}
    for temporary, meaning in definitions:
        if not uses[temporary]:
            continue
        parts = meaning.free_symbols & written.keys()
        now = meaning.xreplace({part: written[part] for part in parts}) if parts else meaning
        size = _size(meaning) + sum(sizes.get(part, 0) for part in parts)
        symbol = name(temporary)
        if symbol is None:
            if _is_trivial(now) or (uses[temporary] == 1 and size <= LARGEST_INLINED):
                written[temporary], sizes[temporary] = now, size
                continue
            symbol = fresh(temporary)
        kept.append((symbol, now))
        written[temporary] = symbols[temporary] = symbol
    return kept, [output.xreplace(written) for output in outputs], symbols


def _uses(definitions: Sequence[Definition], outputs: Sequence[Expression]) -> Counter[Expression]:
    """Return how often each symbol is written in the outputs and in the definitions that they need."""
    uses: Counter[Expression] = Counter()
    for output in outputs:
        uses.update(_symbols_written(output))
    for temporary, meaning in reversed(definitions):
        if uses[temporary]:
            uses.update(_symbols_written(meaning))
    return uses


def _symbols_written(expression: Expression) -> list[Expression]:
    found = []
    stack = [expression]
    while stack:
        part = stack.pop()
        if part.args:
            stack.extend(part.args)
        elif part.is_Symbol:
            found.append(part)
    return found


def _size(expression: Expression) -> int:
    return measured(expression, {})[0]


def _is_trivial(expression: Expression) -> bool:
    """Return whether an expression is a symbol, a number, or the negative of a symbol."""
    if expression.is_Symbol or expression.is_number:
        return True
    return bool(expression.is_Mul and len(expression.args) == 2 and expression.args[0] is sympy.S.NegativeOne)
