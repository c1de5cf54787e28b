"""A graph and its gradient as a function in C99: no allocation, no state, only the mathematical library."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any, Literal

from nanograd.engine import FLOATS, ArgumentError, Number, ScalarValue
from nanograd.symbolic._c_helpers import HELPERS, KEYWORDS, LIBRARY
from nanograd.symbolic._c_parts import LONGEST_FUNCTION, Body, Step, in_one, in_parts
from nanograd.symbolic._counted import counted
from nanograd.symbolic._identifiers import Identifiers, remark
from nanograd.symbolic._prepared import Prepared, prepared
from nanograd.symbolic._python_syntax import ARITHMETIC, UNARY, call, infix, used_helpers, wrapped
from nanograd.symbolic._statements import ATOM, Language, Statements, Text, Writer, statements_of
from nanograd.symbolic._terms import CONDITIONS, FUNCTIONS, Term


def to_c(
    root: ScalarValue | Callable[..., Any],
    *example: Any,
    name: str | None = None,
    inputs: Sequence[ScalarValue] | None = None,
    wrt: Sequence[ScalarValue] | None = None,
    gradient: bool = True,
    precision: Literal["double", "float"] = "double",
    header: str | None = None,
) -> str:
    """Return the source of a C99 function that computes a value and its gradient, with your labels as names.

    ``double f(const double *in, double *gradient)`` reads the arguments from ``in``, writes the derivatives
    to ``gradient``, unless that is ``NULL``, and returns the value. It allocates nothing, keeps nothing and
    calls nothing but ``<math.h>``, so it is safe in threads and on small machines; only ``round(x, digits)``
    also needs ``snprintf``. It compiles without warnings under ``-std=c99 -Wall -Wextra -pedantic``. For the
    engine's numbers add ``-ffp-contract=off``, as a compiler may otherwise round ``a * b + c`` once instead
    of twice, and leave out ``-ffast-math``, which takes infinities and nan away.

    >>> x1, x2 = ScalarValue(2.0, label="x1"), ScalarValue(-4.0, label="x2")
    >>> w1, w2 = ScalarValue(-3.0, label="w1"), ScalarValue(1.0, label="w2")
    >>> n = x1 * w1 + x2 * w2 + ScalarValue(6.875, label="b")
    >>> n.label = "n"
    >>> out = n.tanh()
    >>> out.label = "out"
    >>> print(to_c(out, name="neuron").rstrip())
    #include <math.h>
    <BLANKLINE>
    /* Return the value for 5 arguments; write 5 derivatives to gradient, unless it is NULL. */
    double neuron(const double *in, double *gradient)
    {
        const double x1 = in[0];
        const double w1 = in[1];
        const double x2 = in[2];
        const double w2 = in[3];
        const double b = in[4];
        const double n = x1 * w1 + x2 * w2 + b;
        const double out = tanh(n);
    <BLANKLINE>
        if (gradient) {
            const double d_n = 1.0 - out * out;
            gradient[0] = w1 * d_n;  /* x1 */
            gradient[1] = x1 * d_n;  /* w1 */
            gradient[2] = w2 * d_n;  /* x2 */
            gradient[3] = x2 * d_n;  /* w2 */
            gradient[4] = d_n;  /* b */
        }
        return out;
    }

    Args:
        root: the result of a graph; or a function of ScalarValues, lists, tuples and dicts of them.
        example: an example for each argument of the function; none for a result.
        name: the name of the generated function; that of the function, or ``f``, if left out.
        inputs: the values that are its arguments, as for :func:`to_python`.
        wrt: the arguments to differentiate with respect to; those that need a gradient if left out.
        gradient: whether to compute the gradient; if not, the function has one parameter.
        precision: the type of all numbers. In ``"float"`` the constants are rounded to it beforehand.
        header: the name of an include guard, such as ``"NEURON_H"``, for a file that is included: the
            function is ``static inline`` then.

    Raises:
        ArgumentError: if a name is not one, an input is no part of the graph, ``wrt`` not among the inputs,
            or the precision is unknown.
        NoSourceError: if the rules of a :func:`~nanograd.engine.custom_op` are not written over ``m``.
        NumberTypeError: if ``root`` is neither a ScalarValue nor a function that returns one.
    """
    if precision not in {"double", "float"}:
        raise ArgumentError(f"to_c(precision) takes 'double' or 'float' and got {precision!r}")
    if header is not None and not (isinstance(header, str) and header.isidentifier() and header.isascii()):
        raise ArgumentError(f"to_c(header) takes the name of a macro, such as 'NEURON_H', and got {header!r}")
    found = prepared("to_c", LANGUAGES[precision], root, example, name, inputs, wrt, gradient)
    return _written(found, LANGUAGES[precision], precision, header)


def _written(prepared: Prepared, language: Language, real: str, header: str | None) -> str:
    """Return a C file with the function and the helpers that it calls."""
    program = prepared.program
    names = Identifiers({*language.reserved, prepared.name}, language.ascii_only)
    written = statements_of(program, language, names, inline_results=True)
    body = _body(prepared, language, real, written)
    parts: list[list[str]] = []
    if body.is_long:
        parts, lines = in_parts(prepared.name, body)
    else:
        lines = in_one(body)
    parameters = f"const {real} *in" + (f", {real} *gradient" if prepared.gradient else "")
    static = "static inline " if header else ""
    function = [
        _heading(prepared),
        f"{static}{real} {prepared.name}({parameters})",
        "{",
        *[f"    {line}" for line in lines],
        "}",
    ]
    code = [body.value, *[step.code for step in (*body.forward, *body.backward)]]
    helpers = [language.helpers[helper].strip() for helper in used_helpers(code, language.helpers)]
    includes = [
        line
        for name, line in language.imports.items()
        if name == "math" or any(f"{name}(" in helper for helper in helpers)
    ]
    blocks = ["\n".join(includes), *helpers]
    blocks += [
        "\n".join([text for line in part for text in wrapped(line.lstrip(), _indentation(line))])
        for part in (*parts, function)
    ]
    if header:
        blocks = [f"#ifndef {header}\n#define {header}", *blocks, f"#endif /* {header} */"]
    return "\n\n".join(blocks) + "\n"


def _body(prepared: Prepared, language: Language, real: str, written: Statements) -> Body:
    """Return the lines of the function."""
    program = prepared.program
    used = set(written.used)
    loads = {
        written.names[argument]: f"const {real} {written.names[argument]} = in[{index}];"
        f"{_label(argument, written)}"
        for index, argument in enumerate(program.arguments)
        if argument in used
    }
    for term in written.constants:
        name, number = written.names[term], language.number(term.number).text
        loads[name] = f"static const {real} {name} = {number};{_label(term, written)}"
    forward, backward = [], []
    scope = None
    for statement in written.statements:
        is_condition = statement.term.function in CONDITIONS
        line = f"const {'int' if is_condition else real} {statement.name} = {statement.text};"
        step = Step(statement.name, line + _label(statement.term, written), statement.text, is_condition)
        if statement.is_backward:
            backward.append(step)
            continue
        if statement.scope is not None and str(statement.scope) != scope:
            scope = str(statement.scope)
            forward.append(Step(None, f"/* {remark(scope, ascii_only=True)} */", ""))
        forward.append(step)
    # In a long function a derivative is stored as soon as it is known, and nothing kept for the end.
    is_long = len(written.statements) > LONGEST_FUNCTION
    known_after = {step.name: index for index, step in enumerate(backward)}
    stored: dict[int, list[Step]] = {}
    for index, (argument, slope) in enumerate(program.gradient.items()):
        text = written.text(slope)
        after = max([known_after.get(name, -1) for name in re.findall(r"\w+", text)], default=-1)
        line = f"gradient[{index}] = {text};  /* {written.names[argument]} */"
        stored.setdefault(after if is_long else len(backward) - 1, []).append(Step(None, line, text))
    for after in sorted(stored, reverse=True):
        backward[after + 1 : after + 1] = stored[after]
    value = written.text(program.value)
    return Body(real, loads, forward, backward, value, prepared.gradient)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _heading(prepared: Prepared) -> str:
    """Return the comment above the function."""
    text = f"Return the value for {counted(len(prepared.program.arguments), 'argument')}"
    if prepared.gradient:
        slopes = counted(len(prepared.program.gradient), "derivative")
        text += f"; write {slopes} to gradient, unless it is NULL"
    return f"/* {text}. */"


def _label(term: Term, written: Statements) -> str:
    """Return the user's label as a comment, where it is not the name already."""
    if term.label is None or written.names.get(term) == term.label:
        return ""
    return f"  /* {remark(term.label, ascii_only=True)} */"


