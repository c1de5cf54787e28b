"""Adamax: Adam with the largest gradient in place of the root of the mean square."""

from __future__ import annotations

from typing import Any

from nanograd.nn.optim._moments import decayed_gradient, first_moment
from nanograd.nn.optim._optimizer import Optimizer, Pair, State, Update
from nanograd.nn.optim._param_groups import Params


class Adamax(Optimizer):
    """Divide a running mean of the gradient by its largest size, which is slowly forgotten.

    With the gradient g plus weight_decay times the parameter, in step t: a = β1 a + (1 - β1) g, u = max(β2 u,
    abs(g) + eps), both 0 at first, and parameter -= lr / (1 - β1**t) a / u. Like `torch.optim.Adamax`_; the
    method is that of `Kingma and Ba`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = Adamax([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.7500000...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate, about the length of a step.
        betas: β1 and β2, how much of the mean and of the largest size is kept from step to step.
        eps: keeps the divisor away from 0.
        weight_decay: how strongly parameters are drawn towards 0.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr``, ``eps`` or ``weight_decay`` is negative, or a beta not from 0 to below 1;
            the rest as :class:`Optimizer`.

    .. _torch.optim.Adamax: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
    .. _Kingma and Ba: https://arxiv.org/abs/1412.6980
    """

    not_negative = ("lr", "eps", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 2e-3, betas: Pair = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, betas: Pair, eps: float, weight_decay: float, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t, a and u by their names in PyTorch."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        beta1, beta2 = betas
        step = state.get("step", 0) + 1
        mean = first_moment(state, g, beta1)
        largest = m.maximum(beta2 * state.get("exp_inf", 0.0), abs(g) + eps)
        rate = lr / (1 - beta1**step)
        return parameter - rate * m.divide(mean, largest), {"step": step, "exp_avg": mean, "exp_inf": largest}
