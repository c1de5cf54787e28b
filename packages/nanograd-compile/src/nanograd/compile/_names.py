"""Names for arrays: from the scopes and labels of the values that they hold, and from what computes them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from nanograd.compile._classes import Classes
from nanograd.compile._program import ScalarProgram
from nanograd.compile._sum_parts import NO_FACTOR
from nanograd.compile._sums import Sums

_LOOKED_AT = 64
"""So many members of a class are asked for their scope."""

_WORDS = {"+": "sum", "-": "difference", "*": "product", "/": "ratio", "**": "power", "%": "remainder"}


def namer(program: ScalarProgram, sums: Sums, classes: Classes) -> Callable[[int], str]:
    """Return a function that gives each class a name, such as ``layers_0_tanh``.

    A weighted sum is called ``pre``, as what comes before the activation; what is outside of all scopes is
    called by its operation. No two names are equal.

    Args:
        program: the program.
        sums: its sums.
        classes: its classes.
    """
    used: set[str] = set()

    def name(number: int) -> str:
        first = found = wanted(number)
        count = 1
        while found in used:
            count += 1
            found = f"{first}_{count}"
        used.add(found)
        return found

    def wanted(number: int) -> str:
        members = classes.members[number]
        step = len(members) // _LOOKED_AT + 1
        looked_at = members[::step]
        labels = {program.labels[member] for member in looked_at}
        label = labels.pop() if len(labels) == 1 else None
        if label:
            return identifier(label)
        opcode = classes.opcodes[number]
        if opcode >= 0:
            symbol = program.operations[opcode].symbol
            word = _WORDS.get(symbol, symbol)
        else:
            terms = sums.terms[members[0]]
            products = sum(right != NO_FACTOR for _, _, right in terms)
            word = "pre" if products > 1 else "sum"
        paths = [_path(program, member) for member in looked_at]
        return identifier("_".join([*_common(paths), word]))

    return name


def identifier(text: str) -> str:
    """Return a Python name made of a text: letters, digits and single underscores.

    >>> identifier("layers.0.w"), identifier("2nd"), identifier("lambda")
    ('layers_0_w', 'v2nd', 'lambda_')
    """
    name = re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_") or "v"
    if name[0].isdigit():
        name = f"v{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _path(program: ScalarProgram, member: int) -> list[str]:
    scope = program.scopes[member]
    return [] if scope is None or not scope.path else scope.path.split(".")


def _common(paths: Sequence[Sequence[str]]) -> list[str]:
    """Return the beginning of all paths; where they go on with different numbers, without the list's name."""
    columns = list(zip(*paths, strict=False))
    common = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    if len(common) < len(columns) and common and columns[len(common)][0].isdigit():
        common.pop()
    return common
