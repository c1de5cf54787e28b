"""What Graphviz draws as SVG, made fit for pages: readable titles, fonts every reader has, no boilerplate."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nanograd.viz._text import escaped

FONT = "Arial"
"""The font that boxes are measured in. Graphviz knows the widths of its letters without having it."""

FONTS = "Arial, Helvetica, 'Liberation Sans', Arimo, 'Noto Sans', sans-serif"
"""What a page shows, all with the widths of Arial but the last two."""

_PREAMBLE = re.compile(r"\A.*?(?=<svg\b)|<!--.*?-->\n?", re.DOTALL)
_TITLE = re.compile(r'(<g id="([^"]*)" class="(\w+)"[^>]*>)\s*<title>[^<]*</title>')


def polished(svg: str, titles: Mapping[str, str], description: str) -> str:
    """Return Graphviz's SVG with our titles, which pages show on hovering and screen readers read.

    Args:
        svg: what Graphviz wrote.
        titles: the title of every element by its id.
        description: what the whole picture shows.
    """

    def titled(match: re.Match[str]) -> str:
        opening, name, kind = match.groups()
        title = titles.get(name, "")
        return f"{opening}<title>{escaped(title)}</title>" if title and kind != "graph" else opening

    # The font is written once and not at every text, which would be a third of the file.
    svg = _PREAMBLE.sub("", svg).replace(f' font-family="{FONT}"', "")
    svg = svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escaped(description)}" font-family="{FONTS}" ', 1
    )
    return _TITLE.sub(titled, svg)
