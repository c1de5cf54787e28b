"""Learning rates that fall by a factor: every epoch, every so many epochs, or at milestones."""

from __future__ import annotations

from collections.abc import Iterable

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn._sizes import as_size
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler


class StepLR(LRScheduler):
    """Multiply the learning rates by ``gamma`` every ``step_size`` epochs; like `torch StepLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = StepLR(optimizer, step_size=2, gamma=0.5), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        step_size: after how many epochs.
        gamma: the factor.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if ``step_size`` is not a whole number of at least 1.
        NumberTypeError: if ``gamma`` is not a real number.

    .. _torch StepLR: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = as_size(step_size, "step_size")
        self.gamma = float(as_number(gamma, "gamma"))
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates, times gamma where a step ends."""
        ends = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._present_lr(self.gamma if ends else 1)

    def _first_lr(self) -> list[float]:
        return self.base_lrs


class MultiStepLR(LRScheduler):
    """Multiply the learning rates by ``gamma`` at each of the milestones; like `torch MultiStepLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 0.5, 0.25, 0.25]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        milestones: the epochs; one that is there twice counts twice.
        gamma: the factor.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        NumberTypeError: if the milestones are not ints, or ``gamma`` is not a real number.

    .. _torch MultiStepLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = as_milestones(milestones)
        self.gamma = float(as_number(gamma, "gamma"))
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates, times gamma at a milestone."""
        times = self.milestones.count(self.last_epoch)
        return self._present_lr(self.gamma**times if times else 1)

    def _first_lr(self) -> list[float]:
        times = sum(milestone <= 0 for milestone in self.milestones)
        return [base_lr * self.gamma**times for base_lr in self.base_lrs]


class ExponentialLR(LRScheduler):
    """Multiply the learning rates by ``gamma`` every epoch; like `torch ExponentialLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = ExponentialLR(optimizer, gamma=0.5), []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 0.25, 0.125]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        gamma: the factor.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        NumberTypeError: if ``gamma`` is not a real number.

    .. _torch ExponentialLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = float(as_number(gamma, "gamma"))
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present learning rates times gamma."""
        return self._present_lr(1 if self._is_initial else self.gamma)

    def _first_lr(self) -> list[float]:
        return self.base_lrs


def as_milestones(given: Iterable[int]) -> list[int]:
    """Return milestones as a list, from the first to the last.

    Raises:
        NumberTypeError: if they are not a list of ints.
        ArgumentError: if one is negative, and so never reached.
    """
    if not isinstance(given, Iterable):
        raise NumberTypeError(f"milestones are a list of ints, the numbers of epochs, and got {given!r}")
    milestones = list(given)
    for milestone in milestones:
        if isinstance(milestone, bool) or not isinstance(milestone, int):
            raise NumberTypeError(f"milestones are ints, the numbers of epochs, and got {milestone!r}")
        if milestone < 0:
            raise ArgumentError(f"milestones are epochs from 0 on and got {milestone}")
    return sorted(milestones)
