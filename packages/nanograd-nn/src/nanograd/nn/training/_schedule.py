"""Schedule: when a scheduler changes the learning rate, and what it is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError
from nanograd.nn.optim import Optimizer


class Schedule:
    """A scheduler, or none, and whether it steps after every epoch or every batch.

    Args:
        scheduler: of ``nanograd.nn.optim.lr_scheduler``, or None.
        interval: ``"epoch"`` or ``"batch"``.
        optimizer: the one that is trained with.

    Raises:
        ArgumentError: if it changes another optimizer, or there is no such interval.
        NumberTypeError: if it is no scheduler.
    """

    def __init__(self, scheduler: Any, interval: str, optimizer: Optimizer) -> None:
        if interval not in {"epoch", "batch"}:
            raise ArgumentError(f"scheduler_interval is 'epoch' or 'batch' and got {interval!r}")
        self.scheduler = scheduler
        self._watches = False
        self._each_batch = interval == "batch"
        self._optimizer = optimizer
        if scheduler is None:
            return
        if isinstance(scheduler, type):
            raise NumberTypeError(
                f"scheduler is the class {scheduler.__name__}, not one of its objects: "
                f"write {scheduler.__name__}(optimizer, ...)"
            )
        if not callable(getattr(scheduler, "step", None)):
            raise NumberTypeError(f"scheduler has a method step() and {type(scheduler).__name__} has not")
        if getattr(scheduler, "optimizer", optimizer) is not optimizer:
            raise ArgumentError("the scheduler changes another optimizer than the one that is trained with")
        # As ReduceLROnPlateau does, and a user's own scheduler of its kind.
        self._watches = "metrics" in inspect.signature(scheduler.step).parameters
        if self._watches and self._each_batch:
            raise ArgumentError(
                f"{type(scheduler).__name__} watches a column of the history, which has a row for each "
                "epoch: scheduler_interval has to be 'epoch'"
            )

    def after_batch(self) -> None:
        """Step, if it is done after every batch."""
        if self.scheduler is not None and self._each_batch:
            self._step()

    def after_epoch(self, watched: Callable[[], float]) -> None:
        """Step, if it is done after every epoch.

        Args:
            watched: returns the value that a ``ReduceLROnPlateau`` is told.
        """
        if self.scheduler is not None and not self._each_batch:
            self._step(*([watched()] if self._watches else []))

    def _step(self, *watched: float) -> None:
        # The optimizer's steps may have been made by a compiled step, or before the checkpoint was written.
        self._optimizer.has_stepped = True
        self.scheduler.step(*watched)
