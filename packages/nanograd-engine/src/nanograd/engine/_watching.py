"""Watching: a function is called with every value as it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nanograd.engine._modes import MODE, Mode

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue


@contextmanager
def watch(watcher: Callable[[ScalarValue], object]) -> Iterator[None]:
    """Call a function with every value that an operation records, before anybody else sees it.

    Values that are not recorded, under ``no_grad()``, are not shown, nor are those inside of
    :func:`detect_anomaly`, which watches itself. A compiler sees this way what a function does with numbers.

    >>> from nanograd.engine import ScalarValue
    >>> seen = []
    >>> with watch(seen.append):
    ...     y = ScalarValue(3.0) * 2.0 + 1.0
    >>> [str(node.op) for node in seen]
    ['*', '+']

    Args:
        watcher: a function of one value; what it returns is not used.
    """
    mode = MODE.get()
    token = MODE.set(Mode(mode.recording, mode.scope, anomaly=watcher))
    try:
        yield
    finally:
        MODE.reset(token)
