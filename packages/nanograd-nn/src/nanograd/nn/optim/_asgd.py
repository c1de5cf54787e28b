"""ASGD: gradient descent that also keeps the mean of the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import as_number
from nanograd.nn.optim._moments import decayed_gradient
from nanograd.nn.optim._optimizer import Optimizer, State, Update
from nanograd.nn.optim._param_groups import Params


class ASGD(Optimizer):
    """Take ever shorter steps downhill, and keep the mean of the parameters on the way.

    With the gradient g plus weight_decay times the parameter, in step t: parameter -= η (lambd parameter +
    g); then η = lr / (1 + lambd lr t)**alpha, lr at first. From step t0 on, ``state[parameter]["ax"]`` is the
    mean of the parameter. Like `torch.optim.ASGD`_; the method is that of `Polyak and Juditsky`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = ASGD([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.49997...)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the learning rate of the first step.
        lambd: how strongly parameters and step size fall.
        alpha: the power with which the step size falls.
        t0: the step at which the mean begins.
        weight_decay: how strongly parameters are drawn towards 0.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr`` or ``weight_decay`` is negative; the rest as :class:`Optimizer`.

    .. _torch.optim.ASGD: https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
    .. _Polyak and Juditsky: https://meyn.ece.ufl.edu/wp-content/uploads/sites/77/archive/spm_files/Courses/ECE555-2011/555media/poljud92.pdf
    """

    not_negative = ("lr", "weight_decay")

    def __init__(
        self, params: Params, lr: float = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,  # noqa: ARG004 - every rule takes m
        lr: float, lambd: float, alpha: float, t0: float, weight_decay: float, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and t, η, the newest one's share, the mean by their names in PyTorch."""
        g = decayed_gradient(parameter, gradient, weight_decay, maximize)
        step, rate, share = state.get("step", 0) + 1, state.get("eta", lr), state.get("mu", 1.0)
        moved = parameter * (1 - lambd * rate) - rate * g
        mean = moved if share == 1 else state["ax"] + (moved - state["ax"]) * share
        new = {
            "step": step,
            "eta": lr / (1 + lambd * lr * step) ** alpha,
            "mu": 1 / max(1, step - t0),
            "ax": mean,
        }
        return moved, new

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words."""
        super().check(hyperparameters)
        for name in ("lambd", "alpha", "t0"):
            as_number(hyperparameters[name], name)
