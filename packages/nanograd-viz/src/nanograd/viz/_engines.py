"""The programs that lay graphs out, and which of them is used.

In this order: the one that the environment variable ``NANOGRAD_DOT`` names, the system's Graphviz (``dot`` on
the ``PATH``), the program inside the wheel graphviz-pure, the library inside pygraphviz. The choice is made
anew for every picture, so that a changed ``PATH`` counts at once.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from nanograd.viz._errors import NoEngineError, RenderError

Engine = Callable[[str, str, int], bytes]
"""A function of (DOT text, "svg" or "png", dots per inch) that returns the picture."""

VARIABLE = "NANOGRAD_DOT"
TIMEOUT = 300.0
"""Seconds after which a program is stopped."""

_BEGINNINGS = {"svg": b"<", "png": b"\x89PNG\r\n\x1a\n"}


def render(dot: str, format: str, dpi: int = 96) -> bytes:
    """Return the picture that a DOT text describes.

    Args:
        dot: the text.
        format: ``"svg"`` or ``"png"``.
        dpi: dots per inch of a PNG.

    Raises:
        NoEngineError: if there is no program to do it.
        RenderError: if the program fails.
    """
    return find_engine()(dot, format, dpi)


def find_engine() -> Engine:
    """Return the engine that the next picture is drawn with.

    Raises:
        NoEngineError: if there is none.
    """
    program = _named_program() or shutil.which("dot") or _embedded_program()
    if program is not None:
        return _Program(program)
    if importlib.util.find_spec("pygraphviz") is not None:
        return _draw_with_pygraphviz
    raise NoEngineError(
        "drawing needs a program that lays graphs out, and none was found. Any one of these helps: install "
        "Graphviz (https://graphviz.org/download) so that `dot` is on the PATH; `pip install graphviz-pure`; "
        f"or set {VARIABLE} to the path of a `dot` program. Saving as .dot works without."
    )


def _named_program() -> str | None:
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    found = shutil.which(named)
    if found is None:
        what = "is not a program that can be run" if Path(named).exists() else "does not exist"
        raise NoEngineError(
            f"{VARIABLE} is set to {named!r}, which {what}. Set it to the path of a `dot` program, or unset "
            "it to use the `dot` on the PATH or the embedded one."
        )
    return found


def _embedded_program() -> str | None:
    """Return the program inside the wheel graphviz-pure, which need not be on the PATH."""
    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in {"graphviz-pure", "graphviz-pure.exe"}:
            return shutil.which(str(Path(str(file.locate())).resolve()))
    return None


class _Program:
    """A program with the command line of Graphviz's ``dot``."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, dot: str, format: str, dpi: int) -> bytes:
        command = [self.path, f"-T{format}"]
        if format == "png":
            command.append(f"-Gdpi={dpi}")
        try:
            done = subprocess.run(
                command,
                input=dot.encode(),
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0,
            )
        except subprocess.TimeoutExpired:
            raise RenderError(
                f"{self.path} did not finish the picture within {TIMEOUT:.0f} seconds. Draw fewer values: "
                "the parts of a model as blocks with depth=1, or an earlier result."
            ) from None
        except OSError as error:
            raise RenderError(f"{self.path} could not be run: {error}. {_ADVICE}") from error
        said = done.stderr.decode(errors="replace").strip()
        # A picture with a mistake in it still comes out, with the exit code 1.
        if done.returncode != 0:
            raise RenderError(
                f"{self.path} failed with exit code {done.returncode}: {said[-500:]!r}. {_ADVICE}"
            )
        return _checked(done.stdout, format, self.path, said)


def _draw_with_pygraphviz(dot: str, format: str, dpi: int) -> bytes:
    import pygraphviz

    try:
        with pygraphviz.AGraph(string=dot) as graph:
            if format == "png":
                graph.graph_attr["dpi"] = str(dpi)
            picture = graph.draw(format=format, prog="dot")
    except (OSError, ValueError) as error:
        raise RenderError(f"pygraphviz failed: {error}. {_ADVICE}") from error
    return _checked(picture, format, "pygraphviz", "")


_ADVICE = f"To draw with another program, set {VARIABLE} to its path; `pip install graphviz-pure` brings one."


def _checked(picture: bytes, format: str, engine: str, said: str) -> bytes:
    """Return the picture if it is one; garbage gives an empty one without complaint."""
    if not picture.startswith(_BEGINNINGS[format]):
        wrote = f"{len(picture)} bytes that are no {format.upper()}" if picture else "nothing"
        raise RenderError(f"{engine} wrote {wrote}. It said: {said[-500:]!r}. {_ADVICE}")
    return picture
