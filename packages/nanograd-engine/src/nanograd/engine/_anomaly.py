"""Where do infinities and nan come from? Stopping at the first one, or finding it afterwards."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from nanograd.engine._errors import DomainError
from nanograd.engine._graph import topological_order
from nanograd.engine._identity_table import IdentityTable
from nanograd.engine._modes import MODE, Mode
from nanograd.engine._numbers import is_finite

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue

SOURCES: IdentityTable[ScalarValue, str] = IdentityTable()
"""The user's line, as ``train.py:41``, of each value that was computed under :func:`detect_anomaly`."""


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Stop at the first operation or gradient that is infinite or nan, with its place in the user's code.

    Operations that are not recorded, under ``no_grad()``, are not looked at. It remembers the line of every
    operation, which makes them several times slower, and is meant for finding mistakes, like
    `torch.autograd.detect_anomaly`_. It is a context manager and a decorator.

    >>> from nanograd.engine import ScalarValue, log
    >>> with detect_anomaly():
    ...     log(ScalarValue(-1.5, label="p"))
    Traceback (most recent call last):
    ...
    nanograd.engine.DomainError: log(-1.5) is nan (operand 'p' = -1.5; at ...

    Raises:
        DomainError: at the first value or gradient that is not finite; it names the operation, its operands,
            the label, the scope and the user's line.

    .. _torch.autograd.detect_anomaly: https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
    """
    mode = MODE.get()
    token = MODE.set(Mode(mode.recording, mode.scope, anomaly=True))
    try:
        yield
    finally:
        MODE.reset(token)


class NonFinite(NamedTuple):
    """The origin of an infinity or nan.

    Attributes:
        value: the first value that is not finite, or that sends one to a child in a backward pass.
        message: the operation with its operands, label, scope and, if known, the user's line.
    """

    value: ScalarValue
    message: str

    def __str__(self) -> str:
        return self.message


def why_nonfinite(value: ScalarValue) -> NonFinite | None:
    """Return where the infinities or nan of a graph begin; None if all its numbers and slopes are finite.

    The first value that is not finite although its operands are is the origin. If all values are finite, it
    is the first operation, on the way back from ``value``, with a derivative that is not.

    >>> from nanograd.engine import ScalarValue, log, sqrt
    >>> x = ScalarValue(0.0, label="x")
    >>> print(why_nonfinite(log(x) * 2 + 1))
    log(0.0) is -inf (operand 'x' = 0.0)
    >>> print(why_nonfinite(sqrt(x) * 2 + 1))
    the derivative of sqrt(0.0) for 'x' is inf (operand 'x' = 0.0)

    Args:
        value: the result of the graph.
    """
    order = topological_order(value)
    for node in order:
        if not is_finite(node._data):
            return NonFinite(node, f"{_call(node)} is {node._data}{_place(node)}")
    for node in reversed(order):
        for child, slope in zip(node.children, node.local_derivatives, strict=True):
            if slope is not None and not is_finite(slope):
                message = f"the derivative of {_call(node)} for {_name(child)} is {slope}{_place(node)}"
                return NonFinite(node, message)
    return None


def check_value(node: ScalarValue) -> None:
    """Remember the user's line of a new node, and refuse it if it is not finite; or show it who watches."""
    watcher = MODE.get().anomaly
    if callable(watcher):
        watcher(node)
        return
    SOURCES[node] = _user_line()
    if not is_finite(node._data):
        raise DomainError(
            f"{_call(node)} is {node._data}{_place(node)}. "
            f"detect_anomaly() is on; without it the result is {node._data}."
        )


def check_gradient(node: ScalarValue, child: ScalarValue, gradient: Any) -> None:
    """Refuse a gradient that a node sends to a child if it is not finite."""
    if not is_finite(gradient):
        raise DomainError(
            f"the gradient that {_call(node)} sends to {_name(child)} is {float(gradient)}{_place(node)}. "
            f"detect_anomaly() is on; without it the gradient is {float(gradient)}."
        )


def _call(node: ScalarValue) -> str:
    """Return the operation of a node with its operands' numbers: ``log(-1.5)``, ``1.0 / 0.0``."""
    numbers = [str(child._data) for child in node.children]
    if node._operation is None:
        return f"the leaf {_name(node)}"
    if node._operation.arity == 2 and not node._operation.symbol[0].isalpha():
        return f"{numbers[0]} {node._operation.symbol} {numbers[1]}"
    shown = numbers if len(numbers) <= 4 else [*numbers[:3], f"... {len(numbers) - 3} more"]
    return f"{node._operation.symbol}({', '.join(shown)})"


def _place(node: ScalarValue) -> str:
    """Return what is known of where a node was made, in parentheses."""
    known = [f"operand {child.label!r} = {child._data}" for child in node.children if child.label]
    known += [f"label {node.label!r}"] if node.label else []
    known += [f"in {str(node._scope)!r}"] if node._scope else []
    known += [f"at {SOURCES[node]}"] if node in SOURCES else []
    return f" ({'; '.join(known)})" if known else ""


def _name(value: ScalarValue) -> str:
    return repr(value.label) if value.label else repr(value)


def _user_line() -> str:
    """Return the file and line of the innermost frame that is not nanograd's."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nanograd."):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"  # noqa: PTH119 - pathlib imports slowly
