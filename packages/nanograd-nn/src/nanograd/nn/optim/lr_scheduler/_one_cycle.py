"""Learning rates that go up once and then down, far below where they began."""

from __future__ import annotations

import math
from typing import Any, Literal

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._momentum import MomentumCycle, numbers_per_group
from nanograd.nn.optim.lr_scheduler._scheduler import check_optimizer


class OneCycleLR(MomentumCycle):
    """Let the learning rates rise to a maximum and then fall to nearly 0; like `torch OneCycleLR`_.

    They go from max_lr / div_factor to max_lr in the first ``pct_start`` of all steps, and from there to
    max_lr / div_factor / final_div_factor. With ``three_phase`` they first fall as they rose. The method is
    that of `Smith and Topin`_; ``step()`` belongs after each batch.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], momentum=0.9)
    >>> scheduler, rates = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.4), []
    >>> for batch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in [*rates, *scheduler.get_last_lr()]]
    [0.04, 1.0, 0.75, 0.25, 0.0]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        max_lr: the largest learning rate, or a list of one for each group.
        total_steps: how many batches there will be.
        epochs: how many epochs, in place of ``total_steps``, with
        steps_per_epoch: how many batches of each.
        pct_start: which share of the steps the rise takes, from 0 to 1.
        anneal_strategy: ``"cos"`` for half a cosine, ``"linear"`` for straight lines.
        cycle_momentum: whether the momentum goes down where the learning rate goes up.
        base_momentum: the smallest momentum, or a list.
        max_momentum: the largest one, likewise.
        div_factor: by which factor the first learning rate is below the largest.
        final_div_factor: by which factor the last is below the first.
        three_phase: whether to fall to the first learning rate in as many steps as the rise took.
        last_epoch: -1 to begin; to go on, the batch that was reached.

    Raises:
        ArgumentError: if there is no number of steps, an option lies outside, lists have not as many items as
            there are groups, or the optimizer has no momentum.
        NumberTypeError: if it is not an optimizer, or something is not a real number.

    .. _torch OneCycleLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
    .. _Smith and Topin: https://arxiv.org/abs/1708.07120
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if not 0 <= as_number(pct_start, "pct_start") <= 1:
            raise ArgumentError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in {"cos", "linear"}:
            raise ArgumentError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        for what, factor in (("div_factor", div_factor), ("final_div_factor", final_div_factor)):
            if not as_number(factor, what) > 0:
                raise ArgumentError(f"{what} is a factor above 0 and got {factor}")
        largest = numbers_per_group(max_lr, "max_lr", optimizer)
        self._anneal_func_type = anneal_strategy
        self._schedule_phases = _phases(pct_start * self.total_steps, self.total_steps, three_phase)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._begin_momentum(optimizer, base_momentum, max_momentum, last_epoch)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, largest, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the learning rates where the cycle is now, and set the momentum.

        Raises:
            ArgumentError: if it is over.
        """
        if self.last_epoch > self.total_steps:
            raise ArgumentError(
                f"Tried to step {self.last_epoch} times. "
                f"The specified number of total steps is {self.total_steps}"
            )
        begin, phase = self._present_phase()
        share = _share(self.last_epoch - begin, phase["end_step"] - begin)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            for group in groups:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._between(*ends, share))
        return [self._between(group[phase["start_lr"]], group[phase["end_lr"]], share) for group in groups]

    def _present_phase(self) -> tuple[float, dict[str, Any]]:
        """Return at which step the present phase began, and the phase; the last one has no end."""
        begin = 0.0
        for phase in self._schedule_phases[:-1]:
            if self.last_epoch <= phase["end_step"]:
                return begin, phase
            begin = phase["end_step"]
        return begin, self._schedule_phases[-1]

    def _between(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        return _positive("total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        raise ArgumentError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    return _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)


def _positive(what: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given <= 0:
        raise ArgumentError(f"Expected positive integer {what}, but got {given}")
    return given


def _phases(rise: float, total: int, three_phase: bool) -> list[dict[str, Any]]:
    """Return the phases: when each one ends, and the names of what it goes from and to in a group."""
    phases = [_phase(float(rise) - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
    if three_phase:
        phases.append(_phase(float(2 * rise) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
        phases.append(_phase(total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
    else:
        phases.append(_phase(total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"))
    return phases


def _phase(end_step: float, *names: str) -> dict[str, Any]:
    called = ("start_lr", "end_lr", "start_momentum", "end_momentum")
    return {"end_step": end_step, **dict(zip(called, names, strict=True))}


def _share(done: float, length: float) -> float:
    """Return done / length; a phase of length 0, whose end is its beginning, is done."""
    return done / length if length else 1.0
