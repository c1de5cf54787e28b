"""Momentum that goes down where the learning rate goes up: SGD's momentum, or β1 of Adam and its kin."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler, per_group


class MomentumCycle(LRScheduler):
    """A scheduler that changes the momentum too, if it is asked to with ``cycle_momentum``."""

    cycle_momentum: bool
    use_beta1: bool

    def _begin_momentum(
        self, optimizer: Optimizer, base_momentum: Any, max_momentum: Any, last_epoch: int
    ) -> tuple[list[float], list[float]]:
        """Return the smallest and the largest momentum of each group, and begin with the largest.

        Raises:
            ArgumentError: if the optimizer has no momentum.
            NumberTypeError: if one of them is not a real number.
        """
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ArgumentError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled. "
                f"{type(optimizer).__name__} does not: give cycle_momentum=False."
            )
        self.use_beta1 = "betas" in optimizer.defaults
        smallest = numbers_per_group(base_momentum, "base_momentum", optimizer)
        largest = numbers_per_group(max_momentum, "max_momentum", optimizer)
        if last_epoch == -1:
            for group, low, high in zip(optimizer.param_groups, smallest, largest, strict=True):
                self._set_momentum(group, high)
                group["max_momentum"] = high
                group["base_momentum"] = low
        return smallest, largest

    def _set_momentum(self, group: dict[str, Any], momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


def numbers_per_group(given: Any, what: str, optimizer: Optimizer) -> list[float]:
    """Return a number for each parameter group.

    Raises:
        ArgumentError: if there are more or fewer than groups.
        NumberTypeError: if one is not a real number.
    """
    return [float(as_number(number, what)) for number in per_group(given, what, optimizer)]
