"""Modes: whether operations are recorded, and inside which part of a model they happen.

Both live in one context variable, so that they are right in threads and in asyncio tasks, and so that an
operation reads one variable and not two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, Final

from nanograd.engine._errors import ArgumentError


class Scope:
    """One use of one part of a model: the nodes that are made during it carry it as ``node.scope``.

    A part that is used twice has two scopes with one path, so that pictures can tell the two uses apart.

    Attributes:
        name: the part's name inside the part around it, such as ``"layers.0"``; empty for a nameless whole.
        kind: what the part is, usually the name of its class, such as ``"Layer"``.
        parent: the scope around it.
    """

    # Plain slots: a scope is made for every call of every neuron, and a frozen dataclass takes three times
    # as long to make.
    __slots__ = ("kind", "name", "parent")

    def __init__(self, name: str, kind: str = "", parent: Scope | None = None) -> None:
        self.name = name
        self.kind = kind
        self.parent = parent

    @property
    def ancestry(self) -> tuple[Scope, ...]:
        """The scopes from the outermost one to this one."""
        scopes = [self]
        while (parent := scopes[-1].parent) is not None:
            scopes.append(parent)
        return tuple(reversed(scopes))

    @property
    def path(self) -> str:
        """The names from the outermost part to this one, joined by dots.

        >>> with scope("encoder", kind="MLP"), scope("layers.0", kind="Layer") as inner:
        ...     inner.path
        'encoder.layers.0'
        """
        return ".".join(part.name for part in self.ancestry if part.name)

    def __str__(self) -> str:
        return self.path or self.kind

    def __repr__(self) -> str:
        return f"Scope({self.path!r}, kind={self.kind!r})"


class Mode:
    """What an operation looks at before it records itself. It is never changed, only exchanged."""

    # Not a named tuple: reading the slots of an object is several times faster.
    __slots__ = ("anomaly", "recording", "scope")

    def __init__(self, recording: bool, scope: Scope | None, anomaly: bool | Callable[[Any], object]) -> None:
        self.recording: Final = recording
        self.scope: Final = scope
        self.anomaly: Final = anomaly  # or who watches: one look tells an operation that neither is on


_OUTERMOST = Mode(recording=True, scope=None, anomaly=False)
MODE: ContextVar[Mode] = ContextVar("nanograd_mode", default=_OUTERMOST)


def _set_recording(recording: bool) -> Token[Mode]:
    mode = MODE.get()
    return MODE.set(Mode(recording, mode.scope, mode.anomaly))


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: results have no history and need no gradient.

    It is a context manager, and a decorator of functions that are neither ``async`` nor generators; inside
    those, use it as a context manager. The name is that of `torch.no_grad`_.

    >>> from nanograd.engine import ScalarValue
    >>> x = ScalarValue(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y, y.children, y.requires_grad
    (ScalarValue(data=9.0), (), False)

    .. _torch.no_grad: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
    """
    token = _set_recording(False)
    try:
        yield
    finally:
        MODE.reset(token)


@contextmanager
def enable_grad() -> Iterator[None]:
    """Record again inside :func:`no_grad`.

    >>> from nanograd.engine import ScalarValue
    >>> with no_grad(), enable_grad():
    ...     (ScalarValue(3.0) * 2.0).requires_grad
    True
    """
    token = _set_recording(True)
    try:
        yield
    finally:
        MODE.reset(token)


def current_scope() -> Scope | None:
    """Return the scope that operations are stamped with now; None outside of all."""
    return MODE.get().scope


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded."""
    return MODE.get().recording


class scope:  # noqa: N801 - a context manager is named like the function it is used as
    """Stamp the nodes made inside with a :class:`Scope`, so that pictures can show parts as blocks.

    >>> from nanograd.engine import ScalarValue
    >>> with scope("hidden", kind="Layer"):
    ...     y = ScalarValue(2.0) * 3.0
    >>> y.scope.path, y.scope.kind
    ('hidden', 'Layer')

    Args:
        name: the part's name, without the names of the parts around it.
        kind: what the part is; by convention the name of a class.

    Raises:
        ArgumentError: if ``name`` or ``kind`` is not a string.
    """

    # A class and not a generator with @contextmanager, which would double the cost of calling a neuron.
    __slots__ = ("_kind", "_name", "_tokens")

    def __init__(self, name: str, kind: str = "") -> None:
        for argument in (name, kind):
            if type(argument) is not str:
                raise ArgumentError(f"scope(name, kind) takes two strings and got {name!r} and {kind!r}")
        self._name = name
        self._kind = kind
        self._tokens: list[Token[Mode]] = []

    def __enter__(self) -> Scope:
        mode = MODE.get()
        entered = Scope(self._name, self._kind, mode.scope)
        self._tokens.append(MODE.set(Mode(mode.recording, entered, mode.anomaly)))
        return entered

    def __exit__(self, *exception: object) -> None:
        MODE.reset(self._tokens.pop())
