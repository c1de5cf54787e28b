"""Hooks: functions that are called around a module's ``forward`` and may replace what goes in and out."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self
from weakref import ref

from nanograd.engine import NumberTypeError

if TYPE_CHECKING:
    from nanograd.nn._module import Module

_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook returns: :meth:`remove`, or the end of a ``with`` block, takes the hook away.

    >>> from nanograd.nn import ReLU
    >>> module = ReLU()
    >>> with module.register_forward_hook(lambda module, inputs, output: -output):
    ...     module(2.0)
    -2.0
    >>> module(2.0)
    2.0
    """

    __slots__ = ("_hooks", "_number")

    def __init__(self, hooks: ModuleHooks, number: int) -> None:
        self._hooks = ref(hooks)
        self._number = number

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.before.pop(self._number, None)
            hooks.after.pop(self._number, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class ModuleHooks:
    """The hooks of one module, by number: whether one wants the named arguments, and one is called always."""

    def __init__(self) -> None:
        self.before: dict[int, tuple[Callable[..., Any], bool]] = {}
        self.after: dict[int, tuple[Callable[..., Any], bool, bool]] = {}

    def call(self, module: Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Return what ``forward`` and the hooks make of the arguments."""
        output: Any = None
        called: set[int] = set()
        try:
            for hook, with_kwargs in list(self.before.values()):
                inputs, named = _new_arguments(module, hook, with_kwargs, inputs, named)
            output = module.forward(*inputs, **named)
            for number, (hook, with_kwargs, _) in list(self.after.items()):
                called.add(number)
                replaced = _called(hook, with_kwargs, module, inputs, named, output)
                output = output if replaced is None else replaced
        except Exception:
            for number, (hook, with_kwargs, always) in list(self.after.items()):
                if always and number not in called:
                    try:
                        _called(hook, with_kwargs, module, inputs, named, output)
                    except Exception as error:  # noqa: BLE001 - the error of forward is the one to see
                        warnings.warn(
                            f"a forward hook with always_call=True of {type(module).__name__} raised "
                            f"{error!r}, which was silenced because another error was raised before",
                            stacklevel=3,
                        )
            raise
        return output


class Hookable:
    """What :class:`Module` inherits to have hooks."""

    __slots__ = ()

    if TYPE_CHECKING:  # a slot of Module
        _hooks: ModuleHooks | None

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Let ``hook(module, inputs)`` be called before ``forward``, with the tuple of its arguments.

        What the hook returns takes the place of the arguments: a tuple, or a single value; None leaves them.

        Args:
            hook: the function.
            prepend: whether it is called before the hooks that there are.
            with_kwargs: whether it is called with the named arguments too, ``hook(module, inputs, named)``,
                and returns None or both.

        Raises:
            NumberTypeError: if the hook is not a function.
        """
        hooks, number = self._register(hook, "register_forward_pre_hook")
        hooks.before = _put(hooks.before, number, (hook, with_kwargs), prepend)
        return RemovableHandle(hooks, number)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Let ``hook(module, inputs, output)`` be called after ``forward``; its result is the new output.

        Like `torch.nn.Module.register_forward_hook`_. None leaves the output as it is.

        Args:
            hook: the function.
            prepend: whether it is called before the hooks that there are.
            with_kwargs: whether it is called with the named arguments too, ``hook(module, inputs, named,
                output)``.
            always_call: whether it is called also when ``forward`` raises an error, with None as output.

        Raises:
            NumberTypeError: if the hook is not a function.

        .. _torch.nn.Module.register_forward_hook:
           https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
        """
        hooks, number = self._register(hook, "register_forward_hook")
        hooks.after = _put(hooks.after, number, (hook, with_kwargs, always_call), prepend)
        return RemovableHandle(hooks, number)

    def _is_watched(self) -> bool:
        """Return whether there is a hook; one that was registered may have been removed."""
        return self._hooks is not None and bool(self._hooks.before or self._hooks.after)

    def _register(self, hook: object, method: str) -> tuple[ModuleHooks, int]:
        if not callable(hook):
            raise NumberTypeError(f"{method}(hook) takes a function and got {type(hook).__name__}: {hook!r}")
        hooks = self._hooks or ModuleHooks()
        object.__setattr__(self, "_hooks", hooks)
        return hooks, next(_numbers)


def _put(hooks: dict[int, Any], number: int, entry: tuple[Any, ...], prepend: bool) -> dict[int, Any]:
    return {number: entry, **hooks} if prepend else {**hooks, number: entry}


def _called(
    hook: Callable[..., Any],
    with_kwargs: bool,
    module: Module,
    inputs: tuple[Any, ...],
    named: dict[str, Any],
    output: Any,
) -> Any:
    return hook(module, inputs, named, output) if with_kwargs else hook(module, inputs, output)


def _new_arguments(
    module: Module,
    hook: Callable[..., Any],
    with_kwargs: bool,
    inputs: tuple[Any, ...],
    named: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    replaced = hook(module, inputs, named) if with_kwargs else hook(module, inputs)
    if replaced is None:
        return inputs, named
    if not with_kwargs:
        return replaced if isinstance(replaced, tuple) else (replaced,), named
    if not (isinstance(replaced, tuple) and len(replaced) == 2):
        raise NumberTypeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {replaced!r}."
        )
    return replaced
