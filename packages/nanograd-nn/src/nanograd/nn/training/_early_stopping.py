"""EarlyStopping: the end of a training that no longer gets better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nanograd.engine import ArgumentError
from nanograd.nn._sizes import as_size
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._monitor import Monitor

if TYPE_CHECKING:
    from nanograd.nn.training._trainer import Trainer


class EarlyStopping(Callback):
    """Stop the training when a number has not got better for so many epochs, one after the other.

    As in `Keras`_ and Lightning.

    >>> EarlyStopping("val_loss", patience=5, restore_best_weights=True)
    EarlyStopping('val_loss', patience=5)

    Args:
        monitor: the column of the history that is watched.
        min_delta: by how much it has to be better to count.
        patience: after how many epochs without a better one to stop.
        mode: ``"min"`` if less is better, ``"max"`` if more is.
        restore_best_weights: whether the model has the weights of the best epoch in the end, also if the
            training was not stopped.

    Attributes:
        stopped_epoch: the epoch after which the training was stopped; 0 if it was not.

    Raises:
        ArgumentError: if an argument makes no sense, in training also if there is no such column.

    .. _Keras: https://keras.io/api/callbacks/early_stopping/
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 3,
        mode: str = "min",
        restore_best_weights: bool = False,
    ) -> None:
        self._monitor = Monitor(monitor, mode, min_delta)
        self.patience = as_size(patience, "patience")
        self.restore_best_weights = restore_best_weights
        self.stopped_epoch = 0
        self._waited = 0
        self._best_weights: dict[str, Any] | None = None

    @property
    def monitor(self) -> str:
        """The column of the history that is watched."""
        return self._monitor.column

    @property
    def best(self) -> float | None:
        """The best value so far; None before the first."""
        return self._monitor.best

    @property
    def best_epoch(self) -> int:
        """The epoch that it belongs to, 0 before the first."""
        return self._monitor.epoch

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Compare the epoch with the best one, and stop if that is too long ago.

        Args:
            trainer: the one that trains.
            row: the last row of the history.

        Raises:
            ArgumentError: if it has no such column.
        """
        if self._monitor.improves(row):
            self._waited = 0
            if self.restore_best_weights:
                self._best_weights = trainer.model.state_dict()
            return
        self._waited += 1
        if self._waited >= self.patience:
            self.stopped_epoch = row["epoch"]
            trainer.stop()

    def on_fit_end(self, trainer: Trainer) -> None:
        """Give the model the weights of the best epoch, if that is wanted.

        Args:
            trainer: the one that trains.
        """
        if self._best_weights is not None:
            trainer.model.load_state_dict(self._best_weights)

    def state_dict(self) -> dict[str, Any]:
        """Return the best value, when it was, how long ago, and its weights."""
        return {
            **self._monitor.state(),
            "waited": self._waited,
            "stopped_epoch": self.stopped_epoch,
            "best_weights": self._best_weights,
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where another one was.

        Args:
            state_dict: what :meth:`state_dict` returned.

        Raises:
            ArgumentError: if it is not such a dict.
        """
        if missing := [key for key in self.state_dict() if key not in state_dict]:
            raise ArgumentError(f"the state of EarlyStopping has {missing[0]!r}, and this dict has not")
        self._monitor.load(state_dict)
        self._waited, self.stopped_epoch = state_dict["waited"], state_dict["stopped_epoch"]
        self._best_weights = state_dict["best_weights"]

    def __repr__(self) -> str:
        return f"EarlyStopping({self.monitor!r}, patience={self.patience})"
