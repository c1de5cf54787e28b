"""The graph as a table: one line for every value, in the order in which they were computed."""

from __future__ import annotations

from collections.abc import Sequence

from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.viz._arguments import check_precision, is_whole
from nanograd.viz._boxes import counted, is_constant
from nanograd.viz._colors import TERMINAL
from nanograd.viz._roots import as_roots
from nanograd.viz._shown import gradient_of
from nanograd.viz._text import visible
from nanograd.viz._wording import Wording
from rich.console import Console
from rich.table import Table
from rich.text import Text

_MOST_ROWS = 1_000


def print_table(
    root: ScalarValue | Sequence[ScalarValue],
    *,
    precision: int = 4,
    max_nodes: int = _MOST_ROWS,
    console: Console | None = None,
) -> None:
    """Print a line for every value: its name, what it was computed from, its number, gradient and scope.

    Values stand in topological order, each after those that it was computed from. One without a label is
    called v1, v2, and so on; constants stand in the formulas only.

    >>> a, b = ScalarValue(5.0, label="a"), ScalarValue(2.0, label="b")
    >>> c = a * b + 10
    >>> c.backward()
    >>> print_table(c, console=Console(width=60))  # doctest: +NORMALIZE_WHITESPACE
    name   formula   data   grad   scope
    a                   5      2
    b                   2      5
    v1     a * b       10      1
    v2     v1 + 10     20      1

    Args:
        root: the result, or a list of several.
        precision: the number of decimals.
        max_nodes: how many lines are printed, those nearest to the result; the others are only counted.
        console: where to; the standard output if left out.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        ArgumentError: if ``precision`` or ``max_nodes`` is out of range.
    """
    roots = as_roots(root, "print_table")
    check_precision(precision, "print_table")
    if not is_whole(max_nodes, 1):
        raise ArgumentError(f"print_table(max_nodes={max_nodes!r:.80}) takes a number from 1 on")
    order = topological_order(*roots)
    wording = Wording(order, precision)
    results = set(roots)
    listed = [node for node in order if node in results or not is_constant(node)]
    table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style=TERMINAL["name"])
    table.add_column("name", style=TERMINAL["label"])
    table.add_column("formula")
    table.add_column("data", justify="right", style=TERMINAL["data"])
    table.add_column("grad", justify="right", style=TERMINAL["grad"])
    table.add_column("scope", style=TERMINAL["name"])
    for node in listed[-max_nodes:]:
        cells = (
            wording.name(node),
            wording.formula(node) if node.children else "",
            wording.number(node.data),
            wording.number(gradient_of(node)) if node.requires_grad else "",
            "" if node.scope is None else visible(str(node.scope)),
        )
        table.add_row(*map(Text, cells))  # a label is no markup
    console = Console() if console is None else console
    if len(listed) > max_nodes:
        console.print(f"({counted(len(listed) - max_nodes, 'value')} before these not printed)")
    console.print(table)
