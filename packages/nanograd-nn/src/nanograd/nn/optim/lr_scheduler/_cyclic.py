"""Learning rates that go up and down between two bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._momentum import MomentumCycle, numbers_per_group
from nanograd.nn.optim.lr_scheduler._scheduler import check_optimizer
from nanograd.nn.optim.lr_scheduler._scheduler_state import restore_functions, saved_functions


class CyclicLR(MomentumCycle):
    """Let the learning rates go up and down in straight lines; like `torch CyclicLR`_.

    They begin at ``base_lr``, are at ``max_lr`` after ``step_size_up`` batches, and back after
    ``step_size_down`` more. The height may shrink: in mode ``"triangular2"`` by half with each cycle, in mode
    ``"exp_range"`` by ``gamma`` with each batch. The method is that of `Smith`_; call ``step()`` after each
    batch.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0, momentum=0.9)
    >>> scheduler, rates = CyclicLR(optimizer, base_lr=1.0, max_lr=2.0, step_size_up=2), []
    >>> for batch in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 1.5, 2.0, 1.5, 1.0, 1.5]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        base_lr: the lower bound, or a list of one for each group.
        max_lr: the upper bound, likewise.
        step_size_up: how many batches the way up takes.
        step_size_down: how many the way down takes; as many if left out.
        mode: ``"triangular"``, ``"triangular2"`` or ``"exp_range"``.
        gamma: the factor of ``"exp_range"``.
        scale_fn: a function that gives the height, in place of a mode.
        scale_mode: whether that is a function of the number of the ``"cycle"``, from 1 on, or of the
            ``"iterations"``.
        cycle_momentum: whether the momentum goes down where the learning rate goes up.
        base_momentum: the lower bound of the momentum, or a list.
        max_momentum: its upper bound, likewise.
        last_epoch: -1 to begin; to go on, the batch that was reached.

    Raises:
        ArgumentError: if the mode is unknown, a number of batches not above 0, lists have not as many items
            as there are groups, or the optimizer has no momentum.
        NumberTypeError: if it is not an optimizer, or something is not a real number.

    .. _torch CyclicLR: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
    .. _Smith: https://arxiv.org/abs/1506.01186
    """

    _not_saved = ("optimizer", "_scale_fn_custom")

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        if mode not in {"triangular", "triangular2", "exp_range"} and scale_fn is None:
            raise ArgumentError(f"mode is invalid and scale_fn is None: {mode!r}")
        if scale_mode not in {"cycle", "iterations"}:
            raise ArgumentError(f"scale_mode is 'cycle' or 'iterations' and got {scale_mode!r}")
        up = _batches(step_size_up, "step_size_up")
        down = up if step_size_down is None else _batches(step_size_down, "step_size_down")
        base_lrs = numbers_per_group(base_lr, "base_lr", optimizer)
        self.max_lrs = numbers_per_group(max_lr, "max_lr", optimizer)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = as_number(gamma, "gamma")
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = self._begin_momentum(
                optimizer, base_momentum, max_momentum, last_epoch
            )
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = rate
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """Return the height in a cycle or an iteration, as a share of the first one's."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / 2.0 ** (x - 1) if self.mode == "triangular2" else float(self.gamma**x)

    def get_lr(self) -> list[float]:
        """Return the learning rates where the cycle is now, and set the momentum."""
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        share = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            bounds = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, bounds, strict=True):
                self._set_momentum(group, high - (high - low) * share * scale)
        rates = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * share * scale for low, high in rates]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer and a function; of a callable object, its attributes."""
        return {**super().state_dict(), "_scale_fn_custom": saved_functions([self._scale_fn_custom])[0]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this kind was when :meth:`state_dict` was called.

        Raises:
            ArgumentError: if it is the state of another kind of scheduler, or of other groups.
            NumberTypeError: if it is not a dict, or something in it has the wrong type.
        """
        super().load_state_dict(state_dict)
        restore_functions([self._scale_fn_custom], [state_dict["_scale_fn_custom"]])


def _batches(given: Any, what: str) -> float:
    if not as_number(given, what) > 0:
        raise ArgumentError(f"{what} is a number of batches, above 0, and got {given}")
    return float(given)
