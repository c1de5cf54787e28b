"""draw_graph and save_graph: from a value to a picture of everything it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from nanograd.engine import ArgumentError, ScalarValue, Scope, topological_order
from nanograd.viz._arguments import check_precision, is_whole
from nanograd.viz._boxes import Style
from nanograd.viz._colors import THEMES
from nanograd.viz._dot import write_dot
from nanograd.viz._drawing import Drawing
from nanograd.viz._errors import NotAGraphError, TooLargeError
from nanograd.viz._roots import as_roots
from nanograd.viz._view import MANY_VALUES, View

MOST_VALUES = 1_500
# Above these, boxes as wide as they are by default would make a picture illegible at the width of a page.
_FEW_IN_A_ROW = 4
_MOST_DRAWABLE = 10_000
_BOX_FIELDS = ("label", "data", "grad")
_FIELDS = (*_BOX_FIELDS, "local_derivatives", "flow")
_DIRECTIONS = ("LR", "TB", "RL", "BT")


def draw_graph(
    root: ScalarValue | Sequence[ScalarValue],
    *,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    show: Sequence[str] = _BOX_FIELDS,
    precision: int = 4,
    theme: Literal["light", "dark"] = "light",
    stacked: bool | None = None,
    depth: int | None = None,
    collapse: Callable[[Scope], bool] | None = None,
    merge: bool | None = None,
    highlight: ScalarValue | Iterable[ScalarValue] = (),
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
        show: what a box holds, in this order: any of ``"label"``, ``"data"`` and ``"grad"``. With
            ``"local_derivatives"`` edges carry the derivative of the operation for this operand; with
            ``"flow"`` their color tells the sign and their width the size of the gradient that flows back
            along them, dotted where none does; where several edges are drawn as one, it is the largest.
        precision: the number of decimals.
        theme: ``"light"`` or ``"dark"``.
        stacked: whether the cells of a box stand below each other instead of side by side. If left out,
            they do in pictures that would be too wide to read otherwise: with more than 4 values in a row or
            60 in all, or with blocks.
        depth: how far the parts of a model are taken apart: with 1 a model is one block, with 2 each of its
            layers is one. A part that has no parts, such as a loss, stays one block. If left out, every
            number is drawn, if there are no more than ``max_nodes`` of them; of more, the parts at the depth
            at which the picture is legible, and a line below it says so.
        collapse: says of a :class:`~nanograd.engine.Scope` whether it is drawn as one block, for example
            ``lambda scope: scope.kind == "Layer"``.
        merge: whether blocks that repeat each other, such as the neurons of a layer, are drawn as one, with
            their number. If left out, they are in pictures of more than 60 boxes or 24 blocks.
        highlight: a value or several whose boxes, and the edges between them, are pointed out; for example
            those on a path, ``explain(x, of=y).paths[0].values``. A block that holds one of them is pointed
            out too.
        max_nodes: the number of values (and blocks) above which the graph is not drawn, up to 10,000.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them, or ``highlight`` holds
            something else.
        ArgumentError: if an option is none of those above.
        TooLargeError: if there are more boxes than ``max_nodes``.
    """
    roots = as_roots(root, "draw_graph")
    _check(rankdir, show, precision, theme, depth, collapse, max_nodes, stacked=stacked, merge=merge)
    pointed_out = _pointed_out(highlight)
    order = topological_order(*roots)
    view = View(order, roots, depth, collapse, merge)
    caption = ""
    if view.size > max_nodes and depth is None and collapse is None:
        view = view.made_legible(max_nodes)
        caption = view.caption()
    if view.size > max_nodes:
        raise TooLargeError(_too_large(order, view.size, max_nodes, depth))
    if stacked is None:
        long = rankdir in {"LR", "RL"} and _longest_path(order) > _FEW_IN_A_ROW
        stacked = long or bool(view.blocks) or view.size > MANY_VALUES
    style = Style(rankdir, tuple(dict.fromkeys(show)), precision, THEMES[theme], stacked, pointed_out)
    return Drawing(*write_dot(order, roots, view.blocks, style, caption))


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


def _check(
    rankdir: Any,
    show: Any,
    precision: Any,
    theme: Any,
    depth: Any,
    collapse: Any,
    max_nodes: Any,
    **switches: Any,
) -> None:
    if rankdir not in _DIRECTIONS:
        raise ArgumentError(f"draw_graph(rankdir={rankdir!r:.80}) takes one of {', '.join(_DIRECTIONS)}")
    is_list = isinstance(show, Sequence) and not isinstance(show, str)
    if not is_list or not show or not all(field in _FIELDS for field in show):
        raise ArgumentError(
            f'draw_graph(show={show!r:.80}) takes some of {_FIELDS}, such as ("label", "grad")'
        )
    check_precision(precision, "draw_graph")
    if theme not in tuple(THEMES):
        raise ArgumentError(f"draw_graph(theme={theme!r:.80}) takes one of {', '.join(THEMES)}")
    if depth is not None and not is_whole(depth, 1):
        raise ArgumentError(
            f"draw_graph(depth={depth!r:.80}) takes a number of levels from 1 on, or None for every value"
        )
    if collapse is not None and not callable(collapse):
        raise ArgumentError(f"draw_graph(collapse={collapse!r:.80}) takes a function of a Scope")
    for name, switch in switches.items():
        if switch is not None and not isinstance(switch, bool):
            raise ArgumentError(f"draw_graph({name}={switch!r:.80}) takes True, False, or None to choose")
    if not is_whole(max_nodes, 1, _MOST_DRAWABLE):
        raise ArgumentError(
            f"draw_graph(max_nodes={max_nodes!r:.80}) takes a number from 1 to {_MOST_DRAWABLE:,}: a picture "
            "of more cannot be read. Draw blocks, with depth=2 or depth=1."
        )


def _pointed_out(highlight: Any) -> frozenset[ScalarValue]:
    values = [highlight] if isinstance(highlight, ScalarValue) else highlight
    if isinstance(values, Iterable) and not isinstance(values, str):
        values = list(values)
        if all(isinstance(value, ScalarValue) for value in values):
            return frozenset(values)
    raise NotAGraphError(f"draw_graph(highlight={highlight!r:.80}) takes a ScalarValue or several of them")


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
