"""Trees: numbers in lists, tuples and dictionaries, nested as the user likes.

A function is differentiated as if it took one list of numbers and returned another. Here is what turns a tree
into such a list and back, and what says where two trees differ.
"""

from __future__ import annotations

import copy
import reprlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from nanograd.engine._errors import NanogradError
from nanograd.engine._numbers import described

Tree: TypeAlias = Any
"""A number, or a list, tuple, named tuple or dictionary of trees."""


class StructureError(NanogradError, ValueError):
    """Two nested structures that have to match do not; the message names the first place that differs.

    >>> from nanograd.engine import jvp
    >>> jvp(lambda p: p["w"][0] * p["b"], {"w": [2.0], "b": 3.0}, {"w": [1.0, 0.0], "b": 0.0})
    Traceback (most recent call last):
    ...
    nanograd.engine.StructureError: jvp(): point['w'] is a list of 1 and direction['w'] is a list of 2. ...
    """


StructureError.__module__ = "nanograd.engine"


def flatten(tree: Tree) -> list[Any]:
    """Return what a tree holds, from left to right, dictionaries in the order of their keys.

    >>> flatten({"w": [1.0, (2.0, 3.0)], "b": 4.0})
    [1.0, 2.0, 3.0, 4.0]
    """
    return [leaf for _, leaf in _walk(tree, "")]


def places(tree: Tree, root: str) -> list[str]:
    """Return where each of the things that :func:`flatten` returns is, for messages.

    >>> places([1.0, {"w": (2.0, 3.0)}], "point")
    ['point[0]', "point[1]['w'][0]", "point[1]['w'][1]"]
    """
    return [place for place, _ in _walk(tree, root)]


def unflatten(like: Tree, leaves: Iterable[Any]) -> Tree:
    """Return a tree of the structure of ``like`` that holds ``leaves``: what :func:`flatten` undoes.

    Containers keep their types, dictionaries the order of their keys.

    >>> unflatten({"w": [1.0, (2.0, 3.0)], "b": 4.0}, "abcd")
    {'w': ['a', ('b', 'c')], 'b': 'd'}
    """
    return _rebuilt(like, iter(leaves))


def flatten_like(like: Tree, given: Tree, names: tuple[str, str], function: str) -> list[Any]:
    """Return what ``given`` holds, in the order of ``like``, whose structure it has to have.

    Args:
        like: the tree that says how it has to look.
        given: the tree to flatten; its dictionaries may have their keys in another order.
        names: what the message calls the two trees.
        function: what the message begins with.

    Raises:
        StructureError: if the structures differ.
    """
    leaves: list[Any] = []
    stack = [(like, given, "")]
    while stack:
        part, other, place = stack.pop()
        if _outline(part) != _outline(other):
            raise StructureError(
                f"{function}(): {names[0]}{place} is {_article(part)} and {names[1]}{place} is "
                f"{_article(other)}. Give {names[1]} the structure of {names[0]}."
            )
        if isinstance(part, dict):
            stack += [(part[key], other[key], f"{place}[{key!r}]") for key in reversed(part)]
        elif isinstance(part, list | tuple):
            steps = _steps(part)
            stack += reversed([(x, y, place + step) for x, y, step in zip(part, other, steps, strict=True)])
        else:
            leaves.append(other)
    return leaves


def _rebuilt(part: Tree, remaining: Iterator[Any]) -> Tree:
    if isinstance(part, dict):
        twin = copy.copy(part)  # an OrderedDict or defaultdict stays one
        for key in part:
            twin[key] = _rebuilt(part[key], remaining)
        return twin
    if isinstance(part, list | tuple):
        items = [_rebuilt(item, remaining) for item in part]
        return type(part)._make(items) if hasattr(part, "_make") else type(part)(items)
    return next(remaining)


def _walk(tree: Tree, place: str) -> Iterator[tuple[str, Any]]:
    stack = [(place, tree)]
    while stack:
        place, part = stack.pop()
        if isinstance(part, dict):
            stack += [(f"{place}[{key!r}]", part[key]) for key in reversed(part)]
        elif isinstance(part, list | tuple):
            steps = _steps(part)
            stack += reversed([(place + step, item) for step, item in zip(steps, part, strict=True)])
        else:
            yield place, part


def _steps(items: Sequence[Any]) -> list[str]:
    """Return how items are written behind their container's name: ``[0]``, or ``.x`` of a named tuple."""
    fields = getattr(items, "_fields", None)
    return [f".{field}" for field in fields] if fields else [f"[{index}]" for index in range(len(items))]


def _outline(part: Tree) -> Any:
    """Return what has to be equal in two places of trees that match."""
    if isinstance(part, dict):
        return dict, frozenset(part)
    return (type(part), len(part)) if isinstance(part, list | tuple) else None


def _article(part: Tree) -> str:
    """Return what stands in one place of a tree, in words."""
    if isinstance(part, dict):
        return f"a {type(part).__name__} with the keys {reprlib.repr(list(part))}"
    if isinstance(part, list | tuple):
        return f"a {type(part).__name__} of {len(part)}"
    return "a number" if hasattr(part, "__float__") else described(part)
