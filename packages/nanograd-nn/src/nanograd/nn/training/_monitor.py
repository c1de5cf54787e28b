"""Watching a number of the history: whether it is better than it ever was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn.training._history import check_mode


class Monitor:
    """The best value of a column so far, and in which epoch it was.

    Args:
        column: the name of the column.
        mode: ``"min"`` if less is better, ``"max"`` if more is.
        min_delta: by how much a value has to be better to count.

    Attributes:
        best: the best value; None before the first one that is a number.
        epoch: the epoch it belongs to, 0 before the first.

    Raises:
        ArgumentError: if the mode is unknown, or ``min_delta`` negative or nan.
        NumberTypeError: if the column is not a name.
    """

    def __init__(self, column: str, mode: str, min_delta: float = 0.0) -> None:
        check_mode(mode)
        if not isinstance(column, str):
            raise NumberTypeError(f"monitor is the name of a column of the history and not {column!r}")
        if not as_number(min_delta, "min_delta") >= 0.0:
            raise ArgumentError(f"min_delta is a distance of at least 0 and got {min_delta}")
        self.column = column
        self.mode = mode
        self.min_delta = min_delta
        self.best: float | None = None
        self.epoch = 0

    def improves(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row has the best value so far, and keep it; nan is never better.

        Args:
            row: of the history.

        Raises:
            ArgumentError: if it has no such column.
        """
        value = monitored(row, self.column)
        if math.isnan(value):
            return False
        gain = (
            math.inf if self.best is None else self.best - value if self.mode == "min" else value - self.best
        )
        if not gain > self.min_delta:
            return False
        self.best, self.epoch = value, row["epoch"]
        return True

    def state(self) -> dict[str, Any]:
        """Return the best value, and in which epoch it was."""
        return {"best": self.best, "best_epoch": self.epoch}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` returned.

        Args:
            state: that, among other entries.

        Raises:
            ArgumentError: if it is not there.
        """
        for key, kind in (("best", float | None), ("best_epoch", int)):
            if not isinstance(state.get(key), kind):
                raise ArgumentError(f"the state of what is monitored has {state.get(key)!r:.80} as {key!r}")
        self.best, self.epoch = state["best"], state["best_epoch"]


def monitored(row: Mapping[str, Any], column: str) -> float:
    """Return the value of a column.

    Raises:
        ArgumentError: if there is none, with those that there are.
    """
    if column not in row:
        hint = (
            " fit(..., validation=loader) gives the columns that begin with val_."
            if column[:4] == "val_"
            else ""
        )
        raise ArgumentError(f"there is no {column!r} to monitor, only {', '.join(row)}.{hint}")
    return float(row[column])
