"""compile_graph: from a graph that exists to a program."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from nanograd.compile._analysis import Analysis, analyze
from nanograd.compile._array_program import ArrayProgram, Shape
from nanograd.compile._capture import captured_with_nodes
from nanograd.compile._compiled_program import CompiledProgram
from nanograd.compile._cost_model import MOST_CLASSES, Executor, choose
from nanograd.compile._emission import Source, emit, emit_tape
from nanograd.compile._errors import CaptureError
from nanograd.compile._folding import folded
from nanograd.compile._lowering import lower
from nanograd.compile._names import identifier, namer
from nanograd.compile._own_inputs import inputs_of, with_own_inputs
from nanograd.compile._partition import Partition
from nanograd.compile._program import Indices, ScalarProgram
from nanograd.compile._report import report
from nanograd.compile._reroll import Rerolled, reroll
from nanograd.compile._self_check import self_check
from nanograd.compile._tape import Tape
from nanograd.compile._tape_program import TapeProgram
from nanograd.compile._worst_node import worst_node
from nanograd.engine import ArgumentError, ScalarValue

Inputs: TypeAlias = Any
"""Leaves by name, each a ScalarValue or lists of them of any depth; lists alone are one input, ``x``."""


def compile_graph(
    root: ScalarValue,
    parameters: Iterable[ScalarValue],
    inputs: Inputs = None,
    *,
    batch: bool = False,
    executor: Executor | None = None,
) -> CompiledProgram:
    """Return the program that computes ``root`` and its derivatives for the parameters, over NumPy arrays.

    The numbers of the leaves that are neither parameters nor inputs become part of the program. It is checked
    against the graph before it is returned: its value and its gradient for the numbers that the leaves have.

    >>> from nanograd.engine import ScalarValue
    >>> w = [ScalarValue(2.0), ScalarValue(-1.0)]
    >>> x = [ScalarValue(3.0), ScalarValue(4.0)]
    >>> loss = (w[0] * x[0] + w[1] * x[1] - 1.0) ** 2
    >>> program = compile_graph(loss, parameters=w, inputs={"x": x})
    >>> program.value_and_grad([2.0, -1.0], x=[3.0, 4.0])
    (1.0, array([6., 8.]))

    Args:
        root: the result of the graph.
        parameters: the leaves to differentiate for, in the order in which the program takes them.
        inputs: leaves that change from call to call.
        batch: whether the graph is that of one sample. The program then takes inputs with a first axis of
            samples, and returns the mean of their results, and its gradient.
        executor: ``"arrays"`` for a source to read, also where the tape is faster; ``"tape"`` for the tape;
            ``"mixed"`` for arrays first and the tape for what is not regular, if the graph has both parts;
            the fastest one, by a cost model, if left out.

    Raises:
        ArgumentError: if there is no such executor, or no two parts of the graph to mix.
        CaptureError: if a parameter or input was computed, or is given twice.
        CompileError: if the program does not compute what the graph does, which is a bug; it names the node.
    """
    if executor not in {None, "arrays", "tape", "mixed"}:
        raise ArgumentError(f'compile_graph(executor) is "arrays", "tape" or "mixed" and got {executor!r}')
    if isinstance(parameters, ScalarValue):
        raise CaptureError(f"parameters are a list of ScalarValues, and got ScalarValue: [{parameters!r}]")
    parameters = list(parameters)
    shapes, leaves = _flattened(inputs)
    with without_collecting():
        captured, order = captured_with_nodes(root, parameters, leaves)
    return compile_captured(order, captured, parameters, leaves, shapes, batch=batch, executor=executor)


def compile_captured(
    order: Sequence[ScalarValue],
    captured: ScalarProgram,
    parameters: Sequence[ScalarValue],
    leaves: Sequence[ScalarValue],
    shapes: dict[str, tuple[int, ...]],
    *,
    batch: bool,
    executor: Executor | None = None,
) -> CompiledProgram:
    """Return what :func:`compile_graph` does, for a graph that was captured already.

    Args:
        order: the nodes of the graph, in the order of the program.
        captured: the graph as a program.
        parameters: its parameters.
        leaves: the leaves of all inputs, in order.
        shapes: the shape of each input.
        batch: whether the graph is that of one sample.
        executor: what is to run it; the faster one if left out.
    """
    with without_collecting():
        analysis = analyze(captured, None if executor == "arrays" else MOST_CLASSES)
        choice = choose(analysis, batched=batch, executor=executor)
        arrays = None if choice.executor == "tape" else _arrays(analysis, choice.parts, shapes, batch=batch)
        if arrays is None:
            on_tape = TapeProgram(analysis.program, batched=batch and bool(shapes))
            constants: dict[str, Any] = {"tape": on_tape}
            tape: Tape | None = on_tape.tape
        else:
            constants = arrays.source.constants
            tape = constants.get("tape")
        compiled = CompiledProgram(
            source=emit_tape(inputs_of(shapes, batched=batch)) if arrays is None else arrays.source.text,
            parameters=len(parameters),
            inputs=shapes,
            batched=batch,
            constants=constants,
            frozen=_frozen(parameters),
            samples_at_once=None if arrays is None or not batch else arrays.samples_at_once,
            facts=report(
                len(captured),
                analysis,
                choice,
                None if arrays is None else arrays.program,
                0 if arrays is None else len(arrays.value.statements),
                tape,
            ),
        )
        if arrays is None:
            self_check(compiled, captured, order, parameters, leaves)
        else:
            find = partial(worst_node, analysis, arrays.rerolled, arrays.value)
            self_check(compiled, captured, order, parameters, leaves, find)
    return compiled


_ELEMENTS_AT_ONCE = 2**19
"""So many numbers, 4 MB, stay in a processor's cache from one statement to the next."""

