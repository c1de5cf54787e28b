"""Rprop: steps that only look at the sign of the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanograd.engine import ArgumentError, as_number
from nanograd.nn.optim._hyperparameters import pair
from nanograd.nn.optim._optimizer import Optimizer, Pair, State, Update
from nanograd.nn.optim._param_groups import Params


class Rprop(Optimizer):
    """Take a step against the sign of the gradient, of a length that each parameter learns.

    Where the gradient g has the sign of the one before, the length grows by the factor η+, but not above the
    largest; where the sign changed, it falls by η-, but not below the smallest, and there is no step. Like
    `torch.optim.Rprop`_.

    >>> from nanograd.engine import ScalarValue
    >>> w = ScalarValue(1.0)
    >>> optimizer = Rprop([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.75)

    Args:
        params: the parameters, or dicts of parameters and hyperparameters of their own.
        lr: the length of the first step.
        etas: η- and η+, below and above 1.
        step_sizes: the smallest and the largest length.
        maximize: whether to go uphill.

    Raises:
        ArgumentError: if ``lr`` is negative, or an eta on the wrong side of 1; the rest as
            :class:`Optimizer`.

    .. _torch.optim.Rprop: https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
    """

    not_negative = ("lr",)

    def __init__(
        self, params: Params, lr: float = 1e-2, etas: Pair = (0.5, 1.2), step_sizes: Pair = (1e-6, 50), *,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        defaults = {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize}
        super().__init__(params, defaults)

    @staticmethod
    def rule(
        m: Any, parameter: Any, gradient: Any, state: State, *,
        lr: float, etas: Pair, step_sizes: Pair, maximize: bool,
    ) -> Update:  # fmt: skip
        """Return the new parameter, and step, last gradient and length by their names in PyTorch."""
        g = -gradient if maximize else gradient
        smaller, larger = etas
        turn = m.sign(g * state.get("prev", 0.0))
        factor = m.where(turn > 0, larger, m.where(turn < 0, smaller, 1.0))
        length = state.get("step_size", lr) * factor
        length = m.minimum(m.maximum(length, step_sizes[0]), step_sizes[1])
        g = m.where(turn < 0, 0.0, g)
        new = {"step": state.get("step", 0) + 1, "prev": g, "step_size": length}
        return parameter - m.sign(g) * length, new

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words."""
        super().check(hyperparameters)
        smaller, larger = pair(hyperparameters, "etas", "(η-, η+)")
        if not 0.0 < as_number(smaller, "etas[0]") < 1.0 < as_number(larger, "etas[1]"):
            raise ArgumentError(f"Invalid eta values: {smaller}, {larger}")
        for index, bound in enumerate(pair(hyperparameters, "step_sizes", "(smallest, largest)")):
            as_number(bound, f"step_sizes[{index}]")
