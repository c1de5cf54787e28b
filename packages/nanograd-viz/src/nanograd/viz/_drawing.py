"""A drawing: the DOT text of a graph, and the pictures that can be made of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.viz._atomic import write_atomically
from nanograd.viz._engines import render
from nanograd.viz._svg import polished

FORMATS = ("png", "svg", "dot", "gv")
_MANY_ELEMENTS = 150


class Drawing:
    """What :func:`draw_graph` returns: notebooks show it, :meth:`save` writes it to a file.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.viz import draw_graph
    >>> drawing = draw_graph(ScalarValue(2.0, label="x") * 3)
    >>> drawing
    <Drawing: 3 values, 1 operation>
    >>> drawing.svg()[:22]
    '<svg role="img" aria-l'

    Attributes:
        dot: the picture in Graphviz's language.
    """

    def __init__(self, dot: str, titles: Mapping[str, str] | None = None, description: str = "graph") -> None:
        self.dot = dot
        self._titles = dict(titles or {})
        self._description = description

    def svg(self) -> str:
        """Return the picture as an SVG element, which needs nothing else and can stand inside an HTML page.

        Every value, operation, block and edge is a group with an ``id`` of its own and a ``<title>`` that
        holds its whole label and the exact numbers.

        Raises:
            EngineError: if no picture can be made.
        """
        return polished(render(self.dot, "svg").decode(), self._titles, self._description)

    def render(self, format: str) -> bytes:
        """Return what a file of a format holds.

        Args:
            format: ``"png"``, ``"svg"``, ``"dot"`` or ``"gv"``.

        Raises:
            ArgumentError: if the format is another.
            EngineError: if no picture can be made.
        """
        if format not in FORMATS:
            raise _unknown_format(f"render({format!r})")
        if format == "svg":
            return f'<?xml version="1.0" encoding="UTF-8"?>\n{self.svg()}'.encode()
        if format == "png":
            # Twice the usual 96, for sharp text on today's screens, unless that would make an enormous
            # picture.
            return render(self.dot, "png", dpi=96 if len(self._titles) > _MANY_ELEMENTS else 192)
        return self.dot.encode()

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the picture to a file and return its path; folders on the way are made.

        A save that fails leaves an earlier file as it was.

        Args:
            path: ends in ``.png``, ``.svg``, ``.dot`` or ``.gv``, which chooses the format.

        Raises:
            ArgumentError: if it ends in something else.
            EngineError: if no picture can be made.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        suffix = path.suffix.lower().removeprefix(".")
        if suffix not in FORMATS:
            raise _unknown_format(f"save({str(path)!r})")
        write_atomically(path, self.render(suffix))
        return path

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,  # noqa: ARG002 - IPython's protocol
        exclude: Collection[str] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Drawing: {self._description}>"


def _unknown_format(asked: str) -> ArgumentError:
    return ArgumentError(f"{asked} asks for a format that is not supported: use .png, .svg, .dot or .gv")
