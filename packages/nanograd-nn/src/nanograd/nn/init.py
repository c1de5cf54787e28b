"""Numbers to begin with: every function gives the values of a list new data and returns the list.

The names and formulas are those of `torch.nn.init`_. Where PyTorch has a tensor there is a list here, nested
as deeply: the weights of a :class:`~nanograd.nn.Linear` are ``linear.weight``, those of a
:class:`~nanograd.nn.Layer` are ``[neuron.w for neuron in layer.neurons]``, one row an output.

.. _torch.nn.init: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable
from statistics import NormalDist
from typing import Any, Literal, TypeVar

from nanograd.engine import ArgumentError, Number, NumberTypeError, ScalarValue, ShapeError, as_number
from nanograd.nn._nested import Shape, is_list, shape_of
from nanograd.nn._random import generator_or_default, normal, permutation, uniform
from nanograd.nn._sizes import as_size

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
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


def eye_(tensor: _T) -> _T:
    """Give rows of weights the numbers of the identity matrix, so that a layer passes on what it gets.

    >>> eye_([[ScalarValue(5.0), ScalarValue(5.0)]])
    [[ScalarValue(data=1.0), ScalarValue(data=0.0)]]

    Args:
        tensor: rows of weights, ``(n, m)``.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    shape = _shape(tensor, {2}, "Only tensors with 2 dimensions are supported")
    return _set(tensor, [float(i == j) for i in range(shape[0]) for j in range(shape[1])])


def dirac_(tensor: _T, groups: int = 1) -> _T:
    """Give the weights of a convolution a 1 in the middle, so that as many channels as possible pass.

    >>> dirac_([[[ScalarValue(5.0), ScalarValue(5.0), ScalarValue(5.0)]]])
    [[[ScalarValue(data=0.0), ScalarValue(data=1.0), ScalarValue(data=0.0)]]]

    Args:
        tensor: weights, ``(out, in, *)`` with one to three dimensions for the window.
        groups: into how many groups the outputs are divided.

    Raises:
        ShapeError: if it has another shape.
        ArgumentError: if ``groups`` does not divide the number of outputs.
    """
    shape = _shape(tensor, {3, 4, 5}, "Only tensors with 3, 4, or 5 dimensions are supported")
    if as_size(groups, "groups of dirac_") and shape[0] % groups:
        raise ArgumentError(f"dim 0 must be divisible by groups: {shape[0]} is not by {groups}")
    middle = tuple(size // 2 for size in shape[2:])
    places = itertools.product(*map(range, shape))
    outs = shape[0] // groups
    return _set(
        tensor, [float(out % outs == channel and tuple(at) == middle) for out, channel, *at in places]
    )


def trunc_normal_(
    tensor: _T,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: random.Random | None = None,
) -> _T:
    """Draw every value from the part of the bell curve that lies between ``a`` and ``b``.

    Args:
        tensor: a value or nested lists of values.
        mean: the middle of the curve.
        std: its standard deviation.
        a: the lower end.
        b: the upper end.
        generator: draws the numbers, one for each value; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``a`` does not lie below ``b``, or ``std`` is not positive.
        NumberTypeError: if there is something else than ScalarValues.
    """
    if not a < b:
        raise ArgumentError(f"trunc_normal_ draws between a and b, and a={a} does not lie below b={b}")
    if not std > 0.0:
        raise ArgumentError(f"trunc_normal_ expects std > 0.0, but found std {std}")
    drawn_by = generator_or_default(generator)
    curve = NormalDist(mean, std)
    low, high = curve.cdf(a), curve.cdf(b)

    def draw() -> float:
        share = uniform(low, high, drawn_by)
        if not 0.0 < share < 1.0:  # so far out that the curve is 0 to a float
            return a if share <= 0.0 else b
        return min(max(curve.inv_cdf(share), a), b)

    return _fill(tensor, draw)


def orthogonal_(tensor: _T, gain: float = 1, generator: random.Random | None = None) -> _T:
    """Draw rows of weights that are perpendicular and of one length; columns, where there are more rows.

    The source is `Saxe, McClelland and Ganguli <https://arxiv.org/abs/1312.6120>`_.

    Args:
        tensor: rows of weights, ``(n, *)``; all dimensions but the first count as one.
        gain: the length.
        generator: draws the numbers; without it the one that ``manual_seed`` seeds.

    Raises:
        ShapeError: if it is not rows of weights.
    """
    shape = _shape(tensor, None, "Only tensors with 2 or more dimensions are supported")
    rows, columns = shape[0], math.prod(shape[1:])
    drawn_by = generator_or_default(generator)
    many, size = min(rows, columns), max(rows, columns)
    vectors: list[list[float]] = []
    while len(vectors) < many:
        vector = [normal(0.0, 1.0, drawn_by) for _ in range(size)]
        for _ in range(2):  # once more takes away what rounding has left
            for other in vectors:
                along = math.fsum(x * y for x, y in zip(vector, other, strict=True))
                vector = [x - along * y for x, y in zip(vector, other, strict=True)]
            length = math.hypot(*vector)
            vector = [x / length for x in vector]
        vectors.append(vector)
    if rows > columns:
        vectors = [list(row) for row in zip(*vectors, strict=True)]
    return _set(tensor, [gain * x for vector in vectors for x in vector])


def sparse_(tensor: _T, sparsity: float, std: float = 0.01, generator: random.Random | None = None) -> _T:
    """Draw every weight from the bell curve around 0, and set a share of each column to 0.

    Args:
        tensor: rows of weights, ``(n, m)``.
        sparsity: the share, from 0 to 1, rounded up to whole numbers of weights.
        std: the standard deviation of the others.
        generator: draws the numbers; without it the one that ``manual_seed`` seeds.

    Raises:
        ShapeError: if it is not rows of weights.
        ArgumentError: if ``sparsity`` is not from 0 to 1, or ``std`` is negative.
    """
    rows, columns = _shape(tensor, {2}, "Only tensors with 2 dimensions are supported")
    if not 0.0 <= sparsity <= 1.0:
        raise ArgumentError(f"sparsity is a share, from 0 to 1, and got {sparsity}")
    drawn_by = generator_or_default(generator)
    normal_(tensor, 0.0, std, drawn_by)
    zeros = math.ceil(sparsity * rows)
    values = _scalar_values(tensor)
    for column in range(columns):
        for row in permutation(rows, drawn_by)[:zeros]:
            values[row * columns + column].data = 0.0
    return tensor


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


def _shape(tensor: Any, dimensions: set[int] | None, refusal: str) -> Shape:
    """Return the shape of weights, which have so many dimensions; None for two or more."""
    shape = shape_of(tensor, "tensor")
    if len(shape) < 2 or 0 in shape or (dimensions is not None and len(shape) not in dimensions):
        raise ShapeError(f"{refusal}, and the shape is {shape}")
    return shape


def _set(tensor: _T, numbers: Iterable[float]) -> _T:
    """Give the values of nested lists these numbers, in order."""
    drawn = iter(list(numbers))
    return _fill(tensor, lambda: next(drawn))


def _fill(tensor: _T, number: _Draw) -> _T:
    values = _scalar_values(tensor)
    numbers = [number() for _ in values]  # all of them before the first changes
    for value, drawn in zip(values, numbers, strict=True):
        value.data = drawn
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
