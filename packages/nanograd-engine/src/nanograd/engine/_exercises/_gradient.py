"""check_gradient: the gradient of a function of a list, as a learner writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from nanograd.engine._errors import ArgumentError, NumberTypeError
from nanograd.engine._exercises._gradient_mistakes import Trial, likely_mistake
from nanograd.engine._exercises._numeric import Point, Sampled, is_close, plain
from nanograd.engine._exercises._verdict import (
    NO_RETURN,
    CheckFailedError,
    CheckPassed,
    calling,
    check_functions,
    counted,
    listed,
    ordered,
    shown,
)
from nanograd.engine._numbers import as_number

_NAME = "check_gradient"

# Of different lengths, so that a forgotten 1 / n is told from a wrong constant.
_LISTS = ((2.0, 3.0, 0.5), (0.5, -1.25, 2.5, 0.75), (-1.5, 0.8), (1.2, 0.3, -0.6, 2.2, -0.4))


def check_gradient(
    function: Callable[[Any], Any],
    gradient: Callable[[Any], Any],
    inputs: Sequence[Sequence[float]] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
) -> CheckPassed:
    """Check the gradient of a function of a list of numbers: one derivative for each number.

    >>> check_gradient(lambda xs: sum(x * x for x in xs), lambda xs: [2 * x for x in xs])
    check_gradient: 14 derivatives are right at 4 inputs

    >>> def mean_square(xs):
    ...     return sum(x * x for x in xs) / len(xs)
    >>> check_gradient(mean_square, lambda xs: [2 * x for x in xs])
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_gradient: derivative 0 is wrong
    at:       [2, 3, 0.5]
    expected: [1.33333, 2, 0.333333]
    got:      [4, 6, 1]
    hint:     It is as many times too large as there are numbers: the 1 / n of a mean is
              missing.

    It tells apart, among others: a wrong sign, a forgotten 1 / n, a wrong order, a derivative that is wrong
    in one place, and numeric derivatives that divide by h instead of 2 * h, take too large a step, or leave
    the list changed.

    Args:
        function: takes a list of values and returns one.
        gradient: takes a list of plain numbers and returns as many.
        inputs: where to check: lists of numbers; if left out, four lists of different lengths.
        rtol: how far a derivative may be off, as a part of it: numeric ones are right to a few digits.
        atol: how far it may be off besides.

    Raises:
        CheckFailedError: if a derivative is wrong.
        ArgumentError: if it is not given two functions, ``function`` has a gradient at none of the inputs, or
            a tolerance is negative.
    """
    check_functions(_NAME, function=function, gradient=gradient)
    if not (rtol >= 0 and atol >= 0):
        raise ArgumentError(f"{_NAME}() got rtol={rtol}, atol={atol}: they are not negative")
    sampled = Sampled(_NAME, "function", function, takes_list=True)
    points = [
        tuple([float(as_number(number, f"{_NAME}(inputs)")) for number in point])
        for point in (_LISTS if inputs is None else inputs)
    ]
    if not points or not all(points):
        raise ArgumentError(f"{_NAME}(inputs) takes lists of numbers, at least one, and none of them empty")
    trials = []
    for point in points:
        expected = sampled.slopes(point)
        if expected is not None:
            trials.append(Trial(point, expected, _returned(gradient, point, expected)))
    if not trials:
        raise sampled.refuse(points)
    for trial in trials:
        for index, (got, right) in enumerate(zip(trial.got, trial.expected, strict=True)):
            if not is_close(got, right, rtol, atol):
                raise CheckFailedError(
                    check=_NAME,
                    problem=f"derivative {index} is wrong",
                    at=listed(trial.xs),
                    expected=listed(trial.expected),
                    got=listed(trial.got),
                    hint=likely_mistake(trials, rtol, atol),
                )
    derivatives = counted(sum(len(trial.xs) for trial in trials), "derivative")
    verb = "is" if derivatives.startswith("1 ") else "are"
    return CheckPassed(_NAME, f"{derivatives} {verb} right at {counted(len(trials), 'input')}")


def _returned(gradient: Callable[[Any], Any], point: Point, expected: Point) -> Point:
    """Return what the learner's function returns, as plain numbers.

    Raises:
        CheckFailedError: if these are not as many numbers, or if it changed the list it was given.
    """
    xs = list(point)
    with calling(_NAME, listed(point)):
        given = gradient(xs)
    for index, (before, after) in enumerate(zip(point, xs, strict=False)):
        if before != after:
            raise CheckFailedError(
                check=_NAME,
                problem="your function changed the list that it was given",
                at=listed(point),
                expected=f"xs[{index}] = {before!r} afterwards too",
                got=f"xs[{index}] = {after!r}",
                hint=_how_to_put_back(before, after),
            )
    numbers = ordered(given)
    if numbers is None or len(numbers) != len(point):
        size = shown(given) if numbers is None else f"{counted(len(numbers), 'number')}: {listed(numbers)}"
        raise CheckFailedError(
            check=_NAME,
            problem="it does not return a derivative for each number",
            at=listed(point),
            expected=f"{counted(len(point), 'number')}: {listed(expected)}",
            got=size,
            hint=_why_so_many(given, numbers),
        )
    try:
        return tuple([plain(number, _NAME) for number in numbers])
    except NumberTypeError:
        raise CheckFailedError(
            check=_NAME,
            problem="it returns something that is not a number",
            at=listed(point),
            expected=listed(expected),
            got=shown(given),
            hint="Return a list of plain numbers.",
        ) from None


def _how_to_put_back(before: float, after: object) -> str:
    if isinstance(after, float) and is_close(before, after, 1e-12, 1e-12):
        return (
            "Moving a number back rounds it. Keep it and assign it again: old = xs[i], and at the end "
            "xs[i] = old. Or move it in a copy: list(xs)."
        )
    return "Put each number back before the next one is moved, or move it in a copy: list(xs)."


def _why_so_many(given: object, numbers: list[Any] | None) -> str:
    if given is None:
        return NO_RETURN
    if isinstance(given, AbstractSet | Mapping):
        return "Return a list: in a dict or set no number has a place."
    hint = "A gradient is as long as the list that it is taken at."
    return f"{hint} Is `return` in the loop?" if numbers is not None and len(numbers) == 1 else hint
