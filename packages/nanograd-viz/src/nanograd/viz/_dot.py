"""Writing a graph in Graphviz's language, DOT.

Ids follow from the topological order: the value n7 is the result of the operation o7, and the block b7 begins
with that value. So a graph gives the same text, byte for byte, whenever and wherever it is drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from nanograd.engine import Number, ScalarValue
from nanograd.viz._blocks import Block
from nanograd.viz._boxes import (
    FONT_SIZE,
    Style,
    block_label,
    block_title,
    counted,
    is_constant,
    operation_title,
    symbol_of,
    value_label,
    value_name,
    value_title,
)
from nanograd.viz._colors import Theme
from nanograd.viz._flows import Flows, gradient_flow
from nanograd.viz._numerals import exact_numeral, short_numeral
from nanograd.viz._svg import FONT
from nanograd.viz._text import escaped_for_dot


def write_dot(
    order: Sequence[ScalarValue],
    roots: Iterable[ScalarValue],
    blocks: Mapping[ScalarValue, Block],
    style: Style,
    caption: str = "",
) -> tuple[str, dict[str, str], str]:
    """Return the DOT text, the title of every element by its id, and a description of the whole.

    Args:
        order: the graph in topological order.
        roots: its results.
        blocks: the block of every value that is not drawn by itself.
        style: how it looks.
        caption: what is said below the picture.
    """
    return _Writer(order, roots, blocks, style, caption).write()


def beginning(rankdir: str, theme: Theme, spaces: str, caption: str = "") -> Iterable[str]:
    """Return the first lines of a picture: where it leads to, its fonts and colors, what is said below it."""
    below = f' label="{escaped_for_dot(caption)}" fontname="{FONT}"' if caption else ""
    below += f' fontsize={FONT_SIZE} fontcolor="{theme.quiet}"' if caption else ""
    return (
        "digraph nanograd {",
        f'graph [rankdir={rankdir} bgcolor="{theme.background}" {spaces} {_PASSES}{below}]',
        f'node [fontname="{FONT}" fontsize={FONT_SIZE} fontcolor="{theme.text}"]',
        f'edge [fontname="{FONT}" fontsize={FONT_SIZE - 2} fontcolor="{theme.quiet}"]',
        f'edge [color="{theme.line}" arrowsize=0.7]',
    )


_Edge = tuple[ScalarValue, ScalarValue, Number | None]
"""A result, one of its operands, and the local derivative between them."""


class _Writer:
    """One picture being written."""

    def __init__(
        self,
        order: Sequence[ScalarValue],
        roots: Iterable[ScalarValue],
        blocks: Mapping[ScalarValue, Block],
        style: Style,
        caption: str,
    ) -> None:
        self.order = order
        self.caption = caption
        self.flows = Flows(order, style) if "flow" in style.show else None
        self.roots = set(roots)
        self.blocks = blocks
        self.style = style
        self.index = {node: index for index, node in enumerate(order)}
        self.lines: list[str] = []
        self.titles: dict[str, str] = {}

    def write(self) -> tuple[str, dict[str, str], str]:
        values = operations = 0
        for node in self.order:
            if node not in self.blocks:
                values += 1
                operations += bool(node.children)
                self.value(node)
            else:
                block = self.blocks[node]
                if block.members[0] is node:
                    self.element(self.source(node), block_label(block, self.style), block_title(block), _BOX)
                if node in self.roots:
                    values += 1
                    self.value(node)
        self.edges()
        things = ((values, "value"), (operations, "operation"), (len(set(self.blocks.values())), "block"))
        description = ", ".join(counted(number, thing) for number, thing in things if number)
        return "\n".join((*self.beginning(), *self.lines, "}", "")), self.titles, description

    def beginning(self) -> Iterable[str]:
        spaces = _SPACES_FOR_LABELS if "local_derivatives" in self.style.show else _SPACES
        return beginning(self.style.rankdir, self.style.theme, spaces, self.caption)

    def value(self, node: ScalarValue) -> None:
        """Write a value's box, with the ellipse of its operation if that is not inside a block."""
        number = self.index[node]
        is_root = node in self.roots
        look = _MERE_TEXT if is_constant(node) and not is_root else _BOX
        self.element(f"n{number}", value_label(node, self.style, is_root=is_root), value_title(node), look)
        if node.children and node not in self.blocks:
            theme = self.style.theme
            symbol = f'"{escaped_for_dot(symbol_of(node))}"'
            line = theme.line if node not in self.style.highlight else theme.highlight
            look = f'shape=ellipse style=filled fillcolor="{theme.operation}" color="{line}" {_ELLIPSE}'
            self.element(f"o{number}", symbol, operation_title(node), look)

    def element(self, name: str, label: str, title: str, look: str) -> None:
        self.lines.append(f"{name} [id={name} label={label} {look}]")
        self.titles[name] = title

    def source(self, node: ScalarValue) -> str:
        """Return the id of what a value is drawn as where it is used."""
        block = self.blocks.get(node)
        return f"n{self.index[node]}" if block is None else f"b{self.index[block.members[0]]}"

    def edges(self) -> None:
        merged: defaultdict[tuple[str, str], list[_Edge]] = defaultdict(list)
        for node in self.order:
            if not node.children:
                continue
            block = self.blocks.get(node)
            number = self.index[node]
            end = f"o{number}" if block is None else self.source(node)
            for place, (child, partial) in enumerate(zip(node.children, node.local_derivatives, strict=True)):
                start = self.source(child)
                if block is None and child not in self.blocks:
                    slope = "" if partial is None else f"\nlocal derivative {exact_numeral(partial)}"
                    title = f"{value_name(child)} to {symbol_of(node)}{slope}"
                    look = self.label_of_edge(partial) + self.look_of_edge((node, child, partial))
                    self.edge(start, end, title, f"_{place}", look)
                elif start != end:
                    merged[start, end].append((node, child, partial))
            inward = self.look_of_edge(*((node, child, 1) for child in node.children))
            if block is None:
                self.edge(end, f"n{number}", f"{symbol_of(node)} to {value_name(node)}", more=inward + _CLOSE)
            elif node in self.roots:
                self.edge(end, f"n{number}", value_name(node), more=inward)
        for (start, end), joined in merged.items():
            label = f' label=" ×{len(joined):,}"' if len(joined) > 1 else ""
            self.edge(start, end, counted(len(joined), "edge"), more=label + self.look_of_edge(*joined))

    def label_of_edge(self, partial: Number | None) -> str:
        """Return the attributes that write the local derivative on an edge, if that is asked for."""
        if "local_derivatives" not in self.style.show or partial is None:
            return ""
        number = short_numeral(partial, self.style.precision)
        return f' label=" {number}" fontcolor="{self.style.theme.grad}"'

    def look_of_edge(self, *joined: _Edge) -> str:
        """Return the color and the width of an edge, which may stand for several of one kind."""
        highlight = self.style.highlight
        if highlight and any(node in highlight and child in highlight for node, child, _ in joined):
            return f' color="{self.style.theme.highlight}" penwidth=2.5'
        if self.flows is None:
            return ""
        return self.flows.look(gradient_flow(node, partial) for node, _, partial in joined)

    def edge(self, start: str, end: str, title: str, suffix: str = "", more: str = "") -> None:
        name = f"{start}_{end}{suffix}"
        self.lines.append(f"{start} -> {end} [id={name}{more}]")
        self.titles[name] = title


# Where many edges are long, Graphviz improves a picture for minutes: that of a loop of 100 steps with one
# weight took more than five. With a limit of two passes a value it takes a second, and the pictures of the
# examples stay as they are.
_PASSES = "nslimit=2 nslimit1=2"
_SPACES = "ranksep=0.25 nodesep=0.16 pad=0.1"
_SPACES_FOR_LABELS = "ranksep=0.7 nodesep=0.3 pad=0.1"
_BOX = "shape=plain"
_MERE_TEXT = "shape=none width=0 height=0 margin=0.05"
_ELLIPSE = "width=0.44 height=0.36 margin=0.04"
_CLOSE = " weight=8"  # an operation stands beside its result
