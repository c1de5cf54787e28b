"""Where a compiled program and its graph come apart: the worst value of the first array that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from nanograd.compile import _numpy_numbers as NUMPY
from nanograd.compile._analysis import Analysis
from nanograd.compile._array_program import ArrayProgram
from nanograd.compile._classes import CONSTANTS
from nanograd.compile._constants import Constants
from nanograd.compile._emission import Emitter
from nanograd.compile._own_inputs import told_apart
from nanograd.compile._reroll import Rerolled
from nanograd.compile._rounding import values_moved_by_rounding
from nanograd.compile._self_check import MARGIN, TOLERANCE

Vector = npt.NDArray[np.float64]


def worst_node(analysis: Analysis, rerolled: Rerolled, program: ArrayProgram, p: Vector, x: Vector) -> str:
    """Return a sentence that names the worst value of the first array that is wrong, "" if none is.

    Args:
        analysis: the scalar program.
        rerolled: its rules.
        program: the array program of its value.
        p: the parameters.
        x: the inputs; of a batched program one row.
    """
    constants = Constants()
    emitter = Emitter(program, "values", constants)
    lines = emitter.text_of_all.splitlines()
    lines[-1] = "    return locals()"
    if rerolled.boundary is not None:
        del lines[-2]  # what the tape computes is checked with the result
    namespace: dict[str, Any] = {"np": np, "m": NUMPY, **constants.by_name}
    exec("\n".join(lines), namespace)  # noqa: S102 - the source of this package
    with np.errstate(all="ignore"):
        arrays = namespace["values"](p, *told_apart(x, program.inputs))
    scalar = analysis.program
    expected, moved = values_moved_by_rounding(scalar, p, x.reshape(-1))
    for number in range(CONSTANTS + 1, len(rerolled.arrays)):
        array = rerolled.arrays[number]
        name = emitter.names.get(array)
        if name not in arrays:
            continue
        members = np.array(rerolled.members[number])
        wanted = expected[members]
        found = np.broadcast_to(np.ravel(arrays[name]), array.size)[rerolled.positions[members]]
        allowed = TOLERANCE * (1.0 + np.abs(np.nan_to_num(wanted))) + MARGIN * moved[members]
        equal = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
        errors = np.where(equal, 0.0, np.abs(found - wanted) / allowed)
        errors = np.where(np.isnan(errors), np.inf, errors)
        worst = int(np.argmax(errors))
        if errors[worst] > 1.0:
            member = int(members[worst])
            opcode = analysis.classes.opcodes[number]
            what = "sum" if opcode < 0 else scalar.operations[opcode].symbol
            label = f" {scalar.labels[member]!r}" if scalar.labels[member] else ""
            scope = f" in {str(scalar.scopes[member])!r}" if scalar.scopes[member] else ""
            return (
                f"They come apart in {name!r}: the {what}{label}{scope} is {float(found[worst])!r} "
                f"and should be {float(wanted[worst])!r}. "
            )
    return ""
