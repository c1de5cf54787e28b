"""``.. drawing::``: a picture of what the examples of a page have computed, in light and dark.

The examples that stand above it (``>>>``) are run while the page is built. The content is Python that ends
with an expression: a drawing of ``nanograd.viz`` or a figure of matplotlib. It is run once with ``theme`` as
``"light"`` and once as ``"dark"``. ``:alt:`` says in words what there is to see. What a page has defined, it
keeps to itself: files go when it is read, and so do its operations, as other pages show the whole table.
"""

from __future__ import annotations

import ast
import io
import re
from contextlib import chdir, nullcontext, redirect_stdout, suppress
from doctest import SKIP, DocTestParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from nanograd.engine import OPS
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

DRAWINGS = Path(__file__).parents[1] / "_build" / "drawings"

WIDE = 880.0
"""Points. What is wider would be too small to read in the width of a page, and is moved sideways."""


class DrawingFigure(SphinxDirective):
    """A figure of what the content ends with."""

    has_content = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 - docutils

    def run(self) -> list[nodes.Node]:
        names = self._names_so_far()
        *statements, last = ast.parse("\n".join(self.content)).body
        DRAWINGS.mkdir(parents=True, exist_ok=True)
        figure = nodes.figure("", classes=["drawing"])
        for theme in ("light", "dark"):
            names["theme"] = theme
            exec(compile(ast.Module(statements, []), self.env.docname, "exec"), names)
            picture = eval(compile(ast.Expression(last.value), self.env.docname, "eval"), names)
            path = DRAWINGS / f"{self.env.docname.replace('/', '-')}-{self.lineno}-{theme}.svg"
            save = picture.savefig if hasattr(picture, "savefig") else picture.save
            save(path)
            figure += nodes.image(
                uri=f"/{path.relative_to(DRAWINGS.parents[1]).as_posix()}",
                alt=self.options["alt"],
                classes=[f"only-{theme}", *(["wide"] if _width(path) > WIDE else [])],
            )
        return [figure]

    def _names_so_far(self) -> dict[str, Any]:
        """Run the examples above that have not been run yet, and return the names that all of them leave."""
        if "drawing" not in self.env.temp_data:
            self.env.temp_data["drawing"] = {
                "line": 0,
                "names": {"__name__": "__main__"},
                "folder": TemporaryDirectory(),
                "table": dict(OPS),
            }
        state = self.env.temp_data["drawing"]
        page = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8").splitlines()
        above = "\n".join(page[: self.lineno - 1])
        for example in DocTestParser().get_examples(above):
            if example.lineno < state["line"] or SKIP in example.options:
                continue
            failing = nullcontext() if example.exc_msg is None else suppress(Exception)
            with chdir(state["folder"].name), redirect_stdout(io.StringIO()), failing:
                exec(compile(example.source, self.env.docname, "exec"), state["names"])
        state["line"] = self.lineno
        return state["names"]


def _width(picture: Path) -> float:
    """Return the width of an SVG in points."""
    (width,) = re.findall(r'<svg[^>]*? width="([\d.]+)pt"', picture.read_text(encoding="utf-8"))
    return float(width)


def forget(app: Sphinx, _page: nodes.document) -> None:
    """Leave no trace of a page that has been read."""
    if state := app.env.temp_data.pop("drawing", None):
        state["folder"].cleanup()
        OPS.clear()
        OPS.update(state["table"])


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("drawing", DrawingFigure)
    app.connect("doctree-read", forget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
