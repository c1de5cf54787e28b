"""What generated Python and NumPy share: operators, the frame of a function, texts that stay texts."""

from __future__ import annotations

import builtins
import keyword
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from nanograd.engine import FLOATS, Number
from nanograd.symbolic._identifiers import Identifiers, remark
from nanograd.symbolic._prepared import Prepared
from nanograd.symbolic._statements import ATOM, Language, Statements, Text, Writer, statements_of
from nanograd.symbolic._terms import Term

WIDTH = 88
UNARY = 12
MOST_LISTED = 6
RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


def infix(symbol: str, precedence: int) -> Writer:
    """Return what writes an operator that is evaluated from left to right."""

    def write(_: Term, x: Text, y: Text) -> Text:
        # The right operand gets parentheses at equal precedence: x + (y + z) is rounded otherwise.
        return Text(f"{x.within(precedence)} {symbol} {y.within(precedence + 1)}", precedence)

    return write


def comparison(symbol: str, precedence: int) -> Writer:
    """Return what writes a comparison, which is never chained."""

    def write(_: Term, x: Text, y: Text) -> Text:
        return Text(f"{x.within(precedence + 1)} {symbol} {y.within(precedence + 1)}", precedence)

    return write


def call(name: str) -> Writer:
    """Return what writes a call of a function."""

    def write(_: Term, *arguments: Text) -> Text:
        return Text(f"{name}({', '.join(argument.text for argument in arguments)})", ATOM)

    return write


def call_with_list(name: str) -> Writer:
    """Return what writes a call of a function that takes one list."""

    def write(_: Term, *arguments: Text) -> Text:
        return Text(f"{name}([{', '.join(argument.text for argument in arguments)}])", ATOM)

    return write


def negative(_: Term, x: Text) -> Text:
    """Write a minus before an operand."""
    return Text(f"-{x.within(UNARY + 1)}", UNARY)


ARITHMETIC: dict[str, Writer] = {
    "add": infix("+", 10),
    "sub": infix("-", 10),
    "mul": infix("*", 11),
    "neg": negative,
    "less": comparison("<", 5),
    "less_equal": comparison("<=", 5),
    "greater": comparison(">", 5),
    "greater_equal": comparison(">=", 5),
    "equal": comparison("==", 5),
}


def python_number(number: Number, module: str) -> Text:
    """Return a constant as Python writes it; ``module`` has inf and nan."""
    if isinstance(number, Fraction) or abs(number) > 2**53:
        number = FLOATS.as_float(number)
    if not math.isfinite(number):
        text = f"{module}.nan" if number != number else f"{module}.inf"
        return Text(f"-{text}", UNARY) if number < 0 else Text(text, ATOM)
    return Text(repr(number), UNARY if math.copysign(1.0, number) < 0 else ATOM)


def used_helpers(code: Iterable[str], helpers: Mapping[str, str]) -> list[str]:
    """Return the helper functions that code calls, with those that they call, in the order of the table."""
    used: set[str] = set()
    waiting = list(code)
    while waiting:
        for name in re.findall(r"\w+(?=\()", waiting.pop()):
            if name in helpers and name not in used:
                used.add(name)
                waiting.append(helpers[name])
    return [name for name in helpers if name in used]


