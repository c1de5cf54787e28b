"""Adagrad: the gradient over the root of the sum of all its squares."""

from __future__ import annotations

from typing import Any

from nanograd.nn.optim._moments import decayed_gradient
from nanograd.nn.optim._optimizer import Optimizer, State, Update
from nanograd.nn.optim._param_groups import Params


class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of its squares since the first step.

    With the gradient g plus weight_decay times the parameter, in step t: s = s + g g, s =
    initial_accumulator_value at first, and parameter -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps). Like
    `torch.optim.Adagrad`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = Adagrad([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.750000...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate.
        lr_decay: how fast the learning rate falls with the number of steps.
        weight_decay: how strongly parameters are drawn towards 0.
        initial_accumulator_value: what the sum of squares begins with.
        eps: keeps the divisor away from 0.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if a hyperparameter is negative; the rest as :class:`Optimizer`.

    .. _torch.optim.Adagrad: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
    """

    not_negative = ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def __init__(
        self, params: Params, lr: float = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, lr_decay: float, weight_decay: float, initial_accumulator_value: float, eps: float,
        maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t and s by their names in PyTorch."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        step = state.get("step", 0) + 1
        total = state.get("sum", initial_accumulator_value) + g * g
        rate = lr / (1 + (step - 1) * lr_decay)
        return parameter - rate * m.divide(g, m.sqrt(total) + eps), {"step": step, "sum": total}
