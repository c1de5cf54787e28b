"""Keeping a bounded number of moments of a training, however long it gets, spread evenly over all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Moments(Generic[T]):
    """A list that drops every second entry when it is full and from then on takes every second, and so on.

    The newest entry is always there.

    >>> moments = Moments(most=4)
    >>> for number in range(11):
    ...     moments.add(number)
    >>> list(moments)
    [0, 4, 8, 10]

    Args:
        most: how many entries are kept at most, 2 or more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._every = 1
        self._seen = 0
        self._kept: list[T] = []
        self._newest: list[T] = []  # of those between two kept ones

    def add(self, moment: T) -> None:
        """Take another moment, or pass over it until a newer one comes."""
        if self._seen % self._every:
            self._newest = [moment]
        else:
            if len(self._kept) == self._most:
                self._kept = self._kept[::2]
                self._every *= 2
            kept = self._seen % self._every == 0
            self._newest = [] if kept else [moment]
            if kept:
                self._kept.append(moment)
        self._seen += 1

    def __len__(self) -> int:
        return min(self._most, len(self._kept) + len(self._newest))

    def __iter__(self) -> Iterator[T]:
        room = self._most - len(self._newest)
        yield from (*self._kept[:room], *self._newest)