def python_module(
    prepared: Prepared,
    language: Language,
    *,
    docstring: str | None,
    opening: Callable[[list[str]], list[str]],
    decorator: str = "",
) -> str:
    """Return a Python module with a function and the helpers that it calls.

    Args:
        prepared: what the function computes, and its name.
        language: how terms are written.
        docstring: what the function says of itself; a sentence about its results if left out.
        opening: the first statements, for the names of the arguments that are used.
        decorator: what stands above the function.
    """
    program, with_gradient = prepared.program, prepared.gradient
    names = Identifiers({*language.reserved, prepared.name}, language.ascii_only)
    written = statements_of(program, language, names, inline_results=False)
    lines = opening([written.names[argument] for argument in written.used])
    lines += [
        _remarked(f"{written.names[term]} = {language.number(term.number).text}", term, written)
        for term in written.constants
    ]
    lines += _statement_lines(written)
    derivatives = []
    for argument, slope in program.gradient.items():
        derivative = f"d_{written.names[argument]}"
        if program.derivatives.get(slope) is not argument or slope not in written.names:
            derivative = names.new(derivative)
            lines.append(f"{derivative} = {written.text(slope)}")
        else:
            derivative = written.names[slope]
        derivatives.append(derivative)
    value = written.text(program.value)
    comma = "," if len(derivatives) == 1 else ""
    lines.append(f"return {value}, ({', '.join(derivatives)}{comma})" if with_gradient else f"return {value}")
    helpers = used_helpers([value, *[statement.text for statement in written.statements]], language.helpers)
    parameters = ", ".join(written.names[argument] for argument in program.arguments)
    if docstring is None:
        listed = [written.names[argument] for argument in program.gradient]
        shown = ", ".join(listed) if len(listed) <= MOST_LISTED else f"its {len(listed)} arguments, in order"
        slopes = f", and its derivatives with respect to {shown}" if listed else ""
        docstring = f"Return the value{slopes}."
    function = [
        *wrapped(f"def {prepared.name}({parameters}):", ""),
        *[f"    {line}".rstrip() for line in _docstring(docstring)],
        *[part for line in lines for part in wrapped(line, "    ")],
    ]
    blocks = [language.helpers[helper].strip() for helper in helpers]
    blocks.append(decorator + "\n".join(function))
    source = "\n\n\n".join(blocks) + "\n"
    code = decorator + "\n".join([*blocks[:-1], *lines])
    imports = [line for module, line in language.imports.items() if re.search(rf"\b{module}\.", code)]
    return "\n".join([*imports, "", "", source] if imports else [source])


def wrapped(line: str, indentation: str) -> list[str]:
    """Return a line as several, where it is too long; only between brackets, where Python allows it."""
    code, mark, comment = line.partition("  # ")
    lines: list[str] = []
    current, depth = indentation, 0
    for word in re.split("(?<=[^ ]) ", code):
        if depth > 0 and len(current) + len(word) >= WIDTH:
            lines.append(current.rstrip())
            current = f"{indentation}        "
        current += f"{word} "
        depth += sum(map(word.count, "([{")) - sum(map(word.count, ")]}"))
    return [*lines, (current.rstrip() + mark + comment).rstrip()]


def _statement_lines(written: Statements) -> list[str]:
    """Return the statements, with a remark where another part of a model or the backward pass begins."""
    lines: list[str] = []
    scope = None
    is_backward = False
    for statement in written.statements:
        if statement.is_backward and not is_backward:
            is_backward = True
            lines += ["", "# backward: d_v is the derivative of the value with respect to v"]
        elif not is_backward and statement.scope is not None and str(statement.scope) != scope:
            scope = str(statement.scope)
            lines.append(f"# {remark(scope)}")
        lines.append(_remarked(f"{statement.name} = {statement.text}", statement.term, written))
    return lines


def _remarked(line: str, term: Term, written: Statements) -> str:
    """Return a line with the user's label behind it, where that is not the name already."""
    if term.label is None or written.names.get(term) == term.label:
        return line
    return f"{line}  # {remark(term.label)}"


def _docstring(text: str) -> list[str]:
    """Return a docstring's lines: whatever the text contains, it stays a text."""
    must_escape = '"""' in text or any(line.rstrip().endswith('"') for line in text.split("\n"))
    text = text.replace("\\", "\\\\").replace('"', '\\"' if must_escape else '"')
    text = "".join(
        letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text
    )
    lines = [
        part
        for line in text.split("\n")
        for part in textwrap.wrap(line, WIDTH - 8, break_long_words=False) or [""]
    ]
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']
