r"""Names and numbers as LaTeX. A label is data: whatever it holds, it is typeset and never obeyed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate

from nanograd.engine import Number
from nanograd.viz._formulas import Template
from nanograd.viz._numerals import short_numeral
from nanograd.viz._text import visible

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_SIGNS = {"·": r" \cdot ", "−": "-", "≤": r" \le ", "≥": r" \ge ", "<": " < ", ">": " > ", "π": r"\pi "}
_FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "max", "min"}


def latex_name(name: str) -> str:
    r"""Return a name as LaTeX: one letter, perhaps with a number, as a variable, anything else upright.

    >>> print(latex_name("x"), latex_name("w_12"), latex_name("x1"), latex_name("loss"), latex_name("50 % {"))
    x w_{12} x_{1} \text{loss} \text{50 \% \{}
    """
    if match := re.fullmatch(r"([A-Za-z])_?([0-9]*)", name):
        letter, number = match.groups()
        return f"{letter}_{{{number}}}" if number else letter
    text = "".join(_SPECIAL.get(character, character) for character in visible(name))
    return rf"\text{{{text}}}"


def latex_number(number: Number, precision: int) -> str:
    r"""Return a number as LaTeX.

    >>> print(latex_number(2.5, 4), latex_number(1e-300, 4), latex_number(float("-inf"), 4))
    2.5 1 \cdot 10^{-300} -\infty
    """
    text = short_numeral(number, precision)
    if "inf" in text:
        return text.replace("inf", r"\infty")
    if "nan" in text:
        return r"\text{nan}"
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def latex_template(template: Template, names: Mapping[int, str]) -> str:
    r"""Return a formula with holes as LaTeX, each hole with its name.

    >>> print(latex_template(["1 − ", -1, " · ", -1], {-1: "out"}))
    1 - \text{out} \cdot \text{out}
    >>> print(latex_template(["2.5 · ", 0, "^(", 1, " − 1)"], {0: "x", 1: "n"}))
    2.5 \cdot x^{n - 1}
    """
    # Names are put in last, so that nothing in them is taken for a part of the formula.
    text = "".join(part if isinstance(part, str) else f"\0{part}\0" for part in template)
    text = re.sub(r"[a-z][a-z0-9_]+", _word, text)
    for sign, command in _SIGNS.items():
        text = text.replace(sign, command)
    text = re.sub(r" +", " ", _with_exponents_in_braces(text)).strip()
    return re.sub("\0(-?[0-9]+)\0", lambda match: latex_name(names[int(match[1])]), text)


def _with_exponents_in_braces(text: str) -> str:
    """Return a formula in which all of an exponent is raised, and not its first character alone."""
    base, *rest = text.split("^")
    written = [base]
    for part in rest:
        if part.startswith("("):
            depths = accumulate((character == "(") - (character == ")") for character in part)
            end = next(place for place, depth in enumerate(depths) if not depth)
            written.append(f"^{{{part[1:end]}}}{part[end + 1 :]}")
        else:
            written.append(re.sub("\0-?[0-9]+\0|[0-9.]+(e[+-]?[0-9]+)?|.", r"^{\g<0>}", part, count=1))
    return "".join(written)


def _word(match: re.Match[str]) -> str:
    word = match[0]
    if word in _FUNCTIONS:
        return rf"\{word}"
    if word in {"if", "else", "and", "or"}:
        return rf" \text{{ {word} }} "
    return rf"\operatorname{{{latex_operator(word)}}}"


def latex_operator(word: str) -> str:
    r"""Return the name of a function as LaTeX takes it.

    >>> print(latex_operator("leaky_relu"))
    leaky\_relu
    """
    return word.replace("_", r"\_")
