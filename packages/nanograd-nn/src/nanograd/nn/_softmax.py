"""Softmax and what else looks at all values along a dimension: log-softmax and the gated linear unit."""

from __future__ import annotations

from typing import Any

from nanograd import engine
from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._dimensions import along, as_dim
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, shape_of


def softmax(input: Nested, dim: int | None = None) -> Any:
    """Return e**x[i] / (e**x[0] + e**x[1] + ...) along a dimension, like `torch.nn.functional.softmax`_.

    >>> softmax([[1000.0, 1000.0], [0.0, -1000.0]])
    [[0.5, 0.5], [1.0, 0.0]]

    Args:
        input: values of any shape.
        dim: the dimension that adds up to 1. None is the last of one or two dimensions; of more PyTorch
            takes the first and warns, and here it has to be said.

    Raises:
        ArgumentError: if ``dim`` is not given for three or more dimensions.
        DimensionError: if there is no such dimension.

    .. _torch.nn.functional.softmax:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
    """
    return along(engine.softmax, input, _dim_or_last(dim, input, "softmax"))


def log_softmax(input: Nested, dim: int | None = None) -> Any:
    """Return x[i] - log(e**x[0] + e**x[1] + ...) along a dimension, like `torch.nn.functional.log_softmax`_.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]

    Args:
        input: values of any shape.
        dim: the dimension, see :func:`softmax`.

    Raises:
        ArgumentError: if ``dim`` is not given for three or more dimensions.
        DimensionError: if there is no such dimension.

    .. _torch.nn.functional.log_softmax:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
    """
    return along(_log_softmax, input, _dim_or_last(dim, input, "log_softmax"))


def glu(input: Nested, dim: int = -1) -> Any:
    """Return a sigmoid(b) for the halves a, b of a dimension, like `torch.nn.functional.glu`_.

    >>> glu([1.0, 2.0, 0.0, 100.0])
    [0.5, 2.0]

    Args:
        input: values of any shape.
        dim: the dimension, of an even size.

    Raises:
        ShapeError: if its size is odd.
        DimensionError: if there is no such dimension.

    .. _torch.nn.functional.glu:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
    """
    shape = shape_of(input, "input")
    if not shape:
        raise ShapeError("glu does not support 0-dimensional tensors")
    size = shape[as_dim(dim, len(shape))]
    if size % 2:
        raise ShapeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    half = size // 2
    return along(
        lambda x: [a * engine.sigmoid(b) for a, b in zip(x[:half], x[half:], strict=True)], input, dim
    )


class Softmax(Module):
    """Compute e**x[i] / (e**x[0] + e**x[1] + ...) along a dimension, like `torch.nn.Softmax`_.

    >>> Softmax(dim=1)([[0.0, 0.0]])
    [[0.5, 0.5]]

    Args:
        dim: the dimension that adds up to 1, see :func:`~nanograd.nn.functional.softmax`.

    .. _torch.nn.Softmax: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
    """

    def __init__(self, dim: int | None = None) -> None:
        self.dim = dim

    def forward(self, input: Nested) -> Any:
        """Return the function of values of any shape."""
        return softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Return the dimension."""
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """Compute x[i] - log(e**x[0] + e**x[1] + ...) along a dimension, like `torch.nn.LogSoftmax`_.

    >>> LogSoftmax(dim=0)([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]

    Args:
        dim: the dimension, see :func:`~nanograd.nn.functional.softmax`.

    .. _torch.nn.LogSoftmax: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
    """

    def forward(self, input: Nested) -> Any:
        """Return the function of values of any shape."""
        return log_softmax(input, self.dim)


class GLU(Softmax):
    """Compute a sigmoid(b) for the halves a, b of a dimension, like `torch.nn.GLU`_.

    >>> GLU()([1.0, 2.0, 0.0, 100.0])
    [0.5, 2.0]

    Args:
        dim: the dimension, of an even size.

    .. _torch.nn.GLU: https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim: int = dim

    def forward(self, input: Nested) -> Any:
        """Return the function of values of any shape."""
        return glu(input, self.dim)


def _log_softmax(values: list[Any]) -> list[Any]:
    largest = max(float(value) for value in values)
    if abs(largest) > 1:  # differences of large numbers lose digits
        values = [value - largest for value in values]
    total = engine.logsumexp(values)
    return [value - total for value in values]


def _dim_or_last(dim: int | None, input: Nested, function: str) -> int:
    if dim is not None:
        return dim
    shape = shape_of(input, "input")
    if len(shape) > 2:
        raise ArgumentError(f"{function} of shape {shape} needs to know along which dimension: say dim=-1")
    return max(len(shape) - 1, 0)
