"""Splitting a dataset by chance into parts, such as one to train with and one to test with."""

from __future__ import annotations

import itertools
import math
import random
import warnings
from collections.abc import Sequence

from nanograd.engine import ArgumentError, as_number
from nanograd.nn._random import generator_or_default, permutation
from nanograd.nn.data._datasets import Samples, Subset


def random_split(
    dataset: Samples, lengths: Sequence[float], generator: random.Random | None = None
) -> list[Subset]:
    """Return parts of a dataset, drawn by chance; like `torch.utils.data.random_split`_.

    Every sample is in one of them. Of fractions each part has the whole number of samples below; what is left
    goes one by one to the first parts.

    >>> train, test = random_split(range(10), [0.8, 0.2], random.Random(0))
    >>> list(train), list(test)
    ([9, 4, 0, 5, 2, 7, 1, 3], [6, 8])

    Args:
        dataset: the whole dataset.
        lengths: the numbers of samples, or the fractions of the whole, of all parts.
        generator: draws the order of the samples.

    Raises:
        ArgumentError: if the lengths do not add up to that of the dataset, or the fractions to 1.
        NumberTypeError: if a length is not a number.

    .. _torch.utils.data.random_split:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split
    """
    counts = _counts(
        [float(as_number(length, "lengths of random_split")) for length in lengths], len(dataset)
    )
    for index, count in enumerate(counts):
        if not count:
            warnings.warn(
                f"Length of split at index {index} is 0. This might result in an empty dataset.", stacklevel=2
            )
    order = permutation(len(dataset), generator_or_default(generator))
    ends = list(itertools.accumulate(counts))
    return [Subset(dataset, order[end - count : end]) for count, end in zip(counts, ends, strict=True)]


def _counts(lengths: Sequence[float], samples: int) -> list[int]:
    if lengths and math.isclose(sum(lengths), 1.0) and all(0.0 <= length <= 1.0 for length in lengths):
        counts = [math.floor(samples * length) for length in lengths]
        for index in range(samples - sum(counts)):
            counts[index % len(counts)] += 1
        return counts
    if not all(length >= 0 and length == int(length) for length in lengths) or sum(lengths) != samples:
        raise ArgumentError(
            "Sum of input lengths does not equal the length of the input dataset! "
            f"{list(lengths)} add up to {sum(lengths):g}, and the dataset has {samples} samples; "
            "fractions have to add up to 1."
        )
    return [int(length) for length in lengths]
