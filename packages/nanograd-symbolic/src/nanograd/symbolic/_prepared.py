"""What source code is generated for: a result that is given, or one that a function computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.symbolic._gradient_program import GradientProgram, gradient_program
from nanograd.symbolic._identifiers import identifier
from nanograd.symbolic._statements import Language


@dataclass(frozen=True, slots=True)
class Prepared:
    """A function that is about to be written.

    Attributes:
        program: what it computes.
        name: its name.
        gradient: whether it returns a gradient.
    """

    program: GradientProgram
    name: str
    gradient: bool


def prepared(
    generator: str,
    language: Language,
    root: ScalarValue | Callable[..., Any],
    example: tuple[Any, ...],
    name: str | None,
    inputs: Sequence[ScalarValue] | None,
    wrt: Sequence[ScalarValue] | None,
    gradient: bool,
) -> Prepared:
    """Return what a generator writes, after checking all that it was asked.

    Args:
        generator: who asks, for error messages.
        language: what the function is written in.
        root: a result, or a function that computes one.
        example: the arguments to trace the function with.
        name: the name of the generated function; that of the function, or ``f``, if left out.
        inputs: which values are its arguments.
        wrt: the arguments to differentiate with respect to.
        gradient: whether to differentiate.

    Raises:
        ArgumentError: if the name is no identifier, or what :func:`gradient_program` refuses.
    """
    result, arguments, given_name = _graph_of(generator, root, example)
    taken = language.reserved | language.library
    if name is None:
        name = identifier(given_name, language.ascii_only) if given_name else "f"
        name = f"{name}_" if name in taken else name
    elif not isinstance(name, str) or not name.isidentifier() or (language.ascii_only and not name.isascii()):
        raise ArgumentError(f"{generator}(name) takes a name for the function and got {name!r}")
    elif name in taken:
        raise ArgumentError(f"{generator}(name) got {name!r}, which has a meaning already: choose another")
    program = gradient_program(generator, result, inputs, wrt, gradient, arguments)
    return Prepared(program, name, gradient)


def _graph_of(
    generator: str, root: ScalarValue | Callable[..., Any], example: tuple[Any, ...]
) -> tuple[ScalarValue, list[ScalarValue] | None, str | None]:
    """Return the result of a graph, the arguments of the function that computed it, and the function's name.

    Args:
        generator: who asks, for error messages.
        root: the result, or a function to call with the example.
        example: numbers, or lists, tuples and dicts of them; one item for each argument.

    Raises:
        ArgumentError: if there is an example for a result, or none for a function that takes arguments.
        NumberTypeError: if ``root`` is neither, or the function does not return a number.
    """
    if isinstance(root, ScalarValue):
        if example:
            raise ArgumentError(
                f"{generator}(root) got {len(example)} example arguments for a result that is "
                "computed already: give the function instead, or choose arguments with "
                f"{generator}(root, inputs=[...])"
            )
        return root, None, None
    if not callable(root):
        raise NumberTypeError(f"{generator}(root) takes a ScalarValue or a function of them and got {root!r}")
    try:
        bound = inspect.signature(root).bind(*example)
    except TypeError as error:
        raise ArgumentError(
            f"{generator}({_name(root) or 'function'}, *example) calls the function with the example to see "
            f"what it computes, and got {len(example)} of its arguments: {error}"
        ) from None
    arguments: list[ScalarValue] = []
    given: list[Any] = []
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        leaves = _with_leaves(value, name, arguments)
        given += leaves if kind is inspect.Parameter.VAR_POSITIONAL else [leaves]
    result = root(*given)
    if not isinstance(result, ScalarValue):
        try:
            result = ScalarValue(result, requires_grad=False)
        except NumberTypeError:
            raise NumberTypeError(
                f"{generator}() writes functions that return one number, and {_name(root) or 'this one'} "
                f"returned {result!r}. Generate one for each of its results."
            ) from None
    return result, arguments, _name(root)


def _with_leaves(given: Any, path: str, leaves: list[ScalarValue]) -> Any:
    """Return nested numbers as nested leaves, which are labeled by their place and added to a list."""
    if isinstance(given, Mapping):
        return {key: _with_leaves(item, f"{path}[{key!r}]", leaves) for key, item in given.items()}
    if isinstance(given, list | tuple):
        items = [_with_leaves(item, f"{path}[{index}]", leaves) for index, item in enumerate(given)]
        return items if isinstance(given, list) else tuple(items)
    label = path
    if isinstance(given, ScalarValue):
        given, label = given.data, given.label or path
    leaf = ScalarValue(given, label=label)
    leaves.append(leaf)
    return leaf


def _name(function: Callable[..., Any]) -> str | None:
    name = getattr(function, "__name__", "")
    return identifier(name, ascii_only=False) if name and name != "<lambda>" else None
