"""Counts in sentences."""

from __future__ import annotations


def counted(count: int, what: str) -> str:
    """Return a count with what is counted.

    >>> counted(1, "node"), counted(3, "node")
    ('1 node', '3 nodes')
    """
    return f"{count:d} {what}{'' if count == 1 else 's'}"
