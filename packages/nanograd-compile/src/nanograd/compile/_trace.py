"""A trace that can be trusted: the function is run twice, and has to do the same both times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from nanograd.compile._capture import captured_with_nodes
from nanograd.compile._chance import generators_of, states_of
from nanograd.compile._errors import TraceError
from nanograd.compile._program import ScalarProgram
from nanograd.compile._tracing import tracing
from nanograd.engine import ScalarValue, enable_grad


def traced(
    function: Callable[[], Any],
    name: str,
    parameters: Sequence[ScalarValue],
    inputs: Sequence[ScalarValue],
    *,
    plain: Sequence[ScalarValue] = (),
    runs: Sequence[Any] = (),
) -> tuple[ScalarProgram, list[ScalarValue]]:
    """Return what a function computes from leaves, as a program, and the nodes of its graph in order.

    Args:
        function: takes no arguments and returns one value.
        name: what to call it in messages.
        parameters: the leaves to differentiate for.
        inputs: the other leaves.
        plain: those of all leaves that stand for plain numbers.
        runs: what ``function`` calls, to be searched for generators of random numbers.

    Raises:
        TraceError: if it looks at a number, returns none that depends on the leaves, or draws random numbers.
    """
    leaves = [*parameters, *inputs]
    generators = generators_of(function, *runs)
    states = states_of(generators)
    results = []
    for _ in range(2):
        with enable_grad(), tracing(leaves, plain) as refused:
            result = function()
        if refused:  # and caught, so that the function went on in another way
            raise refused[0]
        if not isinstance(result, ScalarValue):
            raise TraceError(
                f"{name} is compiled for one number that depends on its arguments, and returned "
                f"{type(result).__name__}: {result!r:.80}"
            )
        results.append(captured_with_nodes(result, parameters, inputs))
    (first, _), (second, _) = results
    if not _equal(first, second) or states_of(generators) != states:
        raise TraceError(
            f"{name} does not do the same when it is called twice with the same numbers: it draws random "
            "numbers, as dropout does, or changes something outside of it. A program would do forever what "
            "the first call did. Draw them outside and give them as an argument."
        )
    return results[1]


def _equal(first: ScalarProgram, second: ScalarProgram) -> bool:
    return (
        first.operations == second.operations
        and np.array_equal(first.opcodes, second.opcodes)
        and np.array_equal(first.starts, second.starts)
        and np.array_equal(first.arguments, second.arguments)
        and repr(first.constants) == repr(second.constants)
    )
