"""Losses of similarity: vectors that belong together should be close, and others far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nanograd.engine import (
    ArgumentError,
    ScalarValue,
    ShapeError,
    as_number,
    clamp,
    dot,
    maximum,
    minimum,
    sqrt,
    where,
)
from nanograd.nn._loss import Loss, each, vectors
from nanograd.nn._nested import Nested, Shape, flat, shape_of
from nanograd.nn._reduction import Reduction, check_reduction, reduced, total

_TINY = 9.999999960041972e-13  # against vectors of length 0: PyTorch's 1e-12, rounded to 32 bits as there


def cosine_embedding_loss(
    input1: Nested,
    input2: Nested,
    target: Nested,
    margin: float = 0,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of how wrong the angles of vectors are.

    With the cosine of the angle between two vectors, each is 1 - cosine where the target is 1, and max(0,
    cosine - margin) where it is -1. Like `torch.nn.functional.cosine_embedding_loss`_.

    >>> cosine_embedding_loss([[1.0, 0.0], [2.0, 0.0]], [[0.0, 1.0], [3.0, 0.0]], [1, -1], reduction="none")
    [ScalarValue(data=1.0), ScalarValue(data=0.999999999999...)]

    Args:
        input1: vectors: (D) for one, (N, D) for a batch of N.
        input2: the vectors they are compared with, of the same shape.
        target: 1 for each pair that should be alike, -1 for the others: () or (N).
        margin: the cosine that pairs with the target -1 may have, from -1 to 1.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each pair.

    .. _torch.nn.functional.cosine_embedding_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
    """
    check_reduction(reduction)
    as_number(margin, "margin")
    (first, second), shape = _batches("cosine_embedding_loss", input1=input1, input2=input2)
    if shape_of(target, "target") != shape:
        raise ShapeError(
            f"{len(shape)}D target tensor expects {len(shape) + 1}D input tensors: "
            f"expected target size {shape}, but found {shape_of(target, 'target')}"
        )

    def loss(x: Sequence[ScalarValue], y: Sequence[ScalarValue], sign: ScalarValue) -> Any:
        cosine = _dot(x, y) / sqrt((_dot(x, x) + _TINY) * (_dot(y, y) + _TINY))
        # A number is a condition that holds if it is not 0: sign is not 1, sign is not -1.
        return where(sign - 1, 0.0, 1 - cosine) + where(sign + 1, 0.0, clamp(cosine - margin, min=0.0))

    return reduced(each(loss, first, second, flat(target, "target")), shape, reduction)


class CosineEmbeddingLoss(Loss):
    """Compute the mean of how wrong the angles of vectors are, like `torch.nn.CosineEmbeddingLoss`_.

    With the cosine of the angle between two vectors, each is 1 - cosine where the target is 1, and max(0,
    cosine - margin) where it is -1. Call it as ``loss(input1, input2, target)``, see
    :func:`~nanograd.nn.functional.cosine_embedding_loss`.

    >>> loss = CosineEmbeddingLoss()
    >>> loss([1.0, 0.0], [0.0, 1.0], 1)
    ScalarValue(data=1.0)

    Args:
        margin: the cosine that pairs with the target -1 may have, from -1 to 1.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each pair.

    .. _torch.nn.CosineEmbeddingLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
    """

    _function = staticmethod(cosine_embedding_loss)

    def __init__(self, margin: float = 0, reduction: Reduction = "mean") -> None:
        as_number(margin, "margin")
        super().__init__(reduction, margin=margin)


