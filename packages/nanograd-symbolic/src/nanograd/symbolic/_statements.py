"""From a program of terms to the statements of a function: what gets a name, and in which order they come.

A term becomes a statement of its own if the user named it, if it is used more than once, or if the line that
would hold it grew too long; what remains is written where it is used. Nothing that the results do not need is
written. The same graph gives the same text every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nanograd.engine import Scope
from nanograd.symbolic._gradient_program import GradientProgram
from nanograd.symbolic._identifiers import Identifiers
from nanograd.symbolic._terms import Term, live_terms

LONGEST_EXPRESSION = 72
ATOM = 20
"""The precedence of what never needs parentheses: names, numbers and calls."""


class Text(NamedTuple):
    """The text of an expression and how tightly its outermost operator binds."""

    text: str
    precedence: int

    def within(self, precedence: int) -> str:
        """Return the text as an operand, in parentheses where it binds less tightly than this."""
        return self.text if self.precedence >= precedence else f"({self.text})"


Writer = Callable[..., Text]
"""A function of (term, texts of its arguments) that returns the text of the term."""


@dataclass(frozen=True)
class Language:
    """How terms are written in a programming language.

    Attributes:
        number: writes a constant.
        writers: for each function of a number system, what writes a call of it.
        helpers: the source of helper functions by name, each after those that it calls.
        imports: for each module that code may use, what imports it.
        reserved: words that are no names in the generated code.
        library: names that a variable may have, and the function may not.
        ascii_only: whether names are spelled in ASCII.
    """

    number: Callable[[Any], Text]
    writers: Mapping[str, Writer]
    helpers: Mapping[str, str]
    imports: Mapping[str, str]
    reserved: frozenset[str]
    library: frozenset[str] = frozenset()
    ascii_only: bool = False


class Statement(NamedTuple):
    """``name = text``, and the part of a model it belongs to."""

    name: str
    text: str
    term: Term
    scope: Scope | None
    is_backward: bool


@dataclass
class Statements:
    """The statements of a function, with the texts of its results.

    Attributes:
        names: the name of every argument and statement.
        constants: labeled numbers that are used.
        used: the arguments that are used.
        statements: in the order in which they are computed.
        texts: the text of every term that is written.
    """

    names: dict[Term, str] = field(default_factory=dict)
    constants: list[Term] = field(default_factory=list)
    used: list[Term] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    texts: dict[Term, Text] = field(default_factory=dict)

    def text(self, term: Term) -> str:
        """Return how a result is written."""
        return self.texts[term].text


def statements_of(
    program: GradientProgram, language: Language, names: Identifiers, inline_results: bool
) -> Statements:
    """Return the statements that compute a value and its gradient.

    Args:
        program: what is to be computed.
        language: how it is written.
        names: the names that are taken.
        inline_results: whether a derivative may be written where it is returned.
    """
    results = [program.value, *program.gradient.values()]
    live = live_terms(results)
    uses = _uses(live, results)
    result = Statements()
    for argument in program.arguments:
        result.names[argument] = names.new(argument.label) if argument.label else names.numbered("x")
        if uses.get(argument):
            result.used.append(argument)
    named_derivatives = _to_name(program, inline_results)
    last_forward = max([term.index for term in live_terms([program.value])], default=-1)
    writing = _Writing(program, language, names, result, last_forward)
    # Every label has its name before anything is numbered: v1 is v1 only if no label is.
    for term in live:
        if term.label and term not in result.names:
            result.names[term] = names.new(term.label)
    if program.gradient and program.value.arguments and not program.value.label:
        result.names[program.value] = names.new("value")
    for term in live:
        if term.function == "number":
            writing.number(term)
        elif term.function == "argument":
            result.texts[term] = Text(result.names[term], ATOM)
        else:
            must = (
                term in result.names or term in named_derivatives or _is_shared(term, uses) or _is_long(term)
            )
            writing.write(term, bool(must))
    return result


class _Writing:
    """The texts so far, while the terms are gone through in order."""

    def __init__(
        self,
        program: GradientProgram,
        language: Language,
        names: Identifiers,
        result: Statements,
        last_forward: int,
    ) -> None:
        self.program = program
        self.language = language
        self.names = names
        self.result = result
        self.last_forward = last_forward

    def number(self, term: Term) -> None:
        if term.label:
            self.result.constants.append(term)
            self.result.texts[term] = Text(self.result.names[term], ATOM)
        else:
            self.result.texts[term] = self.language.number(term.number)

    def write(self, term: Term, name_it: bool) -> None:
        """Write a term, and give names to parts of it as long as it is too long."""
        texts = self.result.texts
        writer = self.language.writers[term.function]
        text = writer(term, *[texts[argument] for argument in term.arguments])
        while len(text.text) > LONGEST_EXPRESSION:
            long = [a for a in term.arguments if a.arguments and texts[a].text != self.result.names.get(a)]
            if not long:
                break
            self.name(max(long, key=lambda argument: len(texts[argument].text)))
            text = writer(term, *[texts[argument] for argument in term.arguments])
        texts[term] = text
        if name_it:
            self.name(term)

    def name(self, term: Term) -> None:
        """Make a statement of a term that is written."""
        name = self.result.names.get(term)
        if name is None:
            of = self.program.derivatives.get(term)
            if of is not None and of in self.result.names and term.index > self.last_forward:
                name = self.names.new(f"d_{self.result.names[of]}")
            else:
                name = self.names.numbered("v")
            self.result.names[term] = name
        text = self.result.texts[term].text
        is_backward = term.index > self.last_forward
        self.result.statements.append(Statement(name, text, term, term.scope, is_backward))
        self.result.texts[term] = Text(name, ATOM)


def _to_name(program: GradientProgram, inline_results: bool) -> set[Term]:
    """Return the derivatives that get a name: those of named values, and of arguments if they are wanted."""
    named = {slope for slope, of in program.derivatives.items() if of.label and of not in program.gradient}
    if not inline_results:
        named.update(program.gradient.values())
    return named


def _uses(live: list[Term], results: Sequence[Term]) -> dict[Term, int]:
    uses = dict.fromkeys(results, 0)
    for result in results:
        uses[result] += 1
    for term in live:
        for argument in term.arguments:
            uses[argument] = uses.get(argument, 0) + 1
    return uses


def _is_shared(term: Term, uses: dict[Term, int]) -> bool:
    if uses.get(term, 0) < 2:
        return False
    # -x is as short as a name would be.
    return not (term.function == "neg" and not term.arguments[0].arguments)


def _is_long(term: Term) -> bool:
    return len(term.arguments) > 3
