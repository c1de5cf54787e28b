"""Chance: the generators of random numbers that a function can reach, and whether it has drawn from them.

A function that draws random numbers may do the same by chance when it is called twice: a dropout of 1 %
mostly leaves out nothing. The state of a generator tells for certain.
"""

from __future__ import annotations

import random
import sys
import types
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from nanograd.engine import ScalarValue


def generators_of(*roots: Any) -> list[random.Random | np.random.Generator]:
    """Return the generators that objects have or that their code names, in other functions too.

    >>> rng = random.Random(0)
    >>> generators_of(lambda x: x * rng.random()) == [rng]
    True

    Args:
        roots: functions, models, and what else is run.
    """
    found: list[random.Random | np.random.Generator] = []
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, random.Random | np.random.Generator):
            found.append(item)
        else:
            waiting.extend(_reached_from(item))
    return found


def states_of(generators: Iterable[random.Random | np.random.Generator]) -> list[Any]:
    """Return where generators are in their sequences, and those that Python and NumPy have for everybody.

    Args:
        generators: what :func:`generators_of` found.
    """
    own = [
        each.bit_generator.state if isinstance(each, np.random.Generator) else _state(each)
        for each in generators
    ]
    of_numpy = np.random.get_state()  # noqa: NPY002 - what the user draws from, not this package
    return [repr(state) for state in (random.getstate(), of_numpy, *own)]


def _state(generator: random.Random) -> Any:
    try:
        return generator.getstate()
    except NotImplementedError:  # it draws from the operating system
        return None


_LIBRARIES = sys.stdlib_module_names | {"numpy"}
"""Their own code draws from nothing but the generators of everybody, and leads to everything."""


def _reached_from(item: Any) -> Iterable[Any]:
    if isinstance(item, types.FunctionType | type) and _package_of(item) in _LIBRARIES:
        return ()
    if isinstance(item, types.FunctionType):
        cells = [cell.cell_contents for cell in item.__closure__ or () if _is_filled(cell)]
        return [*cells, *_named_by(item.__code__, item.__globals__)]
    if isinstance(item, types.MethodType):
        return (item.__func__, item.__self__)
    if isinstance(item, types.BuiltinMethodType):
        return (item.__self__,)
    if isinstance(item, partial):
        return (item.func, *item.args, *item.keywords.values())
    if isinstance(item, Mapping):
        return item.values()
    if isinstance(item, list | tuple | set | frozenset):
        return [each for each in item if not isinstance(each, ScalarValue | float | int | str)]
    if isinstance(item, property):
        return (item.fget,)
    if isinstance(item, staticmethod | classmethod):
        return (item.__func__,)
    if isinstance(item, type):
        return [*item.__bases__, *vars(item).values()]
    if isinstance(item, types.ModuleType | ScalarValue | np.ndarray):
        return ()
    own = getattr(item, "__dict__", None)
    return (type(item), *own.values()) if isinstance(own, dict) else (type(item),)


def _package_of(item: Any) -> str:
    return str(item.__module__).partition(".")[0]


def _named_by(code: types.CodeType, scope: Mapping[str, Any]) -> list[Any]:
    """Return what code names of its module, and the functions that are written inside of it."""
    found = [scope[name] for name in code.co_names if name in scope]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.extend(_named_by(constant, scope))
    return found


def _is_filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - to look is to ask: an empty cell raises
    except ValueError:
        return False
    return True