def triplet_margin_loss(
    anchor: Nested,
    positive: Nested,
    negative: Nested,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of max(0, d(anchor, positive) - d(anchor, negative) + margin).

    The distance d(x, y) is the p-norm of x - y + eps. The method is that of `Balntas and others
    <https://www.bmva-archive.org.uk/bmvc/2016/papers/paper119/index.html>`_. Like
    `torch.nn.functional.triplet_margin_loss`_.

    >>> triplet_margin_loss([0.0, 0.0], [3.0, 4.0], [0.0, 2.0], eps=0.0)
    ScalarValue(data=4.0)

    Args:
        anchor: vectors: (D) for one, (N, D) for a batch of N.
        positive: vectors that should be close to them, of the same shape.
        negative: vectors that should be far from them, of the same shape.
        margin: by how much farther, above 0.
        p: which norm: 2 for lengths, 1 for the sum of sizes, infinity for the largest; above 0.
        eps: keeps the derivative finite where vectors are equal.
        swap: whether the distance of positive and negative counts where it is smaller than that of anchor and
            negative.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each triplet.

    .. _torch.nn.functional.triplet_margin_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
    """
    check_reduction(reduction)
    _check_margin_and_power(margin, p)
    as_number(eps, "eps")
    groups, shape = _batches("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)

    def loss(x: Sequence[ScalarValue], near: Sequence[ScalarValue], far: Sequence[ScalarValue]) -> Any:
        distance = _distance(x, far, p, eps)
        if swap:
            distance = minimum(distance, _distance(near, far, p, eps))
        return clamp(margin + _distance(x, near, p, eps) - distance, min=0.0)

    return reduced(each(loss, *groups), shape, reduction)


class TripletMarginLoss(Loss):
    """Compute the mean of max(0, d(anchor, positive) - d(anchor, negative) + margin).

    Like `torch.nn.TripletMarginLoss`_. Call it as ``loss(anchor, positive, negative)``, see
    :func:`~nanograd.nn.functional.triplet_margin_loss`.

    >>> loss = TripletMarginLoss(margin=2.0, p=1, eps=0.0)
    >>> loss([0.0, 0.0], [3.0, 4.0], [0.0, 8.0])
    ScalarValue(data=1.0)

    Args:
        margin: by how much farther, above 0.
        p: which norm: 2 for lengths, 1 for the sum of sizes, infinity for the largest; above 0.
        eps: keeps the derivative finite where vectors are equal.
        swap: whether the distance of positive and negative counts where it is smaller than that of anchor and
            negative.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each triplet.

    .. _torch.nn.TripletMarginLoss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
    """

    _function = staticmethod(triplet_margin_loss)

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        _check_margin_and_power(margin, p)
        super().__init__(reduction, margin=margin, p=p, eps=eps, swap=swap)


def _batches(loss: str, **named: Nested) -> tuple[list[list[list[ScalarValue]]], Shape]:
    """Return the rows of each of the named batches, and the shape of what is computed from each row.

    Raises:
        ShapeError: if their shapes differ.
    """
    shapes = {name: shape_of(given, name) for name, given in named.items()}
    first = next(iter(shapes.values()))
    if any(shape != first for shape in shapes.values()):
        sizes = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ShapeError(f"{loss} takes vectors of one size, and got {sizes}")
    found = [vectors(given, f"{name} of {loss}") for name, given in named.items()]
    return [rows for rows, _ in found], found[0][1]


def _dot(x: Sequence[ScalarValue], y: Sequence[ScalarValue]) -> Any:
    return dot(x, y)


def _distance(x: Sequence[ScalarValue], y: Sequence[ScalarValue], p: float, eps: float) -> Any:
    sizes = [abs(left - right + eps) for left, right in zip(x, y, strict=True)]
    if p == math.inf:
        largest = sizes[0]
        for size in sizes[1:]:
            largest = maximum(largest, size)
        return largest
    if p == 1:
        return total(sizes)
    summed = total([size**p for size in sizes])
    return sqrt(summed) if p == 2 else summed ** (1 / p)


def _check_margin_and_power(margin: float, p: float) -> None:
    if not as_number(margin, "margin") > 0:
        raise ArgumentError(f"margin must be greater than 0, got {margin}")
    if not as_number(p, "p") > 0:
        raise ArgumentError(f"p, which norm is the distance, must be greater than 0, got {p}")
