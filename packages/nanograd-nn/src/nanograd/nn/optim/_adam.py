"""Adam: steps whose length does not depend on the size of the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn.optim._hyperparameters import check_not_negative
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim._param_groups import Params


class Adam(Optimizer):
    """Divide a running mean of the gradient by the root of a running mean of its square.

    With the gradient g plus weight_decay times the parameter, in step t:
    a = β1 a + (1 - β1) g and s = β2 s + (1 - β2) g g, both 0 at first, and
    parameter = parameter - lr / (1 - β1**t) a / (sqrt(s) / sqrt(1 - β2**t) + eps). Like `torch.optim.Adam`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = Adam([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.75000000...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate, about the length of a step.
        betas: β1 and β2, how much of each running mean is kept from step to step.
        eps: keeps the divisor away from 0.
        weight_decay: how strongly parameters are drawn towards 0.
        amsgrad: whether to divide by the largest s so far.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if there are no parameters, or a hyperparameter makes no sense.
        NumberTypeError: if something is not a ScalarValue, or a hyperparameter not a real number.

    .. _torch.optim.Adam: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
            },
        )

    @staticmethod
    def rule(
        m: Any,
        parameter: Any,
        gradient: Any,
        state: Mapping[str, Any],
        *,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        amsgrad: bool,
        maximize: bool,
    ) -> tuple[Any, dict[str, Any]]:
        """Return the new parameter, and t, a, s and the largest s by their names in PyTorch."""
        g = -gradient if maximize else gradient
        if weight_decay:
            g = g + weight_decay * parameter
        beta1, beta2 = betas
        step = state.get("step", 0) + 1
        mean = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * g
        square = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * g * g
        new = {"step": step, "exp_avg": mean, "exp_avg_sq": square}
        if amsgrad:
            largest = state.get("max_exp_avg_sq", 0.0)
            square = new["max_exp_avg_sq"] = m.where(largest >= square, largest, square)
        divisor = m.sqrt(square) / m.sqrt(1 - beta2**step) + eps
        return parameter - lr / (1 - beta1**step) * m.divide(mean, divisor), new

    @staticmethod
    def check(hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words.

        Raises:
            ArgumentError: if a hyperparameter makes no sense.
        """
        check_not_negative("learning rate", hyperparameters["lr"])
        check_not_negative("epsilon value", hyperparameters["eps"])
        check_not_negative("weight_decay value", hyperparameters["weight_decay"])
        betas = hyperparameters["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ArgumentError(f"betas are two numbers, (β1, β2), and got {betas!r}")
        for index, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise ArgumentError(f"Invalid beta parameter at index {index}: {beta}")
