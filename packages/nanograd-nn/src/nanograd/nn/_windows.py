"""Windows: which places of a picture each output of a convolution or a pooling layer looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._nested import is_list
from nanograd.nn._sizes import as_int
from nanograd.nn._vectors import caller

Pair: TypeAlias = int | Sequence[int]
"""One number for both the height and the width, or a number for each."""

Taps: TypeAlias = list[tuple[int, int]]
"""Where one output looks along one axis: the place in the window and the place in the picture."""


class Axis(NamedTuple):
    """How windows lie along one axis."""

    kernel: int
    stride: int
    before: int
    after: int
    dilation: int

    @property
    def reach(self) -> int:
        """How many places a window covers, those between its taps included."""
        return self.dilation * (self.kernel - 1) + 1


def as_pair(given: Pair, what: str, least: int = 1) -> tuple[int, int]:
    """Return the numbers for the height and the width.

    >>> as_pair(3, "kernel_size"), as_pair((1, 2), "stride")
    ((3, 3), (1, 2))

    Raises:
        ArgumentError: if it is not one int or two of at least ``least``.
    """
    items = list(given) if is_list(given) else [given, given]  # type: ignore[arg-type]  # it is a list
    pair = [size for size in map(as_int, items) if size is not None and size >= least]
    if len(pair) != 2 or len(items) != 2:
        raise ArgumentError(f"{what} is an int of at least {least} or two of them, and got {given!r}")
    return pair[0], pair[1]


def windows(size: int, axis: Axis, kind: str, *, ceil_mode: bool = False) -> list[Taps]:
    """Return for each output the taps that lie inside of the picture.

    >>> windows(3, Axis(kernel=2, stride=1, before=1, after=0, dilation=1), "Conv2d")
    [[(1, 0)], [(0, 0), (1, 1)], [(0, 1), (1, 2)]]

    Args:
        size: how many places the picture has.
        axis: how the windows lie.
        kind: the name of the layer's class, for messages.
        ceil_mode: whether a last window may reach beyond the padding.

    Raises:
        ShapeError: if no window fits.
    """
    padded = size + axis.before + axis.after
    count = (padded - axis.reach) // axis.stride + 1
    if ceil_mode:
        count = -((axis.reach - padded) // axis.stride) + 1
        if (count - 1) * axis.stride >= size + axis.before:  # it would lie in the padding alone
            count -= 1
    if count < 1:
        raise ShapeError(
            f"{caller(kind)}: Calculated padded input size: {padded}. Kernel size: {axis.reach}. "
            "Kernel size can't be greater than actual input size"
        )
    starts = [index * axis.stride - axis.before for index in range(count)]
    taps = [(tap, tap * axis.dilation) for tap in range(axis.kernel)]
    return [[(tap, start + at) for tap, at in taps if 0 <= start + at < size] for start in starts]
