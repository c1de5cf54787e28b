"""A program on the tape, behind the two functions that emitted source has."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile._program import ScalarProgram
from nanograd.compile._tape import Tape

Vector = npt.NDArray[np.float64]

_NOTHING = np.zeros(0)


class TapeProgram:
    """Runs a tape for a vector of inputs, for none, or for each row of a batch of them.

    Args:
        program: the program.
        batched: whether inputs have an axis of samples.
    """

    def __init__(self, program: ScalarProgram, *, batched: bool) -> None:
        self.tape = Tape(program)
        self.batched = batched

    def value_and_grad(self, p: Vector, x: Vector = _NOTHING) -> tuple[float, Vector]:
        """Return value and gradient, of a batch the means of both.

        Args:
            p: the parameters.
            x: the inputs; of a batch a row a sample.
        """
        if not self.batched:
            return self.tape.value_and_grad(p, x)
        total, gradient = 0.0, np.zeros(len(p))
        for row in x:
            value, part = self.tape.value_and_grad(p, row)
            total += value
            gradient += part
        return total / len(x), gradient / len(x)

    def value(self, p: Vector, x: Vector = _NOTHING) -> Any:
        """Return the value, of a batch the mean.

        Args:
            p: the parameters.
            x: the inputs; of a batch a row a sample.
        """
        if not self.batched:
            return self.tape.value(p, x)
        return sum(self.tape.value(p, row) for row in x) / len(x)
