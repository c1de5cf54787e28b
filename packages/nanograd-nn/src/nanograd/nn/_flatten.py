"""Flatten and Unflatten: nested lists with fewer or more levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._dimensions import as_dim, in_a_row
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, is_list, nested, shape_of


class Flatten(Module):
    """Put the dimensions from ``start_dim`` to ``end_dim`` into one, like `torch.nn.Flatten`_.

    >>> Flatten()([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    [[1, 2, 3, 4], [5, 6, 7, 8]]

    Args:
        start_dim: the first dimension; the one before, 0, is that of the samples.
        end_dim: the last one.

    .. _torch.nn.Flatten: https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Nested) -> Any:
        """Return nested lists of the same values.

        Args:
            input: values of any shape that has the dimensions.

        Raises:
            DimensionError: if it has not.
            ArgumentError: if the first dimension comes after the last.
        """
        shape = shape_of(input, "input")
        start, end = as_dim(self.start_dim, len(shape)), as_dim(self.end_dim, len(shape))
        if start > end:
            raise ArgumentError(
                "flatten() has invalid args: start_dim cannot come after end_dim, "
                f"and {self.start_dim} does after {self.end_dim} for the shape {shape}"
            )
        return nested(in_a_row(input), (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))

    def extra_repr(self) -> str:
        """Return the dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Make several dimensions of one, like `torch.nn.Unflatten`_.

    >>> Unflatten(1, (2, 2))([[1, 2, 3, 4]])
    [[[1, 2], [3, 4]]]

    Args:
        dim: the dimension.
        unflattened_size: the sizes of those that it becomes; one of them may be -1, which is what is left.

    Raises:
        ArgumentError: if the sizes are not ints, or more than one is -1.

    .. _torch.nn.Unflatten: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        sizes = tuple(unflattened_size) if is_list(unflattened_size) else ()
        if (
            not sizes
            or not all(isinstance(size, int) and size >= -1 for size in sizes)
            or sizes.count(-1) > 1
        ):
            raise ArgumentError(
                "unflattened_size must be tuple of ints, one of them -1 at the most, and is "
                f"{unflattened_size!r}"
            )
        self.dim = dim
        self.unflattened_size = sizes

    def forward(self, input: Nested) -> Any:
        """Return nested lists of the same values.

        Args:
            input: values of any shape that has the dimension.

        Raises:
            ShapeError: if its size is not the product of the new ones.
        """
        shape = shape_of(input, "input")
        dim = as_dim(self.dim, len(shape))
        size = shape[dim] if shape else 1
        known = math.prod(part for part in self.unflattened_size if part != -1)
        left = size // known if -1 in self.unflattened_size and known else -1
        sizes = tuple(left if part == -1 else part for part in self.unflattened_size)
        if math.prod(sizes) != size:
            raise ShapeError(
                f"unflatten: Provided sizes {list(self.unflattened_size)} don't multiply up to the size of "
                f"dim {self.dim} ({size}) in the input tensor"
            )
        return nested(in_a_row(input), (*shape[:dim], *sizes, *shape[dim + 1 :]))

    def extra_repr(self) -> str:
        """Return the dimension and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
