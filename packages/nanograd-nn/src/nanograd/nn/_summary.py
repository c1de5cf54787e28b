"""What a model is made of and what it costs: sizes, parameters, operations and time of every module."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from nanograd.engine import (
    NumberTypeError,
    ScalarValue,
    Scope,
    current_scope,
    enable_grad,
    topological_order,
)
from nanograd.nn._dimensions import in_a_row
from nanograd.nn._module import Module
from nanograd.nn._nested import shape_of
from nanograd.nn._printing import follows
from nanograd.nn._summary_table import summary_table, summary_text


@dataclass(frozen=True)
class SummaryRow:
    """One module of a model, or several that are alike and stand side by side.

    Attributes:
        name: the path, such as ``layers.0``; of several modules the first and the last number,
            ``layers.0.neurons.0-15``; empty for the whole.
        kind: the name of the class.
        count: how many modules these are.
        depth: how many modules they are inside of.
        output_size: the shape of the output of the last call, in words; ``-`` without a call.
        calls: how often they were called, together.
        parameters: how many parameters they have, those of the modules inside included.
        operations: how many operations they made, those of the modules inside included.
        own_operations: how many they made themselves.
        seconds: how long ``forward`` took, the modules inside included.
    """

    name: str
    kind: str
    count: int
    depth: int
    output_size: str
    calls: int
    parameters: int
    operations: int
    own_operations: int
    seconds: float


@dataclass(frozen=True)
class Summary:
    """What :func:`summary` returns; Rich prints it as a table, and ``str`` gives the same as text.

    Attributes:
        rows: the whole model and then its modules.
        parameters: how many parameters the model has, a shared one counted once.
        trainable_parameters: how many of them need a gradient.
        operations: how many nodes the graph of the outputs has, leaves not counted.
        seconds: how long the call took.
    """

    rows: tuple[SummaryRow, ...]
    parameters: int
    trainable_parameters: int
    operations: int
    seconds: float

    def __rich__(self) -> Any:
        return summary_table(self)

    def __str__(self) -> str:
        return summary_text(self)


def summary(model: Module, *sample: Any, depth: int | None = None) -> Summary:
    """Call a model with a sample and return what each of its modules made of it, and at what cost.

    The model is called once in :meth:`Module.eval` mode, with its graph recorded, and is left as it was:
    running statistics and gradients do not change.

    >>> from nanograd.nn import MLP
    >>> result = summary(MLP(3, [4, 1]), [1.0, 2.0, 3.0])
    >>> result.parameters, result.operations
    (21, 36)
    >>> [(row.name, row.kind, row.output_size, row.parameters) for row in result.rows[:3]]
    [('', 'MLP', '()', 21), ('layers.0', 'Layer', '(4,)', 16), ('layers.0.neurons.0-3', 'Neuron', '()', 16)]

    Args:
        model: the model.
        *sample: what it is called with.
        depth: how many levels of modules inside of modules are listed; all of them if left out.

    Returns:
        A :class:`Summary`, to be printed.

    Raises:
        NumberTypeError: if the model is not a module.
    """
    if not isinstance(model, Module):
        raise NumberTypeError(f"summary(model) takes a Module and got {type(model).__name__}: {model!r}")
    modules = model.named_modules()
    calls = {id(module): _Calls() for _, module in modules}
    with _in_eval_mode(model), ExitStack() as hooks, enable_grad():
        for _, module in modules:
            record = calls[id(module)]
            hooks.enter_context(module.register_forward_pre_hook(record.begin, prepend=True))
            hooks.enter_context(module.register_forward_hook(record.end))
        output = model(*sample)
    nodes = [node for node in topological_order(*_values(output)) if node.op is not None]
    _count_operations(nodes, list(calls.values()))
    rows = [_row(name, module, calls[id(module)], _depth(name, modules)) for name, module in modules]
    parameters = model.parameters()
    return Summary(
        rows=tuple(_joined(row for row in rows if depth is None or row.depth <= depth)),
        parameters=len(parameters),
        trainable_parameters=sum(parameter.requires_grad for parameter in parameters),
        operations=len(nodes),
        seconds=rows[0].seconds,
    )


class _Calls:
    """What happened in the calls of one module."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.begun: list[float] = []
        self.seconds = 0.0
        self.output_size = "-"
        self.operations = 0
        self.own_operations = 0

    def begin(self, _module: Module, _inputs: tuple[Any, ...]) -> None:
        scope = current_scope()
        if scope is not None:
            self.scopes.append(scope)
        self.begun.append(time.perf_counter())

    def end(self, _module: Module, _inputs: tuple[Any, ...], output: Any) -> None:
        self.seconds += time.perf_counter() - self.begun.pop()
        self.output_size = _size(output)


