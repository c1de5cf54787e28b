"""Collating: from samples to one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, ShapeError
from nanograd.nn._nested import is_list, shape_of


def default_collate(batch: Sequence[Any]) -> Any:
    """Return samples as one batch, like `torch.utils.data.default_collate`_.

    Of tuples and dicts each part is collated; lists are vectors and numbers are numbers, which a list of them
    makes a batch of.

    >>> default_collate([([1.0, 2.0], 0), ([3.0, 4.0], 1)])
    ([[1.0, 2.0], [3.0, 4.0]], [0, 1])
    >>> default_collate([{"word": "to", "length": 2}, {"word": "be", "length": 2}])
    {'word': ['to', 'be'], 'length': [2, 2]}

    Args:
        batch: samples of one kind: tuples or dicts of parts, nested lists, numbers, strings.

    Returns:
        A tuple of batches, a dict of batches, or a list.

    Raises:
        ArgumentError: if there are no samples.
        ShapeError: if lists, tuples or dicts differ in size.
        NumberTypeError: if the samples are not of one kind.

    .. _torch.utils.data.default_collate:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
    """
    if not len(batch):
        raise ArgumentError("default_collate got an empty batch: there are no samples to put together")
    first = batch[0]
    for index, sample in enumerate(batch):
        if _kind(sample) is not _kind(first):
            raise NumberTypeError(
                "default_collate takes samples of one kind, "
                f"and sample 0 is a {type(first).__name__} and sample {index} a {type(sample).__name__}"
            )
    if isinstance(first, Mapping):
        for index, sample in enumerate(batch):
            if sample.keys() != first.keys():
                raise ShapeError(
                    f"default_collate takes dicts with the same keys: sample 0 has {list(first)} "
                    f"and sample {index} {list(sample)}"
                )
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, tuple):
        for index, sample in enumerate(batch):
            if len(sample) != len(first):
                raise ShapeError(
                    "each element in list of batch should be of equal size: "
                    f"sample 0 is a tuple of {len(first)} and sample {index} one of {len(sample)}"
                )
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else tuple(columns)
    samples = list(batch)
    if is_list(first):
        shape_of(samples, "a batch for default_collate")
    return samples


def _kind(sample: object) -> type:
    """Return what decides how a sample is collated."""
    for kind in (Mapping, tuple, str):
        if isinstance(sample, kind):
            return kind
    return list if is_list(sample) else object
