"""Structures: arguments of a function as one vector of numbers, and back.

Lists, tuples, dicts and arrays are taken apart. Numbers are what changes from call to call; everything else,
such as a string, is a part of the structure. So are integers where they are wanted as they are, as indices.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.engine import FLOATS, NumberTypeError, ShapeError, as_number

Vector = npt.NDArray[np.float64]


def structure_of(tree: Any, *, integers: bool = False) -> Hashable:
    """Return what two trees have in common if they differ in their numbers only.

    >>> structure_of({"w": [1.0, 2.0]}) == structure_of({"w": [3.0, 4.0]})
    True
    >>> structure_of([1.0]) == structure_of([1.0, 2.0])
    False
    >>> structure_of([1, 2.0], integers=True) == structure_of([3, 2.0], integers=True)
    False

    Args:
        tree: nested lists, tuples, dicts and arrays of numbers.
        integers: whether integers are a part of the structure.

    Raises:
        NumberTypeError: if there is something in it that is none of all that.
    """
    kind = tree.__class__
    if kind is float:
        return None
    if isinstance(tree, list | tuple):
        return (kind, *[structure_of(item, integers=integers) for item in tree])
    if isinstance(tree, Mapping):
        return (kind, *[(key, structure_of(item, integers=integers)) for key, item in tree.items()])
    if is_fixed(tree, integers=integers):
        if isinstance(tree, np.ndarray):
            return (np.ndarray, tree.tobytes(), tree.shape, tree.dtype.str)
        return (int, int(tree)) if isinstance(tree, np.integer) else (kind, tree)
    if isinstance(tree, np.ndarray):
        return (np.ndarray, *tree.shape)
    if hasattr(tree, "_requires_grad"):
        raise NumberTypeError(
            f"a compiled function takes plain numbers and arrays, and got {tree!r}. Give it numbers, and ask "
            "value_and_grad() for the gradient."
        )
    as_number(tree, "an argument of a compiled function")
    return None


def is_fixed(item: Any, *, integers: bool) -> bool:
    """Return whether something that is no container is a part of the structure, and no number."""
    if isinstance(item, np.ndarray):
        return item.dtype.kind not in "fiuO" or (integers and item.dtype.kind in "iu")
    if item is None or isinstance(item, str | bytes | bool | np.bool_):
        return True
    return integers and isinstance(item, int | np.integer)


def vector_of(tree: Any, *, integers: bool = False) -> Vector:
    """Return the numbers of a tree as a vector.

    >>> vector_of({"w": [1.0, [2.0]], "b": 3})
    array([1., 2., 3.])
    """
    if isinstance(tree, np.ndarray) and not is_fixed(tree, integers=integers):
        return numbers_of(tree, "an argument").ravel()
    return numbers_of(list(_numbers(tree, integers)), "an argument")


def arrays_of(trees: Iterable[Any], *, integers: bool = False) -> list[Any]:
    """Return the numbers of each tree that has some, an array or a float as it is, any other as a vector.

    >>> arrays_of([[1.0, [2.0]], "mean", np.eye(1)])
    [array([1., 2.]), array([[1.]])]
    """
    found: list[Any] = []
    for tree in trees:
        if tree.__class__ is float:
            found.append(tree)
            continue
        if isinstance(tree, np.ndarray) and not is_fixed(tree, integers=integers):
            numbers = numbers_of(tree, "an argument")
        else:
            numbers = vector_of(tree, integers=integers)
        if numbers.size:
            found.append(numbers)
    return found


def shapes_of(trees: Mapping[str, Any], *, integers: bool = False) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tree that has numbers: if it is no array, that of the vector of its numbers.

    >>> shapes_of({"x": [[1.0, 2.0], [3.0, 4.0]], "w": {"a": [1.0], "b": 2.0}, "kind": "mean", "y": 1.0})
    {'x': (2, 2), 'w': (2,), 'y': ()}
    """
    found = {}
    for name, tree in trees.items():
        count = vector_of(tree, integers=integers).size
        if count:
            shape = _shape_of(tree, integers)
            found[name] = (count,) if shape is None else shape
    return found


