"""Tracing: a function runs once on values that say no when somebody looks at their numbers.

What a function does may not depend on the numbers, or the recorded steps would be those for the numbers of
the trace only. Every value that is computed from traced ones is a traced one itself: the engine shows each
to a watcher as it is recorded.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import numpy as np
from nanograd.compile._errors import TraceError
from nanograd.compile._traced_operations import (
    BOTH,
    DETACH,
    EITHER,
    EQUAL,
    GREATER,
    GREATER_EQUAL,
    LESS,
    LESS_EQUAL,
    NOT_EQUAL,
)
from nanograd.engine import Operation, ScalarValue, watch
from nanograd.engine._modes import MODE

_CURE = (
    "A compiled function runs the same steps for every input: use where(condition, a, b), maximum or relu "
    "for a choice between numbers, detach() for a number without gradient, or compute it outside."
)

# Softmax and its logarithm subtract the largest number of a row, which changes nothing but rounding. In a
# trace it is taken to be 0: then nothing is subtracted, and all rows are alike.
_SHIFTING = {"nanograd.engine._reductions", "nanograd.nn._softmax"}

_NUMBER: Any = ScalarValue._data  # type: ignore[misc]  # the slot itself, which the class below hides


class TracedValue(ScalarValue):
    """A value during a trace: it can be computed with and not looked at."""

    __slots__ = ()
    __hash__ = object.__hash__

    @property
    def _data(self) -> Any:
        mode = MODE.get()
        if not mode.recording:
            _refuse("no_grad() gives plain numbers")
        if mode.anomaly.__class__ is not _Marking:
            _refuse("detect_anomaly(), watch() or another thread computes out of sight of the trace")
        return _NUMBER.__get__(self)

    @_data.setter
    def _data(self, number: Any) -> None:
        _NUMBER.__set__(self, number)

    @property
    def data(self) -> NoReturn:
        """Refused."""
        _refuse("`.data` gives the number of a traced value")

    @data.setter
    def data(self, number: Any) -> NoReturn:  # noqa: ARG002 - refused, whatever it is
        _refuse("`.data` gives a new number to a traced value")

    @property
    def grad(self) -> NoReturn:
        """Refused."""
        _refuse("`.grad` gives the gradient of a traced value")

    @grad.setter
    def grad(self, gradient: Any) -> NoReturn:  # noqa: ARG002 - refused, whatever it is
        _refuse("`.grad` gives a new gradient to a traced value")

    @property
    def local_derivatives(self) -> NoReturn:
        """Refused."""
        _refuse("grad() computes gradients from the numbers of traced values")

    def item(self) -> NoReturn:
        """Refused."""
        _refuse("item() gives the number of a traced value")

    def backward(self, *arguments: Any, **named: Any) -> NoReturn:  # noqa: ARG002 - refused in any form
        """Refused."""
        _refuse("backward() computes gradients from the numbers of traced values")

    def detach(self) -> ScalarValue:
        """Return the same number as far as gradients are concerned constant."""
        return _applied(DETACH, self)

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        if _is_where(frame):
            if callable(frame.f_locals["x"]) or callable(frame.f_locals["y"]):
                _refuse("where() with a function as a branch calls the one that a traced condition chooses")
            return True  # both are values: where() records the choice and takes no notice of this
        return _refuse(
            "`if`, `and`, `or`, `not`, min(), max() or sorted() needs the value of a traced number"
        )

    def __float__(self) -> float:
        if sys._getframe(1).f_globals.get("__name__") in _SHIFTING:
            return 0.0
        return _refuse("float() or a function of `math` needs the value of a traced number")

    def __int__(self) -> NoReturn:
        _refuse("int() needs the value of a traced number")

    def __index__(self) -> NoReturn:  # noqa: PLE0305 - nor anything else
        _refuse(
            "an index, a size or range() needs the value of a traced number, which `static` arguments have"
        )

    def __invert__(self) -> NoReturn:
        _refuse("~ needs the value of a traced number, and of a condition 1 - condition is the opposite")

    def __repr__(self) -> str:
        return "<a traced value>"

    def __format__(self, how: str) -> str:
        return repr(self) if not how else _refuse("format() needs the value of a traced number")

    def __lt__(self, other: Any) -> Any:
        return _applied(LESS, self, other)

    def __le__(self, other: Any) -> Any:
        return _applied(LESS_EQUAL, self, other)

    def __gt__(self, other: Any) -> Any:
        return _applied(GREATER, self, other)

    def __ge__(self, other: Any) -> Any:
        return _applied(GREATER_EQUAL, self, other)

    def __eq__(self, other: object) -> Any:
        return _applied(EQUAL, self, other)

    def __ne__(self, other: object) -> Any:
        return _applied(NOT_EQUAL, self, other)

    def __and__(self, other: Any) -> Any:
        return _applied(BOTH, self, _as_condition(other))

    def __or__(self, other: Any) -> Any:
        return _applied(EITHER, self, _as_condition(other))

    def __xor__(self, other: Any) -> Any:
        return _applied(NOT_EQUAL, self, _as_condition(other))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__


class TracedNumber(TracedValue):
    """A value that stands for a plain number, and so do those that are computed from such ones alone.

    Sets and dicts look plain numbers up by their values.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        if not sys._getframe(1).f_globals.get("__name__", "").startswith("nanograd."):
            _refuse("a set, a dict or hash() needs the value of a traced number")
        return object.__hash__(self)


