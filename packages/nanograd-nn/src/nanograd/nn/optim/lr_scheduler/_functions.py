"""Learning rates that a function of the user computes from the number of the epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler, check_optimizer
from nanograd.nn.optim.lr_scheduler._scheduler_state import restore_functions, saved_functions


class LambdaLR(LRScheduler):
    """Set the learning rates to the initial ones times a function of the epoch; like `torch LambdaLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=0.5)
    >>> scheduler, rates = LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)), []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.25, 0.16666666666666666, 0.125]

    Args:
        optimizer: the optimizer whose learning rates it changes.
        lr_lambda: a function of the epoch, or a list of one for each group. A state dict holds the attributes
            of callable objects, but no functions.
        last_epoch: -1 to begin; to go on, the epoch that was reached.

    Raises:
        ArgumentError: if there are more or fewer functions than groups.
        NumberTypeError: if one of them is not a function.

    .. _torch LambdaLR: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
    """

    _not_saved = ("optimizer", "lr_lambdas")

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        groups = len(optimizer.param_groups)
        functions: list[Any] = (
            list(lr_lambda) if isinstance(lr_lambda, list | tuple) else [lr_lambda] * groups
        )
        if len(functions) != groups:
            raise ArgumentError(f"Expected {groups} lr_lambdas, but got {len(functions)}")
        for function in functions:
            if not callable(function):
                raise NumberTypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        self.lr_lambdas: list[Callable[[int], float]] = functions
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the initial learning rates times the functions of the epoch."""
        return self._times(self.base_lrs)

    def _times(self, rates: Sequence[float]) -> list[float]:
        return [
            rate * as_number(function(self.last_epoch), "the result of lr_lambda")
            for rate, function in zip(rates, self.lr_lambdas, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer and functions; of callable objects, their attributes."""
        return {**super().state_dict(), "lr_lambdas": saved_functions(self.lr_lambdas)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this kind was when :meth:`state_dict` was called.

        Raises:
            ArgumentError: if it is the state of another kind of scheduler, or of other groups.
            NumberTypeError: if it is not a dict, or something in it has the wrong type.
        """
        super().load_state_dict(state_dict)
        restore_functions(self.lr_lambdas, state_dict["lr_lambdas"])


class MultiplicativeLR(LambdaLR):
    """Multiply the learning rates by a function of the epoch, every epoch; like `torch MultiplicativeLR`_.

    >>> from nanograd.engine import ScalarValue
    >>> from nanograd.nn.optim import SGD
    >>> optimizer = SGD([ScalarValue(1.0)], lr=1.0)
    >>> scheduler = MultiplicativeLR(optimizer, lambda epoch: 1 / epoch)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]

    Its arguments and errors are those of :class:`LambdaLR`.

    .. _torch MultiplicativeLR:
       https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
    """

    def get_lr(self) -> list[float]:
        """Return the present learning rates times the functions of the epoch."""
        present = self._present_lr()
        return present if self._is_initial else self._times(present)
