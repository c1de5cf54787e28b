"""Giving a module parts by name and asking for them by name: buffers, parameters and modules.

Parameters and modules are found among the attributes, so that assigning them is enough. A buffer is an
attribute too, and has to be registered: a list of numbers may be anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanograd.engine import ArgumentError, NumberTypeError
from nanograd.nn._buffers import as_buffer
from nanograd.nn._errors import MissingPartError
from nanograd.nn._parameter import Parameter
from nanograd.nn._parts import part_named, parts

if TYPE_CHECKING:
    from nanograd.nn._module import Module


class Registration:
    """What :class:`Module` inherits to be given parts by name."""

    __slots__ = ()

    if TYPE_CHECKING:  # a slot of Module
        _buffer_names: dict[str, bool]

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Keep numbers that belong to the module's state and are not trained, such as a running mean.

        They are an attribute like any other, which ``forward`` may assign anew. Like
        `torch.nn.Module.register_buffer`_.

        >>> from nanograd.nn import Module
        >>> module = Module()
        >>> module.register_buffer("running_mean", [0.0, 0.0])
        >>> module.running_mean, module.state_dict()
        ([0.0, 0.0], {'running_mean.0': 0.0, 'running_mean.1': 0.0})

        Args:
            name: the attribute.
            tensor: a number or nested lists of numbers, which are copied; or None for a buffer that is not
                there.
            persistent: whether it is part of :meth:`Module.state_dict`.

        Raises:
            ArgumentError: if the name is taken or cannot be a part of a name.
            NumberTypeError: if it is not made of plain numbers.

        .. _torch.nn.Module.register_buffer:
           https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_buffer
        """
        if name not in self._buffer_names:
            self._check_new(name, "buffer")
        vars(self)[name] = None if tensor is None else as_buffer(tensor, f"buffer {name!r}")
        self._buffer_names[name] = persistent

    def register_parameter(self, name: str, param: Any) -> None:
        """Set an attribute to a parameter, to nested lists of parameters, or to None.

        Args:
            name: the attribute.
            param: what it is set to.

        Raises:
            ArgumentError: if the name is taken or cannot be a part of a name.
            NumberTypeError: if there are no parameters in it.
        """
        self._check_new(name, "parameter")
        holder = _Holder()
        vars(holder)[name] = param
        if param is not None and not any(True for _ in parts(holder, Parameter)):
            raise NumberTypeError(
                f"cannot assign {type(param).__name__!r} object to parameter {name!r}: "
                f"Parameter(number) or lists of them or None required, and got {param!r}"
            )
        vars(self)[name] = param

    def add_module(self, name: str, module: Module | None) -> None:
        """Set an attribute, whose name need not be one that Python's syntax allows, to a module or to None.

        Args:
            name: the attribute.
            module: the module.

        Raises:
            ArgumentError: if the name is taken by something else, or cannot be a part of a name.
            NumberTypeError: if it is not a module.
        """
        if module is not None:
            as_module(module, repr(name))
        if not isinstance(vars(self).get(name), Registration):
            self._check_new(name, "module")
        vars(self)[name] = module

    def register_module(self, name: str, module: Module | None) -> None:
        """Do what :meth:`add_module` does."""
        self.add_module(name, module)

    def get_submodule(self, target: str) -> Module:
        """Return the module of a name as :meth:`Module.named_modules` gives it; this one for the empty name.

        >>> from nanograd.nn import MLP
        >>> MLP(3, [4, 1]).get_submodule("layers.1.neurons.0")
        Neuron(nin=4, activation='identity')

        Raises:
            MissingPartError: if there is none.
        """
        found = part_named(self, target, Registration)
        if not isinstance(found, Registration):
            raise _no_part(self, target, "module", found)
        return found  # type: ignore[return-value]  # only modules are registrations

    def get_parameter(self, target: str) -> Any:
        """Return the parameter, or the lists of parameters, of a name such as ``"layers.0.weight"``.

        Raises:
            MissingPartError: if there is none.
        """
        found = part_named(self, target, Registration)
        holder = _Holder()
        holder.found = found
        if not any(True for _ in parts(holder, Parameter)):
            raise _no_part(self, target, "parameter", found)
        return found

    def get_buffer(self, target: str) -> Any:
        """Return the buffer of a name.

        Raises:
            MissingPartError: if there is none.
        """
        owner, _, name = target.rpartition(".")
        holder = part_named(self, owner, Registration)
        if not isinstance(holder, Registration) or name not in holder._buffer_names:
            raise _no_part(self, target, "buffer", part_named(self, target, Registration))
        return vars(holder)[name]

    def _check_new(self, name: object, kind: str) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ArgumentError(f'{kind} name can\'t contain ".", be empty or not be a string, got: {name!r}')
        if hasattr(self, name):
            raise ArgumentError(f"attribute {name!r} already exists: give the {kind} another name")


def as_module(given: Any, place: str) -> Module:
    """Return a module as it is.

    Args:
        given: what the user gave.
        place: what it is, for messages.

    Raises:
        NumberTypeError: if it is something else.
    """
    if isinstance(given, Registration):
        return given  # type: ignore[return-value]  # only modules are registrations
    if isinstance(given, type):
        name = given.__name__
        raise NumberTypeError(f"{name} is a class and not a module: {place}. Write {name}() instead.")
    raise NumberTypeError(f"{type(given).__name__} is not a Module subclass: {place} is {given!r}")


class _Holder:
    """Something with attributes."""

    found: Any


def _no_part(whole: object, target: str, kind: str, found: object) -> MissingPartError:
    there = "nothing" if found is None else type(found).__name__
    return MissingPartError(
        f"{type(whole).__name__} has no {kind} {target!r}: {there} is there. "
        f"named_{kind}s() lists those there are."
    )
