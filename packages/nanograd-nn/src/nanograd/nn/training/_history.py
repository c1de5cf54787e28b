"""History: what came out of every epoch, a plain table."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._atomic_file import write_atomically
from rich.table import Table
from rich.text import Text

DATA_COLOR = "#0a78c4"  # the blue of data in a tone with a contrast of 4.5 to 1 on white and on black alike


class History:
    """A table with a row for each epoch: its number, the loss, the metrics and the learning rate.

    >>> history = History([{"epoch": 1, "loss": 0.5, "lr": 0.1}, {"epoch": 2, "loss": 0.25, "lr": 0.1}])
    >>> history["loss"], history.columns
    ([0.5, 0.25], ['epoch', 'loss', 'lr'])
    >>> print(history)
    epoch    loss   lr
        1  0.5000  0.1
        2  0.2500  0.1
    >>> history.best("loss")
    {'epoch': 2, 'loss': 0.25, 'lr': 0.1}

    Args:
        rows: dicts of numbers by the names of the columns.

    Attributes:
        rows: the rows, a list of dicts.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self.rows: list[dict[str, Any]] = [dict(row) for row in rows]

    @property
    def columns(self) -> list[str]:
        """The names of all columns, in the order in which they came."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def __getitem__(self, name: str) -> list[Any]:
        """Return a column, with None where an epoch has no such number.

        Raises:
            ArgumentError: if there is none of that name.
        """
        if name not in self.columns:
            raise ArgumentError(
                f"the history has no column {name!r}; it has {', '.join(self.columns) or 'none'}"
            )
        return [row.get(name) for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def best(self, monitor: str = "val_loss", mode: str = "min") -> dict[str, Any]:
        """Return the row with the best number in a column, of several the first.

        Args:
            monitor: the name of the column.
            mode: ``"min"`` if less is better, ``"max"`` if more is.

        Raises:
            ArgumentError: if there is no such column or mode, or no number in it.
        """
        check_mode(mode)
        numbers = [number for number in self[monitor] if number is not None and number == number]
        if not numbers:
            raise ArgumentError(f"the column {monitor!r} has no number that could be the best")
        best = min(numbers) if mode == "min" else max(numbers)
        return next(row for row in self.rows if row.get(monitor) == best)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the table as text with commas, every number to its last digit.

        Args:
            path: the file.
        """
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomically(Path(path), text.getvalue().encode())

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write the rows as a JSON list of objects; where a number is nan or infinite, with null.

        Args:
            path: the file.
        """
        rows = [{name: _in_json(number) for name, number in row.items()} for row in self.rows]
        write_atomically(Path(path), (json.dumps(rows, indent=1, allow_nan=False) + "\n").encode())

    def __rich__(self) -> Table:
        """Return the table for Rich, with the best number of each loss in bold."""
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold", show_edge=False)
        for name in self.columns:
            table.add_column(name, justify="right", style=DATA_COLOR if "loss" in name else "")
        lowest = {
            name: min(
                (number for number in self[name] if number is not None and number == number), default=None
            )
            for name in self.columns
        }
        for row in self.rows:
            cells = []
            for name in self.columns:
                number = row.get(name)
                best = "loss" in name and number is not None and number == lowest[name] and len(self) > 1
                cells.append(Text(shown(name, number), style="bold" if best else ""))
            table.add_row(*cells)
        return table

    def __str__(self) -> str:
        lines = [self.columns, *([shown(name, row.get(name)) for name in self.columns] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)

    def __repr__(self) -> str:
        return f"History({len(self)} epochs: {', '.join(self.columns)})"


def shown(column: str, number: Any) -> str:
    """Return a number as it stands in a table: four digits, also where the last ones are 0; empty for None.

    >>> (
    ...     shown("epoch", 12),
    ...     shown("loss", 0.000123456),
    ...     shown("loss", 0.5),
    ...     shown("lr", 0.1),
    ...     shown("loss", None),
    ... )
    ('12', '0.0001235', '0.5000', '0.1', '')
    """
    if number is None:
        return ""
    if not isinstance(number, float):
        return str(number)
    return f"{number:.4g}" if column == "lr" else f"{number:#.4g}"


def check_mode(mode: str) -> None:
    """Refuse a word that does not say what is better.

    Raises:
        ArgumentError: if it is neither ``"min"`` nor ``"max"``.
    """
    if mode not in {"min", "max"}:
        raise ArgumentError(f"mode is 'min' if less is better or 'max' if more is, and got {mode!r}")


def _in_json(number: Any) -> Any:
    """Return what stands for a number in JSON, which knows neither NumPy's nor those that are not finite."""
    if isinstance(number, Integral) and not isinstance(number, bool):
        return int(number)
    if isinstance(number, Real) and not isinstance(number, bool):
        return float(number) if math.isfinite(number) else None
    return number
