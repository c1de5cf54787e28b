"""SGD: stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._moments import decayed_gradient
from nanograd.nn.optim._optimizer import Optimizer, State, Update
from nanograd.nn.optim._param_groups import Params


class SGD(Optimizer):
    """Take a step of lr times the gradient downhill, or of lr times its running sum with momentum.

    With the gradient g plus weight_decay times the parameter, b = momentum b + (1 - dampening) g (in the
    first step b = g) and parameter = parameter - lr b; with ``nesterov``, g + momentum b in place of b. Like
    `torch.optim.SGD`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = SGD([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.5)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate.
        momentum: how much of the running sum is kept from step to step.
        dampening: how much of the gradient is left out of the running sum.
        weight_decay: how strongly parameters are drawn towards 0.
        nesterov: whether the gradient counts once more, as if taken one step ahead.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr``, ``momentum`` or ``weight_decay`` is negative, or ``nesterov`` alone; the
            rest as :class:`Optimizer`.

    .. _torch.optim.SGD: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """

    not_negative = ("lr", "momentum", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 1e-3, momentum: float = 0, dampening: float = 0,
        weight_decay: float = 0, nesterov: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,  # noqa: ARG004 - every rule takes m
        lr: float, momentum: float, dampening: float, weight_decay: float, nesterov: bool, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and b by its name in PyTorch, ``"momentum_buffer"``."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        if not momentum:
            return parameter - lr * g, {}
        buffer = momentum * state["momentum_buffer"] + (1 - dampening) * g if state else g
        direction = g + momentum * buffer if nesterov else buffer
        return parameter - lr * direction, {"momentum_buffer": buffer}

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words."""
        super().check(hyperparameters)
        as_number(hyperparameters["dampening"], "dampening value")
        momentum, dampening = hyperparameters["momentum"], hyperparameters["dampening"]
        if hyperparameters["nesterov"] and not (momentum and not dampening):
            raise ArgumentError("Nesterov momentum requires a momentum and zero dampening")
