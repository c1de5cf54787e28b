"""Module: what every part of a network can do because it knows the parts it is made of.

A part does not know the whole it belongs to: references lead downwards only, so that models and their graphs
are freed at once. The name of a part in its scope comes from the module that is running when the part is
called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Self

from nanograd.engine import ArgumentError, Number, scope
from nanograd.nn._errors import MissingMethodError
from nanograd.nn._parameter import Parameter
from nanograd.nn._parts import Path, name_of, part_at, parts
from nanograd.nn._printing import nested_repr
from nanograd.nn._state_dict import IncompatibleKeys, load_numbers

_running: ContextVar[Module | None] = ContextVar("nanograd_running_module", default=None)


class Module:
    """A part of a network: it holds parameters and other modules, and ``forward`` says what it computes.

    Parameters and modules are found among the attributes, also in lists, tuples and dicts, in the order in
    which they were assigned. Calling the module runs ``forward`` inside a :class:`~nanograd.engine.Scope`
    that carries its name. Like `torch.nn.Module`_; calling ``super().__init__()`` is not needed.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.intercept = Parameter(2.0), Parameter(1.0)
    ...
    ...     def forward(self, x):
    ...         return self.slope * x + self.intercept
    >>> line = Line()
    >>> line(3.0)
    ScalarValue(data=7.0)
    >>> line.state_dict()
    {'slope': 2.0, 'intercept': 1.0}

    Attributes:
        training: whether it is being trained, which :meth:`train` and :meth:`eval` change.

    .. _torch.nn.Module: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
    """

    # In a slot, because what is in the attributes' dictionary is what the module is made of.
    __slots__ = ("__dict__", "__weakref__", "_child_paths")

    training: bool = True
    _child_paths: dict[int, tuple[Path, str]]

    def __new__(cls, *_arguments: Any, **_named: Any) -> Self:
        module = super().__new__(cls)
        module._child_paths = {}
        return module

    def __getstate__(self) -> dict[str, Any]:
        return vars(self)  # copies and pickles find their parts anew

    # ---- computing

    def _forward_missing(self, *_inputs: Any, **_named: Any) -> Any:
        raise MissingMethodError(
            f'Module [{type(self).__name__}] is missing the required "forward" function: '
            "write `def forward(self, x): ...` in the class."
        )

    # Declared as a callable, so that a subclass is free in the arguments it takes.
    forward: Callable[..., Any] = _forward_missing

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        caller = _running.get()
        token = _running.set(self)
        try:
            with scope("" if caller is None else caller._name_of_child(self), self.__class__.__name__):
                return self.forward(*inputs, **named)
        finally:
            _running.reset(token)

    def _name_of_child(self, child: Module) -> str:
        """Return the name of a module that this one holds, empty if it does not hold it."""
        path, name = self._child_paths.get(id(child), ((), ""))
        if part_at(self, path) is not child:  # parts may be exchanged at any time
            self._child_paths = {id(held): (path, name_of(path)) for path, held in self._children()}
            name = self._child_paths.get(id(child), ((), ""))[1]
        return name

    # ---- parts

    def parameters(self, recurse: bool = True) -> list[Parameter]:
        """Return the parameters, each once, in the order of :meth:`named_parameters`.

        A list and not a generator as in `torch.nn.Module.parameters`_: it has a length and can be used twice.

        Args:
            recurse: whether those of the modules inside belong to it.

        .. _torch.nn.Module.parameters:
           https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.parameters
        """
        modules = self.modules() if recurse else [self]
        return list(
            dict.fromkeys(parameter for module in modules for _, parameter in parts(module, Parameter))
        )

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> list[tuple[str, Parameter]]:
        """Return the name and the parameter of each; one that is used twice has the name of the first place.

        A module's own parameters come before those of the modules inside.

        Args:
            prefix: what the names begin with.
            recurse: whether those of the modules inside belong to it.

        Raises:
            ArgumentError: if parameters are held in a set, or under a dict's key that cannot be a part of a
                name.
        """
        named: dict[Parameter, str] = {}
        for module_name, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for path, parameter in parts(module, Parameter):
                named.setdefault(parameter, _joined(module_name, name_of(path)))
        return [(name, parameter) for parameter, name in named.items()]

    def modules(self) -> list[Module]:
        """Return this module and all modules inside, each once."""
        return [module for _, module in self.named_modules()]

    def named_modules(self, prefix: str = "") -> list[tuple[str, Module]]:
        """Return the name and the module of each, this one first and every module before those inside it.

        >>> class Pair(Module):
        ...     def __init__(self, *parts):
        ...         self.parts = parts
        >>> [name for name, _ in Pair(Module(), Pair(Module())).named_modules()]
        ['', 'parts.0', 'parts.1', 'parts.1.parts.0']

        Args:
            prefix: the name of this module, which the others begin with.
        """
        reached: dict[int, tuple[str, Module]] = {}
        waiting: list[tuple[str, Module]] = [(prefix, self)]
        while waiting:
            name, module = waiting.pop()
            if id(module) not in reached:
                reached[id(module)] = (name, module)
                inside = [(_joined(name, name_of(path)), child) for path, child in module._children()]
                waiting.extend(reversed(inside))
        return list(reached.values())

    def children(self) -> list[Module]:
        """Return the modules that this one holds itself, each once."""
        return [child for _, child in self._children()]

    def named_children(self) -> list[tuple[str, Module]]:
        """Return the name and the module of those that this one holds itself, each once."""
        return [(name_of(path), child) for path, child in self._children()]

    def _children(self) -> list[tuple[Path, Module]]:
        first: dict[int, tuple[Path, Module]] = {}
        for path, child in parts(self, Module):
            first.setdefault(id(child), (path, child))
        return list(first.values())

    # ---- changing all parts

    def apply(self, fn: Callable[[Module], object]) -> Self:
        """Call ``fn`` with every module inside and then with this one, and return this one.

        Args:
            fn: a function of a module, such as one that draws new weights for it.
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Say to this module and all inside whether they are being trained, and return it.

        Args:
            mode: whether they are.

        Raises:
            ArgumentError: if ``mode`` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentError(f"training mode is expected to be boolean, got {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Say to this module and all inside that they are used, not trained: ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether a backward pass computes gradients for the parameters, and return the module.

        Args:
            requires_grad: False freezes the parameters.
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:
            set_to_none: whether there is none afterwards; if not, those that there were are 0. An optimizer
                passes over a parameter without one.
        """
        for parameter in self.parameters():
            if set_to_none:
                parameter.zero_grad()
            elif parameter.has_grad:
                parameter.grad = 0.0

    def label_parameters(self, prefix: str = "") -> Self:
        """Give every parameter its name as the label that pictures show, and return the module.

        :class:`Neuron`, :class:`Layer`, :class:`MLP` and :class:`Linear` do it when they are made; a model of
        several of them may do it again for the names within the whole.

        Args:
            prefix: what the labels begin with.
        """
        for name, parameter in self.named_parameters(prefix):
            parameter.label = name
        return self

    # ---- state

    def state_dict(self, *, prefix: str = "") -> dict[str, Number]:
        """Return the number of every parameter by its name, a plain dict.

        A parameter that is used in two places is listed once, under its first name, where
        `torch.nn.Module.state_dict`_ lists both.

        Args:
            prefix: what the names begin with.

        .. _torch.nn.Module.state_dict:
           https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
        """
        return {name: parameter.data for name, parameter in self.named_parameters(prefix)}

    def load_state_dict(self, state_dict: Mapping[str, Number], strict: bool = True) -> IncompatibleKeys:
        """Give every parameter the number that a dict has for its name; all of them, or after an error none.

        Args:
            state_dict: what :meth:`state_dict` of a module of the same sizes returned.
            strict: whether names that only one of the two has are an error.

        Returns:
            The names that the dict lacks and those that the module lacks, ``(missing_keys,
            unexpected_keys)``.

        Raises:
            StateDictError: if names differ and ``strict`` is set.
            NumberTypeError: if something in the dict is not a real number.
        """
        return load_numbers(dict(self.named_parameters()), state_dict, type(self).__name__, strict=strict)

    # ---- how it is shown

    def extra_repr(self) -> str:
        """Return what ``repr`` shows between the parentheses; a subclass may say more than nothing."""
        return ""

    def __repr__(self) -> str:
        return nested_repr(type(self).__name__, self.extra_repr(), self.named_children())


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix and name else prefix or name
