"""Allocation: memory that the arrays of one call have had is there for the next call."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache

import numpy as np

KEPT = 2**24
"""Bytes, 16 MB: more than any array of a program that is run for some samples at once."""


@cache
def keep_freed_memory() -> None:
    """Let the C library keep blocks of up to 16 MB that are freed, from now on in this process.

    glibc takes a block of more than 128 kB from the system, page by page, and gives it back when it is
    freed. For a program's arrays that is in every call, and takes longer than a large program. When such a
    block is freed, glibc raises the limit to its size (``M_MMAP_THRESHOLD`` in mallopt(3)): here to that of
    one that is never touched, and so takes no memory. It keeps twice as much at most. Who has set the limit,
    by ``MALLOC_MMAP_THRESHOLD_``, keeps that one, and other C libraries do not mind.
    """
    if sys.platform == "linux":
        with suppress(MemoryError):  # where little memory is allowed, programs are slower, and right
            np.empty(KEPT, dtype=np.uint8)