_FEWEST_SAMPLES = 256


class _Arrays(NamedTuple):
    rerolled: Rerolled
    program: ArrayProgram
    value: ArrayProgram
    source: Source
    samples_at_once: int


def _arrays(
    analysis: Analysis, parts: Partition | None, shapes: Mapping[str, Shape], *, batch: bool
) -> _Arrays:
    program, sums, classes, _ = analysis
    names = namer(program, sums, classes)
    if parts is None:
        rerolled = reroll(program, sums, classes, names, batched=batch)
    else:
        rerolled = reroll(
            program,
            sums,
            classes,
            names,
            batched=batch,
            left_out=parts.left_out,
            boundary=parts.boundary,
        )
    root_class, root_place = int(classes.of[-1]), int(rerolled.positions[-1])
    whole, forward = (
        with_own_inputs(folded(lower(rerolled, root_class, root_place, gradient=gradient)), shapes)
        for gradient in (True, False)
    )
    source = emit({"value_and_grad": whole, "value": forward})
    if parts is not None:
        source.constants["tape"] = Tape(parts.tape)
    each = sum(array.size for array in rerolled.arrays if array.batched)
    return _Arrays(
        rerolled,
        whole,
        forward,
        source,
        max(_FEWEST_SAMPLES, _ELEMENTS_AT_ONCE // max(each, 1)),
    )


def _frozen(parameters: Sequence[ScalarValue]) -> Indices | None:
    """Return the slots of the parameters that have no gradient, None if all have one."""
    frozen = [slot for slot, parameter in enumerate(parameters) if not parameter.requires_grad]
    return np.array(frozen, dtype=np.int64) if frozen else None


@contextmanager
def without_collecting() -> Iterator[None]:
    """Put the garbage collector off: it would look through all nodes of the graph, again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _flattened(inputs: Inputs) -> tuple[dict[str, tuple[int, ...]], list[ScalarValue]]:
    """Return the shape of each input, and all leaves."""
    if inputs is None:
        return {}, []
    named = inputs if isinstance(inputs, Mapping) else {"x": inputs}
    shapes = {}
    leaves: list[ScalarValue] = []
    for name, given in named.items():
        if not isinstance(name, str) or identifier(name) != name:
            raise CaptureError(f"an input's name is a Python name, and {name!r} is none")
        shapes[name] = _append(given, name, leaves)
    return shapes, leaves


def _append(given: Any, name: str, leaves: list[ScalarValue]) -> tuple[int, ...]:
    """Append the leaves of nested lists, and return their shape."""
    if isinstance(given, ScalarValue):
        leaves.append(given)
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise CaptureError(
            f"input {name!r} has a {type(given).__name__} in place of a ScalarValue: {given!r}. Inputs are "
            "the ScalarValues that the graph was computed from."
        )
    shapes = {_append(item, name, leaves) for item in given}
    if len(shapes) > 1:
        raise CaptureError(f"input {name!r} has lists of different sizes: {sorted(shapes)}")
    return (len(given), *shapes.pop()) if shapes else (0,)
