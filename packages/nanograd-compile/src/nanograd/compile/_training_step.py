"""TrainingStep: model, loss and optimizer in one compiled step, with all weights in one flat vector."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from nanograd.compile._compile_graph import compile_captured
from nanograd.compile._compiled_program import CompiledProgram
from nanograd.compile._flat_optimizer import FlatOptimizer, UpdateRule
from nanograd.compile._programs import MOST, Programs
from nanograd.compile._structure import arrays_of, is_fixed, replaced, shapes_of, structure_of, vector_of
from nanograd.compile._trace import traced
from nanograd.compile._traced_operations import WITHOUT_GRADIENT
from nanograd.compile._tracing import ONE_AT_A_TIME
from nanograd.engine import FLOATS, ArgumentError, NanogradError, ScalarValue, ShapeError

Vector = npt.NDArray[np.float64]
_Program: TypeAlias = tuple[CompiledProgram, tuple[int, ...]]
"""A program, and which parameters it uses."""

_ONE_HOT = "such as class labels and tokens, decide what is compiled. Give them as lists of floats (one-hot)"
_CURES = {
    "sizes": "Take batches of one size, padded to one length, or batch=True, for batches of any size.",
    "values": f"Integers that are used as indices, {_ONE_HOT}, or take batch=True, which has one program for "
    "each label.",
    "kinds": "Give it the same kinds of inputs and targets in all calls, such as arrays and never lists.",
}
"""What to do where a step has too many programs, by how its batches differ."""

_CURES_OF_SAMPLES = {
    **_CURES,
    "sizes": "Pad the samples to one length.",
    "values": f"Integers that are used as indices, {_ONE_HOT}.",
}


class Model(Protocol):
    """What a step trains: a function with parameters, such as a module of nanograd.nn."""

    def __call__(self, *inputs: Any) -> Any:
        """Return the outputs for the inputs of a batch."""

    def parameters(self) -> Iterable[ScalarValue]:
        """Return the leaves that the model computes with."""


class TrainingStep:
    """Change a model's weights for batch after batch, by a program that was compiled from its scalars.

    A call does what forward pass, backward pass and ``optimizer.step()`` do. The first batch of each
    structure (sizes, nesting, and integers that are used as indices, such as class labels) is traced and
    compiled, and the 256 programs that were used last are kept. Where such integers change from batch to
    batch, as labels do, take ``batch=True``, which has one program for each label. Weights and the
    optimizer's memory stay in flat vectors until :meth:`sync`; what changes in the model meanwhile,
    :meth:`load` takes over. Hyperparameters are read from ``optimizer.param_groups`` in every call, so
    schedulers work. It can be given to nanograd.nn's ``Trainer`` as ``step=TrainingStep``.

    >>> class Line:
    ...     def __init__(self):
    ...         self.w = ScalarValue(0.0)
    ...
    ...     def parameters(self):
    ...         return [self.w]
    ...
    ...     def __call__(self, xs):
    ...         return [self.w * x for x in xs]
    >>> class Descent:
    ...     def __init__(self, parameters):
    ...         self.param_groups, self.defaults, self.state = (
    ...             [{"params": parameters, "lr": 0.25}],
    ...             {"lr": 0},
    ...             {},
    ...         )
    ...
    ...     @staticmethod
    ...     def rule(m, parameter, gradient, state, *, lr):
    ...         return parameter - lr * gradient, {}
    >>> model = Line()
    >>> with TrainingStep(model, lambda ys, ts: (ys[0] - ts[0]) ** 2, Descent(model.parameters())) as step:
    ...     [step([1.0], [2.0]) for _ in range(3)]
    [4.0, 1.0, 0.25]
    >>> model.w
    ScalarValue(data=1.75)

    Args:
        model: called with the inputs of a batch, all but the last part of it.
        loss: a function of the model's outputs and the targets, the last part of a batch.
        optimizer: one of nanograd.nn, or anything with ``param_groups``, ``defaults``, ``state`` and a static
            ``rule(m, parameter, gradient, state, **hyperparameters)``.
        batch: whether to trace one sample only. Model and loss then take one, the inputs and targets of a
            call have a first axis of samples, and the loss is the mean over them. Samples of different
            structures are run in groups.
        clip_grad_norm: the largest norm of all gradients together; larger ones are scaled down.
        clip_grad_value: the largest size of a gradient.

    Raises:
        ArgumentError: if the optimizer has no update rule, or changes what the model does not have.
        TraceError: in a call, if model or loss look at numbers or draw some.

    Warns:
        RecompileWarning: in a call, once, if there are more than 8 programs, with ``batch=True`` more than
            256.
    """

    def __init__(
        self,
        model: Model,
        loss: Callable[[Any, Any], Any],
        optimizer: UpdateRule,
        *,
        batch: bool = False,
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
    ) -> None:
        for what, given, needed in (
            ("model", model, "parameters"),
            ("loss", loss, "__call__"),
            ("optimizer", optimizer, "param_groups"),
        ):
            if not hasattr(given, needed) or isinstance(given, type):
                raise ArgumentError(
                    f"TrainingStep({what}) takes an object with {needed!r} and got {given!r:.80}"
                )
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.batch = batch
        self.clip_grad_norm = clip_grad_norm
        self.clip_grad_value = clip_grad_value
        self._parameters = list(model.parameters())
        self._programs: Programs[_Program] = (
            Programs("TrainingStep(batch=True)", _CURES_OF_SAMPLES, expected=MOST)
            if batch
            else Programs("TrainingStep", _CURES)
        )
        self._trained: list[bool] = []
        self._integers = False  # whether integers are indices
        self._lock = threading.RLock()
        self.load()

    def load(self) -> None:
        """Take over the weights of the model, which of them are frozen, and what the optimizer remembers."""
        trained = [parameter.requires_grad for parameter in self._parameters]
        if trained != self._trained:
            self._programs.clear()
            self._trained = trained
        self._weights = np.array([FLOATS.as_float(parameter.data) for parameter in self._parameters])
        self._flat_optimizer = FlatOptimizer(self.optimizer, self._parameters)

    def __call__(self, *batch: Any) -> float:
        """Change the weights once, and return the loss before the change.

        Args:
            *batch: the inputs, and last the targets.

        Raises:
            ArgumentError: if there are no inputs or no targets.
            ShapeError: if ``batch=True`` and they are not as many.
            TraceError: if model or loss look at numbers or draw some.
        """
        if len(batch) < 2:
            raise ArgumentError(f"a training step takes inputs and targets and got {len(batch)} arguments")
        with self._lock:
            loss, gradient, used = self._computed(batch)
            self._clip(gradient)
            self._weights = self._flat_optimizer.updated(self._weights, gradient, used)
        return loss

    def program_for(self, *batch: Any) -> CompiledProgram:
        """Return the program that such a batch is run by.

        Its inputs are ``x``, or ``x1``, ``x2`` and so on if there are several, and the targets ``y``.

        Args:
            *batch: the inputs, and last the targets; with ``batch=True`` the first sample decides.
        """
        with self._lock:
            return self._program(self._grouped(batch)[0][0] if self.batch else batch)[0]

    def sync(self) -> None:
        """Give the weights to the model, and what is remembered to the optimizer."""
        with self._lock:
            for parameter, number in zip(self._parameters, self._weights.tolist(), strict=True):
                parameter.data = number
            self._flat_optimizer.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.sync()

    def _computed(self, batch: tuple[Any, ...]) -> tuple[float, Vector, tuple[int, ...]]:
        """Return the loss, its gradient, and which parameters it depends on."""
        if not self.batch:
            program, used = self._program(batch)
            arrays = arrays_of(batch, integers=self._integers)
            loss, gradient = program.value_and_grad(self._weights, *arrays)
            return loss, gradient, used
        groups = self._groups_with_programs(batch)
        if len(groups) == 1:
            (program, used), arrays, _ = groups[0]
            loss, gradient = program.value_and_grad(self._weights, *arrays)
            return loss, gradient, used
        samples = sum(count for *_, count in groups)
        total, gradient, all_used = 0.0, np.zeros(len(self._weights)), set[int]()
        for (program, used), arrays, count in groups:
            loss, part = program.value_and_grad(self._weights, *arrays)
            total += loss * (count / samples)
            gradient += part * (count / samples)
            all_used.update(used)
        return total, gradient, tuple(sorted(all_used))

    def _groups_with_programs(self, batch: tuple[Any, ...]) -> list[tuple[_Program, list[Vector], int]]:
        """Return for each structure of samples its program, its arrays, and how many samples it has."""
        while True:
            integers = self._integers
            groups = [(self._program(first), samples) for first, samples in self._grouped(batch)]
            if self._integers == integers:
                break  # else compiling the first found out that integers are indices
        return [(program, self._columns(samples), len(samples[0])) for program, samples in groups]

    def _columns(self, samples: Sequence[Any]) -> list[Vector]:
        """Return the numbers of each part of some samples that has numbers, an array or a row a sample."""
        arrays = [
            part
            if isinstance(part, np.ndarray)
            else np.array([vector_of(item, integers=self._integers) for item in part])
            for part in samples
        ]
        return [array for array in arrays if array.size]

    def _grouped(self, batch: tuple[Any, ...]) -> list[tuple[tuple[Any, ...], Sequence[Any]]]:
        """Return for each structure its first sample, and all of its samples: each part of them by itself."""
        sizes = [len(part) for part in batch]
        if len(set(sizes)) > 1 or not sizes[0]:
            raise ShapeError(f"inputs and targets of a batch are as many samples, and here they are {sizes}")
        arrays = self._arrays(batch)
        if arrays is not None:
            first = tuple([_first(part) for part in batch])
            return [(first, arrays)]
        groups: dict[Hashable, list[tuple[Any, ...]]] = {}
        for sample in zip(*batch, strict=True):
            groups.setdefault(structure_of(sample, integers=self._integers), []).append(sample)
        return [(samples[0], tuple(zip(*samples, strict=True))) for samples in groups.values()]

    def _arrays(self, batch: tuple[Any, ...]) -> list[Vector] | None:
        """Return the parts of a batch as arrays, None if they are not all of one size or not all numbers."""
        arrays = []
        for part in batch:
            if isinstance(part, Mapping):
                return None
            try:
                array = np.asarray(part)
            except ValueError:
                return None
            if array.dtype.kind not in "fiu" or (self._integers and array.dtype.kind in "iu"):
                return None
            if self._integers and not isinstance(part, np.ndarray):
                return None
            arrays.append(array.astype(np.float64, copy=False))
        return arrays

    def _program(self, batch: tuple[Any, ...]) -> _Program:
        group = (getattr(self.model, "training", None), self._integers, len(batch))
        structures = tuple([structure_of(part, integers=self._integers) for part in batch])
        found = self._programs.find(group, structures)
        if found is None:
            try:
                found = self._compiled(batch)
            except (NanogradError, TypeError, ValueError):
                # Class labels and tokens are no numbers to compute with: they are indices.
                if self._integers or not _has_integers(batch):
                    raise
                self._integers = True
                try:
                    return self._program(batch)
                except (NanogradError, TypeError, ValueError):
                    self._integers = False
                    raise
            self._programs.keep(group, structures, found, _names(batch))
        return found

    def _compiled(self, batch: tuple[Any, ...]) -> _Program:
        leaves: list[ScalarValue] = []

        def leaf(number: Any) -> ScalarValue:
            leaves.append(ScalarValue(number, requires_grad=False))
            return leaves[-1]

        *inputs, targets = [replaced(part, leaf, integers=self._integers) for part in batch]
        with ONE_AT_A_TIME:  # the model's parameters have these weights until all is checked
            for parameter, number in zip(self._parameters, self._weights.tolist(), strict=True):
                parameter.data = number  # the graph is checked against its own numbers
            captured, order = traced(
                lambda: self.loss(self.model(*inputs), targets),
                "the loss",
                self._parameters,
                leaves,
                plain=leaves,
                runs=[self.model, self.loss],
            )
            program = compile_captured(
                order, captured, self._parameters, leaves, self._shapes(batch), batch=self.batch
            )
        used = captured.used_parameters(beyond=WITHOUT_GRADIENT)
        return program, tuple([slot for slot in used if self._parameters[slot].requires_grad])

    def _shapes(self, batch: tuple[Any, ...]) -> dict[str, tuple[int, ...]]:
        return shapes_of(dict(zip(_names(batch), batch, strict=True)), integers=self._integers)

    def _clip(self, gradient: Vector) -> None:
        if self.clip_grad_norm is not None:
            norm = float(np.sqrt(gradient @ gradient))
            gradient *= min(1.0, self.clip_grad_norm / (norm + 1e-6))
        if self.clip_grad_value is not None:
            np.clip(gradient, -self.clip_grad_value, self.clip_grad_value, out=gradient)


def _names(batch: Sequence[Any]) -> list[str]:
    """Return what the parts of a batch are called: the inputs, and last the targets."""
    return [*(["x"] if len(batch) == 2 else [f"x{number}" for number in range(1, len(batch))]), "y"]


def _first(part: Any) -> Any:
    first = part[0]
    return float(first) if isinstance(first, np.floating) else first


def _has_integers(batch: Any) -> bool:
    waiting = [batch]
    while waiting:
        tree = waiting.pop()
        if isinstance(tree, list | tuple):
            waiting.extend(tree)
        elif isinstance(tree, Mapping):
            waiting.extend(tree.values())
        elif is_fixed(tree, integers=True) and not is_fixed(tree, integers=False):
            return True
    return False
