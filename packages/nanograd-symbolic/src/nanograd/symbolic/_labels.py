"""Labels in LaTeX: ``w_1`` and ``w[0]`` get subscripts, ``beta`` is a letter, and whatever else is escaped.

A label is data: none of its characters is ever a command of LaTeX. Only commands are used that LaTeX and
MathJax both know in formulas.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from nanograd.symbolic._sympy_numbers import Expression

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_COMMANDS = {name: f"\\{name}" for name in _GREEK.split()} | {"epsilon": r"\varepsilon", "phi": r"\varphi"}
_ESCAPED = {
    "\\": r"\backslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "^": r"\wedge{}",
    "~": r"\sim{}",
    " ": r"\ ",
    "'": r"\prime{}",
    "`": r"\grave{\ }",
    '"': r"\prime\prime{}",
}
_WORD = re.compile(r"([A-Za-z]+?)_?(\d*)")
_PARTS = re.compile(
    r"(?P<path>(?:\w+\.)*)(?P<name>[A-Za-z]\w*)(?P<numbers>(?:\.\d+)*)(?P<indices>(?:\[\w+\])*)", re.ASCII
)


def label_latex(label: str) -> str:
    r"""Return a label as LaTeX for a formula.

    >>> [label_latex(label) for label in ("x", "w_1", "w12", "beta2", "w[0][1]", "layers.0.w.1")]
    ['x', 'w_{1}', 'w_{12}', '\\beta_{2}', 'w_{0,1}', 'w_{\\mathrm{layers.0},1}']
    >>> [label_latex(label) for label in ("loss", "x y", "50%", "\\input{x}")]
    ['\\mathrm{loss}', '\\mathrm{x\\ y}', '\\mathrm{50\\%}', '\\mathrm{\\backslash{}input\\{x\\}}']
    """
    parts = _PARTS.fullmatch(label)
    if parts is None:
        return verbatim_latex(label)
    base, *subscripts = parts["name"].rstrip("_").split("_")
    word = _WORD.fullmatch(base)
    if word is None or "" in subscripts:
        return verbatim_latex(label)
    letters, number = word.groups()
    path = parts["path"].rstrip(".")
    numbers = re.findall(r"\w+", parts["numbers"] + parts["indices"])
    below = [_subscript(part) for part in (path, number, *subscripts, *numbers) if part]
    name = _COMMANDS.get(letters) or (letters if len(letters) == 1 else rf"\mathrm{{{letters}}}")
    return f"{name}_{{{','.join(below)}}}" if below else name


def verbatim_latex(label: str) -> str:
    r"""Return a label as LaTeX, character for character.

    >>> verbatim_latex("w[1]")
    '\\mathrm{w[1]}'
    """
    return rf"\mathrm{{{''.join(map(_character, label))}}}"


def latex_names(symbols: Iterable[Expression]) -> dict[Expression, str]:
    """Return the LaTeX of each symbol; labels that would look alike, as w1 and w[1], are shown verbatim."""
    names: dict[Expression, str] = {}
    owners: dict[str, Expression] = {}
    for symbol in symbols:
        shown = label_latex(symbol.name)
        if owners.setdefault(shown, symbol) != symbol:
            shown = verbatim_latex(symbol.name)
        names[symbol] = shown
    return names


def _subscript(part: str) -> str:
    if len(part) == 1 or part.isdigit():
        return part
    return _COMMANDS.get(part) or rf"\mathrm{{{''.join(map(_character, part))}}}"


def _character(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if unicodedata.category(character)[0] in "CZ":  # control characters, line ends, unusual spaces
        return r"\ "
    return character if character.isascii() else rf"\text{{{character}}}"
