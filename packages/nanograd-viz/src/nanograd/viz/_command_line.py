"""The command line, ``nanograd-viz graph.json -o graph.svg``: a saved graph drawn, printed, made a page."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nanograd.engine import NanogradError
from nanograd.viz._atomic import write_atomically
from nanograd.viz._draw import draw_graph
from nanograd.viz._explorer import explore
from nanograd.viz._graph_json import load_graph_json
from nanograd.viz._table import print_table
from rich.console import Console

_WIDTH = 160
_MISTAKE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code: 0, or 2 after a mistake, which stands on stderr.

    Args:
        arguments: what stands behind the command's name; those of the program if left out.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        _run(given)
    except (NanogradError, OSError, MemoryError) as error:
        print(f"{parser.prog}: error: {_said(error)}", file=sys.stderr)  # noqa: T201 - its only way to speak
        return _MISTAKE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nanograd-viz",
        description="Draw a graph that nanograd.viz.save_graph_json(root, 'graph.json') has saved.",
        epilog="Without --output a table of all values is printed.",
    )
    parser.add_argument("graph", type=Path, help="the saved graph, a .json file")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="what is written, by its ending: a picture (.svg, .png, .dot, .gv), a page to look around in "
        "(.html), or a table (.txt)",
    )
    parser.add_argument("--depth", type=int, help="how many levels of a model's parts are taken apart")
    parser.add_argument("--theme", choices=("light", "dark"), help="the colors")
    parser.add_argument(
        "--show",
        type=lambda text: tuple(part.strip() for part in text.split(",")),
        metavar="FIELDS",
        help="what boxes hold, separated by commas: label, data, grad, local_derivatives, flow",
    )
    parser.add_argument("--rankdir", choices=("LR", "TB", "RL", "BT"), help="where a picture leads to")
    parser.add_argument("--precision", type=int, help="the number of decimals")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('nanograd-viz')}")
    return parser


_PICTURE_OPTIONS = ("depth", "theme", "show", "rankdir", "precision")
_OPTIONS = {
    **dict.fromkeys((".svg", ".png", ".dot", ".gv"), _PICTURE_OPTIONS),
    **dict.fromkeys((".html", ".htm"), ("depth", "theme", "precision")),
    ".txt": ("precision",),
}


class _UsageError(NanogradError, ValueError):
    """The options do not go together."""


def _run(given: argparse.Namespace) -> None:
    output: Path | None = given.output
    suffix = ".txt" if output is None else output.suffix.lower()
    if suffix not in _OPTIONS:
        raise _UsageError(f"{str(output)!r} ends in no format that can be written: use {', '.join(_OPTIONS)}")
    options = {name: getattr(given, name) for name in _PICTURE_OPTIONS if getattr(given, name) is not None}
    if unknown := [f"--{name}" for name in options if name not in _OPTIONS[suffix]]:
        kind = "a table" if suffix == ".txt" else f"a {suffix} file"
        raise _UsageError(f"{', '.join(unknown)} cannot be used for {kind}")
    root = load_graph_json(given.graph)
    if output is None:
        print_table(root, console=Console(soft_wrap=not sys.stdout.isatty()), **options)
    else:
        _writer(suffix)(root, output, options)


def _writer(suffix: str) -> Callable[[Any, Path, dict[str, Any]], object]:
    if suffix == ".txt":
        return _write_table
    if suffix in {".html", ".htm"}:
        return lambda root, output, options: explore(root, **options).save(output)
    return lambda root, output, options: draw_graph(root, **options).save(output)


def _write_table(root: Any, output: Path, options: dict[str, Any]) -> None:
    text = io.StringIO()
    print_table(root, console=Console(file=text, width=_WIDTH, color_system=None), **options)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    write_atomically(output, ("\n".join(lines) + "\n").encode())


def _said(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__