def _shape_of(tree: Any, integers: bool) -> tuple[int, ...] | None:
    """Return the shape of lists of numbers that are all of one size, None of what is none."""
    if isinstance(tree, np.ndarray) and not is_fixed(tree, integers=integers):
        of_array: tuple[int, ...] = tree.shape
        return of_array
    if isinstance(tree, list | tuple):
        shapes = {_shape_of(item, integers) for item in tree}
        shape = shapes.pop() if len(shapes) == 1 else None
        return None if shape is None else (len(tree), *shape)
    return None if isinstance(tree, Mapping) or is_fixed(tree, integers=integers) else ()


def numbers_of(given: Any, what: str) -> Vector:
    """Return numbers of any kind that the engine takes as an array of floats, the largest as infinite ones.

    Args:
        given: an array, or nested lists.
        what: what it is, for messages.

    Raises:
        NumberTypeError: if there is something in it that is no real number.
        ShapeError: if lists have different sizes.
    """
    if given.__class__ is np.ndarray and given.dtype == np.float64:
        same: Vector = given
        return same
    try:
        array = np.asarray(given)
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"{what} has lists of different sizes: {error}") from error
    if array.dtype.kind in "fiub":
        return array.astype(np.float64, copy=False)
    numbers = [
        FLOATS.as_float(as_number(number, f"{what}{list(place) or ''}"))
        for place, number in zip(np.ndindex(array.shape), _items(given, array), strict=True)
    ]
    return np.array(numbers, dtype=np.float64).reshape(array.shape)


def _items(given: Any, array: np.ndarray[Any, Any]) -> list[Any]:
    """Return the numbers of nested lists as they were before NumPy made them alike."""
    if isinstance(given, np.ndarray):
        return given.ravel().tolist()
    return np.array(given, dtype=object).reshape(-1).tolist() if array.ndim else [given]


def _numbers(tree: Any, integers: bool) -> Iterator[Any]:
    if isinstance(tree, list | tuple):
        for item in tree:
            yield from _numbers(item, integers)
    elif isinstance(tree, Mapping):
        for item in tree.values():
            yield from _numbers(item, integers)
    elif not is_fixed(tree, integers=integers):
        if isinstance(tree, np.ndarray):
            yield from tree.ravel().tolist()
        else:
            yield tree


def replaced(tree: Any, replace: Callable[[Any], Any], *, integers: bool = False) -> Any:
    """Return the tree with ``replace(number)`` in place of each number.

    Arrays become arrays of objects; integers that are a part of the structure stay Python's.
    """
    if isinstance(tree, list):
        return [replaced(item, replace, integers=integers) for item in tree]
    if isinstance(tree, tuple):
        return _same_tuple(tree, [replaced(item, replace, integers=integers) for item in tree])
    if isinstance(tree, Mapping):
        return {key: replaced(item, replace, integers=integers) for key, item in tree.items()}
    if is_fixed(tree, integers=integers):
        return tree.tolist() if isinstance(tree, np.ndarray | np.integer) else tree
    if isinstance(tree, np.ndarray):
        new = np.empty(tree.shape, dtype=object)
        for place, number in zip(np.ndindex(tree.shape), tree.ravel().tolist(), strict=True):
            new[place] = replace(number)
        return new
    return replace(tree)


def rebuilt(tree: Any, vector: Vector) -> Any:
    """Return a tree of the same structure with the numbers of a vector; arrays become arrays of floats.

    >>> rebuilt({"w": [1, 2], "b": 3}, np.array([10.0, 20.0, 30.0]))
    {'w': [10.0, 20.0], 'b': 30.0}
    """
    if isinstance(tree, np.ndarray) and not is_fixed(tree, integers=False):
        return vector.reshape(tree.shape).copy()
    remaining = iter(vector.tolist())
    return _rebuilt(tree, remaining)


def _rebuilt(tree: Any, remaining: Iterator[float]) -> Any:
    if is_fixed(tree, integers=False):
        return tree
    if isinstance(tree, np.ndarray):
        return np.array([next(remaining) for _ in range(tree.size)]).reshape(tree.shape)
    if isinstance(tree, list):
        return [_rebuilt(item, remaining) for item in tree]
    if isinstance(tree, tuple):
        return _same_tuple(tree, [_rebuilt(item, remaining) for item in tree])
    if isinstance(tree, Mapping):
        return {key: _rebuilt(item, remaining) for key, item in tree.items()}
    return next(remaining)


def _same_tuple(tree: tuple[Any, ...], items: list[Any]) -> Any:
    return tree.__class__(*items) if hasattr(tree, "_fields") else tuple(items)