def c_number(number: Number, precision: str) -> Text:
    """Return a constant as C writes it."""
    x = FLOATS.as_float(number)
    suffix = ""
    if precision == "float":
        suffix = "f"
        try:
            (x,) = struct.unpack("f", struct.pack("f", x))
        except OverflowError:
            x = math.copysign(math.inf, x)
    if not math.isfinite(x):
        # The macros are floats, and some compilers warn of a float that becomes a double unsaid.
        text = ("" if suffix else "(double)") + ("NAN" if x != x else "INFINITY")
        return Text(f"-{text}" if x < 0 else text, UNARY)
    return Text(f"{x!r}{suffix}", UNARY if math.copysign(1.0, x) < 0 else ATOM)


def _logical(symbol: str, precedence: int) -> Writer:
    """Return what writes && or ||, with parentheses that a compiler would otherwise ask for."""

    def write(_: Term, x: Text, y: Text) -> Text:
        return Text(f"{x.within(5)} {symbol} {y.within(5)}", precedence)

    return write


def _ternary(_: Term, condition: Text, x: Text, y: Text) -> Text:
    return Text(f"{condition.within(5)} ? {x.within(5)} : {y.within(5)}", 1)


def _logsumexp(real: str) -> Writer:
    def write(_: Term, *xs: Text) -> Text:
        listed = ", ".join(x.text for x in xs)
        return Text(f"logsumexp((const {real}[]){{{listed}}}, {len(xs)})", ATOM)

    return write


def _language(real: str) -> Language:
    suffix = "f" if real == "float" else ""
    writers: dict[str, Writer] = {
        **{name: call(name + suffix) for name in FUNCTIONS},
        **{name: call(name) for name in HELPERS},
        **ARITHMETIC,
        "and": _logical("&&", 4),
        "or": _logical("||", 3),
        "abs": call(f"fabs{suffix}"),
        "divide": infix("/", 11),
        "power": call(f"pow{suffix}"),
        "remainder": call("floor_remainder"),  # <math.h> has a remainder of its own, with another sign
        "where": _ternary,
        "logsumexp": _logsumexp(real),
    }
    return Language(
        number=lambda number: c_number(number, real),
        writers=writers,
        helpers={name: source.replace("REAL", real).replace("@", suffix) for name, source in HELPERS.items()},
        imports={
            "math": "#include <math.h>",
            "snprintf": "#include <stdio.h>",
            "strtod": "#include <stdlib.h>",
        },
        reserved=KEYWORDS | HELPERS.keys() | {name + suffix for name in (*FUNCTIONS, "fabs", "pow")},
        library=LIBRARY,
        ascii_only=True,
    )


LANGUAGES = {real: _language(real) for real in ("double", "float")}
