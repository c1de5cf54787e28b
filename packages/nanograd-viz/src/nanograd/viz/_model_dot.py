"""Writing the picture of a model in DOT: its parts as boxes, in a tree or in the order of a call."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from nanograd.viz._architecture import Part, parts_shown
from nanograd.viz._boxes import FONT_SIZE, counted, row, table
from nanograd.viz._colors import Theme
from nanograd.viz._dot import beginning
from nanograd.viz._model_flow import Flow, Station
from nanograd.viz._text import escaped_for_dot, shortened, visible

_LONGEST = 48
_WIDTH = 34
_MOST_LINES = 4
_MOST_READ = 1_000
_SPACES_OF_A_TREE = "ranksep=0.4 nodesep=0.16 pad=0.1"
_SPACES_OF_A_FLOW = "ranksep=0.45 nodesep=0.25 pad=0.1"

Written = tuple[str, dict[str, str], str]
"""The DOT text, the title of every element by its id, and a description of the whole."""


def write_tree(whole: Part, theme: Theme, rankdir: str, caption: str) -> Written:
    """Return the tree of a model's parts."""
    parts = parts_shown(whole)
    names = {part: f"m{number}" for number, part in enumerate(parts)}
    lines, titles = [], {}
    for part in parts:
        name = names[part]
        times = f"\u00a0×\u00a0{part.count:,}" if part.count > 1 else ""
        remarks = [(f"{counted(part.hidden, 'part')} inside", theme.quiet)] if part.hidden else []
        lines.append(
            _box(
                name,
                part.name,
                part.kind + times,
                [*_parameters(part, theme), *remarks],
                theme,
                part is whole,
            )
        )
        sizes = [text for text, _ in (*_parameters(part, theme), *remarks)]
        titles[name] = "\n".join(filter(None, (visible(part.name), visible(part.kind) + times, *sizes)))
        for inside in part.parts:
            edge = f"{name}_{names[inside]}"
            lines.append(f"{name} -> {names[inside]} [id={edge} arrowhead=none]")
            titles[edge] = f"{visible(part.name) or 'the model'} holds {visible(inside.name)}"
    number = sum(part.count for part in parts)
    text = "\n".join((*beginning(rankdir, theme, _SPACES_OF_A_TREE, caption), *lines, "}", ""))
    return text, titles, f"{counted(number, 'part')}, {counted(whole.parameters, 'parameter')}"


def write_flow(flow: Flow, parameters: int, theme: Theme, rankdir: str, caption: str) -> Written:
    """Return the parts of a model in the order in which a call went through them."""
    lines, titles = [], {}
    for number, station in enumerate(flow.stations):
        name = f"m{number}"
        remarks = []
        if station.parameters:
            remarks.append((counted(station.parameters, "parameter"), theme.data))
        if station.remark:
            remarks.append((station.remark, theme.quiet))
        if station.is_operation:
            lines.append(_ellipse(name, station, theme))
        else:
            is_end = not station.kind and not station.parameters
            lines.append(_box(name, station.name, station.kind, remarks, theme, is_end))
        said = (visible(station.name), visible(station.kind), *(text for text, _ in remarks))
        titles[name] = "\n".join(filter(None, said))
    for (start, end), count in flow.edges.items():
        edge = f"m{start}_m{end}"
        lines.append(f'm{start} -> m{end} [id={edge} label=" {count:,}"]')
        titles[edge] = counted(count, "number")
    text = "\n".join((*beginning(rankdir, theme, _SPACES_OF_A_FLOW, caption), *lines, "}", ""))
    return text, titles, f"{counted(len(flow.stations), 'station')}, {counted(parameters, 'parameter')}"


def _parameters(part: Part, theme: Theme) -> list[tuple[str, str]]:
    if not part.parameters:
        return []
    each = " each" if part.count > 1 else ""
    frozen = ", frozen" if part.frozen == part.parameters else f", {part.frozen:,} frozen"
    return [(f"{counted(part.parameters, 'parameter')}{each}{frozen if part.frozen else ''}", theme.data)]


def _box(
    id: str, name: str, kind: str, remarks: Iterable[tuple[str, str]], theme: Theme, is_end: bool
) -> str:
    """Return a box: the name on the heading's surface, what it is, and remarks in their colors."""
    heading = name or kind
    rows = [row(f"<b>{_text(heading)}</b>", theme.text, theme.surface if is_end else theme.block)]
    if name and kind:
        rows.append(row(_wrapped(kind), theme.text, theme.surface, size=FONT_SIZE - 2))
    for remark, color in remarks:
        surface = theme.data_surface if color == theme.data else theme.surface
        rows.append(row(_text(remark), color, surface, size=FONT_SIZE - 2))
    frame = theme.root if is_end else theme.leaf
    return f"{id} [id={id} label={table(''.join(rows), frame, width=2 if is_end else 1)} shape=plain]"


def _ellipse(id: str, station: Station, theme: Theme) -> str:
    label = _text(f"{station.name} {station.remark}".strip())
    look = f'shape=ellipse style=filled fillcolor="{theme.operation}" color="{theme.line}"'
    return f'{id} [id={id} label="{label}" {look} width=0.44 height=0.36 margin=0.04]'


def _wrapped(kind: str) -> str:
    """Return what a part is, in lines that keep its box narrow."""
    lines = textwrap.wrap(visible(kind[:_MOST_READ]), _WIDTH, break_long_words=False, break_on_hyphens=False)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]} …"]
    return "<br/>".join(map(_text, lines))


def _text(text: str) -> str:
    return escaped_for_dot(shortened(visible(text), _LONGEST))
