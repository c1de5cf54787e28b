"""Activations as modules: each applies a function of ``functional`` to all values.

Softmax and others that look at several values at once have files of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nanograd.nn import _activation_functions as functions
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested


class Elementwise(Module):
    """A module that applies one function to every value, with the options that it was made with."""

    _function: ClassVar[Callable[..., Any]]

    def __init_subclass__(cls, function: Callable[..., Any] | None = None, **named: Any) -> None:
        super().__init_subclass__(**named)
        if function is not None:
            cls._function = staticmethod(function)

    def __init__(self, **options: Any) -> None:
        self._function([], **options)  # refuses now what makes no sense, not at the first call
        self._options = tuple(options)
        vars(self).update(options)

    def forward(self, input: Nested) -> Any:
        """Return the function of a value, or of every value in nested lists.

        Args:
            input: values of any shape.
        """
        return self._function(input, **{name: getattr(self, name) for name in self._options})

    def extra_repr(self) -> str:
        """Return the options."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._options)


class Identity(Elementwise, function=functions.identity):
    """Return the input as it is, like `torch.nn.Identity`_.

    It takes any arguments, so that it can stand in the place of any layer.

    >>> Identity(54, unused=0.1)([1.0, -2.0])
    [1.0, -2.0]

    .. _torch.nn.Identity: https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
    """

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        super().__init__()


class ReLU(Elementwise, function=functions.relu):
    """Return max(0, x) for every value x, like `torch.nn.ReLU`_.

    >>> ReLU()([1.0, -2.0])
    [1.0, 0.0]

    .. _torch.nn.ReLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html
    """


class SELU(Elementwise, function=functions.selu):
    """Return 1.0507 elu(x, 1.6733) for every value x, like `torch.nn.SELU`_.

    >>> SELU()([1.0, 0.0])
    [1.0507009873554805, 0.0]

    .. _torch.nn.SELU: https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html
    """


class SiLU(Elementwise, function=functions.silu):
    """Return x sigmoid(x) for every value x, like `torch.nn.SiLU`_.

    >>> SiLU()([0.0, 100.0])
    [0.0, 100.0]

    .. _torch.nn.SiLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html
    """


class Mish(Elementwise, function=functions.mish):
    """Return x tanh(softplus(x)) for every value x, like `torch.nn.Mish`_.

    >>> Mish()([0.0, 100.0])
    [0.0, 100.0]

    .. _torch.nn.Mish: https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html
    """


class Sigmoid(Elementwise, function=functions.sigmoid):
    """Return 1 / (1 + e**-x) for every value x, like `torch.nn.Sigmoid`_.

    >>> Sigmoid()([0.0, -800.0])
    [0.5, 0.0]

    .. _torch.nn.Sigmoid: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
    """


class Tanh(Elementwise, function=functions.tanh):
    """Return (e**x - e**-x) / (e**x + e**-x) for every value x, like `torch.nn.Tanh`_.

    >>> Tanh()([0.0, 100.0])
    [0.0, 1.0]

    .. _torch.nn.Tanh: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html
    """


class Softsign(Elementwise, function=functions.softsign):
    """Return x / (1 + abs(x)) for every value x, like `torch.nn.Softsign`_.

    >>> Softsign()([1.0, -3.0])
    [0.5, -0.75]

    .. _torch.nn.Softsign: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html
    """


class LogSigmoid(Elementwise, function=functions.logsigmoid):
    """Return log(1 / (1 + e**-x)) for every value x, like `torch.nn.LogSigmoid`_.

    >>> LogSigmoid()([0.0, -800.0])
    [-0.6931471805599453, -800.0]

    .. _torch.nn.LogSigmoid: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
    """


class Tanhshrink(Elementwise, function=functions.tanhshrink):
    """Return x - tanh(x) for every value x, like `torch.nn.Tanhshrink`_.

    >>> Tanhshrink()([0.0, 100.0])
    [0.0, 99.0]

    .. _torch.nn.Tanhshrink: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
    """


class ReLU6(Elementwise, function=functions.relu6):
    """Return min(max(0, x), 6) for every value x, like `torch.nn.ReLU6`_.

    >>> ReLU6()([-1.0, 0.5, 8.0])
    [0.0, 0.5, 6.0]

    .. _torch.nn.ReLU6: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
    """


class Hardsigmoid(Elementwise, function=functions.hardsigmoid):
    """Return 0 up to -3, 1 from 3 on and (x + 3) / 6 between, like `torch.nn.Hardsigmoid`_.

    >>> Hardsigmoid()([-4.0, 0.0, 4.0])
    [0.0, 0.5, 1.0]

    .. _torch.nn.Hardsigmoid: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
    """


