"""What stands in the boxes, blocks and ellipses of a picture, and in the titles that appear on hovering."""

from __future__ import annotations

from dataclasses import dataclass

from nanograd.engine import ScalarValue, Scope
from nanograd.viz._block_names import owner_name, part_name, uses_and_parts
from nanograd.viz._blocks import Block
from nanograd.viz._colors import Theme
from nanograd.viz._numerals import exact_numeral, numeral, short_numeral, value_range
from nanograd.viz._shown import gradient_of, label_of
from nanograd.viz._text import escaped_for_dot, estimated_width, has_wide_characters, shortened, visible

FONT_SIZE = 14
_PADDING = 4


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture looks.

    Attributes:
        rankdir: where the graph leads to.
        show: the cells of a box, in order.
        precision: the number of decimals.
        theme: the colors.
        stacked: whether the cells of a box stand below each other instead of side by side.
        highlight: the values that are pointed at.
    """

    rankdir: str
    show: tuple[str, ...]
    precision: int
    theme: Theme
    stacked: bool
    highlight: frozenset[ScalarValue] = frozenset()


def is_constant(node: ScalarValue) -> bool:
    """Return whether a value is a plain number of an expression, like the 2 of ``2 * x``."""
    return not node.children and not node.requires_grad and not label_of(node)


def value_label(node: ScalarValue, style: Style, *, is_root: bool) -> str:
    """Return a value's box as an HTML-like label: label | data | grad, or of a constant its number."""
    theme = style.theme
    if is_constant(node) and not is_root:
        number = short_numeral(node.data, style.precision)
        return f'<<font point-size="{FONT_SIZE - 2}" color="{theme.quiet}">{number}</font>>'
    cells = []
    for field in style.show:
        if field == "label" and label_of(node):
            cells.append(_name_cell(label_of(node), theme))
        elif field == "data":
            cells.append(
                _cell(f"data = {numeral(node.data, style.precision)}", theme.data, theme.data_surface)
            )
        elif field == "grad" and node.requires_grad:
            cells.append(
                _cell(f"grad = {numeral(gradient_of(node), style.precision)}", theme.grad, theme.grad_surface)
            )
    # A box stays a box when nothing that is shown applies to it.
    inside = ("</tr><tr>" if style.stacked else "").join(cells) or "<td> </td>"
    if node in style.highlight:
        return table(f"<tr>{inside}</tr>", theme.highlight, width=3)
    frame = theme.root if is_root else theme.line if node.children else theme.leaf
    return table(f"<tr>{inside}</tr>", frame, width=2 if is_root else 1)


def block_label(block: Block, style: Style) -> str:
    """Return a block as an HTML-like label: its name, its size, the ranges of its numbers."""
    theme = style.theme
    name, remark = _heading(block)
    surface = theme.surface if block.scope is None else theme.block
    rows = [row(f"<b>{escaped_for_dot(shortened(name))}</b>", theme.text, surface)]
    if remark:
        rows.append(row(escaped_for_dot(shortened(remark)), theme.quiet, surface, size=FONT_SIZE - 3))
    if contents := _contents(block):
        rows.append(row(contents, theme.text, theme.surface, size=FONT_SIZE - 2))
    data, grad = _ranges(block, style.precision)
    if "data" in style.show:
        rows.append(row(f"data {data}", theme.data, theme.data_surface))
    if "grad" in style.show and grad:
        rows.append(row(f"grad {grad}", theme.grad, theme.grad_surface))
    if not style.highlight.isdisjoint(block.members):
        return table("".join(rows), theme.highlight, width=3)
    return table("".join(rows), theme.leaf, width=1)


def value_title(node: ScalarValue) -> str:
    """Return everything there is to say about a value: the whole label, all digits, where it comes from."""
    lines = [visible(label_of(node))] if label_of(node) else []
    lines.append(f"data = {exact_numeral(node.data)}")
    if node.requires_grad:
        lines.append(f"grad = {exact_numeral(gradient_of(node))}")
    return "\n".join(lines)


