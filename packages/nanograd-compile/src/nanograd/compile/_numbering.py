"""Numbering: the numbers of a million nodes, looked up all at once.

A dict of all nodes is read in another order than it lies in memory, which takes longer than all the rest of
capturing a graph. A node's ``id`` is its address, and nodes that were made one after the other lie side by
side; so a table by address is small, and NumPy reads it in one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile._program import Indices
from nanograd.engine import ScalarValue

_MOST_BYTES_A_NODE = 1024
"""Of memory from the first node to the last; where they lie further apart, they are sorted instead."""


def ids(nodes: Sequence[object]) -> Indices:
    """Return the ``id`` of each node."""
    return np.fromiter(map(id, nodes), dtype=np.int64, count=len(nodes))


class Numbering:
    """The number of each node of a list, its place there, by the node's ``id``.

    >>> x, y = ScalarValue(1.0), ScalarValue(2.0)
    >>> Numbering([x, y])[ids([y, x, y])].tolist()
    [1, 0, 1]

    Args:
        nodes: each of them once.
        sparse: whether they lie so far apart in memory that they have to be sorted; found out if left out.
    """

    def __init__(self, nodes: Sequence[ScalarValue], *, sparse: bool | None = None) -> None:
        of_nodes = ids(nodes)
        self._lowest = int(of_nodes.min())
        distances = of_nodes - self._lowest
        bits = int(np.bitwise_or.reduce(distances))
        self._step = bits & -bits or 1  # objects start at multiples of 16 bytes, mostly
        size = int(distances.max()) // self._step + 1
        if sparse is None:
            sparse = size * self._step > len(nodes) * _MOST_BYTES_A_NODE
        self._sorted: Indices | None = None
        if sparse:
            self._numbers: npt.NDArray[np.signedinteger[Any]] = np.argsort(of_nodes, kind="stable")
            self._sorted = of_nodes[self._numbers]
        else:
            narrow = np.int32 if len(nodes) < 2**31 else np.int64
            self._numbers = np.empty(size, dtype=narrow)
            self._numbers[distances // self._step] = np.arange(len(nodes), dtype=narrow)

    def __getitem__(self, wanted: Indices) -> Indices:
        """Return the numbers of nodes that are there.

        Args:
            wanted: their ids.
        """
        if self._sorted is None:
            return self._numbers[(wanted - self._lowest) // self._step].astype(np.int64)
        return self._numbers[np.searchsorted(self._sorted, wanted)].astype(np.int64)
