"""SGD: stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn.optim._hyperparameters import check_not_negative
from nanograd.nn.optim._optimizer import Optimizer
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
        ArgumentError: if there are no parameters, or a hyperparameter makes no sense.
        NumberTypeError: if something is not a ScalarValue, or a hyperparameter not a real number.

    .. _torch.optim.SGD: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    @staticmethod
    def rule(
        m: Any,  # noqa: ARG004 - every rule takes it
        parameter: Any,
        gradient: Any,
        state: Mapping[str, Any],
        *,
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
        maximize: bool,
    ) -> tuple[Any, dict[str, Any]]:
        """Return the new parameter, and b by its name in PyTorch, ``"momentum_buffer"``."""
        g = -gradient if maximize else gradient
        if weight_decay:
            g = g + weight_decay * parameter
        if not momentum:
            return parameter - lr * g, {}
        buffer = momentum * state["momentum_buffer"] + (1 - dampening) * g if state else g
        direction = g + momentum * buffer if nesterov else buffer
        return parameter - lr * direction, {"momentum_buffer": buffer}

    @staticmethod
    def check(hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words.

        Raises:
            ArgumentError: if a hyperparameter makes no sense.
        """
        check_not_negative("learning rate", hyperparameters["lr"])
        check_not_negative("momentum value", hyperparameters["momentum"])
        check_not_negative("weight_decay value", hyperparameters["weight_decay"])
        if hyperparameters["nesterov"] and not (
            hyperparameters["momentum"] and not hyperparameters["dampening"]
        ):
            raise ArgumentError("Nesterov momentum requires a momentum and zero dampening")
