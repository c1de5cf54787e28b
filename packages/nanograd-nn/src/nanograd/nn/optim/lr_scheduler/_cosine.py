"""Learning rates that fall along half a cosine, once or again and again."""

from __future__ import annotations

import math

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler


class CosineAnnealingLR(LRScheduler):
    """Let the learning rates fall along a cosine, and after T_max epochs rise again; like `torch Cosine`_.

    In epoch t they are eta_min + (base_lr - eta_min) (1 + cos(π t / T_max)) / 2. The method is that of
    `SGDR`_, without its restarts.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = CosineAnnealingLR(optimizer, T_max=4), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 4) for rate in rates]
    [1.0, 0.8536, 0.5, 0.1464, 0.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        T_max: how many epochs the fall takes.
        eta_min: the lowest learning rate.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if ``T_max`` is not above 0.
        NumberTypeError: if something is not a real number.

    .. _torch Cosine:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
    .. _SGDR: https://arxiv.org/abs/1608.03983
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        if not as_number(T_max, "T_max") > 0:
            raise ArgumentError(f"T_max is a number of epochs, above 0, and got {T_max}")
        self.T_max = T_max
        self.eta_min = as_number(eta_min, "eta_min")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the learning rates that follow from the present ones."""
        if self._is_initial:
            return self._present_lr()
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # the last factor was 0
            step = (1 - math.cos(math.pi / self.T_max)) / 2
            present = zip(self._present_lr(), self.base_lrs, strict=True)
            return [rate + (base_lr - self.eta_min) * step for rate, base_lr in present]
        factor = self._height(self.last_epoch) / self._height(self.last_epoch - 1)
        return [factor * (rate - self.eta_min) + self.eta_min for rate in self._present_lr()]

    def _height(self, epoch: int) -> float:
        return 1 + math.cos(math.pi * epoch / self.T_max)

    def _first_lr(self) -> list[float]:
        return [self.eta_min + (base_lr - self.eta_min) * self._height(0) / 2 for base_lr in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Let the learning rates fall along a cosine, and begin anew again and again; like `torch Restarts`_.

    In epoch t since the last restart they are eta_min + (base_lr - eta_min) (1 + cos(π t / T_i)) / 2. T_i is
    T_0 at first, and grows by the factor T_mult with each restart. The method is that of `SGDR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler, rates = CosineAnnealingWarmRestarts(optimizer, T_0=2), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.5, 1.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        T_0: how many epochs the first fall takes.
        T_mult: by which factor each fall is longer than the one before.
        eta_min: the lowest learning rate.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if ``T_0`` or ``T_mult`` is not an int of at least 1.
        NumberTypeError: if ``eta_min`` is not a real number.

    .. _torch Restarts:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
    .. _SGDR: https://arxiv.org/abs/1608.03983
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if isinstance(T_0, bool) or not isinstance(T_0, int) or T_0 <= 0:
            raise ArgumentError(f"Expected positive integer T_0, but got {T_0}")
        if isinstance(T_mult, bool) or not isinstance(T_mult, int) or T_mult < 1:
            raise ArgumentError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = as_number(eta_min, "eta_min")
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the learning rates at ``T_cur`` of ``T_i``."""
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base_lr - self.eta_min) * height / 2 for base_lr in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to the one given, which may be a fraction: epoch + batch / batches.

        Args:
            epoch: where to go; the next epoch if left out.

        Raises:
            ArgumentError: if it is negative, infinite or nan.
            NumberTypeError: if it is not a real number.
        """
        if epoch is not None and not 0 <= as_number(epoch, "epoch") < math.inf:
            raise ArgumentError(f"Expected non-negative epoch, but got {epoch}")
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            self.T_cur, self.T_i = self._since_restart(epoch)
        self.last_epoch = math.floor(epoch)
        self._set(self.get_lr())

    def _since_restart(self, epoch: float) -> tuple[float, int]:
        """Return how long ago the last restart was, and how long the fall takes that began there."""
        if epoch < self.T_0:
            return epoch, self.T_0
        if self.T_mult == 1:
            return epoch % self.T_0, self.T_i
        restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
        begun = self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
        return epoch - begun, self.T_0 * self.T_mult**restarts
