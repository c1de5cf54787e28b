"""Weights whose spread fits the number of inputs and outputs, so that signals neither fade nor grow.

The sources are `Glorot and Bengio <https://proceedings.mlr.press/v9/glorot10a.html>`_ for Xavier's and
`He, Zhang, Ren and Sun <https://arxiv.org/abs/1502.01852>`_ for Kaiming's.
"""

from __future__ import annotations

import math
import random
from typing import Any, Literal, TypeVar

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._nested import shape_of
from nanograd.nn.init._distributions import normal_, uniform_

_T = TypeVar("_T")  # nested lists of ScalarValues


def xavier_uniform_(tensor: _T, gain: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every weight between ±gain sqrt(6 / (fan_in + fan_out)), which keeps the spread of signals.

    Args:
        tensor: rows of weights, ``fan_out`` lists of ``fan_in`` values.
        gain: what the activation asks for, see :func:`calculate_gain`.
        generator: draws the numbers.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    fan_in, fan_out = _fans(tensor)
    bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: _T, gain: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every weight from the bell curve around 0 with the deviation gain sqrt(2 / (fan_in + fan_out)).

    Args:
        tensor: rows of weights, ``fan_out`` lists of ``fan_in`` values.
        gain: what the activation asks for, see :func:`calculate_gain`.
        generator: draws the numbers.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    fan_in, fan_out = _fans(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: _T,
    a: float = 0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: random.Random | None = None,
) -> _T:
    """Draw every weight between ±gain sqrt(3 / fan), made for layers that are followed by a rectifier.

    Args:
        tensor: rows of weights, ``fan_out`` lists of ``fan_in`` values.
        a: the slope of the leaky rectifier below 0.
        mode: whether ``fan`` is the number of inputs or of outputs.
        nonlinearity: what follows the layer, see :func:`calculate_gain`.
        generator: draws the numbers.

    Raises:
        ShapeError: if it is not rows of weights.
        ArgumentError: if there is no such mode or nonlinearity.
    """
    bound = math.sqrt(3.0) * _kaiming_deviation(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: _T,
    a: float = 0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: random.Random | None = None,
) -> _T:
    """Draw every weight from the bell curve around 0 with the deviation gain / sqrt(fan).

    Args:
        tensor: rows of weights, ``fan_out`` lists of ``fan_in`` values.
        a: the slope of the leaky rectifier below 0.
        mode: whether ``fan`` is the number of inputs or of outputs.
        nonlinearity: what follows the layer, see :func:`calculate_gain`.
        generator: draws the numbers.

    Raises:
        ShapeError: if it is not rows of weights.
        ArgumentError: if there is no such mode or nonlinearity.
    """
    return normal_(tensor, 0.0, _kaiming_deviation(tensor, a, mode, nonlinearity), generator)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by how much weights have to be larger for what an activation takes away.

    >>> calculate_gain("tanh") == 5 / 3, calculate_gain("leaky_relu", 0.0)
    (True, 1.4142135623730951)

    Args:
        nonlinearity: ``"linear"``, ``"conv2d"`` and its kind, ``"sigmoid"``, ``"tanh"``, ``"relu"``,
            ``"leaky_relu"`` or ``"selu"``.
        param: the slope of ``"leaky_relu"`` below 0, 0.01 if left out.

    Raises:
        ArgumentError: if there is no gain for it, or ``param`` is not a number.
    """
    slope = 0.01 if param is None else param
    if isinstance(slope, bool) or not isinstance(slope, int | float):
        raise ArgumentError(f"negative_slope {param!r} not a valid number")
    gains = {
        "linear": 1.0,
        **dict.fromkeys([f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)], 1.0),
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + slope**2)),
        "selu": 3.0 / 4.0,
    }
    if nonlinearity not in gains:
        raise ArgumentError(
            f"Unsupported nonlinearity {nonlinearity}. Known are {', '.join(map(repr, gains))}."
        )
    return gains[nonlinearity]


def _kaiming_deviation(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    fans = dict(zip(("fan_in", "fan_out"), _fans(tensor), strict=True))
    if mode not in fans:
        raise ArgumentError(f"Mode {mode} not supported, please use one of {list(fans)}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans[mode])


def _fans(tensor: Any) -> tuple[int, int]:
    """Return how many inputs and outputs each weight row has, those of all places of a window included."""
    shape = shape_of(tensor, "tensor")
    if len(shape) < 2 or 0 in shape:
        raise ShapeError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions: "
            f"they are the sizes of rows of weights, (fan_out, fan_in), and the shape is {shape}."
        )
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window
