"""A callback of a training, as ``nanograd.nn.training.Callback`` is, without importing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class EpochCallback:
    """Does nothing on the way through a training; a subclass has the methods that it needs.

    Attributes:
        runs_last: whether it comes after other callbacks, which it need not.
    """

    runs_last = False

    def on_fit_start(self, trainer: Any) -> None:
        """Do something before the first batch."""

    def on_epoch_start(self, trainer: Any) -> None:
        """Do something before the first batch of an epoch."""

    def on_batch_end(self, trainer: Any, loss: float) -> None:
        """Do something after the weights were changed for a batch."""

    def on_epoch_end(self, trainer: Any, row: Mapping[str, Any]) -> None:
        """Do something after an epoch."""

    def on_fit_end(self, trainer: Any) -> None:
        """Do something after the last epoch."""

    def on_exception(self, trainer: Any, error: BaseException) -> None:
        """Do something when an error ends the training."""

    def state_dict(self) -> dict[str, Any]:
        """Return nothing for a checkpoint: a training goes on the same without its pictures."""
        return {}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Do nothing."""
