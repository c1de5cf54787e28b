"""Tape: the executor for programs that are not regular, in two tight loops over flat arrays.

One loop computes the values, one goes back and computes the derivatives. Numba compiles the two once for a
machine, not once for a program, so a tape is ready as soon as its arrays are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from nanograd.compile._interpreter import Interpreter, Vector
from nanograd.compile._native import Native, NativeError, native
from nanograd.compile._native_code import Code, Codes, lowered, obstacle
from nanograd.compile._native_kernel import kernel
from nanograd.compile._program import ScalarProgram

_NOTHING = np.zeros(0)


class Tape(Interpreter):
    """Runs a program in machine code if there is Numba, and in Python if not, with the same results.

    It keeps its arrays from call to call, may be called by several threads at a time, and can be pickled.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x, a = ScalarValue(1.0), ScalarValue(0.5)
    >>> y = x
    >>> for _ in range(3):
    ...     y = y * a + 1.0
    >>> tape = Tape(capture(y, parameters=[x, a]))
    >>> tape.value_and_grad([1.0, 0.5])
    (1.875, array([0.125, 2.75 ]))

    Args:
        program: what :func:`capture` returned.

    Attributes:
        program: the program.
        reason: why it runs in Python; None if it runs in machine code.
    """

    def __init__(self, program: ScalarProgram) -> None:
        super().__init__(program)
        self.reason = obstacle(program)
        self._native: _NativeProgram | None = None
        if self.reason is None:
            try:
                self._native = _NativeProgram(program, native())
            except NativeError as error:
                self.reason = str(error)

    def _value(self, parameters: Vector, inputs: Vector) -> float:
        if self._native is None:
            return super()._value(parameters, inputs)
        return self._native.run(parameters, inputs, self._native.steps, None)

    def _value_and_gradient(
        self, parameters: Vector, inputs: Vector, of_inputs: bool
    ) -> tuple[float, Vector]:
        if self._native is None:
            return super()._value_and_gradient(parameters, inputs, of_inputs)
        if of_inputs:
            steps = self._native.steps_for_inputs()
            gradient = np.empty(self._parameters + self._inputs)
        else:
            steps = self._native.steps
            gradient = np.empty(self._parameters)
        return self._native.run(parameters, inputs, steps, gradient), gradient

    @property
    def executor(self) -> str:
        """What runs it, and what that took or why there is nothing faster, in words."""
        return f"Python: {self.reason}" if self._native is None else str(self._native.kernel)

    def __reduce__(self) -> tuple[Any, ...]:
        return Tape, (self.program,)

    def __repr__(self) -> str:
        how = "machine code" if self.reason is None else "Python"
        return f"<Tape of {len(self.program):,} values in {how}>"


class _NativeProgram:
    """A program as the kernel takes it, and the arrays that it works in."""

    def __init__(self, program: ScalarProgram, native: Native) -> None:
        self.kernel = native
        self._code: Code = lowered(program, kernel())
        self._parameters = program.parameters
        self._given = program.parameters + program.inputs
        self._leaves = self._given + len(self._code.constants)
        self.steps = self._prepared(self._parameters)
        self._steps_for_inputs: Codes | None = None
        # Arrays that no call uses at the moment. Appending and popping are atomic: each thread has its own.
        self._buffers: list[tuple[Vector, Vector]] = []

    def steps_for_inputs(self) -> Codes:
        """Return the steps that go back to the inputs too."""
        if self._steps_for_inputs is None:
            self._steps_for_inputs = self._prepared(self._given)
        return self._steps_for_inputs

    def run(self, parameters: Vector, inputs: Vector, steps: Codes, gradient: Vector | None) -> float:
        """Return the value, and fill the gradient if there is one."""
        try:
            values, adjoints = self._buffers.pop()
        except IndexError:
            values, adjoints = np.empty(self._leaves + len(steps)), _NOTHING
            values[self._given : self._leaves] = self._code.constants
        if gradient is not None and adjoints is _NOTHING:
            adjoints = np.zeros(len(values))
        values[: self._parameters] = parameters
        if self._given > self._parameters:
            values[self._parameters : self._given] = inputs
        code, run = self._code, self.kernel.run
        if gradient is None:
            value = run(steps, code.members, values, _NOTHING, _NOTHING, code.root)
        else:
            value = run(steps, code.members, values, adjoints, gradient, code.root)
        self._buffers.append((values, adjoints))
        return value

    def _prepared(self, active_leaves: int) -> Codes:
        """Return the steps with what to do on the way back to the first leaves."""
        steps = self._code.steps.copy()
        active = np.zeros(self._leaves + len(steps), dtype=np.bool_)
        active[:active_leaves] = True
        of_kernel = kernel()
        self.kernel.prepare(steps, self._code.members, active, of_kernel.arities, of_kernel.first_backward)
        return steps
