"""The mistakes that are made in the gradient of a function of a list, each as the numbers it leads to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from nanograd.engine._exercises._derivative_mistakes import NO_USUAL_MISTAKE, NOT_FINITE
from nanograd.engine._exercises._missing_factors import times
from nanograd.engine._exercises._numeric import Point, is_close
from nanograd.engine._exercises._verdict import brief

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
        (
            "Each number is the sum of all. If it is a numeric derivative, all are moved at once: move one "
            "alone."
        ),
        lambda t: [sum(t.expected)] * len(t.xs),
    ),
)


def likely_mistake(trials: Sequence[Trial], rtol: float, atol: float) -> str:
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
            f"It is nearly right, off by up to {brief(off)}. If it is a numeric derivative, its h is too "
            "large or too small: take a step of h = 1e-5 to both sides, (f(x + h) - f(x - h)) / (2 * h)."
        )
    return NO_USUAL_MISTAKE