class Hardswish(Elementwise, function=functions.hardswish):
    """Return 0 up to -3, x from 3 on and x (x + 3) / 6 between, like `torch.nn.Hardswish`_.

    >>> Hardswish()([-4.0, 0.0, 3.0])
    [0.0, 0.0, 3.0]

    .. _torch.nn.Hardswish: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
    """


class LeakyReLU(Elementwise, function=functions.leaky_relu):
    """Return x where it is positive and ``negative_slope`` x elsewhere, like `torch.nn.LeakyReLU`_.

    >>> LeakyReLU()([1.0, -2.0])
    [1.0, -0.02]

    Args:
        negative_slope: the slope below 0.

    .. _torch.nn.LeakyReLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__(negative_slope=negative_slope)


class ELU(Elementwise, function=functions.elu):
    """Return x where it is positive and ``alpha`` (e**x - 1) elsewhere, like `torch.nn.ELU`_.

    >>> ELU()([1.0, -1000.0])
    [1.0, -1.0]

    Args:
        alpha: minus the value far below 0.

    .. _torch.nn.ELU: https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__(alpha=alpha)


class CELU(Elementwise, function=functions.celu):
    """Return x where it is positive and alpha (e**(x / alpha) - 1) elsewhere, like `torch.nn.CELU`_.

    >>> CELU(2.0)([1.0, -1000.0])
    [1.0, -2.0]

    Args:
        alpha: minus the value far below 0.

    Raises:
        ArgumentError: if ``alpha`` is 0.

    .. _torch.nn.CELU: https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__(alpha=alpha)


class GELU(Elementwise, function=functions.gelu):
    """Return x times the probability that a normal variable is below x, like `torch.nn.GELU`_.

    >>> GELU()([0.0, 100.0])
    [0.0, 100.0]

    Args:
        approximate: ``"none"``, or ``"tanh"`` for the approximation by a tanh.

    Raises:
        ArgumentError: if ``approximate`` is something else.

    .. _torch.nn.GELU: https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)


class Softplus(Elementwise, function=functions.softplus):
    """Return log(1 + e**(beta x)) / beta for every value x, like `torch.nn.Softplus`_.

    >>> Softplus()([0.0, 800.0])
    [0.6931471805599453, 800.0]

    Args:
        beta: how sharply it bends.
        threshold: where beta x lies above it, x is returned itself.

    .. _torch.nn.Softplus: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)


class Hardtanh(Elementwise, function=functions.hardtanh):
    """Return x, or the bound that it lies beyond, like `torch.nn.Hardtanh`_.

    >>> Hardtanh()([0.5, -3.0])
    [0.5, -1.0]

    Args:
        min_val: the lower bound.
        max_val: the upper bound.

    Raises:
        ArgumentError: if ``min_val`` lies above ``max_val``.

    .. _torch.nn.Hardtanh: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__(min_val=min_val, max_val=max_val)


class Threshold(Elementwise, function=functions.threshold):
    """Return x where it is above ``threshold`` and ``value`` elsewhere, like `torch.nn.Threshold`_.

    >>> Threshold(1.0, -7.0)([0.5, 2.0])
    [-7.0, 2.0]

    Args:
        threshold: what x has to be above.
        value: what takes its place.

    .. _torch.nn.Threshold: https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html
    """

    def __init__(self, threshold: float, value: float) -> None:
        super().__init__(threshold=threshold, value=value)


class Softshrink(Elementwise, function=functions.softshrink):
    """Return x moved by ``lambd`` towards 0, and 0 where it is nearer, like `torch.nn.Softshrink`_.

    >>> Softshrink()([2.0, -2.0, 0.5])
    [1.5, -1.5, 0.0]

    Args:
        lambd: how far.

    Raises:
        ArgumentError: if ``lambd`` is negative.

    .. _torch.nn.Softshrink: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
    """

    lambd: float

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        """Return the option."""
        return str(self.lambd)


class Hardshrink(Elementwise, function=functions.hardshrink):
    """Return 0 from -``lambd`` to ``lambd`` and x beyond, like `torch.nn.Hardshrink`_.

    >>> Hardshrink()([2.0, -2.0, 0.5])
    [2.0, -2.0, 0.0]

    Args:
        lambd: how far the zeros reach.

    .. _torch.nn.Hardshrink: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
    """

    lambd: float

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        """Return the option."""
        return str(self.lambd)
