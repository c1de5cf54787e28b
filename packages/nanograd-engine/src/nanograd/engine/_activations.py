"""The functions that bend what a neuron sums, of ScalarValues and of plain numbers alike."""

from __future__ import annotations

from nanograd.engine._apply import Operand, apply
from nanograd.engine._errors import ArgumentError
from nanograd.engine._ops import ELU, ERF, GELU, GELU_TANH, LEAKY_RELU, RELU, SIGMOID, SILU, SOFTPLUS


def erf(x: Operand) -> Operand:
    """Return the error function 2 / sqrt(pi) times the integral of e**-t**2 from 0 to x.

    The derivative is 2 / sqrt(pi) e**-x**2.

    >>> erf(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(ERF, x)


def sigmoid(x: Operand) -> Operand:
    """Return the logistic function 1 / (1 + e**-x), with the derivative sigmoid(x) sigmoid(-x).

    >>> sigmoid(0.0), sigmoid(-800.0)
    (0.5, 0.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(SIGMOID, x)


def silu(x: Operand) -> Operand:
    """Return x sigmoid(x), also called swish, with the derivative sigmoid(x) (1 + x sigmoid(-x)).

    >>> silu(0.0)
    0.0

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(SILU, x)


def softplus(x: Operand) -> Operand:
    """Return log(1 + e**x) without overflow, with the derivative sigmoid(x).

    >>> softplus(800.0), softplus(-800.0)
    (800.0, 0.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(SOFTPLUS, x)


def relu(x: Operand) -> Operand:
    """Return x where it is positive and 0 elsewhere.

    The derivative is 1 or 0; it is 0 at 0, as in PyTorch.

    >>> from nanograd.engine import ScalarValue
    >>> relu(ScalarValue(-2.0)), relu(3.0)
    (ScalarValue(data=0.0), 3.0)

    Args:
        x: any real number, or a ScalarValue of one.
    """
    return apply(RELU, x)


def leaky_relu(x: Operand, negative_slope: Operand = 0.01) -> Operand:
    """Return x where it is positive and ``negative_slope`` x elsewhere.

    The derivative is 1 or the slope; it is the slope at 0, as in PyTorch. The slope may be a ScalarValue
    that is learned, as in PReLU.

    >>> leaky_relu(-2.0)
    -0.02

    Args:
        x: any real number, or a ScalarValue of one.
        negative_slope: the derivative below 0; `PyTorch's default
            <https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html>`_ is 0.01.
    """
    return apply(LEAKY_RELU, x, negative_slope)


def elu(x: Operand, alpha: Operand = 1.0) -> Operand:
    """Return x where it is positive and ``alpha`` (e**x - 1) elsewhere, with the derivative 1 or alpha e**x.

    >>> elu(-1000.0), elu(2.0)
    (-1.0, 2.0)

    Args:
        x: any real number, or a ScalarValue of one.
        alpha: minus the value far below 0; `PyTorch's default
            <https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html>`_ is 1.
    """
    return apply(ELU, x, alpha)


def gelu(x: Operand, approximate: str = "none") -> Operand:
    """Return x times the probability that a standard normal variable is below x.

    The derivative is P(x) + x p(x), with the normal distribution P and its density p. The source is
    `Hendrycks and Gimpel <https://arxiv.org/abs/1606.08415>`_.

    >>> gelu(0.0), gelu(100.0)
    (0.0, 100.0)

    Args:
        x: any real number, or a ScalarValue of one.
        approximate: ``"none"`` for the exact function, ``"tanh"`` for
            0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3))).

    Raises:
        ArgumentError: if ``approximate`` is something else.
    """
    if approximate not in {"none", "tanh"}:
        raise ArgumentError(f"gelu(approximate={approximate!r}) takes 'none' or 'tanh'")
    return apply(GELU if approximate == "none" else GELU_TANH, x)
