"""Run a reader's program and tell what came of it: values, gradients, the drawing, or the error.

The documentation runs its ready programs with this when it is built, and the live page runs with it in the
browser what readers write.
"""

from __future__ import annotations

import io
import json
import linecache
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from contextvars import copy_context
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from nanograd.engine import NanogradError, ScalarValue, topological_order
from nanograd.viz import RenderError, _engines, draw_graph
from nanograd.viz._boxes import is_constant
from nanograd.viz._shown import gradient_of
from nanograd.viz._wording import Wording

FILE = "program.py"
RESULT = "out"
MOST_PRINTED = 20_000
MOST_ROWS = 100
MOST_DRAWN = 300  # a browser lays them out in seconds, and 1,500 not within the time that the page waits
DECIMALS = 4


class TooMuchPrintedError(Exception):
    """A program printed more than a page can show."""


@dataclass
class Outcome:
    """What came of a program.

    Attributes:
        printed: what it printed.
        rows: of every value its name, its formula, its number and its gradient.
        drawings: an SVG for each theme, or none.
        remarks: what there is to say besides.
        error: the error as Python words it, or nothing.
        line: the line of the program in which the error arose, or 0.
    """

    printed: str = ""
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    drawings: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    error: str = ""
    line: int = 0

    def json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))


def run(source: str) -> Outcome:
    """Run a program and return what came of it.

    What it calls ``out`` is drawn. A value without a label is called by the name of its variable.
    """
    outcome, printed, names = Outcome(), _Printed(), {"__name__": "__main__"}
    # So that the library can show the line in which a number was made.
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    with redirect_stdout(printed), redirect_stderr(printed), _Catch(outcome):
        copy_context().run(lambda: exec(compile(source, FILE, "exec", dont_inherit=True), names))
    outcome.printed = printed.getvalue()
    _give_names(names)
    if not outcome.error:
        with _Catch(outcome):
            _show(names.get(RESULT), outcome)
    _free(names)
    return outcome


def draw_with(lay_out: Callable[[str], str]) -> None:
    """Let a function from DOT to SVG lay drawings out. A browser has no program for it."""

    def engine(dot: str, format: str, _dpi: int) -> bytes:
        if format != "svg":
            raise RenderError("in a browser a drawing is an SVG: save it as .svg or .dot")
        return lay_out(dot).encode()

    _engines.find_engine = lambda: engine


class _Printed(io.StringIO):
    """Keeps what a program prints, up to what a page can show, and also when the program closes it."""

    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.tell()
        super().write(text[:room])
        if len(text) > room:
            raise TooMuchPrintedError(f"this page shows the first {MOST_PRINTED:,} characters: print less")
        return len(text)

    def close(self) -> None:
        pass


class _Catch:
    """Keeps whatever a program raises, ``sys.exit`` included."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, steps: TracebackType | None
    ) -> bool:
        if error is None:
            return False
        wording = traceback.TracebackException(kind, error, steps)
        inside = [step.lineno or 0 for step in wording.stack if step.filename == FILE]
        self.outcome.line = inside[-1] if inside else getattr(error, "lineno", None) or 0
        self.outcome.error = "".join(wording.format_exception_only()).strip()
        traceback.clear_frames(steps)
        return True


def _give_names(names: dict[str, Any]) -> None:
    for name, value in names.items():
        if isinstance(value, ScalarValue) and value.label is None and not name.startswith("_"):
            value.label = name


def _show(result: Any, outcome: Outcome) -> None:
    if result is None:
        outcome.remarks.append(f"Nothing is drawn. Call the result {RESULT!r}, and its graph is shown here.")
        return
    try:
        drawings = {
            theme: draw_graph(result, theme=theme, max_nodes=MOST_DRAWN) for theme in ("light", "dark")
        }
    except NanogradError as error:
        outcome.remarks.append(f"{RESULT!r} is not drawn: {error}")
    else:
        outcome.drawings = {theme: drawing.svg() for theme, drawing in drawings.items()}
    roots = _roots(result)
    if roots and all(isinstance(root, ScalarValue) for root in roots):
        outcome.rows.extend(_rows(topological_order(*roots)))
        if not any(root.has_grad for root in roots):
            outcome.remarks.append(f"No gradients yet: the program does not call {RESULT}.backward().")
        if len(outcome.rows) > MOST_ROWS:
            outcome.remarks.append(f"The table has the last {MOST_ROWS} of {len(outcome.rows):,} values.")
            del outcome.rows[:-MOST_ROWS]


def _roots(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list | tuple) else [result]


def _rows(order: list[ScalarValue]) -> Iterator[tuple[str, str, str, str]]:
    wording = Wording(order, DECIMALS)
    for node in order:
        if not is_constant(node):
            yield (
                wording.name(node),
                wording.formula(node) if node.children else "",
                wording.number(node.data),
                wording.number(gradient_of(node)) if node.requires_grad else "",
            )


def _free(names: dict[str, Any]) -> None:
    """Free the graphs from their results on, each node for itself.

    Python in a browser frees a graph by calls inside of calls, and would run out of them.
    """
    known = [*names.values(), *_roots(names.get(RESULT))]
    values = [value for value in known if isinstance(value, ScalarValue)]
    known.clear()
    order = topological_order(*values) if values else []
    values.clear()
    names.clear()
    while order:
        order.pop()
