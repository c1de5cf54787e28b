"""Module: what every part of a network can do because it knows the parts it is made of.

A part does not know the whole it belongs to: references lead downwards only, so that models and their graphs
are freed at once. The name of a part in its scope comes from the module that is running when the part is
called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Self

from nanograd.engine import ArgumentError, Number, scope
from nanograd.nn._buffers import named_numbers
from nanograd.nn._errors import MissingMethodError
from nanograd.nn._forward_hooks import Hookable, ModuleHooks
from nanograd.nn._parameter import Parameter
from nanograd.nn._parts import Path, name_of, part_at, parts
from nanograd.nn._printing import nested_repr
from nanograd.nn._registration import Registration
from nanograd.nn._state_dict import IncompatibleKeys, load_numbers

_running: ContextVar[Module | None] = ContextVar("nanograd_running_module", default=None)


class Module(Hookable, Registration):
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
    __slots__ = ("__dict__", "__weakref__", "_buffer_names", "_child_paths", "_hooks")

    training: bool = True
    _neighbors_in_one_line = False  # whether repr puts parts named 0, 1, ... that look alike into one line
    _buffer_names: dict[str, bool]  # whether each is persistent
    _child_paths: dict[int, tuple[Path, str]]
    _hooks: ModuleHooks | None

    def __new__(cls, *_arguments: Any, **_named: Any) -> Self:
        module = super().__new__(cls)
        module._buffer_names = {}
        module._child_paths = {}
        module._hooks = None
        return module

    def __init__(self) -> None:
        # object's takes any arguments where __new__ is overridden: those that nobody reads would be lost.
        super().__init__()

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, Any]]:
        # The attributes and the slots; copies and pickles find their parts anew.
        return vars(self), {"_buffer_names": dict(self._buffer_names), "_hooks": self._hooks}

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
                if self._hooks is None:
                    return self.forward(*inputs, **named)
                return self._hooks.call(self, inputs, named)
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

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> list[tuple[str, Parameter]]:
        """Return the name and the parameter of each; one that is used twice has the name of the first place.

        A module's own parameters come before those of the modules inside.

        Args:
            prefix: what the names begin with.
            recurse: whether those of the modules inside belong to it.
            remove_duplicate: whether one that is used twice is listed once.

        Raises:
            ArgumentError: if parameters are held in a set, or under a dict's key that cannot be a part of a
                name.
        """
        named = [
            (_joined(module_name, name_of(path)), parameter)
            for module_name, module in self._named_owners(prefix, recurse, remove_duplicate)
            for path, parameter in parts(module, Parameter)
        ]
        return _first_of_each(named) if remove_duplicate else named

    def buffers(self, recurse: bool = True) -> list[Any]:
        """Return the buffers, each once: numbers and nested lists of numbers.

        Args:
            recurse: whether those of the modules inside belong to it.
        """
        return [buffer for _, buffer in self.named_buffers(recurse=recurse)]

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> list[tuple[str, Any]]:
        """Return the name and the buffer of each that :meth:`register_buffer` has made.

        Args:
            prefix: what the names begin with.
            recurse: whether those of the modules inside belong to it.
            remove_duplicate: whether those of a module that is used twice are listed once.
        """
        return [
            (_joined(module_name, name), buffer)
            for module_name, module in self._named_owners(prefix, recurse, remove_duplicate)
            for name, buffer in module._own_buffers(module._buffer_names)
        ]

    def _own_buffers(self, names: Iterable[str]) -> list[tuple[str, Any]]:
        """Return the buffers that there are now: one may have been deleted, or set to None."""
        held = vars(self)
        return [(name, held[name]) for name in names if held.get(name) is not None]

    def _named_owners(self, prefix: str, recurse: bool, remove_duplicate: bool) -> list[tuple[str, Module]]:
        return self.named_modules(prefix, remove_duplicate) if recurse else [(prefix, self)]

    def modules(self) -> list[Module]:
        """Return this module and all modules inside, each once."""
        return [module for _, module in self.named_modules()]

    def named_modules(self, prefix: str = "", remove_duplicate: bool = True) -> list[tuple[str, Module]]:
        """Return the name and the module of each, this one first and every module before those inside it.

        >>> class Pair(Module):
        ...     def __init__(self, *parts):
        ...         self.parts = parts
        >>> [name for name, _ in Pair(Module(), Pair(Module())).named_modules()]
        ['', 'parts.0', 'parts.1', 'parts.1.parts.0']

        Args:
            prefix: the name of this module, which the others begin with.
            remove_duplicate: whether a module that is used twice is listed once.
        """
        listed: list[tuple[str, Module]] = []
        reached: set[int] = set()
        # With each module that waits those around it: one that holds itself is not walked in circles.
        waiting: list[tuple[str, Module, tuple[int, ...]]] = [(prefix, self, ())]
        while waiting:
            name, module, around = waiting.pop()
            if id(module) in (reached if remove_duplicate else around):
                continue
            reached.add(id(module))
            listed.append((name, module))
            around = around if remove_duplicate else (*around, id(module))
            waiting.extend(
                (_joined(name, name_of(path)), child, around)
                for path, child in reversed(module._children(remove_duplicate))
            )
        return listed

    def children(self) -> list[Module]:
        """Return the modules that this one holds itself, each once."""
        return [child for _, child in self._children()]

    def named_children(self) -> list[tuple[str, Module]]:
        """Return the name and the module of those that this one holds itself, each once."""
        return [(name_of(path), child) for path, child in self._children()]

    def _children(self, remove_duplicate: bool = True) -> list[tuple[Path, Module]]:
        if not remove_duplicate:
            return list(parts(self, Module))
        first: dict[int, tuple[Path, Module]] = {}
        for path, child in parts(self, Module):
            first.setdefault(id(child), (path, child))
        return list(first.values())

    # ---- changing all parts

    def apply(self, fn: Callable[[Module], object]) -> Self:
        """Call ``fn`` with every module inside, each once, and then with this one, and return this one.

        Args:
            fn: a function of a module, such as one that draws new weights for it.
        """
        order: list[Module] = []
        reached: set[int] = set()
        waiting: list[tuple[Module, bool]] = [(self, False)]
        while waiting:
            module, parts_are_listed = waiting.pop()
            if parts_are_listed:
                order.append(module)
            elif id(module) not in reached:
                reached.add(id(module))
                waiting.append((module, True))
                waiting.extend((child, False) for child in reversed(module.children()))
        for module in order:
            fn(module)
        return self

    def train(self, mode: bool = True) -> Self:
        """Say to this module and all inside whether they are being trained, and return it.

        A part whose class overrides ``train``, such as one that keeps its statistics, is asked itself.

        Args:
            mode: whether they are.

        Raises:
            ArgumentError: if ``mode`` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentError(f"training mode is expected to be boolean, got {mode!r}")
        reached: set[int] = set()
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            if id(module) in reached:
                continue
            reached.add(id(module))
            if module is not self and type(module).train is not Module.train:
                module.train(mode)
            else:
                module.training = mode
                waiting.extend(reversed(module.children()))
        return self

    def eval(self) -> Self:
        """Say to this module and all inside that they are used, not trained: ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether a backward pass computes gradients for the parameters, and return the module.

        Args:
            requires_grad: False freezes the parameters.

        Raises:
            NumberTypeError: if it is not a bool.
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
        """Return the number of every parameter and persistent buffer by its name, a plain dict.

        A parameter that is used in two places is listed once, under its first name, where
        `torch.nn.Module.state_dict`_ lists both. The order is PyTorch's: a module's own parameters, its own
        buffers, and then the modules inside.

        Args:
            prefix: what the names begin with, a dot at its end included, as in ``"encoder."``.

        .. _torch.nn.Module.state_dict:
           https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
        """
        state: dict[str, Number] = {}
        names = {parameter: name for name, parameter in self.named_parameters()}
        for module_name, module in self.named_modules():
            for path, parameter in parts(module, Parameter):
                name = _joined(module_name, name_of(path))
                if names[parameter] == name:
                    state[prefix + name] = parameter.data
            for name, buffer in module._persistent_buffers():
                state.update(named_numbers(prefix + _joined(module_name, name), buffer))
        return state

    def load_state_dict(self, state_dict: Mapping[str, Number], strict: bool = True) -> IncompatibleKeys:
        """Give every parameter and buffer the numbers of its name; all of them, or after an error none.

        Args:
            state_dict: what :meth:`state_dict` of a module of the same sizes returned.
            strict: whether names that only one of the two has are an error.

        Returns:
            The names that the dict lacks and those that the module lacks, ``(missing_keys,
            unexpected_keys)``.

        Raises:
            StateDictError: if names differ and ``strict`` is set; or if sizes do, in any case.
            NumberTypeError: if something in the dict is not a real number.
        """
        buffers = [
            (vars(module), name, _joined(module_name, name))
            for module_name, module in self.named_modules()
            for name, _ in module._persistent_buffers()
        ]
        parameters = dict(self.named_parameters())
        return load_numbers(parameters, buffers, state_dict, type(self).__name__, strict=strict)

    def _persistent_buffers(self) -> list[tuple[str, Any]]:
        return self._own_buffers([name for name, persistent in self._buffer_names.items() if persistent])

    # ---- how it is shown

    def extra_repr(self) -> str:
        """Return what ``repr`` shows between the parentheses; a subclass may say more than nothing."""
        return ""

    def __repr__(self) -> str:
        return nested_repr(
            type(self).__name__, self.extra_repr(), self.named_children(), is_list=self._neighbors_in_one_line
        )


def _first_of_each(named: Iterable[tuple[str, Parameter]]) -> list[tuple[str, Parameter]]:
    first: dict[Parameter, str] = {}
    for name, parameter in named:
        first.setdefault(parameter, name)
    return [(name, parameter) for parameter, name in first.items()]


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix and name else prefix or name
