"""The negative log-likelihood: minus the log-probability of the class that is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine import Number, ShapeError
from nanograd.nn._classes import class_indices, class_scores, class_weights, counted_weight, ignored
from nanograd.nn._loss import Loss
from nanograd.nn._nested import Nested, shape_of
from nanograd.nn._reduction import Reduction, check_reduction, reduced, times


def nll_loss(
    input: Nested,
    target: Nested,
    weight: Sequence[Number] | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Any:
    """Return the mean of -input[target], like `torch.nn.functional.nll_loss`_.

    With log_softmax before it, it is the :func:`~nanograd.nn.functional.cross_entropy`.

    >>> nll_loss([[-0.5, -1.0], [-2.0, -0.25]], [0, 1])
    ScalarValue(data=0.375)

    Args:
        input: the log-probabilities of the classes: (C) for one sample, (N, C) for a batch of N,
            (N, C, d1, ...) if there are classes to tell at each of d1 x ... places.
        target: the right class of each sample, an int from 0 to C - 1: (), (N) or (N, d1, ...).
        weight: a factor for each class, (C). The mean divides by the sum of the weights of the samples'
            classes.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    Raises:
        ClassIndexError: if a class lies outside of 0 to C - 1.
        ArgumentError: if all samples are ignored and the mean is wanted.

    .. _torch.nn.functional.nll_loss:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
    """
    check_reduction(reduction)
    samples, shape = class_scores(input, "nll_loss", places=True)
    if shape_of(target, "target") != shape:
        raise ShapeError(
            f"Expected input batch_size {shape} to match target batch_size {shape_of(target, 'target')}."
        )
    classes = len(samples[0])
    weights = class_weights(weight, classes, "nll_loss")
    labels = class_indices(target, classes, ignore_index)
    divisor = counted_weight(labels, weights, ignore_index, reduction)
    losses = [
        ignored(sample) if label == ignore_index else times(weights[label], -sample[label])
        for sample, label in zip(samples, labels, strict=True)
    ]
    return reduced(losses, shape, reduction, divisor)


class NLLLoss(Loss):
    """Compute the mean of -input[target], like `torch.nn.NLLLoss`_.

    With log_softmax before it, it is the :func:`~nanograd.nn.functional.cross_entropy`. Call it as
    ``loss(input, target)``, see :func:`~nanograd.nn.functional.nll_loss`.

    >>> loss = NLLLoss(weight=[1.0, 3.0])
    >>> loss([[-0.5, -1.0], [-2.0, -0.25]], [0, 1])
    ScalarValue(data=0.3125)

    Args:
        weight: a factor for each class, (C). The mean divides by the sum of the weights of the samples'
            classes.
        ignore_index: samples with this class count for nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    .. _torch.nn.NLLLoss: https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    """

    _function = staticmethod(nll_loss)

    def __init__(
        self, weight: Sequence[Number] | None = None, ignore_index: int = -100, reduction: Reduction = "mean"
    ) -> None:
        super().__init__(reduction, weight=weight, ignore_index=ignore_index)
