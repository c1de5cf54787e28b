"""Numbers to begin with: every function gives the values of a list new data and returns the list.

The names and formulas are those of `torch.nn.init`_. Where PyTorch has a tensor there is a list here, nested
as deeply: the weights of a :class:`~nanograd.nn.Linear` are ``linear.weight``, those of a
:class:`~nanograd.nn.Layer` are ``[neuron.w for neuron in layer.neurons]``, one row an output.

.. _torch.nn.init: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from nanograd.engine import ArgumentError, Number, NumberTypeError, ScalarValue, ShapeError, as_number
from nanograd.nn._nested import is_list, shape_of
from nanograd.nn._random import generator_or_default, normal, uniform

__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_T = TypeVar("_T")  # nested lists of ScalarValues
_Draw = Callable[[], Number]


def uniform_(tensor: _T, a: float = 0.0, b: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every value between ``a`` and ``b``.

    >>> values = uniform_([ScalarValue(0.0), ScalarValue(0.0)], -1.0, 1.0, random.Random(0))
    >>> [round(value.data, 4) for value in values]
    [0.6888, 0.5159]

    Args:
        tensor: a value or nested lists of values.
        a: the lower end.
        b: the upper end.
        generator: draws the numbers, in order; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``a`` lies above ``b``.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not a <= b:
        raise ArgumentError(f"uniform_ expects to return a [from, to) range, but found from={a} > to={b}")
    drawn_by = generator_or_default(generator)
    return _fill(tensor, lambda: uniform(a, b, drawn_by))


def normal_(tensor: _T, mean: float = 0.0, std: float = 1.0, generator: random.Random | None = None) -> _T:
    """Draw every value from the bell curve with a mean and a standard deviation.

    Args:
        tensor: a value or nested lists of values.
        mean: the middle.
        std: the standard deviation.
        generator: draws the numbers, two for each value; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``std`` is negative.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not std >= 0.0:
        raise ArgumentError(f"normal expects std >= 0.0, but found std {std}")
    drawn_by = generator_or_default(generator)
    return _fill(tensor, lambda: normal(mean, std, drawn_by))


def constant_(tensor: _T, val: Number) -> _T:
    """Give every value the same number.

    Args:
        tensor: a value or nested lists of values.
        val: the number.

    Raises:
        NumberTypeError: if it is not a real number, or if there is something else than ScalarValues.
    """
    number = as_number(val, "val of constant_")
    return _fill(tensor, lambda: number)


def ones_(tensor: _T) -> _T:
    """Give every value the number 1."""
    return constant_(tensor, 1.0)


def zeros_(tensor: _T) -> _T:
    """Give every value the number 0."""
    return constant_(tensor, 0.0)


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
        nonlinearity: ``"linear"``, ``"sigmoid"``, ``"tanh"``, ``"relu"``, ``"leaky_relu"`` or ``"selu"``.
        param: the slope of ``"leaky_relu"`` below 0, 0.01 if left out.

    Raises:
        ArgumentError: if there is no gain for it.
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
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
    """Return how many inputs and outputs rows of weights have."""
    shape = shape_of(tensor, "tensor")
    if len(shape) != 2 or 0 in shape:
        raise ShapeError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions: "
            f"they are the sizes of rows of weights, (fan_out, fan_in), and the shape is {shape}."
        )
    return shape[1], shape[0]


def _fill(tensor: _T, number: _Draw) -> _T:
    values = _scalar_values(tensor)
    for value in values:
        value.data = number()
    return tensor


def _scalar_values(tensor: Any) -> list[ScalarValue]:
    """Return the values in a row, refusing plain numbers, which could not be changed."""
    if isinstance(tensor, ScalarValue):
        return [tensor]
    if not is_list(tensor):
        raise NumberTypeError(
            f"init changes ScalarValues in place and got {type(tensor).__name__}: {tensor!r}. "
            "Give it the parameters of a module, such as linear.weight."
        )
    return [value for item in tensor for value in _scalar_values(item)]
