"""The mean squared error: how far numbers are from those they should be."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ShapeError
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, flat, nested, shape_of
from nanograd.nn._reduction import Reduction, check_not_empty, check_reduction, total


def mse_loss(input: Nested, target: Nested, reduction: Reduction = "mean") -> Any:
    """Return the mean of (input - target)**2 over all numbers, like `torch.nn.functional.mse_loss`_.

    >>> mse_loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=2.0)

    Args:
        input: what a model returned: a value, or lists of values of any shape.
        target: what it should be, of the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the squares themselves.

    Returns:
        A ScalarValue; of ``"none"`` values in the shape of the input.

    Raises:
        ShapeError: if the shapes differ; PyTorch goes on there, and usually computes what nobody meant.
        ArgumentError: if there are no numbers, or no such reduction.
        NumberTypeError: if something is not a real number.

    .. _torch.nn.functional.mse_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
    """
    check_reduction(reduction)
    shape, target_shape = shape_of(input, "input"), shape_of(target, "target")
    if shape != target_shape:
        raise ShapeError(
            f"Using a target size {target_shape} that is different to the input size {shape}. "
            "Please ensure they have the same size."
        )
    check_not_empty(shape, "input")
    pairs = zip(flat(input, "input"), flat(target, "target"), strict=True)
    squares = [(predicted - wanted) ** 2 for predicted, wanted in pairs]
    if reduction == "none":
        return nested(squares, shape)
    if reduction == "sum" or len(squares) == 1:
        return total(squares)
    return total(squares) / len(squares)


class MSELoss(Module):
    """Compute the mean of (input - target)**2, like `torch.nn.MSELoss`_.

    >>> loss = MSELoss()
    >>> loss([1.0, 2.0], [1.0, 4.0])
    ScalarValue(data=2.0)

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the squares themselves.

    Raises:
        ArgumentError: if there is no such reduction.

    .. _torch.nn.MSELoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        check_reduction(reduction)
        self.reduction = reduction

    def forward(self, input: Nested, target: Nested) -> Any:
        """Return the loss, see :func:`~nanograd.nn.functional.mse_loss`.

        Args:
            input: what a model returned.
            target: what it should be, of the same shape.
        """
        return mse_loss(input, target, self.reduction)
