"""NAdam: Adam with the momentum of Nesterov."""

from __future__ import annotations

from typing import Any

from nanograd.nn.optim._moments import moments
from nanograd.nn.optim._optimizer import Optimizer, Pair, State, Update
from nanograd.nn.optim._param_groups import Params


class NAdam(Optimizer):
    """Take steps of Adam in which the gradient counts once more, as if taken one step ahead.

    With the gradient g after weight decay, in step t: μ(t) = β1 (1 - 0.96**(t momentum_decay) / 2) and M = M
    μ(t), 1 at first; a and s as in :class:`Adam`; d = sqrt(s / (1 - β2**t)) + eps; and parameter -= lr (1 -
    μ(t)) / (1 - M) g / d - lr μ(t + 1) / (1 - M μ(t + 1)) a / d. Like `torch.optim.NAdam`_; the method is
    that of `Dozat`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = NAdam([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.7358...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate, about the length of a step.
        betas: β1 and β2, how much of each running mean is kept from step to step.
        eps: keeps the divisor away from 0.
        weight_decay: how strongly parameters are drawn towards 0.
        momentum_decay: how fast the momentum grows to β1.
        decoupled_weight_decay: whether weight decay takes a share of the parameter, as in :class:`AdamW`.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if a number is negative, or a beta not from 0 to below 1; the rest as
            :class:`Optimizer`.

    .. _torch.optim.NAdam: https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
    .. _Dozat: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
    """

    not_negative = ("lr", "eps", "weight_decay", "momentum_decay")

    def __init__(
        self, params: Params, lr: float = 2e-3, betas: Pair = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, betas: Pair, eps: float, weight_decay: float, momentum_decay: float,
        decoupled_weight_decay: bool, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t, M, a and s by their names in PyTorch."""
        parameter, g, new = moments(
            parameter, gradient, state, lr, betas, weight_decay, maximize, decoupled_weight_decay
        )
        step, mean, square = new["step"], new["exp_avg"], new["exp_avg_sq"]
        beta1, beta2 = betas
        momentum, next_momentum = (beta1 * (1 - 0.96 ** (t * momentum_decay) / 2) for t in (step, step + 1))
        product = state.get("mu_product", 1.0) * momentum
        divisor = m.sqrt(square / (1 - beta2**step)) + eps
        moved = parameter - lr * (1 - momentum) / (1 - product) * m.divide(g, divisor)
        moved = moved - lr * next_momentum / (1 - product * next_momentum) * m.divide(mean, divisor)
        return moved, {**new, "mu_product": product}
