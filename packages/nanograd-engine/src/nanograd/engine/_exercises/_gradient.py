"""check_gradient: the gradient of a function of a list, as a learner writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from nanograd.engine._errors import ArgumentError, NumberTypeError
from nanograd.engine._exercises._derivative_mistakes import NO_USUAL_MISTAKE, NOT_FINITE
from nanograd.engine._exercises._missing_factors import times
from nanograd.engine._exercises._numeric import Point, Sampled, is_close, plain
from nanograd.engine._exercises._verdict import (
    NO_RETURN,
    CheckFailedError,
    CheckPassed,
    brief,
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
_TINY = 1e-3  # a smaller ratio is no factor of a formula: a division by the step is missing or turned round


class Trial(NamedTuple):
    """One call of a learner's gradient: the input, the right gradient and what was returned."""

    xs: Point
    expected: Point
    got: Point


_Rule = Callable[[Trial], Sequence[float]]

_MISTAKES: tuple[tuple[str, _Rule], ...] = (
    ("It has the wrong sign at every input.", lambda t: [-e for e in t.expected]),
    (
        (
            "It is twice what it should be. The difference f(x + h) - f(x - h) spans 2 * h, "
            "not h; or a formula has a factor 2 too many."
        ),
        lambda t: [2 * e for e in t.expected],
    ),
    (
        (
            "It is half of what it should be. The difference f(x + h) - f(x) spans h, not "
            "2 * h; or a formula lacks a factor 2."
        ),
        lambda t: [e / 2 for e in t.expected],
    ),
    (
        "It is as many times too large as there are numbers: the 1 / n of a mean is missing.",
        lambda t: [e * len(t.xs) for e in t.expected],
    ),
    (
        "It is divided by how many numbers there are, but this function is no mean.",
        lambda t: [e / len(t.xs) for e in t.expected],
    ),
    ("It comes in reverse order.", lambda t: t.expected[::-1]),
    ("It is one place too far to the right.", lambda t: (*t.expected[-1:], *t.expected[:-1])),
    ("It is one place too far to the left.", lambda t: (*t.expected[1:], *t.expected[:1])),
    ("It is the list itself, not its gradient.", lambda t: t.xs),
    (
        "Each number is the sum of those up to there: begin each derivative afresh.",
        lambda t: [sum(t.expected[: end + 1]) for end in range(len(t.expected))],
    ),
    (
        "Each number is the sum of all. If it is a numeric derivative, all are moved at once: move one alone.",
        lambda t: [sum(t.expected)] * len(t.xs),
    ),
)


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
                    hint=_likely_mistake(trials, rtol, atol),
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
    if isinstance(given, Set | Mapping):
        return "Return a list: in a dict or set no number has a place."
    hint = "A gradient is as long as the list that it is taken at."
    return f"{hint} Is `return` in the loop?" if numbers is not None and len(numbers) == 1 else hint


def _likely_mistake(trials: Sequence[Trial], rtol: float, atol: float) -> str:
    numbers = [number for trial in trials for number in trial.got]
    if not all(map(math.isfinite, numbers)):
        return NOT_FINITE
    if not any(numbers):
        return (
            "It is 0 at every input: what is computed does not depend on the numbers, or h is so small that "
            "x + h is x."
        )
    for words, rule in _MISTAKES:
        if all(_agree(trial.got, rule(trial), rtol, atol) for trial in trials):
            return words
    return _at_one_place(trials, rtol, atol) or _by_a_constant(trials, rtol, atol) or _nearly(trials)


def _agree(numbers: Sequence[float], others: Sequence[float], rtol: float, atol: float) -> bool:
    return all(is_close(a, b, rtol, atol) for a, b in zip(numbers, others, strict=True))


def _at_one_place(trials: Sequence[Trial], rtol: float, atol: float) -> str:
    """Look for gradients of which one derivative is wrong and the others are right."""
    places, differences = [], []
    for trial in trials:
        wrong = [
            k
            for k, (g, e) in enumerate(zip(trial.got, trial.expected, strict=True))
            if not is_close(g, e, rtol, atol)
        ]
        if len(trial.xs) < 2 or len(wrong) != 1:
            return ""
        places.append(wrong[0])
        differences.append(trial.got[wrong[0]] - trial.expected[wrong[0]])
    where = f"It is right but for one place, number {places[0]}"
    if len(trials) > 1 and all(is_close(other, differences[0], rtol, atol) for other in differences):
        amount = brief(abs(differences[0]))
        return (
            f"{where}, where it is {amount} too {'large' if differences[0] > 0 else 'small'} at every input."
        )
    return f"{where}: look at how that one is treated differently from the others."


def _by_a_constant(trials: Sequence[Trial], rtol: float, atol: float) -> str:
    pairs = [pair for trial in trials for pair in zip(trial.got, trial.expected, strict=True)]
    got, expected = pairs[0]
    ratio = got / expected if expected else 0.0
    if ratio and all(is_close(g / ratio, e, rtol, atol) for g, e in pairs):
        if abs(ratio) < _TINY:
            return (
                f"It is {brief(ratio)} times what it should be at every input. A difference is divided by "
                "(2 * h), with parentheses: / 2 * h divides by 2, and multiplies by h."
            )
        return times(ratio)
    if all(is_close(g - e, got - expected) for g, e in pairs):
        return (
            f"Every derivative is {brief(got - expected)} more than it should be: a term too many or too few."
        )
    if all(is_close(g, got) for g, _ in pairs):
        return "It is the same number for all, but this derivative depends on where it is taken."
    return ""


def _nearly(trials: Sequence[Trial]) -> str:
    pairs = [pair for trial in trials for pair in zip(trial.got, trial.expected, strict=True)]
    if all(abs(g - e) <= 0.1 * (1 + abs(e)) for g, e in pairs):
        off = max(abs(g - e) for g, e in pairs)
        return (
            f"It is nearly right, off by up to {brief(off)}. If it is a numeric derivative, its h is too large "
            "or too small: take a step of h = 1e-5 to both sides, (f(x + h) - f(x - h)) / (2 * h)."
        )
    return NO_USUAL_MISTAKE
