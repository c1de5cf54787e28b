"""Activation functions of values and of nested lists of values, built of the engine's operations.

Each takes what PyTorch's function of the same name takes and has its slope also where that is a convention,
at the corners. Plain numbers give plain numbers.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from nanograd import engine
from nanograd.engine import ArgumentError, Number, ScalarValue, where
from nanograd.nn._nested import Nested, mapped

Bound: TypeAlias = ScalarValue | Number

# Chosen by Klambauer et al. so that layers keep mean 0 and variance 1: https://arxiv.org/abs/1706.02515
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def identity(x: Any) -> Any:
    """Return x as it is: the activation of a linear neuron."""
    return x


def relu(input: Nested) -> Any:
    """Return max(0, x) for every value x, like `torch.nn.functional.relu`_; its slope at 0 is 0.

    >>> relu([1.0, -2.0])
    [1.0, 0.0]

    .. _torch.nn.functional.relu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
    """
    return mapped(engine.relu, input)


def leaky_relu(input: Nested, negative_slope: float = 0.01) -> Any:
    """Return x where it is positive and ``negative_slope`` x elsewhere.

    Like `torch.nn.functional.leaky_relu`_.

    >>> leaky_relu([1.0, -2.0])
    [1.0, -0.02]

    .. _torch.nn.functional.leaky_relu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
    """
    return mapped(lambda x: engine.leaky_relu(x, negative_slope), input)


def elu(input: Nested, alpha: float = 1.0) -> Any:
    """Return x where it is positive and ``alpha`` (e**x - 1) elsewhere, like `torch.nn.functional.elu`_.

    >>> elu([1.0, -1000.0])
    [1.0, -1.0]

    .. _torch.nn.functional.elu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
    """
    return mapped(lambda x: engine.elu(x, alpha), input)


def selu(input: Nested) -> Any:
    """Return 1.0507 times :func:`elu` with alpha = 1.6733, like `torch.nn.functional.selu`_.

    >>> selu([1.0, 0.0])
    [1.0507009873554805, 0.0]

    .. _torch.nn.functional.selu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
    """
    return mapped(lambda x: SELU_SCALE * engine.elu(x, SELU_ALPHA), input)


def celu(input: Nested, alpha: float = 1.0) -> Any:
    """Return x where it is positive and alpha (e**(x / alpha) - 1) elsewhere.

    Like `torch.nn.functional.celu`_.

    >>> celu([1.0, -1000.0], alpha=2.0)
    [1.0, -2.0]

    Raises:
        ArgumentError: if ``alpha`` is 0.

    .. _torch.nn.functional.celu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
    """
    if alpha == 0:
        raise ArgumentError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return mapped(lambda x: alpha * engine.elu(x / alpha), input)


def gelu(input: Nested, approximate: str = "none") -> Any:
    """Return x times the probability that a normal variable is below x, like `torch.nn.functional.gelu`_.

    >>> gelu([0.0, 100.0])
    [0.0, 100.0]

    Args:
        input: values of any shape.
        approximate: ``"none"``, or ``"tanh"`` for 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3))).

    Raises:
        ArgumentError: if ``approximate`` is something else.

    .. _torch.nn.functional.gelu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
    """
    if approximate not in {"none", "tanh"}:
        raise ArgumentError(f"approximate argument must be either none or tanh, and is {approximate!r}.")
    return mapped(lambda x: engine.gelu(x, approximate), input)


def silu(input: Nested) -> Any:
    """Return x sigmoid(x) for every value x, like `torch.nn.functional.silu`_.

    >>> silu([0.0, 100.0])
    [0.0, 100.0]

    .. _torch.nn.functional.silu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
    """
    return mapped(engine.silu, input)


def mish(input: Nested) -> Any:
    """Return x tanh(softplus(x)) for every value x, like `torch.nn.functional.mish`_.

    >>> mish([0.0, 100.0])
    [0.0, 100.0]

    .. _torch.nn.functional.mish:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
    """
    return mapped(lambda x: x * engine.tanh(engine.softplus(x)), input)


def sigmoid(input: Nested) -> Any:
    """Return 1 / (1 + e**-x) for every value x, like `torch.nn.functional.sigmoid`_.

    >>> sigmoid([0.0, -800.0])
    [0.5, 0.0]

    .. _torch.nn.functional.sigmoid:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.sigmoid.html
    """
    return mapped(engine.sigmoid, input)


def tanh(input: Nested) -> Any:
    """Return (e**x - e**-x) / (e**x + e**-x) for every value x, like `torch.nn.functional.tanh`_.

    >>> tanh([0.0, 100.0])
    [0.0, 1.0]

    .. _torch.nn.functional.tanh:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanh.html
    """
    return mapped(engine.tanh, input)


def softplus(input: Nested, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """Return log(1 + e**(beta x)) / beta for every value x, like `torch.nn.functional.softplus`_.

    >>> softplus([0.0, 800.0])
    [0.6931471805599453, 800.0]

    Args:
        input: values of any shape.
        beta: how sharply it bends.
        threshold: where beta x lies above it, x is returned itself. At 20 that is 2e-9 too little.

    .. _torch.nn.functional.softplus:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
    """
    if beta == 1:
        return mapped(lambda x: where(x > threshold, x, engine.softplus(x)), input)
    return mapped(lambda x: where(x * beta > threshold, x, engine.softplus(x * beta) / beta), input)


def softsign(input: Nested) -> Any:
    """Return x / (1 + abs(x)) for every value x, like `torch.nn.functional.softsign`_.

    >>> softsign([1.0, -3.0])
    [0.5, -0.75]

    .. _torch.nn.functional.softsign:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
    """
    return mapped(lambda x: x / (1 + abs(x)), input)


def logsigmoid(input: Nested) -> Any:
    """Return log(1 / (1 + e**-x)) for every value x, like `torch.nn.functional.logsigmoid`_.

    >>> logsigmoid([0.0, -800.0])
    [-0.6931471805599453, -800.0]

    .. _torch.nn.functional.logsigmoid:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
    """
    return mapped(lambda x: -engine.softplus(-x), input)


def tanhshrink(input: Nested) -> Any:
    """Return x - tanh(x) for every value x, like `torch.nn.functional.tanhshrink`_.

    >>> tanhshrink([0.0, 100.0])
    [0.0, 99.0]

    .. _torch.nn.functional.tanhshrink:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
    """
    return mapped(lambda x: x - engine.tanh(x), input)


def hardtanh(input: Nested, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """Return x, or the bound that it lies beyond, like `torch.nn.functional.hardtanh`_; flat at the bounds.

    >>> hardtanh([0.5, -3.0])
    [0.5, -1.0]

    Raises:
        ArgumentError: if ``min_val`` lies above ``max_val``.

    .. _torch.nn.functional.hardtanh:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
    """
    if min_val > max_val:
        raise ArgumentError(f"min_val cannot be greater than max_val: {min_val} > {max_val}")
    return mapped(lambda x: _between(x, min_val, max_val, x, min_val, max_val), input)


def relu6(input: Nested) -> Any:
    """Return min(max(0, x), 6) for every value x, like `torch.nn.functional.relu6`_; flat at 0 and 6.

    >>> relu6([-1.0, 0.5, 8.0])
    [0.0, 0.5, 6.0]

    .. _torch.nn.functional.relu6:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
    """
    return hardtanh(input, 0.0, 6.0)


def hardsigmoid(input: Nested) -> Any:
    """Return 0 up to -3, 1 from 3 on and (x + 3) / 6 between, like `torch.nn.functional.hardsigmoid`_.

    >>> hardsigmoid([-4.0, 0.0, 4.0])
    [0.0, 0.5, 1.0]

    .. _torch.nn.functional.hardsigmoid:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
    """
    return mapped(lambda x: _between(x, -3.0, 3.0, (x + 3) / 6, 0.0, 1.0), input)


def hardswish(input: Nested) -> Any:
    """Return 0 up to -3, x from 3 on and x (x + 3) / 6 between, like `torch.nn.functional.hardswish`_.

    >>> hardswish([-4.0, 0.0, 3.0])
    [0.0, 0.0, 3.0]

    .. _torch.nn.functional.hardswish:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
    """

    # The middle is not computed of x itself, whose square may be infinite.
    def bent(x: Any) -> Any:
        inside = engine.clamp(x, -3.0, 3.0)
        return _between(x, -3.0, 3.0, inside * (inside + 3) / 6, 0.0, x)

    return mapped(bent, input)


def threshold(input: Nested, threshold: float, value: float) -> Any:
    """Return x where it is above ``threshold`` and ``value`` elsewhere.

    Like `torch.nn.functional.threshold`_.

    >>> threshold([0.5, 2.0], 1.0, -7.0)
    [-7.0, 2.0]

    .. _torch.nn.functional.threshold:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
    """
    return mapped(lambda x: where(x <= threshold, value, x), input)


def softshrink(input: Nested, lambd: float = 0.5) -> Any:
    """Return x moved by ``lambd`` towards 0, and 0 where it is nearer.

    Like `torch.nn.functional.softshrink`_.

    >>> softshrink([2.0, -2.0, 0.5])
    [1.5, -1.5, 0.0]

    Raises:
        ArgumentError: if ``lambd`` is negative.

    .. _torch.nn.functional.softshrink:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
    """
    if not lambd >= 0.0:
        raise ArgumentError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    return mapped(lambda x: x - engine.clamp(x, -lambd, lambd), input)


def hardshrink(input: Nested, lambd: float = 0.5) -> Any:
    """Return 0 from -``lambd`` to ``lambd`` and x beyond, like `torch.nn.functional.hardshrink`_.

    >>> hardshrink([2.0, -2.0, 0.5])
    [2.0, -2.0, 0.0]

    .. _torch.nn.functional.hardshrink:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
    """
    return mapped(lambda x: where((x >= -lambd) & (x <= lambd), 0.0, x), input)


def _between(x: Any, low: float, high: float, inside: Any, below: Bound, above: Bound) -> Any:
    """Return ``inside``, or ``below`` up to ``low`` and ``above`` from ``high`` on; of nan nan.

    Nested choices and not the engine's clamp, whose slope at its bounds is 1.
    """
    return where(x <= low, below, where(x >= high, above, inside))
