"""BatchNorm1d: each feature moved to the mean 0 and the variance 1 over the samples of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, ShapeError, dot, sqrt, sum_
from nanograd.nn._dimensions import in_a_row
from nanograd.nn._layer_norm import parameters_of
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, nested, shape_of
from nanograd.nn._sizes import as_size


def batch_norm(
    input: Nested,
    running_mean: list[Any] | None,
    running_var: list[Any] | None,
    weight: Sequence[Any] | None = None,
    bias: Sequence[Any] | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Any:
    """Return (x - mean) / sqrt(variance + eps) weight + bias for each channel, the second dimension.

    Like `torch.nn.functional.batch_norm`_. While training mean and variance are those of the batch, and the
    running ones move towards them in place: old (1 - momentum) + new momentum, with the variance divided by
    the number of values less one.

    >>> mean, variance = [0.0], [1.0]
    >>> [round(row[0].data, 4) for row in batch_norm([[1.0], [3.0]], mean, variance, training=True)]
    [-1.0, 1.0]
    >>> mean, variance
    ([0.2], [1.1])

    Args:
        input: ``(N, C, *)``.
        running_mean: C plain numbers; not needed while training.
        running_var: likewise.
        weight: C factors; none if left out.
        bias: C numbers that are added; none if left out.
        training: whether to use the batch's mean and variance.
        momentum: how much of the running mean is new.
        eps: keeps the divisor away from 0.

    Raises:
        ShapeError: if the sizes do not match.
        ArgumentError: if there is one value a channel while training, or no running mean otherwise.

    .. _torch.nn.functional.batch_norm:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
    """
    shape = shape_of(input, "input")
    if len(shape) < 2:
        raise ShapeError(f"batch_norm takes an input of shape (N, C, *) and got {shape}")
    channels = shape[1]
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, numbers in given.items():
        if numbers is not None and shape_of(numbers, name) != (channels,):
            raise ShapeError(f"{name} should contain {channels} elements not {len(in_a_row(numbers))}")
    if not training and (running_mean is None or running_var is None):
        raise ArgumentError("Expected running_mean and running_var to be defined when training is False")

    columns = _channels(flat(input, "input"), shape)
    count = len(columns[0]) if columns else 0
    if training and count <= 1:
        raise ArgumentError(f"Expected more than 1 value per channel when training, got input size {shape}")
    means = [sum_(column) / count for column in columns] if training else list(running_mean or [])
    columns = [[value - mean for value in column] for column, mean in zip(columns, means, strict=True)]
    of_batch = [dot(column, column) / count for column in columns] if training else []
    variances = of_batch if training else list(running_var or [])
    results = []
    for channel, (column, variance) in enumerate(zip(columns, variances, strict=True)):
        scale = 1.0 / sqrt(variance + eps)
        values = [value * scale for value in column]
        if weight is not None:
            values = [value * weight[channel] for value in values]
        if bias is not None:
            values = [value + bias[channel] for value in values]
        results.append(values)
    if training:  # when nothing can fail any more
        _move(running_mean, [mean.data for mean in means], momentum)
        _move(running_var, [variance.data * count / (count - 1) for variance in of_batch], momentum)
    return _from_channels(results, shape)


class BatchNorm1d(Module):
    """Compute (x - mean) / sqrt(variance + eps) weight + bias for each feature of a batch.

    While training mean and variance are those of the batch, and running ones are kept; after
    :meth:`Module.eval` the running ones are used. Like `torch.nn.BatchNorm1d`_.

    >>> layer = BatchNorm1d(1)
    >>> [round(row[0].data, 4) for row in layer([[1.0], [3.0]])]
    [-1.0, 1.0]
    >>> layer.running_mean, layer.running_var, layer.num_batches_tracked
    ([0.2], [1.1], 1)

    Args:
        num_features: the number of features or channels, C.
        eps: keeps the divisor away from 0.
        momentum: how much of the running mean and variance is new; None for the mean over all batches.
        affine: whether there are weights, 1 at first, and biases, 0 at first.
        track_running_stats: whether mean and variance are kept; if not, those of the batch are always used.
        bias: whether there are biases where ``affine`` is set.

    Attributes:
        weight: C parameters, or None.
        bias: likewise.
        running_mean: a buffer of C numbers, or None.
        running_var: likewise.
        num_batches_tracked: a buffer: how many batches they come from.

    Raises:
        ArgumentError: if ``num_features`` is not at least 1.

    .. _torch.nn.BatchNorm1d: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
    """

    running_mean: list[Any] | None
    running_var: list[Any] | None
    num_batches_tracked: int | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> None:
        self.num_features = as_size(num_features, "num_features of BatchNorm1d")
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        shape = (self.num_features,)
        self.weight = parameters_of(1.0, shape) if affine else None
        self.bias = parameters_of(0.0, shape) if affine and bias else None
        self.register_buffer("running_mean", [0.0] * num_features if track_running_stats else None)
        self.register_buffer("running_var", [1.0] * num_features if track_running_stats else None)
        self.register_buffer("num_batches_tracked", 0 if track_running_stats else None)
        self.label_parameters()

    def reset_running_stats(self) -> None:
        """Forget all batches: mean 0 and variance 1, of none."""
        if self.track_running_stats:
            self.running_mean = [0.0] * self.num_features
            self.running_var = [1.0] * self.num_features
            self.num_batches_tracked = 0

    def forward(self, input: Nested) -> Any:
        """Return the values normalized.

        Args:
            input: ``(N, C)`` or ``(N, C, L)``.

        Raises:
            ShapeError: if it has another shape.
            ArgumentError: if there is one value a feature while training.
        """
        shape = shape_of(input, "input")
        if len(shape) not in {2, 3}:
            raise ShapeError(f"expected 2D or 3D input (got {len(shape)}D input): (N, C) or (N, C, L)")
        if shape[1] != self.num_features:
            raise ShapeError(f"BatchNorm1d takes {self.num_features} features and got {shape[1]} in {shape}")
        tracked = self.num_batches_tracked
        by_batch = self.training or self.running_mean is None
        factor = 0.0 if self.momentum is None else self.momentum
        if self.training and tracked is not None and self.momentum is None:
            factor = 1.0 / (tracked + 1)
        keeps = not self.training or self.track_running_stats
        output = batch_norm(
            input,
            self.running_mean if keeps else None,
            self.running_var if keeps else None,
            self.weight,
            self.bias,
            by_batch,
            factor,
            self.eps,
        )
        if self.training and tracked is not None:
            self.num_batches_tracked = tracked + 1
        return output

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


def _channels(values: list[ScalarValue], shape: Shape) -> list[list[ScalarValue]]:
    """Return the values of each channel, of all samples."""
    samples = nested(values, shape)
    return [
        [value for sample in samples for value in in_a_row(sample[channel])] for channel in range(shape[1])
    ]


def _from_channels(columns: list[list[Any]], shape: Shape) -> Any:
    """Undo :func:`_channels`."""
    step = len(columns[0]) // shape[0] if columns else 0
    return [
        [nested(column[start * step : (start + 1) * step], shape[2:]) for column in columns]
        for start in range(shape[0])
    ]


def _move(running: list[Any] | None, new: list[Any], momentum: float) -> None:
    if running is not None:
        running[:] = [
            old * (1 - momentum) + fresh * momentum for old, fresh in zip(running, new, strict=True)
        ]
