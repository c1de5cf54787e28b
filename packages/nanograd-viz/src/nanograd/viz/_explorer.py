"""explore and save_html: the graph as one web page to look around in, which needs nothing but a browser.

The page is put together here from the files in ``explorer/``: scripts, styles and a template. It carries its
data and its program and asks for nothing else. Its content security policy names the hash of the one script
and of the one style sheet, so that a browser runs nothing that a label or a name may have smuggled in.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from nanograd.engine import ArgumentError, Operation, ScalarValue, topological_order
from nanograd.viz._arguments import check_precision, is_whole
from nanograd.viz._atomic import write_atomically
from nanograd.viz._boxes import counted, is_constant
from nanograd.viz._colors import THEMES, Theme
from nanograd.viz._formulas import Template, has_cases, slope_templates
from nanograd.viz._record import record_of
from nanograd.viz._roots import as_roots
from nanograd.viz._shown import label_of
from nanograd.viz._text import escaped, shortened, visible

MOST_VISIBLE = 1_500
_MOST_DRAWABLE = 10_000
_FOLDER = files("nanograd.viz") / "explorer"


class Explorer:
    """What :func:`explore` returns: notebooks show it, :meth:`save` writes it to a file.

    >>> x = ScalarValue(3.0, label="x")
    >>> explore(x * x)
    <Explorer: 2 values>

    Attributes:
        html: the whole page.
    """

    def __init__(self, html: str, description: str) -> None:
        self.html = html
        self._description = description

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the page to a file and return its path; folders on the way are made.

        A save that fails leaves an earlier file as it was.

        Args:
            path: ends in ``.html`` or ``.htm``.

        Raises:
            ArgumentError: if it ends in something else.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in {".html", ".htm"}:
            raise ArgumentError(
                f"save({str(path)!r}) writes a web page: use a name that ends in .html. "
                "For a picture use save_graph(root, path)."
            )
        write_atomically(path, self.html.encode())
        return path

    def _repr_html_(self) -> str:
        # A frame that may run its own script and nothing more: it reaches neither notebook nor server.
        return (
            f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(self.html)}" title="{self._description}" '
            'style="width:100%;height:640px;border:1px solid #8b96a3;border-radius:6px"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Explorer: {self._description}>"


def explore(
    root: ScalarValue | Sequence[ScalarValue],
    *,
    title: str | None = None,
    depth: int | None = None,
    precision: int = 4,
    theme: Literal["light", "dark"] | None = None,
    max_nodes: int = MOST_VISIBLE,
) -> Explorer:
    """Return a page to look around in a calculation: every number, and why it is what it is.

    It pans, zooms and searches, opens and closes the parts of a model, shows the chain rule of any value with
    its numbers, and plays the forward and the backward pass step by step.

    >>> a, b = ScalarValue(5.0, label="a"), ScalarValue(2.0, label="b")
    >>> c = a * b
    >>> c.backward()
    >>> explore(c).save("output/c.html")  # doctest: +SKIP

    Args:
        root: the result, or a list of several.
        title: what the page is called; if left out, the label of the result.
        depth: how many levels of the model's parts are open when the page is: with 0 only the outermost parts
            are seen, each as one block. If left out, as many as are legible.
        precision: the number of decimals.
        theme: ``"light"`` or ``"dark"``; if left out, what the reader's system prefers.
        max_nodes: the number of values and blocks above which parts are closed until fewer are visible, which
            the page then says; up to 10,000.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        ArgumentError: if an option is none of those above.
    """
    roots = as_roots(root, "explore")
    _check(title, depth, precision, theme, max_nodes)
    order = topological_order(*roots)
    heading = title if title is not None else label_of(roots[0]) or "nanograd graph"
    data = {
        "graph": record_of(roots),
        "formulas": _formulas_of(order),
        "formulas_of_values": _formulas_with_constants(order),
        "options": {
            "title": heading,
            "depth": depth,
            "precision": precision,
            "theme": theme,
            "maxNodes": max_nodes,
            "mostDrawable": _MOST_DRAWABLE,
        },
    }
    return Explorer(_page(shortened(visible(heading), 80), _embedded(data)), counted(len(order), "value"))


def save_html(root: ScalarValue | Sequence[ScalarValue], path: str | PathLike[str], **options: Any) -> Path:
    """Write a page to look around in a calculation, which works offline, and return its path.

    >>> from nanograd.engine import ScalarValue
    >>> save_html(ScalarValue(5.0, label="a") * 2, "output/a.html")  # doctest: +SKIP

    Args:
        root: the result, or a list of several.
        path: ends in ``.html`` or ``.htm``.
        options: those of :func:`explore`.

    Raises:
        NanogradError: what :func:`explore` and :meth:`Explorer.save` raise.
        OSError: if the file cannot be written.
    """
    return explore(root, **options).save(path)


def _check(title: Any, depth: Any, precision: Any, theme: Any, max_nodes: Any) -> None:
    if title is not None and not isinstance(title, str):
        raise ArgumentError(f"explore(title={title!r:.80}) takes a string")
    if depth is not None and not is_whole(depth, 0):
        raise ArgumentError(f"explore(depth={depth!r:.80}) takes a number of levels from 0 on, or None")
    check_precision(precision, "explore")
    if theme not in (None, *THEMES):
        raise ArgumentError(f"explore(theme={theme!r:.80}) takes one of {', '.join(THEMES)}, or None")
    if not is_whole(max_nodes, 1, _MOST_DRAWABLE):
        raise ArgumentError(
            f"explore(max_nodes={max_nodes!r:.80}) takes a number from 1 to {_MOST_DRAWABLE:,}: "
            "more boxes at once no browser draws smoothly"
        )


def _formulas_of(order: Sequence[ScalarValue]) -> dict[str, dict[str, Any]]:
    """Return the formula of every derivative in the graph, by symbol and number of operands."""
    formulas: dict[str, dict[str, Any]] = {}
    seen: set[tuple[Operation, int]] = set()
    for node in order:
        operation = node.op
        if operation is None or (operation, len(node.children)) in seen:
            continue
        seen.add((operation, len(node.children)))
        templates = slope_templates(operation, len(node.children))
        formulas.setdefault(operation.symbol, {})[str(len(node.children))] = templates
    return formulas


def _formulas_with_constants(order: Sequence[ScalarValue]) -> dict[str, list[Template | None]]:
    """Return the formulas of those values whose constants decide between cases, by their numbers."""
    formulas: dict[str, list[Template | None]] = {}
    for number, node in enumerate(order):
        constants = {place: child.data for place, child in enumerate(node.children) if is_constant(child)}
        if node.op is not None and constants and has_cases(node.op, len(node.children)):
            formulas[str(number)] = slope_templates(node.op, len(node.children), constants)
    return formulas


def _embedded(data: dict[str, Any]) -> str:
    """Return data as JSON in which nothing can end the script element that holds it."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _page(title: str, data: str) -> str:
    script, style = _script(), _style()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_source_hash(script)}",
            f"style-src {_source_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    holes = {"policy": policy, "title": escaped(title), "style": style, "script": script, "data": data}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: holes[match[1]], _text_of("template.html"))


def _source_hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    light, dark = (_variables(THEMES[name]) for name in ("light", "dark"))
    return "\n".join(
        (
            f":root {{ color-scheme: light; {light} }}",
            "@media (prefers-color-scheme: dark) {",
            f':root:not([data-theme="light"]) {{ color-scheme: dark; {dark} }}',
            "}",
            f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}',
            _text_of("explorer.css"),
            f"@media print {{ :root:root {{ color-scheme: light; {light} }} }}",
        )
    )


def _variables(theme: Theme) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {color};" for name, color in asdict(theme).items())


_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|class|const) (\w+))", re.MULTILINE)


@cache
def _script() -> str:
    """Return the page's modules as one script, each a function that keeps its own names to itself."""
    modules: dict[str, str] = {}
    waiting = ["main"]
    while waiting:
        name = waiting[-1]
        source = _text_of(f"{name}.js")
        missing = [match[2] for match in _IMPORT.finditer(source) if match[2] not in modules]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if name not in modules:
            exported = ", ".join(match[1] for match in _EXPORT.finditer(source))
            body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = from_\2;\n", source))
            modules[name] = f"const from_{name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"
    return "\n".join(('"use strict";', *modules.values(), "from_main.start();"))


def _text_of(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
