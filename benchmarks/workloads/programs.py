"""nanograd's side of every workload: a graph becomes a program that takes arrays.

It is ``compile_graph`` where there is one, and the flat tape where there is not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from nanograd.compile import capture
from nanograd.compile._simplify import simplify
from nanograd.compile._tape import Tape
from nanograd.engine import ScalarValue

try:
    from nanograd.compile import compile_graph
except ImportError:
    compile_graph = None

Program = Callable[..., tuple[float, np.ndarray]]


def program_of(
    loss: ScalarValue,
    parameters: Sequence[ScalarValue],
    inputs: Mapping[str, Any] | None = None,
    *,
    batch: bool = False,
) -> Program:
    """Return a function of the parameters and the inputs' arrays that gives the loss and its gradient.

    With ``batch`` the graph is that of one sample; arrays then have a first axis of samples, and the result
    is the mean over them.
    """
    named = dict(inputs or {})
    if compile_graph is not None:
        options = {"batch": True} if batch else {}
        program = compile_graph(loss, parameters=parameters, inputs=named, **options)
        return program.value_and_grad
    tape = tape_of(loss, parameters, named)

    def one(numbers: np.ndarray, **arrays: Any) -> tuple[float, np.ndarray]:
        return tape.value_and_grad(numbers, _in_one(arrays))

    def mean(numbers: np.ndarray, **arrays: Any) -> tuple[float, np.ndarray]:
        samples = [
            one(numbers, **dict(zip(arrays, sample, strict=True)))
            for sample in zip(*arrays.values(), strict=True)
        ]
        values, gradients = zip(*samples, strict=True)
        return sum(values) / len(values), np.mean(gradients, axis=0)

    return mean if batch else one


def tape_of(
    loss: ScalarValue, parameters: Sequence[ScalarValue], inputs: Mapping[str, Any] | None = None
) -> Tape:
    """Return the graph on the flat tape."""
    leaves = [leaf for values in (inputs or {}).values() for leaf in _flat(values)]
    return Tape(simplify(capture(loss, parameters=parameters, inputs=leaves)))


def _in_one(arrays: Mapping[str, Any]) -> np.ndarray:
    parts = [np.ravel(array) for array in arrays.values()]
    return np.concatenate(parts) if parts else np.zeros(0)


def _flat(values: Any) -> list[ScalarValue]:
    return (
        [leaf for value in values for leaf in _flat(value)] if isinstance(values, list | tuple) else [values]
    )
