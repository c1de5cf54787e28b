"""Learning rates that fall where the loss no longer does."""

from __future__ import annotations

import math
from typing import Literal, SupportsFloat

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._momentum import numbers_per_group
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler, check_optimizer
from nanograd.nn.optim.lr_scheduler._warmup import as_epochs


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rates by ``factor`` after ``patience`` epochs that were no better than the best.

    Better is below best (1 - threshold), or below best - threshold in the threshold mode ``"abs"``; in the
    mode ``"max"`` above best (1 + threshold), or best + threshold. Like `torch ReduceLROnPlateau`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = ReduceLROnPlateau(optimizer, factor=0.5, patience=1), []
    >>> for loss in [3.0, 2.0, 2.0, 2.0, 1.0]:
    ...     scheduler.step(loss)
    ...     rates += scheduler.get_last_lr()
    >>> rates
    [1.0, 1.0, 1.0, 0.5, 0.5]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        mode: ``"min"`` for a quantity that should fall, such as the loss, ``"max"`` for one that should rise.
        factor: the factor, below 1.
        patience: how many epochs in a row may be no better.
        threshold: what counts as better.
        threshold_mode: whether that is a share of the best, ``"rel"``, or a difference to it, ``"abs"``.
        cooldown: how many epochs after a change do not count.
        min_lr: the lowest learning rate, or a list of one for each group.
        eps: a change that is not larger than this is left out.

    Raises:
        ArgumentError: if an option lies outside, or a list has not as many items as there are groups.
        NumberTypeError: if it is not an optimizer, or something is not a real number.

    .. _torch ReduceLROnPlateau:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        check_optimizer(optimizer)
        if not as_number(factor, "factor") < 1.0:
            raise ArgumentError(f"Factor should be < 1.0. Got: {factor}")
        if mode not in {"min", "max"}:
            raise ArgumentError(f"mode {mode} is unknown! It is 'min' or 'max'.")
        if threshold_mode not in {"rel", "abs"}:
            raise ArgumentError(f"threshold mode {threshold_mode} is unknown! It is 'rel' or 'abs'.")
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = as_epochs(patience, "patience")
        self.threshold = as_number(threshold, "threshold")
        self.threshold_mode = threshold_mode
        self.cooldown = as_epochs(cooldown, "cooldown")
        self.min_lrs = numbers_per_group(min_lr, "min_lr", optimizer)
        self.eps = as_number(eps, "eps")
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0
        self._last_lr = self._present_lr()

    @property
    def in_cooldown(self) -> bool:
        """Whether the last change is so recent that epochs do not count."""
        return self.cooldown_counter > 0

    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]  # as in PyTorch
        """Go on to the next epoch.

        Args:
            metrics: the quantity that should fall or rise, such as the loss of the epoch.

        Raises:
            NumberTypeError: if it is not a number.
        """
        try:
            current = float(metrics)
        except (TypeError, ValueError) as error:
            raise NumberTypeError(
                "step(metrics) takes the number that should fall or rise, such as the loss, and got "
                f"{type(metrics).__name__}: {metrics!r}"
            ) from error
        self.last_epoch += 1
        if self._is_better(current):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._set(self.get_lr())
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._present_lr()

    def get_lr(self) -> list[float]:
        """Return the present learning rates times the factor, where that changes them by more than eps."""
        present = self._present_lr()
        lower = [max(rate * self.factor, least) for rate, least in zip(present, self.min_lrs, strict=True)]
        return [new if old - new > self.eps else old for old, new in zip(present, lower, strict=True)]

    def _is_better(self, current: float) -> bool:
        if self.mode == "min":
            limit = self.best * (1.0 - self.threshold)
            return current < (limit if self.threshold_mode == "rel" else self.best - self.threshold)
        limit = self.best * (self.threshold + 1.0)
        return current > (limit if self.threshold_mode == "rel" else self.best + self.threshold)
