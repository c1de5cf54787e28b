"""ModelCheckpoint: the training in a file, so that it can go on after an interruption."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nanograd.engine import ArgumentError
from nanograd.nn._safetensors_file import libraries
from nanograd.nn._sizes import as_size
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._monitor import Monitor

if TYPE_CHECKING:
    from nanograd.nn.training._trainer import Trainer


class ModelCheckpoint(Callback):
    """Write a checkpoint after every so many epochs, and on Ctrl-C; :meth:`Trainer.load_checkpoint` reads it.

    That of Ctrl-C holds the epoch that is running, too, and takes the place of the one of the epoch before.

    >>> ModelCheckpoint("checkpoints/{epoch:03}.json", every_n_epochs=5)
    ModelCheckpoint('checkpoints/{epoch:03}.json', every_n_epochs=5)

    Args:
        filepath: the file, which ends in ``.json`` or ``.safetensors``. ``{epoch}`` in it becomes the number
            of epochs that are done; without it there is one file, the newest.
        every_n_epochs: how many epochs lie between two of them.
        save_best_only: whether one is written only if it is better than all that were; nothing is on Ctrl-C.
        monitor: the column of the history that says what is better.
        mode: ``"min"`` if less is better, ``"max"`` if more is.

    Raises:
        ArgumentError: if an argument makes no sense.
        MissingExtraError: if safetensors is needed and not installed.
    """

    runs_last = True

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        every_n_epochs: int = 1,
        save_best_only: bool = False,
        monitor: str = "val_loss",
        mode: str = "min",
    ) -> None:
        self.filepath = os.fspath(filepath)
        self.every_n_epochs = as_size(every_n_epochs, "every_n_epochs")
        self.save_best_only = save_best_only
        self._monitor = Monitor(monitor, mode)
        if self._path(0).suffix.lower() not in {".json", ".safetensors"}:
            raise ArgumentError(f"filepath ends in .json or .safetensors and got {self.filepath!r}")
        if self._path(0).suffix.lower() == ".safetensors":
            libraries()  # a package that is missing should not be found out on Ctrl-C

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Write a checkpoint if it is time.

        Args:
            trainer: the one that trains.
            row: the last row of the history.
        """
        if trainer.epoch % self.every_n_epochs:
            return
        if not self.save_best_only or self._monitor.improves(row):
            trainer.save_checkpoint(self._path(trainer.epoch))

    def on_exception(self, trainer: Trainer, error: BaseException) -> None:
        """Write a checkpoint on Ctrl-C, unless the weights are being changed.

        Args:
            trainer: the one that trains.
            error: what ends the training.
        """
        if isinstance(error, KeyboardInterrupt) and not self.save_best_only and trainer.can_be_saved:
            trainer.save_checkpoint(self._path(trainer.epoch))

    def state_dict(self) -> dict[str, Any]:
        """Return the best value so far, and when it was."""
        return self._monitor.state()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where another one was.

        Args:
            state_dict: what :meth:`state_dict` returned.

        Raises:
            ArgumentError: if it is not such a dict.
        """
        self._monitor.load(state_dict)

    def _path(self, epoch: int) -> Path:
        try:
            return Path(self.filepath.format(epoch=epoch))
        except (LookupError, ValueError) as error:
            raise ArgumentError(
                f"filepath may have {{epoch}} in it, and {self.filepath!r} cannot be filled in: {error!r}"
            ) from error

    def __repr__(self) -> str:
        return f"ModelCheckpoint({self.filepath!r}, every_n_epochs={self.every_n_epochs})"
