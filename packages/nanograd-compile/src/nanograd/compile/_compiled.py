"""compiled: a function of numbers, traced once for each structure of its arguments and then replayed."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, overload

import numpy as np
from nanograd.compile._compile_graph import compile_captured
from nanograd.compile._compiled_program import CompiledProgram
from nanograd.compile._programs import Programs
from nanograd.compile._structure import arrays_of, rebuilt, replaced, shapes_of, structure_of, vector_of
from nanograd.compile._trace import traced
from nanograd.compile._tracing import TracedValue
from nanograd.engine import ArgumentError, ScalarValue

_CURES = {
    "sizes": "Give it arguments of one size, such as lists that are padded to one length.",
    "values": "What is no number to compute with decides what is compiled. Leave out what is not needed, or "
    "name an argument in compiled(static=[...]) if each value of it is meant to have a program of its own.",
    "kinds": "Give it the same kinds of arguments in all calls, such as arrays and never lists.",
}
"""What to do where a function has too many programs, by how its arguments differ."""


class CompiledFunction:
    """A function with a program for each structure of its arguments; see :func:`compiled`.

    Attributes:
        function: the function that is traced.
        static: the names of the arguments that are given to it as they are.
    """

    def __init__(self, function: Callable[..., Any], static: Sequence[str] = ()) -> None:
        if not callable(function):
            raise ArgumentError(f"compiled(function) takes a function and got {function!r}")
        self.function = function
        self.static = tuple(static)
        self._name = getattr(function, "__name__", type(function).__name__)
        self._signature = inspect.signature(function)
        unknown = [name for name in self.static if name not in self._signature.parameters]
        if unknown:
            raise ArgumentError(
                f"compiled(static={list(self.static)}): {self._name}() has no argument {unknown[0]!r}"
            )
        self._programs: Programs[CompiledProgram] = Programs(f"{self._name}()", _CURES)
        self._lock = threading.RLock()  # a function may call itself, with another structure
        functools.update_wrapper(self, function)

    def __get__(self, instance: object, owner: type | None = None) -> CompiledFunction:
        """Refuse to be a method: what its object holds would stay as it was when it was traced."""
        if instance is None:
            return self
        raise ArgumentError(
            f"@compiled does not decorate methods: {self._name}() would go on with what its object held when "
            f"it was traced. Give it what changes as arguments of a function, or, if nothing does, write "
            f"self.{self._name} = compiled(self.{self._name}) in __init__"
        )

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Return the function's value; while another function is traced that calls it, the value of that."""
        if _is_traced([arguments, named]):
            return self.function(*arguments, **named)
        program, first, others = self._prepared(arguments, named)
        return program.value(vector_of(first), *arrays_of(others))

    def value_and_grad(self, *arguments: Any, **named: Any) -> tuple[float, Any]:
        """Return the value, and the derivatives for the numbers of the first argument, in its structure.

        Args:
            *arguments: those of the function.
            **named: likewise.
        """
        program, first, others = self._prepared(arguments, named)
        value, gradient = program.value_and_grad(vector_of(first), *arrays_of(others))
        return value, rebuilt(first, gradient)

    def program_for(self, *arguments: Any, **named: Any) -> CompiledProgram:
        """Return the program that such arguments are run by; its inputs are all but the first one.

        Args:
            *arguments: those of the function.
            **named: likewise.
        """
        return self._prepared(arguments, named)[0]

    def _prepared(
        self, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[CompiledProgram, Any, list[Any]]:
        bound = self._signature.bind(*arguments, **named)
        bound.apply_defaults()
        static = tuple([self._static(name, bound.arguments[name]) for name in self.static])
        given = {name: item for name, item in bound.arguments.items() if name not in self.static}
        if not given:
            raise ArgumentError(f"{self._name}() has no argument to differentiate for")
        first, *others = given.values()
        structures = tuple([structure_of(tree) for tree in given.values()])
        program = self._programs.find(static, structures)
        if program is None:
            with self._lock:
                program = self._programs.find(static, structures)
                if program is None:
                    program = self._compile(bound, given)
                    self._programs.keep(static, structures, program, list(given))
        return program, first, others

    def _static(self, name: str, argument: Any) -> Hashable:
        """Return what is looked up for a static argument: 1, True and 1.0 are equal and not the same."""
        if not isinstance(argument, Hashable):
            raise ArgumentError(
                f"{self._name}(): a static argument {name!r} needs to be hashable, and got "
                f"{type(argument).__name__}: {argument!r:.80}"
            )
        return type(argument), argument, str(argument) if isinstance(argument, float) else None

    def _compile(self, bound: inspect.BoundArguments, given: dict[str, Any]) -> CompiledProgram:
        leaves: list[ScalarValue] = []
        count = 0

        def leaf(number: Any) -> ScalarValue:
            leaves.append(ScalarValue(number))
            return leaves[-1]

        for place, (name, tree) in enumerate(given.items()):
            bound.arguments[name] = replaced(tree, leaf)
            if place == 0:
                count = len(leaves)
        parameters, inputs = leaves[:count], leaves[count:]
        captured, order = traced(
            lambda: self.function(*bound.args, **bound.kwargs),
            f"{self._name}()",
            parameters,
            inputs,
            plain=leaves,
            runs=[self.function],
        )
        _, *others = given
        shapes = shapes_of({name: given[name] for name in others})
        return compile_captured(order, captured, parameters, inputs, shapes, batch=False)


def _is_traced(tree: Any) -> bool:
    """Return whether there is a traced value in a tree."""
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, TracedValue):
            return True
        if isinstance(item, list | tuple):
            waiting.extend(item)
        elif isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, np.ndarray) and item.dtype.kind == "O":
            waiting.extend(item.ravel().tolist())
    return False


@overload
def compiled(function: Callable[..., Any], /) -> CompiledFunction: ...


@overload
def compiled(*, static: Sequence[str]) -> Callable[[Callable[..., Any]], CompiledFunction]: ...


def compiled(function: Callable[..., Any] | None = None, /, *, static: Sequence[str] = ()) -> Any:
    """Return a function that computes the same from arrays: a decorator.

    For each structure of its arguments (lengths, nesting, keys) the function is traced, that is called with
    ScalarValues in place of the numbers, and its graph is compiled. Lists and dicts arrive as they are,
    arrays as arrays of objects. What it reads from outside stays as it was in this call. The 256 programs
    that were used last are kept.

    >>> @compiled
    ... def loss(w, x, y):
    ...     return (sum(a * b for a, b in zip(w, x)) - y) ** 2
    >>> loss([2.0, -1.0], [3.0, 4.0], 1.0)
    1.0
    >>> loss.value_and_grad([2.0, -1.0], [3.0, 4.0], 1.0)
    (1.0, [6.0, 8.0])

    Args:
        function: returns one number.
        static: the names of arguments that decide what is computed, such as a number of layers. They are not
            traced, need to be hashable, and each value of them has a program of its own.

    Returns:
        A :class:`CompiledFunction`.

    Raises:
        TraceError: when it is called, if what the function does depends on its numbers, by ``if``,
            ``float()`` or ``.data``, or on random ones; it names the line.
        ArgumentError: if ``static`` names no argument.

    Warns:
        RecompileWarning: when it is called, once, if it has more than 8 programs for the same values of its
            static arguments.
    """
    if function is None:
        return lambda function: CompiledFunction(function, static)
    return CompiledFunction(function, static)
