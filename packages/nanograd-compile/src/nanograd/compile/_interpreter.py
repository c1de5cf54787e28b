"""The reference executor: a program's value and gradient in plain Python, by the table of operations.

It runs everything that can be captured, a user's own operations too, and is what the faster executors are
held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.engine import FLOATS, NumberTypeError, ShapeError, as_number

Vector: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = Sequence[float] | Vector

_FLOAT = np.dtype(np.float64)


class Interpreter:
    """Runs a program value by value.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> w, x = ScalarValue(2.0), ScalarValue(3.0)
    >>> interpreter = Interpreter(capture(w * x + w, parameters=[w], inputs=[x]))
    >>> interpreter.value_and_gradients([10.0], [0.5])
    (15.0, array([1.5]), array([10.]))

    Args:
        program: what :func:`capture` returned.

    Attributes:
        program: the program.
    """

    def __init__(self, program: ScalarProgram) -> None:
        self.program = program
        self._parameters = program.parameters
        self._inputs = program.inputs

    def value(self, parameters: Numbers, inputs: Numbers = ()) -> float:
        """Return the program's last value.

        Args:
            parameters: as many numbers as were captured.
            inputs: likewise.

        Raises:
            ShapeError: if there are more or fewer.
            NumberTypeError: if they are no numbers.
        """
        return self._value(*self._checked(parameters, inputs))

    def value_and_grad(self, parameters: Numbers, inputs: Numbers = ()) -> tuple[float, Vector]:
        """Return the program's last value and its derivative by each parameter.

        Args:
            parameters: as for :meth:`value`, as are the errors.
            inputs: likewise.
        """
        return self._value_and_gradient(*self._checked(parameters, inputs), of_inputs=False)

    def value_and_gradients(self, parameters: Numbers, inputs: Numbers = ()) -> tuple[float, Vector, Vector]:
        """Return the program's last value and its derivatives by each parameter and by each input.

        Args:
            parameters: as for :meth:`value`, as are the errors.
            inputs: likewise.
        """
        value, gradient = self._value_and_gradient(*self._checked(parameters, inputs), of_inputs=True)
        return value, gradient[: self._parameters], gradient[self._parameters :]

    # ---- how: what Tape does in another way

    def _value(self, parameters: Vector, inputs: Vector) -> float:
        return self.all_values(parameters, inputs)[-1]

    def _value_and_gradient(
        self, parameters: Vector, inputs: Vector, of_inputs: bool
    ) -> tuple[float, Vector]:
        """Return the value and the derivatives by all parameters, then, if they are wanted, by all inputs."""
        operations, rows, variable = self.program.operations, self._rows, self._variable
        values = self.all_values(parameters, inputs)
        gradient = np.zeros(self._parameters + self._inputs)
        first = {LeafKind.PARAMETER: 0, LeafKind.INPUT: self._parameters}
        adjoints = [0.0] * len(values)
        adjoints[-1] = 1.0
        for position in range(len(values) - 1, -1, -1):
            if not variable[position]:
                continue
            opcode, taken = rows[position]
            value, adjoint = values[position], adjoints[position]
            if opcode < 0:
                gradient[first[LeafKind(opcode)] + taken[0]] += adjoint
                continue
            arguments = [values[argument] for argument in taken]
            operation = operations[opcode]
            if operation.arity is None:
                for argument, partial in zip(
                    taken, operation.partials[0](FLOATS, value, arguments), strict=True
                ):
                    adjoints[argument] += partial * adjoint
                continue
            for argument, rule in zip(taken, operation.partials, strict=True):
                if variable[argument]:
                    adjoints[argument] += rule(FLOATS, value, *arguments) * adjoint
        return values[-1], gradient if of_inputs else gradient[: self._parameters]

    def all_values(self, parameters: Vector, inputs: Vector) -> list[float]:
        """Return each value of the program.

        Args:
            parameters: an array of as many numbers as were captured.
            inputs: likewise.
        """
        leaves = self._leaves(parameters, inputs)
        run = [operation.run for operation in self.program.operations]
        values: list[float] = []
        for opcode, taken in self._rows:
            if opcode < 0:
                values.append(leaves[opcode][taken[0]])
            else:
                values.append(float(run[opcode](FLOATS, *[values[argument] for argument in taken])))
        return values

    def _leaves(self, parameters: Vector, inputs: Vector) -> dict[int, list[Any]]:
        """Return the numbers of each kind of leaf."""
        return {
            LeafKind.PARAMETER: parameters.tolist(),
            LeafKind.INPUT: inputs.tolist(),
            LeafKind.CONSTANT: [FLOATS.as_float(constant) for constant in self.program.constants],
        }

    @cached_property
    def _rows(self) -> list[tuple[int, list[int]]]:
        """For each value its opcode and its arguments, or its slot, as lists, which Python reads faster."""
        program = self.program
        arguments = program.arguments.tolist()
        bounds = pairwise(program.starts.tolist())
        taken = [arguments[start:end] for start, end in bounds]
        return list(zip(program.opcodes.tolist(), taken, strict=True))

    @cached_property
    def _variable(self) -> list[bool]:
        """Whether each value depends on parameters or inputs; no gradient flows to the others."""
        variable: list[bool] = []
        for opcode, taken in self._rows:
            if opcode < 0:
                variable.append(opcode != LeafKind.CONSTANT)
            else:
                variable.append(any(variable[argument] for argument in taken))
        return variable

    # ---- what it is given

    def _checked(self, parameters: Any, inputs: Any) -> tuple[Vector, Vector]:
        """Return parameters and inputs as arrays of floats."""
        return (
            _vector(parameters, self._parameters, "parameters"),
            _vector(inputs, self._inputs, "inputs"),
        )


def _vector(given: Any, expected: int, what: str) -> Vector:
    """Return numbers as an array.

    Raises:
        ShapeError: if there are not as many as expected; it names both numbers.
        NumberTypeError: if they are no numbers.
    """
    # The two common cases: a small program's call takes as long in machine code as these checks do.
    if given.__class__ is np.ndarray and given.dtype is _FLOAT and given.shape == (expected,):
        vector: Vector = given
        return vector
    if expected == 0 and given.__class__ is tuple and not given:
        return _NOTHING
    try:
        array = np.asarray(given)
    except ValueError as error:  # lists of different sizes
        raise NumberTypeError(f"the program takes {expected} {what}, one after the other: {error}") from error
    if array.shape != (expected,):
        got = f"an array of shape {array.shape}" if array.ndim != 1 else str(len(array))
        raise ShapeError(f"the program takes {expected} {what} and got {got}")
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    return np.array(
        [FLOATS.as_float(as_number(number, f"{what}[{index}]")) for index, number in enumerate(given)]
    )


_NOTHING = np.zeros(0)
