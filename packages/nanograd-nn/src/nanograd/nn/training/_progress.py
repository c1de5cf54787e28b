"""The display of the progress: bars and numbers in a terminal, plain lines or nothing elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nanograd.engine import ArgumentError
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._history import DATA_COLOR, shown
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from nanograd.nn.training._trainer import Trainer

_MOST_ROWS = 20
_REST_COLOR = "#8a8a8a"  # a gray that stands back on light and dark terminals
_SECONDS_BETWEEN = 0.1


class ProgressDisplay(Callback):
    """Show how far a training is: the epoch, the batch, the loss, the metrics and the time left.

    In a terminal two bars are redrawn in place, and about twenty epochs stay above as a table. Elsewhere (a
    file, a pipe, a notebook) nothing is shown, or with ``verbose`` one line for each epoch. A trainer makes
    one itself; give one as a callback to choose the console.

    Args:
        verbose: whether to print a line for each epoch where there is no terminal.
        console: where it is shown; the standard output if left out.
    """

    def __init__(self, verbose: bool = False, console: Console | None = None) -> None:
        self.verbose = verbose
        self.console = console
        self._live: Live | None = None
        self._lines: Console | None = None  # where a line for each epoch is printed
        self._began = 0.0
        self._drawn = 0.0
        self._batches_before = 0
        self._widths: dict[str, int] = {}
        self._pending: Mapping[str, Any] | None = None

    def on_fit_start(self, trainer: Trainer) -> None:
        """Begin with the display.

        Args:
            trainer: the one that trains.
        """
        console = Console() if self.console is None else self.console
        self._began, self._drawn = time.monotonic(), -math.inf
        self._batches_before = self._batches_done(trainer)
        self._widths, self._pending = {}, None
        if console.is_terminal and not console.is_dumb_terminal and not console.is_jupyter:
            # The training draws it itself: a thread would read numbers that are being changed.
            self._live = Live(console=console, auto_refresh=False, transient=True)
            self._live.start()
            self._draw(trainer)
        self._lines = console if self.verbose and self._live is None else None

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:  # noqa: ARG002  # a callback gets it
        """Draw the bars anew, ten times a second at most.

        Args:
            trainer: the one that trains.
            loss: the loss of the batch.
        """
        if time.monotonic() - self._drawn >= _SECONDS_BETWEEN:
            self._draw(trainer)

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Show the row of the epoch, if it is one of those that stay.

        Args:
            trainer: the one that trains.
            row: the last row of the history.
        """
        if self._lines is not None:
            numbers = "  ".join(
                f"{name} {shown(name, number)}" for name, number in row.items() if name != "epoch"
            )
            self._lines.print(
                f"epoch {row['epoch']}/{trainer.epochs}  {numbers}",
                soft_wrap=True,
                markup=False,
                highlight=False,
            )
        self._pending = row
        if trainer.epoch % max(1, math.ceil(trainer.epochs / _MOST_ROWS)) == 0 or trainer.epoch == 1:
            self._show_row()
        self._draw(trainer)

    def on_fit_end(self, trainer: Trainer) -> None:  # noqa: ARG002  # a callback gets it
        """End the display; the table stays.

        Args:
            trainer: the one that trains.
        """
        self._show_row()
        self._end()

    def on_exception(self, trainer: Trainer, error: BaseException) -> None:  # noqa: ARG002  # a callback gets it
        """End the display.

        Args:
            trainer: the one that trains.
            error: what ends the training.
        """
        self._show_row()
        self._end()

    def _end(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show_row(self) -> None:
        row, self._pending = self._pending, None
        if self._live is None or row is None:
            return
        if not self._widths:
            self._widths = {name: max(len(name), 5 if name == "epoch" else 9) for name in row}
            heads = [name.rjust(width) for name, width in self._widths.items()]
            self._live.console.print(Text("  ".join(heads), style="bold"), soft_wrap=True)
        line = Text()
        for name, number in row.items():
            cell = shown(name, number).rjust(self._widths.get(name, 9))
            line.append(cell + "  ", style=DATA_COLOR if "loss" in name else "")
        self._live.console.print(line, soft_wrap=True)

    def _draw(self, trainer: Trainer) -> None:
        if self._live is not None:
            self._drawn = time.monotonic()
            self._live.update(self._bars(trainer), refresh=True)

    def _bars(self, trainer: Trainer) -> Group:
        running = trainer.running
        in_epoch = 0 if running is None else running.batches
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_row("epoch", *_bar(trainer.epoch, trainer.epochs), self._times(trainer))
        if trainer.batches_per_epoch:
            grid.add_row("batch", *_bar(in_epoch, trainer.batches_per_epoch), _numbers(trainer))
        else:
            grid.add_row("batch", str(in_epoch), "", _numbers(trainer))
        return Group(Text(""), grid)

    def _batches_done(self, trainer: Trainer) -> int:
        return trainer.epoch * (trainer.batches_per_epoch or 1) + (
            trainer.running.batches if trainer.running and trainer.batches_per_epoch else 0
        )

    def _times(self, trainer: Trainer) -> Text:
        passed = time.monotonic() - self._began
        done = self._batches_done(trainer)
        new = done - self._batches_before
        text = Text(f"{_clock(passed)} passed", style="dim")
        if new:
            left = trainer.epochs * (trainer.batches_per_epoch or 1) - done
            text.append(f", {_clock(passed / new * left)} left")
        return text


def _bar(done: int, of: int) -> tuple[Text, ProgressBar]:
    width = len(str(of))
    return Text(f"{done:>{width}}/{of}"), ProgressBar(
        total=of,
        completed=done,
        width=28,
        style=_REST_COLOR,
        complete_style=DATA_COLOR,
        finished_style=DATA_COLOR,
    )


def _numbers(trainer: Trainer) -> Text:
    """Return loss and metrics of the epoch so far."""
    try:
        numbers = trainer.measured_so_far()
    except ArgumentError:  # a metric that needs more samples
        numbers = {}
    text = Text(no_wrap=True, overflow="ellipsis")
    for name, number in numbers.items():
        if isinstance(number, int | float):
            text.append(f"{name} ", style="dim")
            text.append(f"{shown(name, number)}   ", style=DATA_COLOR if name == "loss" else "")
    return text


def _clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
