"""The graph as text: nested like the expression it came from, laid out by Rich."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nanograd.engine import DEEPEST_PRINTED, MOST_PRINTED, ArgumentError, ScalarValue, rich_fields
from nanograd.viz._arguments import is_whole
from nanograd.viz._colors import TERMINAL
from nanograd.viz._errors import NotAGraphError
from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.pretty import pretty_repr
from rich.text import Text
from rich.theme import Theme


def print_tree(
    root: ScalarValue,
    *,
    depth: int = DEEPEST_PRINTED,
    max_nodes: int = MOST_PRINTED,
    console: Console | None = None,
) -> None:
    """Print a value and everything it was computed from, one field a line.

    A leaf is printed wherever it is used; another value that is used several times is printed in full once.
    What lies deeper than ``depth``, or comes after ``max_nodes`` values, is only counted.

    >>> print_tree(ScalarValue(3.0, label="x") * 2, depth=0)
    ScalarValue(
        data=6.0,
        grad=0.0,
        label=None,
        children=<2 not printed>,
        op='*'
    )

    Args:
        root: the value to begin with.
        depth: how many levels of children are printed, up to 100.
        max_nodes: how many values are printed.
        console: where to; the standard output if left out.

    Raises:
        NotAGraphError: if ``root`` is not a ScalarValue.
        ArgumentError: if ``depth`` or ``max_nodes`` is out of range.
    """
    if not isinstance(root, ScalarValue):
        raise NotAGraphError(
            f"print_tree(root) takes a ScalarValue and got {type(root).__name__}: {root!r:.80}"
        )
    if not is_whole(depth, 0, DEEPEST_PRINTED):
        raise ArgumentError(
            f"print_tree(depth={depth!r:.80}) takes 0 to {DEEPEST_PRINTED} levels, as many as Rich can nest. "
            "To see what lies deeper, print a value from there."
        )
    if not is_whole(max_nodes, 1):
        raise ArgumentError(f"print_tree(max_nodes={max_nodes!r:.80}) takes a number from 1 on")
    text = pretty_repr(_as_printed(root, depth, max_nodes), expand_all=True)
    console = Console() if console is None else console
    with console.use_theme(_THEME):
        # Rich would break or cut lines at the width of the terminal.
        console.print(_COLORED(Text(text)), soft_wrap=True)


def _as_printed(root: ScalarValue, depth: int, max_nodes: int) -> object:
    """Return an object that Rich prints as ``root``: it shows the class's name and asks for the fields."""

    def fields(_: object) -> Iterable[tuple[str, Any]]:
        return rich_fields(root, depth, max_nodes)

    return type(type(root).__name__, (), {"__rich_repr__": fields})()


class _Fields(RegexHighlighter):
    """Data in one color, gradients in another."""

    base_style = "nanograd."
    highlights = [  # noqa: RUF012 - declared so by Rich
        r"(?m)^ *(?P<name>\w+)=",
        r"(?m)^ *data=(?P<data>.*?),?$",
        r"(?m)^ *grad=(?P<grad>.*?),?$",
        r"(?m)^ *label=(?P<label>.*?),?$",
    ]


_COLORED = _Fields()

_THEME = Theme({f"nanograd.{field}": style for field, style in TERMINAL.items()})
