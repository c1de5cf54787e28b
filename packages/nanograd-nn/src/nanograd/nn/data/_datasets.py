"""Datasets: samples that are found by their index, and the ways to take them apart and put them together."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from nanograd.engine import ArgumentError, NumberTypeError, ShapeError
from nanograd.nn._errors import MissingMethodError
from nanograd.nn._nested import is_list


class Samples(Protocol):
    """What a loader needs of a dataset; a plain list has it, too."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def __getitem__(self, index: Any, /) -> Any:
        """Return a sample."""


class Dataset:
    """Samples by their index, like `torch.utils.data.Dataset`_.

    A subclass has ``__getitem__`` and ``__len__``.

    >>> class Squares(Dataset):
    ...     def __getitem__(self, index):
    ...         return float(index), float(index**2)
    ...
    ...     def __len__(self):
    ...         return 10
    >>> both = Squares() + Squares()
    >>> len(both), both[12]
    (20, (2.0, 4.0))

    .. _torch.utils.data.Dataset: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
    """

    def __getitem__(self, index: int) -> Any:
        """Return a sample: a number, a list, or a tuple such as ``(input, target)``.

        Args:
            index: from 0 to the length - 1.
        """
        raise MissingMethodError(f"{type(self).__name__} is a Dataset without __getitem__(self, index)")

    def __len__(self) -> int:
        raise MissingMethodError(f"{type(self).__name__} is a Dataset without __len__(self)")

    def __add__(self, other: Samples) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset:
    """Samples that come one after the other, such as the lines of a file too large to be held.

    A subclass has ``__iter__``. A loader takes them as they come and cannot shuffle them. Like
    `torch.utils.data.IterableDataset`_.

    .. _torch.utils.data.IterableDataset:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset
    """

    def __iter__(self) -> Iterator[Any]:
        raise MissingMethodError(f"{type(self).__name__} is an IterableDataset without __iter__(self)")


class TensorDataset(Dataset):
    """Tuples of the items that lists have at the same index, like `torch.utils.data.TensorDataset`_.

    >>> dataset = TensorDataset([[0.0, 1.0], [2.0, 3.0]], [0, 1])
    >>> len(dataset), dataset[1]
    (2, ([2.0, 3.0], 1))

    Args:
        *tensors: lists of the same length, first the inputs and last the targets.

    Attributes:
        tensors: these lists.

    Raises:
        ArgumentError: if there are none.
        NumberTypeError: if one of them is not a list.
        ShapeError: if their lengths differ.

    .. _torch.utils.data.TensorDataset:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
    """

    def __init__(self, *tensors: Sequence[Any]) -> None:
        if not tensors:
            raise ArgumentError("TensorDataset(*tensors) takes lists, such as TensorDataset(inputs, targets)")
        for index, tensor in enumerate(tensors):
            if not is_list(tensor):
                raise NumberTypeError(
                    f"TensorDataset takes lists and got {type(tensor).__name__} as argument {index}"
                )
        lengths = [len(tensor) for tensor in tensors]
        if len(set(lengths)) > 1:
            raise ShapeError(
                f"Size mismatch between tensors: TensorDataset got lists of the lengths {lengths}"
            )
        self.tensors = tensors

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """The samples of a dataset that have certain indices, like `torch.utils.data.Subset`_.

    >>> list(Subset(["a", "b", "c"], [2, 0]))
    ['c', 'a']

    Args:
        dataset: the whole dataset.
        indices: which samples of it, in the order in which they are counted here.

    Raises:
        ArgumentError: if the dataset does not have one of them.

    .. _torch.utils.data.Subset: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Subset
    """

    def __init__(self, dataset: Samples, indices: Sequence[int]) -> None:
        samples = len(dataset)
        for index in indices:
            if not -samples <= index < samples:
                raise ArgumentError(f"Subset: the dataset has {samples} samples and no index {index}")
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: int) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """The samples of one dataset after those of the other, like `torch.utils.data.ConcatDataset`_.

    >>> both = ConcatDataset([["a", "b"], ["c"]])
    >>> len(both), both[2], both[-3]
    (3, 'c', 'a')

    Args:
        datasets: one or more datasets.

    Raises:
        ArgumentError: if there is none, or one that has no length.

    .. _torch.utils.data.ConcatDataset:
       https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
    """

    def __init__(self, datasets: Iterable[Samples]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ArgumentError("datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise ArgumentError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __getitem__(self, index: int) -> Any:
        samples = len(self)
        if not -samples <= index < samples:
            raise IndexError(f"ConcatDataset has {samples} samples and no index {index}")
        index %= samples
        which = bisect.bisect_right(self.cumulative_sizes, index)
        before = self.cumulative_sizes[which - 1] if which else 0
        return self.datasets[which][index - before]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]
