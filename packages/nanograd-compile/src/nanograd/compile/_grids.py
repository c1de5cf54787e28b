"""Grids: sums of products in which every left row meets every right row once are a matrix product."""

from __future__ import annotations

import numpy as np
from nanograd.compile._program import Indices


def grid_order(left: Indices, right: Indices, *, fast_right: bool) -> Indices | None:
    """Return the order of the members that makes the grid of a matrix product, None if there is none.

    >>> grid_order(
    ...     np.array([[0, 1], [2, 3], [0, 1], [2, 3]]), np.array([[7], [7], [5], [5]]), fast_right=True
    ... )
    array([2, 0, 3, 1])

    Args:
        left: (members, terms) what the first factors read.
        right: (members, terms) what the second factors read.
        fast_right: whether the right rows change fastest in the order.
    """
    left_rank, left_count = _row_ranks(left)
    right_rank, right_count = _row_ranks(right)
    if left_count * right_count != len(left) or len(left) < 2:
        return None
    slow, fast, count = (
        (left_rank, right_rank, right_count) if fast_right else (right_rank, left_rank, left_count)
    )
    place = slow * count + fast
    order = np.argsort(place, kind="stable")
    return order if np.array_equal(place[order], np.arange(len(left))) else None


def _row_ranks(rows: Indices) -> tuple[Indices, int]:
    """Return each row's place among the distinct rows, sorted by what they begin with; and their number."""
    # A row's hash tells rows apart; that equal hashes belong to equal rows is checked.
    weights = np.random.default_rng(0).integers(1, 2**62, rows.shape[1], dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        hashes = rows @ weights
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    if not np.array_equal(rows[first][which], rows):
        return np.arange(len(rows)), len(rows)
    distinct = rows[first]
    order = np.lexsort((distinct[:, -1], distinct[:, 0]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[which], len(order)
