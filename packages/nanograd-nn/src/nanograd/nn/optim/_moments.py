"""What update rules begin with: the direction of the gradient, weight decay, and running means of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def decayed_gradient(parameter: Any, gradient: Any, weight_decay: float, maximize: bool) -> Any:
    """Return the gradient of what is to be made small: the loss, plus weight_decay / 2 times parameter**2.

    Args:
        parameter: a number or an array.
        gradient: that of the objective, likewise.
        weight_decay: how strongly parameters are drawn towards 0.
        maximize: whether the objective is to be made large.
    """
    g = -gradient if maximize else gradient
    return g + weight_decay * parameter if weight_decay else g


def decoupled_or_not(
    parameter: Any, gradient: Any, lr: float, weight_decay: float, maximize: bool, decoupled: bool
) -> tuple[Any, Any]:
    """Return the parameter and the gradient after weight decay, which changes one of the two.

    Decoupled weight decay takes the share lr * weight_decay away from the parameter itself, as in `Decoupled
    Weight Decay Regularization`_.

    .. _Decoupled Weight Decay Regularization: https://arxiv.org/abs/1711.05101
    """
    if decoupled:
        kept = parameter * (1 - lr * weight_decay) if weight_decay else parameter
        return kept, decayed_gradient(parameter, gradient, 0, maximize)
    return parameter, decayed_gradient(parameter, gradient, weight_decay, maximize)


def moments(
    parameter: Any, gradient: Any, state: Mapping[str, Any], lr: float, betas: tuple[float, float],
    weight_decay: float, maximize: bool, decoupled: bool,
) -> tuple[Any, Any, dict[str, Any]]:  # fmt: skip
    """Return parameter and gradient after weight decay, and what all optimizers like Adam remember."""
    parameter, g = decoupled_or_not(parameter, gradient, lr, weight_decay, maximize, decoupled)
    mean, square = first_moment(state, g, betas[0]), second_moment(state, g, betas[1])
    return parameter, g, {"step": state.get("step", 0) + 1, "exp_avg": mean, "exp_avg_sq": square}


def first_moment(state: Mapping[str, Any], g: Any, beta: float) -> Any:
    """Return the running mean of the gradient, of which each step keeps the share ``beta``."""
    return beta * state.get("exp_avg", 0.0) + (1 - beta) * g


def second_moment(state: Mapping[str, Any], g: Any, beta: float) -> Any:
    """Return the running mean of the gradient's square, of which each step keeps the share ``beta``."""
    return beta * state.get("exp_avg_sq", 0.0) + (1 - beta) * g * g
