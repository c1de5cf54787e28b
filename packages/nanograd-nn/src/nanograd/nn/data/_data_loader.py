"""DataLoader: batches of a dataset, epoch after epoch, in an order that can be left and taken up again."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from nanograd.engine import ArgumentError, NumberTypeError
from nanograd.nn._random import generator_or_default, get_rng_state, set_rng_state
from nanograd.nn.data._collate import default_collate
from nanograd.nn.data._datasets import IterableDataset, Samples
from nanograd.nn.data._samplers import BatchSampler, RandomSampler, SequentialSampler


class DataLoader:
    """The batches of a dataset: iterating over it is one epoch. Like `torch.utils.data.DataLoader`_.

    The order of an epoch is drawn when its iteration begins. :meth:`state_dict` holds it with the position
    therein, so that an interrupted epoch can be finished. A copy begins an epoch of its own.

    >>> loader = DataLoader([0, 1, 2, 3, 4], batch_size=2, shuffle=True, generator=random.Random(0))
    >>> len(loader), list(loader), list(loader)
    (3, [[2, 0], [1, 3], [4]], [[3, 0], [4, 1], [2]])

    Args:
        dataset: the samples: a :class:`Dataset`, an :class:`IterableDataset` or a list.
        batch_size: how many samples make a batch; None gives the samples themselves.
        shuffle: whether every epoch has an order of its own, drawn by chance.
        sampler: the order of the samples, in place of ``shuffle``.
        batch_sampler: lists of the samples' indices, in place of ``batch_size``, ``shuffle``, ``sampler`` and
            ``drop_last``.
        collate_fn: makes a batch of a list of samples; :func:`default_collate` if left out.
        drop_last: whether a last batch that is not full is left out.
        generator: draws the order; the one that :func:`~nanograd.nn.manual_seed` seeds if left out.

    Raises:
        ArgumentError: if arguments contradict each other, or one makes no sense.
        NumberTypeError: if the dataset has no length or no indices, ``collate_fn`` is not a function, or the
            generator is not a ``random.Random``.

    .. _torch.utils.data.DataLoader: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
    """

    def __init__(
        self,
        dataset: Samples | IterableDataset,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        generator: random.Random | None = None,
    ) -> None:
        generator_or_default(generator)  # refuse a wrong one now
        streamed = isinstance(dataset, IterableDataset)
        if not streamed and not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
            raise NumberTypeError(
                "DataLoader takes a dataset, or a list, whose samples are counted and found by their index, "
                f"and got {type(dataset).__name__}. Make a list of it, or an IterableDataset."
            )
        if collate_fn is not None and not callable(collate_fn):
            raise NumberTypeError(f"collate_fn is a function of a list of samples and not {collate_fn!r}")
        if streamed and (shuffle or sampler is not None or batch_sampler is not None):
            raise ArgumentError(
                "DataLoader with IterableDataset: its samples come in their own order, "
                "so shuffle, sampler and batch_sampler have to be left out"
            )
        if sampler is not None and shuffle:
            raise ArgumentError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ArgumentError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ArgumentError(
                "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None and not streamed:
            samples = cast("Samples", dataset)
            sampler = RandomSampler(samples, generator=generator) if shuffle else SequentialSampler(samples)
        if batch_size is not None:
            # A stream has no indices: what is put into batches there are the samples themselves.
            source = cast("Iterable[int]", dataset) if streamed else cast("Iterable[int]", sampler)
            batch_sampler = BatchSampler(source, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = default_collate if collate_fn is None else collate_fn
        self.drop_last = drop_last
        self.generator = generator
        self._epoch = _Epoch()  # the one that was begun last
        self._continues = False  # whether the next iteration finishes it

    def __iter__(self) -> Iterator[Any]:
        epoch = self._epoch if self._continues else _Epoch()
        if isinstance(self.dataset, IterableDataset):
            batches: Iterator[Any] = itertools.islice(self._stream(self.dataset), epoch.position, None)
        else:
            if epoch.order is None:
                epoch.order = list(self._indices())
            batches = map(self._fetched, epoch.order[epoch.position :])
        self._epoch, self._continues = epoch, False
        return epoch.counted(batches)

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__, _epoch=_Epoch(), _continues=False)
        return copied

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        if isinstance(self.dataset, IterableDataset) and not hasattr(self.dataset, "__len__"):
            raise TypeError("a DataLoader of an IterableDataset without __len__ has no length")
        return len(self._indices())  # type: ignore[arg-type]  # if a sampler has none, neither has this one

    def state_dict(self) -> dict[str, Any]:
        """Return where the iteration that was begun last is, in plain lists and numbers.

        It has the names of torchdata's `StatefulDataLoader`_, and the same use: a loader that is given it
        goes on with the next batch.

        .. _StatefulDataLoader: https://docs.pytorch.org/data/main/torchdata.stateful_dataloader.html
        """
        return {
            "samples": len(self.dataset) if hasattr(self.dataset, "__len__") else None,
            "order": self._epoch.order,
            "position": self._epoch.position,
            "generators": [get_rng_state(generator) for generator in self._generators()],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Let the next iteration go on where another loader of the same data was.

        After an error the loader is as it was before.

        Args:
            state_dict: what :meth:`state_dict` returned.

        Raises:
            ArgumentError: if it is of other data, or not such a dict.
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentError(f"the state of a DataLoader is a dict and got {state_dict!r:.80}")
        missing = [key for key in ("samples", "order", "position", "generators") if key not in state_dict]
        if missing:
            raise ArgumentError(f"the state of a DataLoader has {missing[0]!r}, and this dict has not")
        samples = len(self.dataset) if hasattr(self.dataset, "__len__") else None
        if state_dict["position"] and state_dict["samples"] != samples:
            raise ArgumentError(
                f"the state is of a loader of {state_dict['samples']} samples, and this one has {samples}: "
                "an epoch can only be finished with the data it was begun with"
            )
        order, position = state_dict["order"], state_dict["position"]
        if not isinstance(order, list | None) or not isinstance(position, int) or position < 0:
            raise ArgumentError(
                "the state of a DataLoader has a list, or None, as order and an int as position, "
                f"and this one {order!r:.80} and {position!r:.80}"
            )
        generators, states = self._generators(), state_dict["generators"]
        if not isinstance(states, list):
            raise ArgumentError(f"the state of a DataLoader has a list of generators, not {states!r:.80}")
        if len(generators) != len(states):
            raise ArgumentError(
                f"the state is of a loader with {len(states)} generators of its own, "
                f"and this one has {len(generators)}"
            )
        before = [get_rng_state(generator) for generator in generators]
        try:
            for generator, state in zip(generators, states, strict=True):
                set_rng_state(state, generator)
        except ArgumentError:
            for generator, state in zip(generators, before, strict=True):
                set_rng_state(state, generator)
            raise
        self._epoch = _Epoch(order, position)
        self._continues = True

    def _indices(self) -> Iterable[Any]:
        """Return the lists of indices of all batches, or without batches the indices."""
        indices = self.sampler if self.batch_sampler is None else self.batch_sampler
        return cast("Iterable[Any]", self.dataset if indices is None else indices)

    def _stream(self, dataset: IterableDataset) -> Iterator[Any]:
        return iter(dataset) if self.batch_sampler is None else map(self.collate_fn, iter(self.batch_sampler))

    def _fetched(self, indices: Any) -> Any:
        dataset = cast("Samples", self.dataset)
        if self.batch_sampler is None:
            return dataset[indices]
        return self.collate_fn([dataset[index] for index in indices])

    def _generators(self) -> list[random.Random]:
        """Return the generators that only this loader knows of, each once."""
        holders = [self, self.sampler, self.batch_sampler, getattr(self.batch_sampler, "sampler", None)]
        found = [getattr(holder, "generator", None) for holder in holders]
        return list({id(one): one for one in found if isinstance(one, random.Random)}.values())


@dataclass
class _Epoch:
    """The order of one epoch, and how many of its batches were handed out; nothing is left when all were."""

    order: list[Any] | None = None
    position: int = 0

    def counted(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            self.position += 1
            yield batch
        self.order, self.position = None, 0
