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

# The calls that were looked at, and the function of `math` that reaches `__float__` from there, if one does.
_KNOWN: dict[tuple[CodeType, int], str | None] = {}


def refuse_math_functions() -> None:
    """Raise if the caller of ``__float__`` is calling a function of the module ``math``.

    Raises:
        GraphError: it names the function and what to call instead.
    """
    frame = sys._getframe(2)
    call = (frame.f_code, frame.f_lasti)
    if call not in _KNOWN:
        _KNOWN[call] = _called_math_function(frame)
    name = _KNOWN[call]
    if name is not None:
        raise GraphError(
            f"math.{name}() would return a number without a history, and no gradient would flow through it. "
            f"Use nanograd.engine.{name}(x) or x.{name}(), where there is one, or math.{name}(x.data) to "
            "compute with the plain number."
        )


def _called_math_function(frame: FrameType) -> str | None:
    """Return the name of the function of ``math`` that a frame is calling, if it is."""
    import dis  # only at the first conversion from each place

    positions = list(frame.f_code.co_positions())
    call = positions[frame.f_lasti // 2]
    if call[0] is None or call[2] is None:
        return None  # Python was started without positions
    function: Any = None
    for instruction in dis.get_instructions(frame.f_code):
        position = positions[instruction.offset // 2]
        if (position[0], position[2]) != (call[0], call[2]) or instruction.offset > frame.f_lasti:
            continue
        # The function's name, or a module's name and then its attribute, begin where the call begins.
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_FAST"}:
            function = frame.f_locals.get(instruction.argval, frame.f_globals.get(instruction.argval))
        elif instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(function, ModuleType):
            function = getattr(function, instruction.argval, None)
    if getattr(function, "__module__", None) == "math" and function not in _PREDICATES:
        return str(function.__name__)
    return None