class _Marking:
    """Makes what is computed from traced values traced, and remembers what was refused."""

    def __init__(self) -> None:
        self.recorded: list[ScalarValue] = []
        self.refused: list[TraceError] = []

    def __call__(self, node: ScalarValue) -> None:
        kinds = [child.__class__ for child in node.children if isinstance(child, TracedValue)]
        if kinds:
            node.__class__ = TracedNumber if all(kind is TracedNumber for kind in kinds) else TracedValue
            self.recorded.append(node)


ONE_AT_A_TIME = threading.RLock()
"""Held while leaves are traced: two threads may compile with the parameters of one model."""

_TRACED_CLASSES: dict[type, type] = {ScalarValue: TracedValue}


@contextmanager
def tracing(leaves: Sequence[ScalarValue], plain: Sequence[ScalarValue] = ()) -> Iterator[list[TraceError]]:
    """Make the leaves and everything that is computed from them traced, until the end of the block.

    Args:
        leaves: they are of their own classes again afterwards, and so is what was computed.
        plain: those of them that stand for plain numbers.

    Yields:
        The errors of the block so far, also those that are caught in it.

    Raises:
        TraceError: inside, where something looks at a number.
    """
    marking = _Marking()
    with ONE_AT_A_TIME:
        classes = [type(leaf) for leaf in leaves]
        try:
            for leaf in leaves:
                leaf.__class__ = _traced_class(type(leaf))
            for leaf in plain:
                leaf.__class__ = TracedNumber
            with watch(marking):
                yield marking.refused
        finally:
            for leaf, kind in zip(leaves, classes, strict=True):
                leaf.__class__ = kind
            for node in marking.recorded:
                node.__class__ = ScalarValue


def _traced_class(kind: type[ScalarValue]) -> type[ScalarValue]:
    if issubclass(kind, TracedValue):  # a trace inside of another one
        return kind
    if kind not in _TRACED_CLASSES:
        _TRACED_CLASSES[kind] = type(f"Traced{kind.__name__}", (TracedValue, kind), {"__slots__": ()})
    return _TRACED_CLASSES[kind]


def _applied(operation: Operation, *operands: Any) -> ScalarValue:
    """Record an operation that is not one of the engine's table."""
    values = [
        operand if isinstance(operand, ScalarValue) else ScalarValue(operand, requires_grad=False)
        for operand in operands
    ]
    return values[0]._unary(operation) if len(values) == 1 else values[0]._binary(operation, values[1])


def _is_where(frame: FrameType) -> bool:
    return frame.f_code.co_name == "where" and frame.f_globals.get("__name__") == "nanograd.engine._steps"


def _as_condition(other: Any) -> Any:
    return int(other) if isinstance(other, bool | np.bool_) else other


def _refuse(what: str) -> NoReturn:
    error = TraceError(f"{what} ({_user_line()}). {_CURE}")
    watcher = MODE.get().anomaly
    # nanograd.nn leaves out checks of what it may not see; whoever else catches this goes another way.
    if isinstance(watcher, _Marking) and not _asked_by().startswith("nanograd.nn."):
        watcher.refused.append(error)
    raise error


def _asked_by() -> str:
    """Return the name of the module that looked at a number."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    name: str = frame.f_globals.get("__name__", "")
    return name


def _user_line() -> str:
    """Return the file and line of the innermost frame that is not nanograd's."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nanograd."):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"  # noqa: PTH119 - as in the engine
