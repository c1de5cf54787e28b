"""Hooks: functions that are called with a value's gradient when it has arrived, and that may replace it.

They are kept beside the graph and not in it: hardly any of a million nodes has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import ref

from nanograd.engine._errors import ArgumentError
from nanograd.engine._identity_table import IdentityTable
from nanograd.engine._numbers import as_number

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue

Hook = Callable[[Any], Any]

HOOKS: IdentityTable[ScalarValue, dict[HookHandle, Hook]] = IdentityTable()
"""The hooks of each value that has some, in the order in which they were registered."""


class HookHandle:
    """What registering a hook returns: :meth:`remove` takes the hook away again."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: ScalarValue) -> None:
        self._value = ref(value)

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        value = self._value()
        if value is not None and value in HOOKS:
            HOOKS[value].pop(self, None)
            if not HOOKS[value]:
                del HOOKS[value]


def register(value: ScalarValue, hook: Hook) -> HookHandle:
    """Let ``hook`` be called with the gradient of ``value`` in every backward pass."""
    if not callable(hook):
        raise ArgumentError(f"register_hook(hook) takes a function of the gradient and got {hook!r}")
    handle = HookHandle(value)
    if value not in HOOKS:
        HOOKS[value] = {}
    HOOKS[value][handle] = hook
    return handle


def run_hooks(value: ScalarValue, gradient: Any, create_graph: bool) -> Any:
    """Return the gradient after the hooks of ``value``, each given what the one before it returned."""
    for hook in list(HOOKS[value].values()):
        replaced = hook(gradient)
        if replaced is None:
            continue
        if not hasattr(replaced, "_requires_grad"):  # a plain number
            gradient = as_number(replaced, "what a hook returns")
        else:
            gradient = replaced if create_graph else replaced._data
    return gradient
