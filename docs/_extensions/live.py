"""``.. live-programs::``: the programs of ``docs/live/``, what comes of them, and the tool to change them.

The results are made while the page is built, and are the page. Where it is built together with the runtime,
which ``nox -s live`` puts into ``_static/live/runtime``, and comes from a server, ``live.js`` shows the tool
instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from _static.live.program import Outcome, run
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

PAGE = "live"
PROGRAMS = Path(__file__).parents[1] / "live"
RUNTIME = Path(__file__).parents[1] / "_static" / "live" / "runtime"

IN_ORDER = ("expression", "neuron", "descent", "network", "second_derivative", "error")
"""The programs from the simplest on; those not listed follow by name."""

HEADINGS = ("Value", "Formula", "Data", "Gradient")

_WIDTH = re.compile(r' width="([\d.]+)pt"')

POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "img-src 'self' data:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'"
)
"""What the page may load: nothing from elsewhere. Furo has a script and styles inside of the page."""

TOOL = """
<form class="live" id="live" data-headings="{headings}" hidden>
  <p>
    <label for="live-choice">Program</label>
    <select id="live-choice"></select>
  </p>
  <div id="live-about"></div>
  <label class="live-unseen" for="live-source">The program, in Python</label>
  <textarea id="live-source" aria-describedby="live-keys" autocapitalize="off" autocomplete="off"
    autocorrect="off" spellcheck="false" translate="no" wrap="off"></textarea>
  <p class="live-buttons">
    <button class="live-main" id="live-run" type="submit">Run</button>
    <button id="live-stop" type="button" disabled>Stop</button>
    <button id="live-reset" type="button">Start over</button>
    <span id="live-status" role="status"></span>
  </p>
  <p class="live-hint" id="live-keys">Ctrl+Enter runs the program as well. Python is loaded when you run
  the first program: up to {megabytes:.0f} MB, from this site, which then stay in the browser's cache.</p>
  <div id="live-result" role="region" aria-label="Result"></div>
</form>
"""


class Program(NamedTuple):
    """A program that is ready to be changed.

    Attributes:
        name: that of its file.
        title: the first line of its docstring.
        about: what follows there.
        source: what follows the docstring.
    """

    name: str
    title: str
    about: str
    source: str


def programs() -> Iterator[Program]:
    """Yield all programs in order."""
    names = sorted(path.stem for path in PROGRAMS.glob("*.py"))
    for name in sorted(names, key=lambda name: IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER)):
        text = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
        tree = ast.parse(text)
        title, _, about = (ast.get_docstring(tree) or "").partition("\n")
        source = "".join(text.splitlines(keepends=True)[tree.body[0].end_lineno :])
        yield Program(name, title, about.strip(), source.strip("\n"))


class LivePrograms(SphinxDirective):
    """``.. live-programs::``"""

    def run(self) -> list[nodes.Node]:
        found = []
        for program in programs():
            section = nodes.section(ids=[program.name.replace("_", "-")], classes=["live-program"])
            section += nodes.title("", program.title)
            about = nodes.container(classes=["live-about"])
            about += self.parse_text_to_nodes(program.about)
            section += about
            section += nodes.literal_block(program.source, program.source, language="python")
            section += nodes.raw("", result(run(program.source)), format="html")
            found.append(section)
        return [*self.tool(), *found]

    def tool(self) -> list[nodes.Node]:
        """Return the tool, if the runtime is there."""
        size = sum(path.stat().st_size for path in RUNTIME.glob("*.*"))
        if not size:
            return []
        tool = TOOL.format(headings="|".join(HEADINGS), megabytes=size / 1e6)
        return [nodes.raw("", tool, format="html")]


def result(outcome: Outcome) -> str:
    """Return what came of a program as HTML, the same as ``live.js`` makes of it."""
    parts = []
    if outcome.error:
        where = f"Error in line {outcome.line}" if outcome.line else "Error"
        parts.append(
            f'<div class="admonition error"><p class="admonition-title">{where}</p>'
            f"<pre>{escape(outcome.error)}</pre></div>"
        )
    if outcome.printed:
        parts.append(f'<pre class="live-printed">{escape(outcome.printed)}</pre>')
    parts += [f"<p>{escape(remark)}</p>" for remark in outcome.remarks]
    if outcome.drawings:
        images = "".join(
            f'<img class="only-{theme}" alt="The graph of out" src="{_address(svg)}" '
            f'style="min-width: {_smallest(svg)}px">'
            for theme, svg in outcome.drawings.items()
        )
        parts.append(f'<figure class="drawing">{images}</figure>')
    if outcome.rows:
        heading = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in outcome.rows
        )
        parts.append(
            '<div class="table-wrapper"><table class="docutils live-values">'
            f"<thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    return f'<div class="live-result">{"".join(parts)}</div>'


def _smallest(svg: str) -> int:
    """Return half the width of a picture, at which it can still be read; a wider one is moved sideways."""
    return round(float(_WIDTH.search(svg)[1]) * 2 / 3)


def _address(svg: str) -> str:
    """Return an address that holds the picture, with everything as it is that may stay so in an attribute."""
    return "data:image/svg+xml," + quote(svg, safe=" !'()*+,/:;=?@")


def equip(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Give the page its policy, its style and its script."""
    if page == PAGE:
        context["metatags"] += f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        app.add_css_file("live/live.css")
        app.add_js_file("live/live.js", loading_method="defer")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("live-programs", LivePrograms)
    app.connect("env-get-outdated", lambda *_: [PAGE])  # it shows what the packages do now
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
