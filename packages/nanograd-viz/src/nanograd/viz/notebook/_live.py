"""Being told of every backward pass, for as long as somebody wants to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from nanograd.engine import ScalarValue

Listener = Callable[[ScalarValue], object]

_listeners: list[Listener] = []


@contextmanager
def told_of_backward(listener: Listener) -> Iterator[None]:
    """Call a function with every value whose ``backward()`` has run, when all gradients have arrived.

    The engine's hooks run in the middle of a backward pass, when most gradients are not there yet, and belong
    to one value. So the method itself is exchanged while anybody listens, and put back afterwards.
    """
    if not _listeners:
        _install()
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
        if not _listeners:
            ScalarValue.backward = _plain_backward  # type: ignore[method-assign]


_plain_backward = ScalarValue.backward


def _install() -> None:
    @wraps(_plain_backward)
    def backward(self: ScalarValue, *arguments: Any, **options: Any) -> None:
        _plain_backward(self, *arguments, **options)
        for listener in _listeners:
            listener(self)

    ScalarValue.backward = backward  # type: ignore[method-assign]
