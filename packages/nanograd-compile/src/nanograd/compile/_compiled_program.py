"""CompiledProgram: what compiling gives, a function over NumPy arrays that can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile import _numpy_numbers
from nanograd.compile._program import Indices
from nanograd.compile._structure import numbers_of
from nanograd.compile._tape_program import TapeProgram
from nanograd.engine import ArgumentError, ShapeError

Vector = npt.NDArray[np.float64]

_NOTHING = np.zeros(0)


@dataclass(eq=False)
class CompiledProgram:
    """A graph as a function over arrays: numbers in, a value and its gradient out.

    It holds no state between calls, so several threads may call it at once, and it can be pickled.

    Attributes:
        source: the Python source of what is called, ``value_and_grad(p, x)`` and ``value(p, x)``.
        parameters: the number of parameters.
        inputs: the shape of each input by its name.
        batched: whether every input has a first axis of samples.
    """

    source: str
    parameters: int
    inputs: dict[str, tuple[int, ...]]
    batched: bool
    constants: dict[str, Any] = field(repr=False)
    frozen: Indices | None = field(repr=False)
    samples_at_once: int | None = field(repr=False)
    facts: str = field(repr=False)

    def __post_init__(self) -> None:
        namespace: dict[str, Any] = {"np": np, "m": _numpy_numbers, **self.constants}
        exec(compile(self.source, "<nanograd.compile>", "exec"), namespace)  # noqa: S102 - its own source
        self._value_and_grad = namespace["value_and_grad"]
        self._value = namespace["value"]
        # What a small program costs on the tape is less than what is between it and the caller.
        self._runs_tape_alone = isinstance(self.constants.get("tape"), TapeProgram) and not self.batched
        self._sizes = {name: int(np.prod(shape, dtype=np.int64)) for name, shape in self.inputs.items()}
        self._names = tuple(self.inputs)

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
        return self.run(self._vector(parameters), self._inputs(inputs, named))

    def run(self, p: Vector, x: Vector) -> tuple[float, Vector]:
        """Return value and gradient, as :meth:`value_and_grad` does, for vectors that have the right sizes.

        Args:
            p: all parameters.
            x: all inputs, one after the other; of a batched program one row a sample.
        """
        if self._runs_tape_alone:
            value, gradient = self._value_and_grad(p, x)
            if self.frozen is not None:
                gradient[self.frozen] = 0.0
            return value, gradient
        with np.errstate(all="ignore"):
            if self.samples_at_once is None or len(x) <= self.samples_at_once:
                value, gradient = self._value_and_grad(p, x)
            else:
                value, gradient = 0.0, np.zeros(self.parameters)
                for start in range(0, len(x), self.samples_at_once):
                    samples = x[start : start + self.samples_at_once]
                    share = len(samples) / len(x)
                    mean, slopes = self._value_and_grad(p, samples)
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
        p, x = self._vector(parameters), self._inputs(inputs, named)
        if self._runs_tape_alone:
            return float(self._value(p, x))
        with np.errstate(all="ignore"):
            return float(self._value(p, x))

    def report(self) -> str:
        """Return what was compiled into what: nodes, classes, statements, and what did not become regular."""
        return self.facts

    def _vector(self, parameters: Any) -> Vector:
        p = numbers_of(parameters, "parameters")
        if p.shape != (self.parameters,):
            raise ShapeError(
                f"the program takes a vector of {self.parameters} parameters and got an array of "
                f"shape {p.shape}"
            )
        return p if p.flags.c_contiguous else np.ascontiguousarray(p)

    def _inputs(self, given: Sequence[Any], named: Mapping[str, Any]) -> Vector:
        if not (self.inputs or given or named or self.batched):
            return _NOTHING
        in_order = not given and tuple(named) == self._names  # which the general question takes longer to see
        if not in_order and (
            len(given) + len(named) != len(self.inputs) or (named and given) or named.keys() - self.inputs
        ):
            raise ArgumentError(
                f"the program takes {_listed(self.inputs)} and got "
                f"{len(given)} inputs by position and {_listed(named)} by name"
            )
        arrays = tuple(named.values()) if in_order else given or [named[name] for name in self.inputs]
        vectors: list[Vector] = []
        samples = None
        for name, array in zip(self.inputs, arrays, strict=True):
            numbers = numbers_of(array, f"input {name!r}")
            size, shape = self._sizes[name], self.inputs[name]
            if self.batched:
                if numbers.ndim == 0 or len(numbers) == 0 or numbers.shape[1:] not in (shape, (size,)):
                    raise ShapeError(
                        f"the program takes input {name!r} of shape "
                        f"(samples{''.join(f', {length}' for length in shape)}) and got an array of "
                        f"shape {numbers.shape}"
                    )
                if samples is not None and len(numbers) != samples:
                    raise ShapeError(
                        f"all inputs have one number of samples: {name!r} has {len(numbers)}, and "
                        f"{next(iter(self.inputs))!r} has {samples}"
                    )
                samples = len(numbers)
                vectors.append(numbers.reshape(samples, size))
            else:
                if numbers.shape not in (shape, (size,)):
                    raise ShapeError(
                        f"the program takes input {name!r} of shape {shape}, {size} numbers, and got an "
                        f"array of shape {numbers.shape}, {numbers.size} numbers"
                    )
                vectors.append(numbers if numbers.ndim == 1 else numbers.reshape(-1))
        if len(vectors) == 1:
            return vectors[0]
        if not vectors:
            return np.empty((1, 0) if self.batched else 0)
        return np.concatenate(vectors, axis=-1)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_value_and_grad"], state["_value"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()


def _listed(names: Mapping[str, Any]) -> str:
    return f"inputs {', '.join(map(repr, names))}" if names else "no inputs"
