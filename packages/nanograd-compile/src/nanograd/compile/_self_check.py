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
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.engine import FLOATS, ScalarValue

TOLERANCE = 1e-9
"""Relative to the number, or for a gradient to the largest one. Sums are added in another order than in the
graph, and where large terms cancel the last digits differ; a wrong program is wrong in the first digits."""

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
    value, gradient = compiled.run(p, x)
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
    difference = None
    if not _close(value, reference, 1.0):
        difference = f"computes {value!r} where the graph has {reference!r}"
    elif not _all_close(found, slopes):
        errors = np.abs(found - slopes)
        worst = int(np.argmax(np.where(np.isnan(errors), np.inf, errors)))
        name = repr(trained[worst].label) if trained[worst].label else f"number {worst}"
        difference = (
            f"computes the derivative {float(found[worst])!r} for parameter {name} where the graph has "
            f"{float(slopes[worst])!r}"
        )
    if difference is not None:
        raise CompileError(
            f"the compiled program {difference}. {worst_node(p, x)}This is a bug of nanograd-compile; "
            f"the program was\n{compiled.source}"
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
            start = starts[position]
            for place, partial in enumerate(order[position].local_derivatives, start):
                if partial is not None:
                    argument = arguments[place]
                    earlier = adjoints[argument]
                    adjoints[argument] = partial * adjoint if earlier is None else earlier + partial * adjoint
        gradient = np.zeros(captured.parameters)
        for position in np.flatnonzero(captured.opcodes == LeafKind.PARAMETER).tolist():
            gradient[arguments[starts[position]]] = adjoints[position] or 0.0
    except OverflowError:
        return None
    return gradient


def _close(found: float, expected: float, scale: float) -> bool:
    if math.isnan(expected) or math.isinf(expected):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    return abs(found - expected) <= TOLERANCE * max(abs(expected), scale)


def _all_close(found: Vector, expected: Vector) -> bool:
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(float(finite.max()) if len(finite) else 0.0, 1.0)
    return bool(np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True))
