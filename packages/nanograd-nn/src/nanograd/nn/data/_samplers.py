"""Samplers: in which order a loader visits the samples of a dataset."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._errors import MissingMethodError
from nanograd.nn._random import generator_or_default, permutation, randint
from nanograd.nn._sizes import as_size
from nanograd.nn.data._datasets import Samples


class Sampler:
    """Indices of samples, in the order of the visit; a subclass has ``__iter__`` and ``__len__``.

    Like `torch.utils.data.Sampler`_.

    .. _torch.utils.data.Sampler: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
    """

    def __iter__(self) -> Iterator[Any]:
        raise MissingMethodError(f"{type(self).__name__} is a Sampler without __iter__(self)")


class SequentialSampler(Sampler):
    """The indices one after the other, like `torch.utils.data.SequentialSampler`_.

    >>> list(SequentialSampler("abc"))
    [0, 1, 2]

    Args:
        data_source: the dataset.

    .. _torch.utils.data.SequentialSampler:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
    """

    def __init__(self, data_source: Samples) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The indices in an order drawn by chance, anew for each visit; like `torch.utils.data.RandomSampler`_.

    The same seed gives the same order on every platform and with every version of Python.

    >>> sampler = RandomSampler("abcde", generator=random.Random(0))
    >>> list(sampler), list(sampler)
    ([2, 0, 1, 3, 4], [3, 0, 4, 1, 2])

    Args:
        data_source: the dataset.
        replacement: whether an index may be drawn several times.
        num_samples: how many indices are drawn; as many as there are samples if left out.
        generator: draws them; the one that :func:`~nanograd.nn.manual_seed` seeds if left out.

    Raises:
        ArgumentError: if ``num_samples`` is not an int of at least 1, or ``replacement`` not a bool.
        NumberTypeError: if the generator is not a ``random.Random``.

    .. _torch.utils.data.RandomSampler:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
    """

    def __init__(
        self,
        data_source: Samples,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: random.Random | None = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise ArgumentError(f"replacement should be a boolean value, but got replacement={replacement!r}")
        generator_or_default(generator)  # refuse a wrong one now
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = None if num_samples is None else as_size(num_samples, "num_samples")
        self.generator = generator

    @property
    def num_samples(self) -> int:
        """How many indices are drawn."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        generator = generator_or_default(self.generator)
        samples, wanted = len(self.data_source), self.num_samples
        if wanted and not samples:
            raise ArgumentError(f"RandomSampler cannot draw {wanted} indices: the dataset is empty")
        if self.replacement:
            yield from [randint(0, samples, generator) for _ in range(wanted)]
            return
        while wanted > 0:
            yield from permutation(samples, generator)[:wanted]
            wanted -= samples

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """Lists of so many indices each, like `torch.utils.data.BatchSampler`_.

    >>> list(BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    >>> list(BatchSampler(range(5), batch_size=2, drop_last=True))
    [[0, 1], [2, 3]]

    Args:
        sampler: the indices.
        batch_size: how many go into one batch.
        drop_last: whether a last batch that is not full is left out.

    Raises:
        ArgumentError: if ``batch_size`` is not an int of at least 1, or ``drop_last`` not a bool.

    .. _torch.utils.data.BatchSampler:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(drop_last, bool):
            raise ArgumentError(f"drop_last should be a boolean value, but got drop_last={drop_last!r}")
        self.sampler = sampler
        self.batch_size = as_size(batch_size, "batch_size")
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        batch = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        samples = len(self.sampler)  # type: ignore[arg-type]  # if it has no length, neither has this one
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)
