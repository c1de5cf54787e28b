"""The cost model: whether a program runs as arrays or on the tape, and why.

An array statement costs a call of NumPy, whatever its size, and then little for each element; the tape costs
the same for every value. So arrays win where classes are large. The figures are what was measured on one
machine; only their ratios matter, and those are alike elsewhere.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Literal

from nanograd.compile._analysis import Analysis
from nanograd.compile._native_code import obstacle
from nanograd.compile._partition import Partition, partition
from nanograd.engine import ArgumentError

NANOSECONDS_A_STATEMENT = 1_000.0
"""A call of NumPy on a small array, with the slicing that it needs."""

NANOSECONDS_A_NUMBER = 100.0
"""A statement on single numbers, which is no array's but Python's and NumPy's own arithmetic."""

STATEMENTS_A_CLASS = 4.0
"""One forward, and two or three on the way back."""

NANOSECONDS_AN_ELEMENT = 2.0
"""Of an array, forward and back."""

NANOSECONDS_A_TAPE_VALUE = {"machine code": 5.0, "Python": 1_400.0}
"""A value of the tape, forward and back, by what runs it."""

NANOSECONDS_A_TAPE_CALL = 3_000.0
"""Of a batch, every sample is a call."""

NANOSECONDS_WORTH_IT = 200_000.0
"""What the tape has to save a call, as it cannot be read, and loading its machine code takes a second."""

SAMPLES = 256
"""A batch is taken to have so many, as its program does not know."""

MOST_CLASSES = 5_000
"""More become a source too long for Python's own compiler."""

Executor = Literal["arrays", "tape", "mixed"]


@dataclass(frozen=True)
class Choice:
    """What runs a program.

    Attributes:
        executor: ``"arrays"``, ``"tape"``, or ``"mixed"``: arrays first, and the tape for the rest.
        reason: a sentence with the figures.
        parts: the two parts of a mixed program.
    """

    executor: Executor
    reason: str
    parts: Partition | None = None


def choose(
    analysis: Analysis, *, batched: bool, how: str | None = None, executor: Executor | None = None
) -> Choice:
    """Return what runs a program faster.

    Args:
        analysis: the program and its classes.
        batched: whether it runs for many samples at once.
        how: what would run the tape, ``"machine code"`` or ``"Python"``; found out if left out.
        executor: what the user asked for.

    Raises:
        ArgumentError: if it is ``"mixed"`` and there are no two parts.
    """
    values = len(analysis.program)
    classes = len(analysis.classes) - 3
    samples = SAMPLES if batched else 1
    how = how or ("Python" if _runs_in_python(analysis) else "machine code")
    single = 0 if batched else sum(len(members) == 1 for members in analysis.classes.members[3:])
    arrays = (
        STATEMENTS_A_CLASS * (single * NANOSECONDS_A_NUMBER + (classes - single) * NANOSECONDS_A_STATEMENT)
        + values * samples * NANOSECONDS_AN_ELEMENT
    )
    tape = samples * (NANOSECONDS_A_TAPE_CALL + values * NANOSECONDS_A_TAPE_VALUE[how])
    each = values / max(classes, 1)
    figures = f"{values:,} values in {classes:,} classes, {each:,.{0 if each >= 10 else 1}f} in each"
    if analysis.deeper_than is not None:
        figures = f"{values:,} values, one after the other in more than {analysis.deeper_than:,} classes"
    parts = None if batched else partition(analysis)
    if executor == "mixed" and parts is None:
        raise ArgumentError(
            'executor="mixed" needs a graph of one sample with a regular part and another one that is '
            f"computed from it, and this one has {figures}"
        )
    if executor is not None:
        return Choice(executor, f"as asked for; {figures}", parts if executor == "mixed" else None)
    costs: dict[Executor, float] = {"arrays": arrays, "tape": tape}
    if analysis.deeper_than is not None:
        del costs["arrays"]
        figures += ", too many for a source of arrays"
    elif classes > MOST_CLASSES:
        del costs["arrays"]
        figures += f", more than the {MOST_CLASSES:,} that fit into a source of arrays"
    if parts is not None:
        regular = classes - len(parts.left_out)
        costs["mixed"] = (
            regular * STATEMENTS_A_CLASS * NANOSECONDS_A_STATEMENT
            + parts.on_arrays * NANOSECONDS_AN_ELEMENT
            + NANOSECONDS_A_TAPE_CALL
            + len(parts.tape) * NANOSECONDS_A_TAPE_VALUE[how]
        )
        if regular > MOST_CLASSES:
            del costs["mixed"]
    chosen = min(costs, key=lambda name: costs[name])
    if chosen != "arrays" and "arrays" in costs and arrays - costs[chosen] <= NANOSECONDS_WORTH_IT:
        chosen = "arrays"
    estimates = " and ".join(f"{_time(cost)} {_WORDS[name]}" for name, cost in costs.items())
    reason = f"{figures}: about {estimates}, with the tape in {how}"
    if batched:
        reason += f", for {SAMPLES} samples"
    return Choice(chosen, reason, parts if chosen == "mixed" else None)


_WORDS: dict[Executor, str] = {"arrays": "as arrays", "tape": "on the tape", "mixed": "as both"}


def _runs_in_python(analysis: Analysis) -> bool:
    """Return whether there is no machine code for a program, without loading any."""
    return importlib.util.find_spec("numba") is None or obstacle(analysis.program) is not None


def _time(nanoseconds: float) -> str:
    """Return a duration in a unit that suits it.

    >>> _time(900.0), _time(12_345.0), _time(2e9)
    ('0.9 µs', '12.3 µs', '2e+03 ms')
    """
    return f"{nanoseconds / 1e3:.3g} µs" if nanoseconds < 1e6 else f"{nanoseconds / 1e6:.3g} ms"
