"""Learning rates that change over a number of epochs, at the beginning of training or to its end."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler


class ConstantLR(LRScheduler):
    """Multiply the learning rates by ``factor`` for ``total_iters`` epochs; like `torch ConstantLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = ConstantLR(optimizer, factor=0.5, total_iters=2), []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.5, 1.0, 1.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        factor: the factor, above 0 and at most 1. PyTorch takes 0 too, and fails where it is to be undone.
        total_iters: for how many epochs.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if the factor or the number of epochs lies outside.
        NumberTypeError: if the factor is not a real number.

    .. _torch ConstantLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 < as_number(factor, "factor") <= 1:
            raise ArgumentError(
                f"Constant multiplicative factor expected to be between 0 and 1. Got: {factor}"
            )
        self.factor = factor
        self.total_iters = as_epochs(total_iters, "total_iters")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates, times the factor at first, and over it at the end."""
        if self.last_epoch == 0:
            return self._present_lr(self.factor)
        return self._present_lr(1.0 / self.factor if self.last_epoch == self.total_iters else 1)

    def _first_lr(self) -> list[float]:
        return [base_lr * (self.factor if self.total_iters else 1) for base_lr in self.base_lrs]


class LinearLR(LRScheduler):
    """Move the learning rates from one factor to another in equal steps; like `torch LinearLR`_.

    In epoch t they are start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters times
    what they would be without.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = LinearLR(optimizer, start_factor=0.5, total_iters=2), []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.75, 1.0, 1.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        start_factor: the factor in epoch 0, above 0 and at most 1.
        end_factor: the factor from epoch ``total_iters`` on, from 0 to 1.
        total_iters: how many epochs it takes.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if a factor or the number of epochs lies outside.
        NumberTypeError: if a factor is not a real number.

    .. _torch LinearLR: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < as_number(start_factor, "start_factor") <= 1:
            raise ArgumentError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal to 1. "
                f"Got: {start_factor}"
            )
        if not 0 <= as_number(end_factor, "end_factor") <= 1:
            raise ArgumentError(
                f"Ending multiplicative factor expected to be between 0 and 1. Got: {end_factor}"
            )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = as_epochs(total_iters, "total_iters")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates times this factor over the last one."""
        if self.last_epoch == 0:
            return self._present_lr(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._present_lr()
        change = self.end_factor - self.start_factor
        last_factor = self.total_iters * self.start_factor + (self.last_epoch - 1) * change
        return self._present_lr(1.0 + change / last_factor)

    def _first_lr(self) -> list[float]:
        return [base_lr * self.start_factor for base_lr in self.base_lrs]


class PolynomialLR(LRScheduler):
    """Let the learning rates fall to 0 as (1 - t / total_iters)**power; like `torch PolynomialLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = PolynomialLR(optimizer, total_iters=4), []
    >>> for epoch in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        total_iters: how many epochs it takes.
        power: 1 for a straight line, more for a fall that is steep at first.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if the number of epochs is negative.
        NumberTypeError: if the power is not a real number.

    .. _torch PolynomialLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters = as_epochs(total_iters, "total_iters")
        self.power = as_number(power, "power")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates times this factor over the last one."""
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._present_lr()
        left, left_before = (
            1.0 - self.last_epoch / self.total_iters,
            1.0 - (self.last_epoch - 1) / self.total_iters,
        )
        return self._present_lr((left / left_before) ** self.power)

    def _first_lr(self) -> list[float]:
        return self.base_lrs


def as_epochs(given: Any, what: str) -> int:
    """Return a number of epochs.

    Raises:
        ArgumentError: if it is not an int of at least 0.
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise ArgumentError(f"{what} is a number of epochs, an int of at least 0, and got {given!r}")
    return given
