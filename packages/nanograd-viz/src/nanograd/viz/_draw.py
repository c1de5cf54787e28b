"""draw_graph and save_graph: from a value to a picture of everything it was computed from."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.viz._blocks import Block, find_blocks
from nanograd.viz._boxes import Style
from nanograd.viz._colors import THEMES
from nanograd.viz._dot import write_dot
from nanograd.viz._drawing import Drawing
from nanograd.viz._errors import NotAGraphError, TooLargeError

MOST_VALUES = 1_500
# Above these, boxes as wide as they are by default would make a picture illegible at the width of a page.
_MANY_VALUES = 60
_FEW_IN_A_ROW = 4
_MOST_DRAWABLE = 10_000
_FIELDS = ("label", "data", "grad")
_DIRECTIONS = ("LR", "TB", "RL", "BT")


def draw_graph(
    root: ScalarValue | Sequence[ScalarValue],
    *,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    show: Sequence[str] = _FIELDS,
    precision: int = 4,
    theme: Literal["light", "dark"] = "light",
    stacked: bool | None = None,
    depth: int | None = None,
    max_nodes: int = MOST_VALUES,
) -> Drawing:
    """Return a picture of a calculation: a box for every value, an ellipse for every operation.

    >>> from nanograd.engine import ScalarValue
    >>> a, b = ScalarValue(5.0, label="a"), ScalarValue(2.0, label="b")
    >>> c = a * b + 10
    >>> c.backward()
    >>> draw_graph(c)
    <Drawing: 5 values, 2 operations>
    >>> draw_graph(c).save("output/c.svg")  # doctest: +SKIP

    Args:
        root: the result, or a list of several.
        rankdir: where the graph leads to: ``"LR"`` from left to right, ``"TB"`` from top to bottom.
        show: what a box holds, in this order: any of ``"label"``, ``"data"`` and ``"grad"``.
        precision: the number of decimals.
        theme: ``"light"`` or ``"dark"``.
        stacked: whether the cells of a box stand below each other instead of side by side. If left out,
            they do in pictures that would be too wide to read otherwise: with more than 4 values in a row or
            60 in all, or with blocks.
        depth: how far the parts of a model are taken apart: with 1 a model is one block, with 2 each of its
            layers is one. A part that has no parts, such as a loss, stays one block. If left out, every
            number is drawn.
        max_nodes: the number of values (and blocks) above which the graph is refused.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        ArgumentError: if an option is none of those above.
        TooLargeError: if there are more values than ``max_nodes``.
    """
    roots = _as_roots(root)
    _check(rankdir, show, precision, theme)
    if depth is not None and (not isinstance(depth, int) or depth < 1):
        raise ArgumentError(
            f"draw_graph(depth={depth!r}) takes a number of levels from 1 on, or None for every value"
        )
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ArgumentError(f"draw_graph(max_nodes={max_nodes!r}) takes a number from 1 on")
    order = topological_order(*roots)
    blocks: dict[ScalarValue, Block] = {}
    if depth is not None:
        blocks = find_blocks(order, roots, depth)
    boxes = len(order) - len(blocks) + len(set(blocks.values()))
    if boxes > max_nodes:
        raise TooLargeError(_too_large(order, boxes, max_nodes, depth))
    if stacked is None:
        long = rankdir in {"LR", "RL"} and _longest_path(order) > _FEW_IN_A_ROW
        stacked = long or depth is not None or boxes > _MANY_VALUES
    style = Style(rankdir, tuple(dict.fromkeys(show)), precision, THEMES[theme], stacked)
    return Drawing(*write_dot(order, roots, blocks, style))


def save_graph(root: ScalarValue | Sequence[ScalarValue], path: str | PathLike[str], **options: Any) -> Path:
    """Draw a calculation to a file and return its path.

    >>> from nanograd.engine import ScalarValue
    >>> save_graph(ScalarValue(5.0, label="a") * 2, "output/a.png")  # doctest: +SKIP

    Args:
        root: the result, or a list of several.
        path: ends in ``.png``, ``.svg``, ``.dot`` or ``.gv``.
        options: those of :func:`draw_graph`.

    Raises:
        NanogradError: what :func:`draw_graph` and :meth:`Drawing.save` raise.
        OSError: if the file cannot be written.
    """
    return draw_graph(root, **options).save(path)


def _as_roots(root: object) -> list[ScalarValue]:
    roots = list(root) if isinstance(root, Sequence) and not isinstance(root, str) else [root]
    if not roots:
        raise ArgumentError("draw_graph(root) got an empty list: give it at least one ScalarValue")
    checked = []
    for value in roots:
        if not isinstance(value, ScalarValue):
            raise NotAGraphError(
                f"draw_graph(root) takes a ScalarValue or a list of them and got {type(value).__name__}: "
                f"{value!r:.80}. A picture is drawn of results that were computed from ScalarValues."
            )
        checked.append(value)
    return list(dict.fromkeys(checked))


def _check(rankdir: str, show: Sequence[str], precision: int, theme: str) -> None:
    if rankdir not in _DIRECTIONS:
        raise ArgumentError(f"draw_graph(rankdir={rankdir!r}) takes one of {', '.join(_DIRECTIONS)}")
    if isinstance(show, str) or not show or not set(show) <= set(_FIELDS):
        raise ArgumentError(f'draw_graph(show={show!r}) takes some of {_FIELDS}, such as ("label", "grad")')
    if not isinstance(precision, int) or not 0 <= precision <= 17:
        raise ArgumentError(f"draw_graph(precision={precision!r}) takes a number of decimals from 0 to 17")
    if theme not in THEMES:
        raise ArgumentError(f"draw_graph(theme={theme!r}) takes one of {', '.join(THEMES)}")


def _longest_path(order: list[ScalarValue]) -> int:
    """Return how many values stand behind each other at most."""
    lengths: dict[ScalarValue, int] = {}
    for node in order:
        lengths[node] = 1 + max((lengths[child] for child in node.children), default=0)
    return max(lengths.values())


def _too_large(order: list[ScalarValue], boxes: int, max_nodes: int, depth: int | None) -> str:
    what = f"{boxes:,} values" if depth is None else f"{boxes:,} values and blocks at depth={depth}"
    if depth is not None and depth > 1:
        advice = f"Draw larger blocks with depth={depth - 1}"
    elif depth is None and any(node.scope is not None for node in order):
        advice = "Draw the parts of the model as blocks, with depth=2 or depth=1"
    else:
        advice = "Draw an earlier result, or print the last values before this one with print_tree(root)"
    if boxes <= _MOST_DRAWABLE:
        advice += f", or raise the limit with max_nodes={boxes}"
    return f"the graph has {what}, and a picture shows up to {max_nodes:,}. {advice}."
