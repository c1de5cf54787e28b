"""LRScheduler: what all schedulers share. Each one adds how the learning rates of the next epoch follow."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn._errors import MissingMethodError
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler_state import checked_state, plain_state


class StepOrderWarning(UserWarning):
    """A scheduler's ``step()`` came before the optimizer's: the first learning rate was never used."""


StepOrderWarning.__module__ = "nanograd.nn.optim.lr_scheduler"


class LRScheduler:
    """Change the learning rates of an optimizer from epoch to epoch; like `torch.optim.lr_scheduler`_.

    A subclass says how, with :meth:`get_lr`. Most compute the next learning rate from the present one, so
    that several schedulers of one optimizer compose: each applies its factor.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> class Halving(LRScheduler):
    ...     def get_lr(self):
    ...         return [base_lr * 0.5**self.last_epoch for base_lr in self.base_lrs]
    >>> optimizer = SGD([ScalarValue(1.0)], lr=0.8)
    >>> scheduler = Halving(optimizer)
    >>> for epoch in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> optimizer.param_groups[0]["lr"]
    0.2

    Args:
        optimizer: the optimizer whose learning rates it changes.
        last_epoch: -1 to begin; to go on, the epoch that was reached, with groups that have an
            ``"initial_lr"``.

    Attributes:
        optimizer: the optimizer.
        base_lrs: the learning rate of each group before any scheduler changed it.
        last_epoch: how many times :meth:`step` was called.

    Raises:
        NumberTypeError: if it is not an optimizer.
        ArgumentError: if ``last_epoch`` is not an int of at least -1, or a group has no ``"initial_lr"`` to
            go on with.

    .. _torch.optim.lr_scheduler: https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
    """

    _is_initial = False  # True while the constructor makes the step to epoch 0
    _not_saved: tuple[str, ...] = ("optimizer",)
    _last_lr: list[float]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        if isinstance(last_epoch, bool) or not isinstance(last_epoch, int) or last_epoch < -1:
            raise ArgumentError(
                f"last_epoch is -1 to begin, or the epoch that was reached, an int, and got {last_epoch!r}"
            )
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        for index, group in enumerate(optimizer.param_groups):
            if "initial_lr" not in group:
                raise ArgumentError(
                    f"param 'initial_lr' is not specified in param_groups[{index}] when resuming scheduler "
                    f"with last_epoch >= 0 (it is {last_epoch}). Load the optimizer's state dict first, or "
                    "begin with last_epoch=-1."
                )
        self.optimizer = optimizer
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            del self._is_initial

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group for ``last_epoch``; :meth:`get_last_lr` only reads them."""
        raise MissingMethodError(
            f"{type(self).__name__} needs a method `get_lr(self)` that returns a learning rate for each group"
        )

    def get_last_lr(self) -> list[float]:
        """Return the learning rate that the last step gave to each group."""
        return list(self._last_lr)

    def step(self) -> None:
        """Go on to the next epoch, after the optimizer made its steps of this one.

        Warns:
            StepOrderWarning: if the optimizer has not made a step yet.
        """
        if self._step_count == 1 and not self.optimizer.has_stepped:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite "
                "order: `optimizer.step()` before `lr_scheduler.step()`. Otherwise the first value of the "
                "learning rate schedule is skipped.",
                StepOrderWarning,
                stacklevel=2,
            )
        self._go_to(self.last_epoch + 1)
        self._step_count += 1

    def _go_to(self, epoch: int) -> None:
        before = self.last_epoch
        self.last_epoch = epoch
        try:
            self._set(self.get_lr())
        except Exception:
            self.last_epoch = before
            raise

    def _restart(self) -> None:
        """Begin anew at epoch 0, as SequentialLR asks of it at its milestone."""
        self.last_epoch = 0
        self._set(self._first_lr())

    def _first_lr(self) -> list[float]:
        """Return the learning rates at epoch 0, whatever they are now."""
        return self.get_lr()

    def _set(self, rates: Sequence[float]) -> None:
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ArgumentError(
                f"{type(self).__name__} has learning rates for {len(rates)} parameter groups "
                f"and the optimizer has {len(groups)}. Add all groups before making schedulers."
            )
        self._last_lr = [float(as_number(rate, "learning rate")) for rate in rates]
        for group, rate in zip(groups, self._last_lr, strict=True):
            group["lr"] = rate

    def _present_lr(self, factor: float = 1) -> list[float]:
        """Return the learning rates as they are, times a factor."""
        return [group["lr"] if factor == 1 else group["lr"] * factor for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer, as plain lists and numbers that a JSON file can hold."""
        return plain_state(vars(self), self._not_saved)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this kind was when :meth:`state_dict` was called.

        The learning rates themselves are in the optimizer's state dict. After an error the scheduler is as
        it was before.

        Args:
            state_dict: what it returned, perhaps by way of a JSON file.

        Raises:
            ArgumentError: if it is the state of another kind of scheduler, or of other groups.
            NumberTypeError: if it is not a dict, or something in it has the wrong type.
        """
        loaded = checked_state(state_dict, self.state_dict(), type(self).__name__)
        vars(self).update({name: value for name, value in loaded.items() if name not in self._not_saved})


def check_optimizer(optimizer: object) -> None:
    """Refuse what is not an optimizer.

    Raises:
        NumberTypeError: with its type.
    """
    if not isinstance(optimizer, Optimizer):
        raise NumberTypeError(f"{type(optimizer).__name__} is not an Optimizer")


def per_group(given: Any, what: str, optimizer: Optimizer) -> list[Any]:
    """Return a value for each parameter group: those of a list, or one for all.

    Args:
        given: a list or a tuple with one item a group, or a single thing.
        what: its name, for messages.
        optimizer: the optimizer.

    Raises:
        ArgumentError: if there are more or fewer than groups.
    """
    groups = len(optimizer.param_groups)
    if not isinstance(given, list | tuple):
        return [given] * groups
    if len(given) != groups:
        raise ArgumentError(
            f"{what} must have the same length as optimizer.param_groups. "
            f"{what} has {len(given)} values, param_groups has {groups}."
        )
    return list(given)
