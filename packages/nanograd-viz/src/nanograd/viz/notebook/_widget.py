"""ExplorerWidget: the explorer as a widget of Jupyter, VS Code, Colab and Marimo, by way of anywidget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue
from nanograd.viz._explorer import explore
from nanograd.viz._extras import imported
from nanograd.viz._roots import as_roots
from nanograd.viz.notebook._live import told_of_backward

_AnyWidget: Any = imported("anywidget", "notebook", "nanograd.viz.notebook").AnyWidget
_traitlets = imported("traitlets", "notebook", "nanograd.viz.notebook")

_SECONDS_BETWEEN = 0.25


class ExplorerWidget(_AnyWidget):  # type: ignore[misc]  # the library may not be there
    """The explorer of :func:`nanograd.viz.explore` in a notebook, with the numbers of now.

    Show it in one cell and go on computing in another: :meth:`update` shows a result anew, and inside of
    :meth:`live` that happens by itself after each ``backward()``.

    >>> x = ScalarValue(3.0, label="x")
    >>> y = x * x
    >>> widget = ExplorerWidget(y)
    >>> with widget.live():
    ...     y.backward()
    >>> widget.updates
    1

    Args:
        root: the result, or a list of several.
        height: in pixels.
        options: those of :func:`nanograd.viz.explore`.

    Attributes:
        page: the web page that is shown.
        description: what it shows, for those who cannot see it.
        height: in pixels; a new number may be assigned.
        updates: how often it was shown anew.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        ArgumentError: if an option is none of those.
    """

    _esm = (files("nanograd.viz.notebook") / "widget.js").read_text(encoding="utf-8")
    page = _traitlets.Unicode().tag(sync=True)
    description = _traitlets.Unicode().tag(sync=True)
    height = _traitlets.Int(640).tag(sync=True)

    def __init__(
        self, root: ScalarValue | Sequence[ScalarValue], *, height: int = 640, **options: Any
    ) -> None:
        if type(height) is not int or not 100 <= height <= 10_000:
            raise ArgumentError(f"ExplorerWidget(height={height!r:.80}) takes 100 to 10,000 pixels")
        self.updates = 0
        self._root: ScalarValue | Sequence[ScalarValue] = as_roots(root, "ExplorerWidget")
        self._options = options
        shown = explore(self._root, **options)
        super().__init__(page=shown.html, description=_description(shown), height=height)

    def update(self, root: ScalarValue | Sequence[ScalarValue] | None = None) -> None:
        """Show the numbers and gradients of now.

        Args:
            root: another result, such as the loss of the next step; if left out, the same.

        Raises:
            NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        """
        roots = self._root if root is None else as_roots(root, "ExplorerWidget.update")
        shown = explore(roots, **self._options)
        self._root = roots
        self.updates += 1
        self.description = _description(shown)
        self.page = shown.html

    @contextmanager
    def live(self, every: float = _SECONDS_BETWEEN) -> Iterator[ExplorerWidget]:
        """Show the value whose ``backward()`` ran last, for as long as the ``with`` block takes.

        Between two updates at least ``every`` seconds pass, so that a training is hardly slower for it; the
        last backward pass is shown in any case. The function ``nanograd.engine.backward`` of several results
        is not noticed: call :meth:`update` after it. A new page begins with all of the graph in view.

        Args:
            every: seconds, 0 for an update after each backward pass.

        Raises:
            ArgumentError: if ``every`` is negative or no number.
        """
        if isinstance(every, bool) or not isinstance(every, (int, float)) or not every >= 0:
            raise ArgumentError(
                f"ExplorerWidget.live(every={every!r:.80}) takes a number of seconds from 0 on"
            )
        last = -float("inf")
        waiting: list[ScalarValue] = []

        def show(root: ScalarValue) -> None:
            nonlocal last
            waiting[:] = [root]
            if time.monotonic() - last >= every:
                waiting.clear()
                self.update(root)
                last = time.monotonic()

        try:
            with told_of_backward(show):
                yield self
        finally:
            if waiting:
                self.update(waiting.pop())

    def __repr__(self) -> str:
        return f"<ExplorerWidget: {self.description}>"


def _description(shown: object) -> str:
    return repr(shown).removeprefix("<Explorer: ").removesuffix(">")
