"""CompiledProgram: what compiling gives, a function over NumPy arrays that can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile import _numpy_numbers
from nanograd.compile._allocation import keep_freed_memory
from nanograd.compile._array_program import Shape
from nanograd.compile._program import Indices
from nanograd.compile._structure import numbers_of
from nanograd.compile._tape_program import TapeProgram
from nanograd.engine import ArgumentError, ShapeError

Vector = npt.NDArray[np.float64]

_FLOAT = np.dtype(np.float64)


@dataclass(eq=False)
class CompiledProgram:
    """A graph as a function over arrays: numbers in, a value and its gradient out.

    It holds no state between calls, so several threads may call it at once, and it can be pickled.

    Attributes:
        source: the Python source of what is called, ``value_and_grad`` and ``value``: functions of the
            parameters ``p`` and of each input, in their order.
        parameters: the number of parameters.
        inputs: the shape of each input by its name.
        batched: whether every input has a first axis of samples.
    """

    source: str
    parameters: int
    inputs: dict[str, Shape]
    batched: bool
    constants: dict[str, Any] = field(repr=False)
    frozen: Indices | None = field(repr=False)
    samples_at_once: int | None = field(repr=False)
    facts: str = field(repr=False)

    def __post_init__(self) -> None:
        keep_freed_memory()
        namespace: dict[str, Any] = {"np": np, "m": _numpy_numbers, **self.constants}
        exec(compile(self.source, "<nanograd.compile>", "exec"), namespace)  # noqa: S102 - its own source
        self._value_and_grad = namespace["value_and_grad"]
        self._value = namespace["value"]
        # What a small program costs on the tape is less than what is between it and the caller.
        self._runs_tape_alone = isinstance(self.constants.get("tape"), TapeProgram) and not self.batched
        self._shapes = [(name, shape, prod(shape)) for name, shape in self.inputs.items()]
        self._names = tuple(self.inputs)
        # Arrays of these shapes are taken as they are. To look longer takes as long as a statement of a small
        # program; a single number and a batch are looked at longer.
        self._as_they_are = [None if self.batched or not shape else shape for shape in self.inputs.values()]

    def value_and_grad(self, parameters: Any, /, *inputs: Any, **named: Any) -> tuple[float, Vector]:
        """Return the value, and the vector of its derivatives for the parameters.

        Args:
            parameters: as many numbers as were captured.
            inputs: an array for each input, in their order.
            named: the inputs by their names, instead.

        Raises:
            ShapeError: if an array has another shape than what was captured; it may also be flat.
            NumberTypeError: if something is no real number.
            ArgumentError: if an input is missing or unknown.
        """
        p, arrays = self._vector(parameters), self._arrays(inputs, named)
        if self._runs_tape_alone:
            value, gradient = self._value_and_grad(p, *arrays)
            if self.frozen is not None:
                gradient[self.frozen] = 0.0
            return value, gradient
        with np.errstate(all="ignore"):
            if self.samples_at_once is None or not arrays or len(arrays[0]) <= self.samples_at_once:
                value, gradient = self._value_and_grad(p, *arrays)
            else:
                value, gradient = 0.0, np.zeros(self.parameters)
                for start in range(0, len(arrays[0]), self.samples_at_once):
                    samples = [array[start : start + self.samples_at_once] for array in arrays]
                    share = len(samples[0]) / len(arrays[0])
                    mean, slopes = self._value_and_grad(p, *samples)
                    value += mean * share
                    gradient += slopes * share
        if self.frozen is not None:
            gradient[self.frozen] = 0.0
        return float(value), gradient

    def value(self, parameters: Any, /, *inputs: Any, **named: Any) -> float:
        """Return the value alone, for the same arguments as :meth:`value_and_grad`.

        Args:
            parameters: a vector of numbers.
            inputs: an array for each input.
            named: the inputs by their names, instead.
        """
        p, arrays = self._vector(parameters), self._arrays(inputs, named)
        if self._runs_tape_alone:
            return float(self._value(p, *arrays))
        with np.errstate(all="ignore"):
            return float(self._value(p, *arrays))

    def report(self) -> str:
        """Return what was compiled into what: nodes, classes, statements, and what did not become regular."""
        return self.facts

    def _vector(self, parameters: Any) -> Vector:
        p = parameters
        if not (p.__class__ is np.ndarray and p.dtype is _FLOAT):
            p = numbers_of(parameters, "parameters")
        if p.shape != (self.parameters,):
            raise ShapeError(
                f"the program takes a vector of {self.parameters} parameters and got an array of "
                f"shape {p.shape}"
            )
        return p if p.flags.c_contiguous else np.ascontiguousarray(p)

    def _arrays(self, given: tuple[Any, ...], named: dict[str, Any]) -> Sequence[Any]:
        """Return the inputs in their order and shapes."""
        if not (self._names or given or named):
            return ()
        in_order = not given and tuple(named) == self._names  # which the general question takes longer to see
        if not in_order and (
            len(given) + len(named) != len(self.inputs) or (named and given) or named.keys() - self.inputs
        ):
            raise ArgumentError(
                f"the program takes {_listed(self.inputs)}, all by position or all by name, and got "
                f"{_counted(len(given), 'input')} by position and {_listed(named)} by name"
            )
        arrays = tuple(named.values()) if in_order else given or tuple([named[name] for name in self.inputs])
        for array, shape in zip(arrays, self._as_they_are, strict=True):
            if not (
                array.__class__ is np.ndarray
                and array.dtype is _FLOAT
                and array.shape == shape
                and array.flags.c_contiguous
            ):
                break
        else:
            return arrays
        if self.batched:
            return self._batch(arrays)
        return [self._array(*expected, array) for expected, array in zip(self._shapes, arrays, strict=True)]

    def _array(self, name: str, shape: Shape, size: int, given: Any) -> Any:
        if given.__class__ is float and not shape:
            return np.float64(given)
        numbers = numbers_of(given, f"input {name!r}")
        if numbers.shape not in (shape, (size,)):
            raise ShapeError(
                f"the program takes input {name!r} of shape {shape}, {_counted(size, 'number')}, and got an "
                f"array of shape {numbers.shape}, {_counted(numbers.size, 'number')}"
            )
        numbers = np.ascontiguousarray(numbers).reshape(shape)
        return numbers if shape else numbers[()]  # computing with a number is faster than with an array of it

    def _batch(self, arrays: Sequence[Any]) -> list[Vector]:
        """Return the inputs, each with an axis of samples."""
        found: list[Vector] = []
        for (name, shape, size), given in zip(self._shapes, arrays, strict=True):
            numbers = numbers_of(given, f"input {name!r}")
            if numbers.ndim == 0 or len(numbers) == 0 or numbers.shape[1:] not in (shape, (size,)):
                raise ShapeError(
                    f"the program takes input {name!r} of shape "
                    f"({', '.join(['samples', *map(str, shape)])}), one sample at least, and got an array of "
                    f"shape {numbers.shape}"
                )
            if found and len(numbers) != len(found[0]):
                raise ShapeError(
                    f"all inputs have one number of samples: {name!r} has {len(numbers)}, and "
                    f"{self._names[0]!r} has {len(found[0])}"
                )
            found.append(np.ascontiguousarray(numbers).reshape((len(numbers), *shape)))
        return found

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_value_and_grad"], state["_value"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()


def _listed(names: Mapping[str, Any]) -> str:
    if not names:
        return "no inputs"
    return f"{'input' if len(names) == 1 else 'inputs'} {', '.join(map(repr, names))}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
