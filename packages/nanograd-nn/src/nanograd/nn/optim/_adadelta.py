"""Adadelta: steps as long as those before, whatever the learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._moments import decayed_gradient
from nanograd.nn.optim._optimizer import Optimizer, State, Update
from nanograd.nn.optim._param_groups import Params


class Adadelta(Optimizer):
    """Take steps whose size is a running mean of the steps before, over that of the gradients.

    With the gradient g plus weight_decay times the parameter: s = ρ s + (1 - ρ) g g, d = sqrt(a + eps) /
    sqrt(s + eps) g, a = ρ a + (1 - ρ) d d, both 0 at first, and parameter -= lr d. Like
    `torch.optim.Adadelta`_; the method is that of `Zeiler`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = Adadelta([w], eps=0.0025)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.8423...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: a factor for the steps.
        rho: ρ, how much of the running means is kept from step to step.
        eps: keeps the divisor away from 0, and decides how long the first steps are.
        weight_decay: how strongly parameters are drawn towards 0.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr``, ``eps`` or ``weight_decay`` is negative, or ``rho`` not from 0 to 1; the
            rest as :class:`Optimizer`.

    .. _torch.optim.Adadelta: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
    .. _Zeiler: https://arxiv.org/abs/1212.5701
    """

    not_negative = ("lr", "eps", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        *, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, rho: float, eps: float, weight_decay: float, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and the step, s and a by their names in PyTorch."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        square = rho * state.get("square_avg", 0.0) + (1 - rho) * g * g
        steps = state.get("acc_delta", 0.0)
        delta = m.divide(m.sqrt(steps + eps), m.sqrt(square + eps)) * g
        new = {
            "step": state.get("step", 0) + 1,
            "square_avg": square,
            "acc_delta": rho * steps + (1 - rho) * delta * delta,
        }
        return parameter - lr * delta, new

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words."""
        super().check(hyperparameters)
        if not 0.0 <= as_number(hyperparameters["rho"], "rho value") <= 1.0:
            raise ArgumentError(f"Invalid rho value: {hyperparameters['rho']}")
