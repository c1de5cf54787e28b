"""Callback: something that is done on the way through a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nanograd.nn.training._trainer import Trainer


class Callback:
    """Something that is done on the way through a training; a subclass has the methods that it needs.

    An object of another class that has all of these methods is a callback, too.

    >>> class Names(Callback):
    ...     def on_epoch_end(self, trainer, row):
    ...         print(f"epoch {row['epoch']} is done")

    Attributes:
        runs_last: whether it comes after those that have it not, because it needs what they have changed.
    """

    runs_last = False

    def on_fit_start(self, trainer: Trainer) -> None:
        """Do something before the first batch of a call of :meth:`Trainer.fit`.

        Args:
            trainer: the one that trains.
        """

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Do something before the first batch of an epoch.

        Args:
            trainer: the one that trains; :attr:`Trainer.epoch` is the number of epochs that are done.
        """

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:
        """Do something after the weights were changed for a batch.

        Args:
            trainer: the one that trains.
            loss: the loss of the batch.
        """

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Do something after an epoch and its validation.

        Args:
            trainer: the one that trains; :meth:`Trainer.stop` makes this epoch the last one.
            row: the last row of the history.
        """

    def on_fit_end(self, trainer: Trainer) -> None:
        """Do something after the last epoch, unless there was an error.

        Args:
            trainer: the one that trains.
        """

    def on_exception(self, trainer: Trainer, error: BaseException) -> None:
        """Do something when an error, or Ctrl-C, ends the training; the error is raised afterwards.

        Args:
            trainer: the one that trains.
            error: the error, for Ctrl-C a ``KeyboardInterrupt``.
        """

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint has to hold for the training to go on as if nothing had happened."""
        return {}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where another callback of this kind was.

        Args:
            state_dict: what :meth:`state_dict` returned.
        """
