"""RAdam: Adam that trusts its running mean of squares only once there are enough of them."""

from __future__ import annotations

from typing import Any

from nanograd.nn.optim._moments import moments
from nanograd.nn.optim._optimizer import Optimizer, Pair, State, Update
from nanograd.nn.optim._param_groups import Params


class RAdam(Optimizer):
    """Take steps of momentum until the spread of the gradient is known, and then corrected steps of Adam.

    With the gradient g after weight decay, in step t: a and s as in :class:`Adam`, m = a / (1 - β1**t), r = 2
    / (1 - β2) - 1 and ρ = r - 2 t β2**t / (1 - β2**t). Where ρ > 5, parameter -= lr m sqrt((1 - β2**t) (ρ -
    4) (ρ - 2) r / ((r - 4) (r - 2) ρ)) / (sqrt(s) + eps); before that, parameter -= lr m. Like
    `torch.optim.RAdam`_; the method is that of `Liu and others`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = RAdam([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.5)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate.
        betas: β1 and β2, how much of each running mean is kept from step to step.
        eps: keeps the divisor away from 0.
        weight_decay: how strongly parameters are drawn towards 0.
        decoupled_weight_decay: whether weight decay takes a share of the parameter, as in :class:`AdamW`.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if a number is negative, or one of the betas not from 0 to below 1; the rest as
            :class:`Optimizer`.

    .. _torch.optim.RAdam: https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
    .. _Liu and others: https://arxiv.org/abs/1908.03265
    """

    not_negative = ("lr", "eps", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 1e-3, betas: Pair = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, betas: Pair, eps: float, weight_decay: float, decoupled_weight_decay: bool, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t, a and s by their names in PyTorch."""
        parameter, _, new = moments(
            parameter, gradient, state, lr, betas, weight_decay, maximize, decoupled_weight_decay
        )
        step, mean, square = new["step"], new["exp_avg"], new["exp_avg_sq"]
        beta1, beta2 = betas
        direction = mean / (1 - beta1**step)
        most = 2 / (1 - beta2) - 1
        samples = most - 2 * step * beta2**step / (1 - beta2**step)
        if samples > 5.0:  # so it depends on the step alone
            correction = (samples - 4) * (samples - 2) * most / ((most - 4) * (most - 2) * samples)
            scale = m.sqrt(1 - beta2**step) * m.sqrt(correction)
            direction = direction * m.divide(scale, m.sqrt(square) + eps)
        return parameter - lr * direction, new
