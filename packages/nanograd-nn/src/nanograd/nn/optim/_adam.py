"""Adam and AdamW: steps whose length does not depend on the size of the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.nn.optim._moments import moments
from nanograd.nn.optim._optimizer import Optimizer, Pair, State, Update
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
        decoupled_weight_decay: whether weight decay takes a share of the parameter, as in :class:`AdamW`.

    Raises:
        ArgumentError: if ``lr``, ``eps`` or ``weight_decay`` is negative, or a beta not from 0 to below 1;
            the rest as :class:`Optimizer`.

    .. _torch.optim.Adam: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """

    not_negative = ("lr", "eps", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 1e-3, betas: Pair = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, betas: Pair, eps: float, weight_decay: float, amsgrad: bool, maximize: bool,
        decoupled_weight_decay: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t, a, s and the largest s by their names in PyTorch."""
        parameter, _, new = moments(
            parameter, gradient, state, lr, betas, weight_decay, maximize, decoupled_weight_decay
        )
        step, mean, square = new["step"], new["exp_avg"], new["exp_avg_sq"]
        beta1, beta2 = betas
        if amsgrad:
            square = new["max_exp_avg_sq"] = m.maximum(state.get("max_exp_avg_sq", 0.0), square)
        divisor = m.sqrt(square) / m.sqrt(1 - beta2**step) + eps
        return parameter - lr / (1 - beta1**step) * m.divide(mean, divisor), new


class AdamW(Adam):
    """Adam whose weight decay takes a share of the parameter itself, and leaves the running means alone.

    First parameter = (1 - lr weight_decay) parameter, then a step of :class:`Adam` without weight decay. Like
    `torch.optim.AdamW`_; the method is that of `Decoupled Weight Decay Regularization`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = AdamW([w], lr=0.25, weight_decay=0.5)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.62500000...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate.
        betas: as in :class:`Adam`, like ``eps``, ``amsgrad`` and ``maximize``.
        eps: keeps the divisor away from 0.
        weight_decay: the share of a parameter that a step of lr = 1 takes away.
        amsgrad: whether to divide by the largest s so far.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if one is negative, or a beta not from 0 to below 1; the rest as :class:`Optimizer`.

    .. _torch.optim.AdamW: https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
    .. _Decoupled Weight Decay Regularization: https://arxiv.org/abs/1711.05101
    """

    def __init__(
        self, params: Params, lr: float = 1e-3, betas: Pair = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True
        )

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another optimizer was; with decoupled weight decay, also if it was :class:`Adam`."""
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True