def _count_operations(nodes: Sequence[ScalarValue], calls: Sequence[_Calls]) -> None:
    """Count each node for the call that it was made in, and for the calls around that."""
    owners = {id(scope): record for record in calls for scope in record.scopes}
    made: dict[int, tuple[Scope, int]] = {}
    for node in nodes:
        if node.scope is not None:
            made[id(node.scope)] = (node.scope, made.get(id(node.scope), (node.scope, 0))[1] + 1)
    for scope, count in made.values():
        owner = next((owners[id(part)] for part in reversed(scope.ancestry) if id(part) in owners), None)
        if owner is not None:
            owner.own_operations += count
        around = {id(owners[id(part)]): owners[id(part)] for part in scope.ancestry if id(part) in owners}
        for record in around.values():
            record.operations += count


def _row(name: str, module: Module, calls: _Calls, depth: int) -> SummaryRow:
    return SummaryRow(
        name=name,
        kind=type(module).__name__,
        count=1,
        depth=depth,
        output_size=calls.output_size,
        calls=len(calls.scopes),
        parameters=len(module.parameters()),
        operations=calls.operations,
        own_operations=calls.own_operations,
        seconds=calls.seconds,
    )


def _depth(name: str, modules: Sequence[tuple[str, Module]]) -> int:
    return sum(1 for other, _ in modules if name and (not other or name.startswith(f"{other}.")))


def _joined(rows: Iterator[SummaryRow]) -> Iterator[SummaryRow]:
    """Yield the rows with those put together that are alike and numbered one after the other."""
    run: list[SummaryRow] = []
    for row in rows:
        if run and not _alike(run[-1], row):
            yield _one_row(run)
            run = []
        run.append(row)
    if run:
        yield _one_row(run)


def _alike(row: SummaryRow, other: SummaryRow) -> bool:
    return follows(row.name, other.name, is_list=True) and row == replace(
        other, name=row.name, seconds=row.seconds
    )


def _one_row(run: Sequence[SummaryRow]) -> SummaryRow:
    if len(run) == 1:
        return run[0]
    first = run[0]
    return replace(
        first,
        name=f"{first.name}-{run[-1].name.rpartition('.')[2]}",
        count=len(run),
        calls=sum(row.calls for row in run),
        parameters=sum(row.parameters for row in run),
        operations=sum(row.operations for row in run),
        own_operations=sum(row.own_operations for row in run),
        seconds=sum(row.seconds for row in run),
    )


def _size(output: Any) -> str:
    if isinstance(output, tuple | dict):
        parts = output.values() if isinstance(output, dict) else output
        return ", ".join(_size(part) for part in parts)
    return "None" if output is None else str(shape_of(output, "output"))


def _values(output: Any) -> list[ScalarValue]:
    parts = list(output.values()) if isinstance(output, dict) else output
    return [value for value in in_a_row(parts) if isinstance(value, ScalarValue)]


@contextmanager
def _in_eval_mode(model: Module) -> Iterator[None]:
    modes = [(module, vars(module).get("training")) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            if mode is None:
                del vars(module)["training"]
            else:
                module.training = mode
