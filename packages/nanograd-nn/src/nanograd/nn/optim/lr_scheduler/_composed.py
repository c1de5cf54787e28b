"""Schedulers made of schedulers: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._plateau import ReduceLROnPlateau
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler
from nanograd.nn.optim.lr_scheduler._scheduler_state import checked_state
from nanograd.nn.optim.lr_scheduler._steps import as_milestones


class Composed(LRScheduler):
    """A scheduler that holds others, of one optimizer."""

    _not_saved = ("optimizer", "_schedulers")
    _schedulers: list[LRScheduler]

    def _hold(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None, purpose: str) -> None:
        kind = type(self).__name__
        if not isinstance(schedulers, list | tuple):
            raise NumberTypeError(f"{kind} takes a list of schedulers and got {type(schedulers).__name__}")
        if len(schedulers) < 1:
            raise ArgumentError(f"{kind} expects at least one scheduler{purpose}, but got no scheduler.")
        for index, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise NumberTypeError(
                    f"{kind} at index {index} should have a scheduler and got {type(scheduler).__name__}"
                )
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ArgumentError(
                    f"{kind} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs "
                    f"to be specified when calling `step`, but got one at index {index} in the given "
                    "schedulers sequence."
                )
            optimizer = optimizer or scheduler.optimizer
            if scheduler.optimizer is not optimizer:
                raise ArgumentError(
                    f"{kind} expects all schedulers to belong to the same optimizer, but got scheduler "
                    f"{type(scheduler).__name__} at index {index} of another one."
                )
        self.optimizer = schedulers[0].optimizer
        self._schedulers = list(schedulers)

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer, with the state dicts of all schedulers."""
        states = [scheduler.state_dict() for scheduler in self._schedulers]
        return {**super().state_dict(), "_schedulers": states}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this kind was when :meth:`state_dict` was called.

        Raises:
            ArgumentError: if it is that of other schedulers, or of other groups.
            NumberTypeError: if it is not a dict, or something in it has the wrong type.
        """
        self._check_state(state_dict)
        super().load_state_dict(state_dict)
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        """Refuse a state that one of the schedulers would refuse, before the first of them changes."""
        kind = type(self).__name__
        states = checked_state(state_dict, self.state_dict(), kind)["_schedulers"]
        if len(states) != len(self._schedulers):
            raise ArgumentError(
                f"loaded state dict of {kind} has {len(states)} schedulers, "
                f"and this one has {len(self._schedulers)}"
            )
        for scheduler, state in zip(self._schedulers, states, strict=True):
            if isinstance(scheduler, Composed):
                scheduler._check_state(state)
            else:
                checked_state(state, scheduler.state_dict(), type(scheduler).__name__)


class SequentialLR(Composed):
    """Use one scheduler after the other: the next one begins at its milestone; like `torch SequentialLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> from nanograd.nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> warmup = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> decay = ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler, rates = SequentialLR(optimizer, [warmup, decay], milestones=[2]), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5, 0.25]

    Args:
        optimizer: the optimizer whose learning rates they change.
        schedulers: the schedulers, in their order.
        milestones: the epochs in which each but the first begins.
        last_epoch: -1 to begin.

    Raises:
        ArgumentError: if there are no schedulers, not one fewer milestones, another optimizer, or one that
            cannot begin at a milestone.
        NumberTypeError: if something is not a scheduler, or a milestone not an int.

    .. _torch SequentialLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        self._hold(schedulers, optimizer, "")
        self._milestones = as_milestones(milestones)
        if len(self._milestones) != len(schedulers) - 1:
            raise ArgumentError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number "
                f"of milestone points, but got number of schedulers {len(schedulers)} and the number of "
                f"milestones to be equal to {len(self._milestones)}"
            )
        if self._milestones != list(milestones):
            raise ArgumentError(f"milestones go from the first to the last, and these do not: {milestones}")
        for index, scheduler in enumerate(self._schedulers[1:], start=1):
            if isinstance(scheduler, Composed):
                raise ArgumentError(
                    f"SequentialLR cannot begin a {type(scheduler).__name__} at a milestone (index {index}): "
                    "give its schedulers one by one"
                )
        self.last_epoch = last_epoch + 1
        # All schedulers made their first step when they were made. Those steps are undone.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        _step_back(self)
        self._initial_step()

    def _initial_step(self) -> None:
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:
        """Go on to the next epoch, with the scheduler whose turn it is."""
        epoch = self.last_epoch + 1
        index = bisect_right(self._milestones, epoch)
        scheduler = self._schedulers[index]
        if index > 0 and self._milestones[index - 1] == epoch:
            scheduler._restart()
        else:
            scheduler.step()
        self.last_epoch = epoch
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(Composed):
    """Use several schedulers at once: each changes what the one before made; like `torch ChainedScheduler`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> from nanograd.nn.optim.lr_scheduler import ConstantLR, ExponentialLR
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> warmup = ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> decay = ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler, rates = ChainedScheduler([warmup, decay]), []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.25, 0.25, 0.125]

    Args:
        schedulers: the schedulers, in their order.
        optimizer: their optimizer; that of the first one if left out.

    Raises:
        ArgumentError: if there are no schedulers, or they have different optimizers.
        NumberTypeError: if something is not a scheduler.

    .. _torch ChainedScheduler:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self._hold(schedulers, optimizer, " to be chained")
        self._last_lr = self._present_lr()

    def _initial_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._last_lr = self._present_lr()

    def step(self) -> None:
        """Go on to the next epoch with all of them."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._present_lr()


def _step_back(scheduler: LRScheduler) -> None:
    if isinstance(scheduler, Composed):
        for inner in scheduler._schedulers:
            _step_back(inner)
    else:
        scheduler.last_epoch -= 1
