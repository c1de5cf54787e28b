"""check_causal: whether a model of a sequence looks into the future, which its gradients tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._backward import grad
from nanograd.engine._errors import ArgumentError
from nanograd.engine._exercises._verdict import (
    CheckFailedError,
    CheckPassed,
    brief,
    calling,
    check_functions,
    counted,
    shown,
)
from nanograd.engine._numbers import as_number
from nanograd.engine._value import ScalarValue

_NAME = "check_causal"

_ROWS = ((0.3, -1.2, 0.8), (1.1, 0.4, -0.5), (-0.7, 0.9, 0.2), (0.6, -0.3, 1.4))

_Use = list[list[float]]


def check_causal(model: Callable[[Any], Any], inputs: Sequence[Sequence[float]] | None = None) -> CheckPassed:
    """Check that every output depends on its own input and all before it, and on none that comes later.

    Whether it does is told by the derivatives of the outputs by the inputs: those by later inputs are 0.

    >>> def running_sum(rows):
    ...     return [
    ...         [sum(row[k] for row in rows[: place + 1]) for k in range(3)] for place in range(len(rows))
    ...     ]
    >>> check_causal(running_sum)
    check_causal: 4 outputs depend on what came before them, and on nothing later

    >>> check_causal(lambda rows: [[sum(row[0] for row in rows)] for _ in rows])
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_causal: output 0 depends on the later input 1
    at:       4 inputs of 3 numbers
    expected: a derivative of 0
    got:      1
    hint:     Every output sees the whole sequence. Give the one at `place` what is in
              rows[:place+1].

    Args:
        model: takes a list of vectors, one for each place, and returns a list with as many vectors.
        inputs: the vectors; if left out, four of three numbers.

    Raises:
        CheckFailedError: if an output depends on a later input, or not on its own and all before it.
        ArgumentError: if it is not given a function, or there are fewer than two inputs.
    """
    check_functions(_NAME, model=model)
    given = _ROWS if inputs is None else inputs
    if len(given) < 2:
        raise ArgumentError(f"{_NAME}(inputs) takes two places or more: with one there is no later one")
    rows = [[ScalarValue(float(as_number(x, f"{_NAME}(inputs)"))) for x in row] for row in given]
    at = f"{len(rows)} inputs of {counted(len(rows[0]), 'number')}"
    with calling(_NAME, at):
        outputs = model([list(row) for row in rows])
    if not isinstance(outputs, Sequence) or len(outputs) != len(rows):
        got = counted(len(outputs), "output") if isinstance(outputs, Sequence) else shown(outputs)
        raise CheckFailedError(
            _NAME,
            "there is not an output for every input",
            at,
            f"{len(rows)} outputs",
            got,
            "Return a list with a vector for each place.",
        )
    use = [[_largest(output, row) for row in rows] for output in outputs]
    for place, derivatives in enumerate(use):
        for other, derivative in enumerate(derivatives):
            if other > place and derivative:
                raise CheckFailedError(
                    _NAME,
                    f"output {place} depends on the later input {other}",
                    at,
                    "a derivative of 0",
                    brief(derivative),
                    _why_later(use),
                )
    for place, derivatives in enumerate(use):
        for other in range(place, -1, -1):
            if not derivatives[other]:
                raise CheckFailedError(
                    _NAME,
                    f"output {place} does not depend on input {other}",
                    at,
                    "a derivative that is not 0",
                    "0",
                    _why_not(use),
                )
    return CheckPassed(_NAME, f"{len(rows)} outputs depend on what came before them, and on nothing later")


def _largest(output: Any, row: Sequence[ScalarValue]) -> float:
    """Return the largest derivative, by its size, of any number of an output by any number of an input."""
    numbers = output if isinstance(output, Sequence) else [output]
    found = [
        float(slope)
        for number in numbers
        if isinstance(number, ScalarValue) and number.requires_grad
        for slope in grad(number, row, allow_unused=True)
        if slope is not None
    ]
    return max(found, key=abs, default=0.0)


def _why_later(use: _Use) -> str:
    places = range(len(use))
    if all(use[place][other] for place in places for other in places):
        return "Every output sees the whole sequence. Give the one at `place` what is in rows[:place+1]."
    if all(bool(use[place][other]) == (other <= place + 1) for place in places for other in places):
        return "It sees one place too many: rows[:place+1] ends with the place itself."
    if all(bool(use[place][other]) == (other >= place) for place in places for other in places):
        return "It looks the wrong way: from its place on. rows[:place+1] is what came up to there."
    return "Give the output at `place` nothing but rows[:place+1]."


def _why_not(use: _Use) -> str:
    places = range(len(use))
    if not any(any(row) for row in use):
        return "No output depends on any input: .data, float() and rounding leave the graph."
    if not any(use[place][place] for place in places):
        return "rows[:place] ends before the place itself: take rows[:place+1]."
    if not any(use[place][other] for place in places for other in range(place)):
        return "Every output sees its own input alone. Give the one at `place` what is in rows[:place+1]."
    return "Give the output at `place` all of rows[:place+1]."
