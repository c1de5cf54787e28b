"""RMSprop: the gradient over the root of a running mean of its square."""

from __future__ import annotations

from typing import Any

from nanograd.nn.optim._moments import decayed_gradient
from nanograd.nn.optim._optimizer import Optimizer, State, Update
from nanograd.nn.optim._param_groups import Params


class RMSprop(Optimizer):
    """Divide the gradient by the root of a running mean of its square.

    With the gradient g plus weight_decay times the parameter: s = α s + (1 - α) g g, s = 0 at first, and
    parameter -= lr g / (sqrt(s) + eps). With ``momentum``, b = momentum b + g / (sqrt(s) + eps) and parameter
    -= lr b; with ``centered``, under the root s less the square of a running mean of g. Like
    `torch.optim.RMSprop`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = RMSprop([w], lr=0.05)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.5000000...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate.
        alpha: α, how much of the running means is kept from step to step.
        eps: keeps the divisor away from 0.
        weight_decay: how strongly parameters are drawn towards 0.
        momentum: how much of the last step is taken again.
        centered: whether to divide by the spread of the gradient and not by its size.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr``, ``alpha``, ``eps``, ``weight_decay`` or ``momentum`` is negative; the rest
            as :class:`Optimizer`.

    .. _torch.optim.RMSprop: https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
    """

    not_negative = ("lr", "eps", "momentum", "weight_decay", "alpha")

    def __init__(
        self, params: Params, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8,
        weight_decay: float = 0, momentum: float = 0, centered: bool = False, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, alpha: float, eps: float, weight_decay: float, momentum: float, centered: bool,
        maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and the step, s, the mean and b by their names in PyTorch."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        square = alpha * state.get("square_avg", 0.0) + (1 - alpha) * g * g
        new = {"step": state.get("step", 0) + 1, "square_avg": square}
        if centered:
            mean = new["grad_avg"] = alpha * state.get("grad_avg", 0.0) + (1 - alpha) * g
            square = square - mean * mean
        direction = m.divide(g, m.sqrt(square) + eps)
        if momentum:
            direction = new["momentum_buffer"] = momentum * state.get("momentum_buffer", 0.0) + direction
        return parameter - lr * direction, new
