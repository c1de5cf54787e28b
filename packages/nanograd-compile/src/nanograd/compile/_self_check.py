"""The self-check: every compiled program is held against its graph before anybody gets it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile._compiled_program import CompiledProgram
from nanograd.compile._errors import CompileError
from nanograd.compile._interpreter import Interpreter
from nanograd.compile._native_kernel import is_native
from nanograd.compile._own_inputs import inputs_of, told_apart
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.compile._rounding import moved_by_rounding
from nanograd.engine import FLOATS, ScalarValue

TOLERANCE = 1e-9
"""Relative to the number, or for a gradient to the largest one; a wrong program is wrong in the first digits.

Sums are added in another order than in the graph. Where large terms cancel, more digits differ, and then what
rounding moves the number by, as ``_rounding.py`` measures it, is added: :data:`MARGIN` times, as it is
measured by chance, and :data:`MOST` at most, as a check that lets everything pass is none."""

MARGIN = 4.0

MOST = 1e-3
"""Relative to the number, as the tolerance."""

Vector = npt.NDArray[np.float64]


def self_check(
    compiled: CompiledProgram,
    captured: ScalarProgram,
    order: Sequence[ScalarValue],
    parameters: Sequence[ScalarValue],
    leaves: Sequence[ScalarValue],
    worst_node: Callable[[Vector, Vector], str] = lambda p, x: "",
) -> None:
    """Run a compiled program on the numbers of the graph's leaves, and compare value and gradient.

    Args:
        compiled: the program.
        captured: the graph as it was captured.
        order: its nodes, in the order of the captured program.
        parameters: its parameters.
        leaves: all inputs, in order.
        worst_node: finds where the values of the two come apart, and says it in a sentence.

    Raises:
        CompileError: if they differ; it names the parameter, and the node, where they do so most.
    """
    p = np.array([FLOATS.as_float(parameter.data) for parameter in parameters])
    x = np.array([FLOATS.as_float(leaf.data) for leaf in leaves])
    if compiled.batched:
        x = x[None]
    inputs = inputs_of(compiled.inputs, batched=compiled.batched)
    value, gradient = compiled.value_and_grad(p, *told_apart(x, inputs))
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    found = gradient[[parameter.requires_grad for parameter in parameters]]
    expected = _gradient(captured, order)
    if expected is not None and _close(value, FLOATS.as_float(order[-1].data), 1.0):
        expected = expected[[parameter.requires_grad for parameter in parameters]]
        if _all_close(found, expected):
            return
    # The graph may be older than the numbers of its leaves, or recorded without gradients.
    reference, slopes = Interpreter(captured).value_and_grad(p, x.reshape(-1))
    slopes = slopes[[parameter.requires_grad for parameter in parameters]]
    if _close(value, reference, 1.0) and _all_close(found, slopes):
        return
    moved, moved_slopes = moved_by_rounding(captured, p, x.reshape(-1))
    moved_slopes = moved_slopes[[parameter.requires_grad for parameter in parameters]]
    if not _close(value, reference, 1.0, moved):
        difference = f"computes {value!r} where the graph has {reference!r}"
        unclear = MARGIN * moved > MOST * max(abs(reference), 1.0)
    elif not _all_close(found, slopes, moved_slopes):
        errors = np.abs(found - slopes)
        worst = int(np.argmax(np.where(np.isnan(errors), np.inf, errors)))
        name = repr(trained[worst].label) if trained[worst].label else f"number {worst}"
        difference = (
            f"computes the derivative {float(found[worst])!r} for parameter {name} where the graph has "
            f"{float(slopes[worst])!r}"
        )
        moved = float(moved_slopes[worst])
        unclear = MARGIN * moved > MOST * _scale(slopes)
    else:
        return
    cause = "This is a bug of nanograd-compile"
    own = [repr(operation.symbol) for operation in captured.operations if not is_native(operation)]
    if own:
        cause += (
            f", or of an operation of your own ({', '.join(own)}), which has to compute the same for single "
            "numbers and for arrays, value and partial derivatives"
        )
    if unclear:
        cause = (
            f"At these numbers rounding alone moves it by {moved:.0e}, which is too much to say whether the "
            "program is right: compile the graph with other numbers in its leaves"
        )
    raise CompileError(
        f"the compiled program {difference}. {worst_node(p, x)}{cause}; the program was\n{compiled.source}"
    )


def _gradient(captured: ScalarProgram, order: Sequence[ScalarValue]) -> Vector | None:
    """Return the gradient of the parameters by the partial derivatives that the graph recorded.

    None if it recorded none, or if they are integers too large for a float.
    """
    if not order[-1].requires_grad:
        return None
    starts, arguments = captured.starts.tolist(), captured.arguments.tolist()
    adjoints: list[Any] = [None] * len(order)
    adjoints[-1] = 1.0
    try:
        for position in range(len(order) - 1, -1, -1):
            adjoint = adjoints[position]
            if adjoint is None:
                continue
            node, place = order[position], starts[position]
            # The slots and not `local_derivatives`: this loop is a sixth of compiling a deep graph.
            many = node._x_partial.__class__ is tuple
            for partial in node._x_partial if many else (node._x_partial, node._y_partial):
                if partial is not None:
                    argument = arguments[place]
                    earlier = adjoints[argument]
                    adjoints[argument] = partial * adjoint if earlier is None else earlier + partial * adjoint
                place += 1
        gradient = np.zeros(captured.parameters)
        for position in np.flatnonzero(captured.opcodes == LeafKind.PARAMETER).tolist():
            gradient[arguments[starts[position]]] = adjoints[position] or 0.0
    except OverflowError:
        return None
    return gradient


def _close(found: float, expected: float, scale: float, moved: float = 0.0) -> bool:
    if math.isnan(expected) or math.isinf(expected):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    scale = max(abs(expected), scale)
    return abs(found - expected) <= TOLERANCE * scale + min(MARGIN * moved, MOST * scale)


def _all_close(found: Vector, expected: Vector, moved: float | Vector = 0.0) -> bool:
    scale = _scale(expected)
    tolerance = TOLERANCE * scale + np.minimum(MARGIN * moved, MOST * scale)
    return bool(np.isclose(found, expected, rtol=TOLERANCE, atol=tolerance, equal_nan=True).all())


def _scale(gradient: Vector) -> float:
    """Return the largest derivative, 1 at least."""
    finite = np.abs(gradient[np.isfinite(gradient)])
    return max(float(finite.max()) if len(finite) else 0.0, 1.0)
