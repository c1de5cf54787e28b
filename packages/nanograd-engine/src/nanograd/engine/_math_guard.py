"""Refusing ``math.exp(x)``, which would silently take a number out of its graph.

``float(x)`` says that a plain number is wanted. ``math.exp(x)`` looks like a part of the calculation, and
gets the number by the same ``__float__``, so that no gradient would flow through it. The two differ only in
the function that the user's code is calling at that moment, which the running instruction tells.
"""

from __future__ import annotations

import math
import sys
from types import CodeType, FrameType, ModuleType
from typing import Any

from nanograd.engine._errors import GraphError

# They answer yes or no, and a yes or no has no gradient.
_PREDICATES = {math.isnan, math.isinf, math.isfinite, math.isclose}

# How each place that was looked at names the function that it calls, such as ("math", "exp").
_CALLED: dict[tuple[CodeType, int], tuple[str, ...]] = {}

# The engine's counterparts of functions that have another name in `math`, or none.
_INSTEAD = {"fsum": "sum_(values)", "pow": "x ** y", "dist": "sqrt(sum_(...))", "gamma": "", "lgamma": ""}


def refuse_math_functions() -> None:
    """Raise if the caller of ``__float__`` is calling a function of the module ``math``.

    Raises:
        GraphError: it names the function and what to call instead.
    """
    frame = sys._getframe(2)
    place = (frame.f_code, frame.f_lasti)
    if place not in _CALLED:
        _CALLED[place] = _called_name(frame)
    function = _resolved(_CALLED[place], frame)
    if getattr(function, "__module__", None) == "math" and function not in _PREDICATES:
        name = function.__name__
        instead = _INSTEAD.get(name, f"nanograd.engine.{name}(x)")
        choice = f"Use {instead}, or" if instead else "Use"
        raise GraphError(
            f"math.{name}() would return a number without a history, and no gradient would flow through it. "
            f"{choice} the .data of the values to compute with plain numbers."
        )


def _called_name(frame: FrameType) -> tuple[str, ...]:
    """Return the name of the function that a frame is calling, and of the modules it is taken from."""
    import dis  # only at the first conversion from each place

    positions = list(frame.f_code.co_positions())
    call = positions[frame.f_lasti // 2]
    names: tuple[str, ...] = ()
    if call[0] is None or call[2] is None:
        return names  # Python was started without positions
    for instruction in dis.get_instructions(frame.f_code):
        position = positions[instruction.offset // 2]
        if (position[0], position[2]) != (call[0], call[2]) or instruction.offset > frame.f_lasti:
            continue
        # The function's name, or a module's name and then its attribute, begin where the call begins.
        if instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and names:
            names = (*names, str(instruction.argval))
        elif instruction.opname.startswith(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_FAST")):
            name = instruction.argval[0] if isinstance(instruction.argval, tuple) else instruction.argval
            names = (str(name),)
    return names


def _resolved(names: tuple[str, ...], frame: FrameType) -> Any:
    """Return what the names stand for in a frame: a function, or an attribute of a module."""
    if not names:
        return None
    found: Any = frame.f_locals.get(names[0], frame.f_globals.get(names[0]))
    for attribute in names[1:]:
        found = getattr(found, attribute, None) if isinstance(found, ModuleType) else None
    return found