def operation_title(node: ScalarValue) -> str:
    """Return an operation with the names or numbers of what goes in and comes out: ``c = a * b``."""
    symbol = symbol_of(node)
    names = [value_name(child) for child in node.children]
    if len(names) == 2:
        formula = f"{names[0]} {symbol} {names[1]}"
    else:
        formula = f"{symbol}({shortened(', '.join(names), 200)})"
    where = "" if node.scope is None else f"\nin {_named(node.scope)}"
    return f"{value_name(node)} = {formula}{where}"


def block_title(block: Block) -> str:
    """Return a block's whole name, its size and ranges."""
    name, remark = _heading(block)
    data, grad = _ranges(block, precision=6)
    lines = [name, remark, _contents(block), f"data {data}", f"grad {grad}" if grad else ""]
    return "\n".join(line for line in lines if line)


def symbol_of(node: ScalarValue) -> str:
    """Return the symbol of the operation that computed a value."""
    return visible(str(node.op))


def value_name(node: ScalarValue) -> str:
    """Return what a value is called in titles: its label, or its number."""
    return shortened(visible(label_of(node))) if label_of(node) else short_numeral(node.data)


def counted(number: int, thing: str) -> str:
    """Return a number of things.

    >>> counted(1, "value"), counted(1500, "value")
    ('1 value', '1,500 values')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _named(scope: Scope) -> str:
    return visible(f"{scope.path} ({scope.kind})" if scope.path and scope.kind else str(scope))


def _heading(block: Block) -> tuple[str, str]:
    """Return a block's name and a remark on it."""
    scope = block.scope
    if scope is None:
        thing = "parameter" if block.members[0].requires_grad else "constant"
        owner = owner_name(block)
        return counted(len(block.members), thing), visible(f"of {owner}") if owner else ""
    name = part_name(block)
    kind = scope.kind if scope.path else ""
    if block.different > 1:
        kind = f"{kind} × {block.different:,}".strip()
    remarks = [*([kind] if kind else []), *uses_and_parts(block)]
    return visible(name) or "block", visible(", ".join(remarks))


def _contents(block: Block) -> str:
    if block.scope is None:
        return ""
    leaves = [node for node in block.members if not node.children]
    parameters = sum(leaf.requires_grad for leaf in leaves)
    things = (
        (len(block.members) - len(leaves), "operation"),
        (parameters, "parameter"),
        (len(leaves) - parameters, "constant"),
    )
    return ", ".join(counted(number, thing) for number, thing in things if number)


def _ranges(block: Block, precision: int) -> tuple[str, str]:
    data = value_range([node.data for node in block.members], precision)
    grads = [gradient_of(node) for node in block.members if node.requires_grad]
    return data, value_range(grads, precision)


def table(rows: str, frame: str, width: int) -> str:
    """Return rows as an HTML-like label with a frame."""
    return (
        f'<<table border="{width}" cellborder="0" cellspacing="0" cellpadding="{_PADDING}" color="{frame}">'
        f"{rows}</table>>"
    )


def _name_cell(label: str, theme: Theme) -> str:
    text = shortened(visible(label))
    # Graphviz does not know the widths of Chinese, Japanese and Korean characters.
    width = estimated_width(text, FONT_SIZE) + 2 * _PADDING if has_wide_characters(text) else 0
    return _cell(escaped_for_dot(text), theme.text, theme.surface, width)


def _cell(text: str, color: str, surface: str, width: float = 0) -> str:
    wide = f' width="{width:.0f}"' if width else ""
    return f'<td bgcolor="{surface}"{wide}><font color="{color}">{text}</font></td>'


def row(text: str, color: str, surface: str, size: int = FONT_SIZE) -> str:
    """Return one row of a block; the text is escaped already."""
    font = f'<font color="{color}" point-size="{size}">{text}</font>'
    return f'<tr><td bgcolor="{surface}" cellpadding="4">{font}</td></tr>'
