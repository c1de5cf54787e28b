"""The mistakes that are made in writing a derivative, each as the wrong numbers it leads to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from nanograd.engine._exercises._numeric import Point, Sampled, is_close
from nanograd.engine._exercises._verdict import brief


class Trial(NamedTuple):
    """One call of a learner's backward rule.

    Attributes:
        arguments: those of the operation.
        result: what the operation makes of them.
        gradient: what arrives at the result.
        expected: the right gradient of each argument.
        got: what the learner's function returned.
    """

    arguments: Point
    result: float
    gradient: float
    expected: Point
    got: Point


class Case(NamedTuple):
    """One argument's gradient in one trial.

    ``slope`` is the right one divided by the arriving ``gradient``.
    """

    result: float
    gradient: float
    slope: float
    got: float

    @property
    def expected(self) -> float:
        return self.gradient * self.slope


Prediction = Callable[[Case], float]

NO_USUAL_MISTAKE = (
    "It fits none of the usual mistakes. Compare it with (f(x+h) - f(x-h)) / (2*h) for a small h."
)


def _rounded_down(x: float) -> float:
    return math.floor(x + 1e-6)  # a numeric derivative of 1 may be 0.9999999999


_MISTAKES: tuple[tuple[str, Prediction], ...] = (
    ("It is 0 at every input: {x} is treated as a constant.", lambda c: 0.0),
    ("It has the wrong sign at every input.", lambda c: -c.expected),
    (
        "`gradient` is forgotten: it is the derivative alone. The chain rule multiplies it by what arrives.",
        lambda c: c.slope,
    ),
    ("`gradient` is added to the derivative; the chain rule multiplies.", lambda c: c.slope + c.gradient),
    ("The derivative is multiplied by `gradient` twice.", lambda c: c.expected * c.gradient),
    ("The derivative is divided by `gradient`; the chain rule multiplies.", lambda c: c.slope / c.gradient),
    (
        "The arriving gradient is passed on as it is, as a sum does. Multiply it by the derivative by {x}.",
        lambda c: c.gradient,
    ),
    ("It is half of what it should be at every input: a factor 2 is missing.", lambda c: c.expected / 2),
    ("It is twice what it should be at every input: a factor 2 too many.", lambda c: c.expected * 2),
    ("It is the result of the operation, not its derivative.", lambda c: c.result),
    ("It is the result of the operation, not its derivative.", lambda c: c.gradient * c.result),
    (
        "It is 1 / derivative: the fraction is upside down.",
        lambda c: c.gradient / c.slope if c.slope else math.nan,
    ),
    ("It is a whole number everywhere: `//` rounds down, `/` divides.", lambda c: _rounded_down(c.expected)),
    (
        "It is rounded down to a whole number: `//` rounds down, `/` divides.",
        lambda c: c.gradient * _rounded_down(c.slope),
    ),
)

# What a derivative is multiplied by once too often or not at all, of a number x and in words.
_FACTORS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("{x}", lambda x: x),
    ("2 * {x}", lambda x: 2 * x),
    ("-{x}", lambda x: -x),
    ("{x}**2", lambda x: x * x),
    ("3 * {x}**2", lambda x: 3 * x * x),
    ("exp({x})", lambda x: math.exp(min(x, 700.0))),
    ("cos({x})", math.cos),
    ("sin({x})", math.sin),
    ("(1 - {x}**2)", lambda x: 1 - x * x),
    ("(1 - {x})", lambda x: 1 - x),
)


def likely_mistake(
    trials: Sequence[Trial],
    names: Sequence[str],
    sampled: Sampled,
    again: Callable[[float, Point], Point | None],
) -> str:
    """Return in words the mistake that explains the wrong numbers of all trials.

    Args:
        trials: every call of the learner's function, with at least one wrong number.
        names: the arguments.
        sampled: the operation, to differentiate it elsewhere.
        again: calls the learner's function with other arguments.
    """
    together = _swapped(trials, names)
    if len(names) == 1:
        together = _on_one_side(trials, names, 0) or _at_the_result(trials, sampled, again)
    if together:
        return together
    wrong = [
        index
        for index in range(len(names))
        if any(not is_close(trial.got[index], trial.expected[index]) for trial in trials)
    ]
    found = [_mistake_in_one(trials, names, index) for index in wrong]
    if len(set(found)) == 1 and found[0]:
        return found[0]
    shared = next(_by_a_factor(trials, names, wrong), "") or _wrong_together(trials, wrong)
    if shared or not any(found):
        return shared or NO_USUAL_MISTAKE
    return " ".join(
        f"{names[index]}: {words or NO_USUAL_MISTAKE}" for index, words in zip(wrong, found, strict=True)
    )


def _swapped(trials: Sequence[Trial], names: Sequence[str]) -> str:
    indices = list(range(len(names)))
    for i, j in combinations(indices, 2):
        order = indices.copy()
        order[i], order[j] = j, i
        if _is_in_order(trials, order):
            x, y = names[i], names[j]
            return f"The gradients of {x} and {y} are swapped: what belongs to {x} is returned for {y}."
    if _is_in_order(trials, indices[::-1]):
        return "The gradients come in reverse order: the first one belongs to the first argument."
    return ""


def _is_in_order(trials: Sequence[Trial], order: Sequence[int]) -> bool:
    return all(is_close(trial.got[k], trial.expected[at]) for trial in trials for k, at in enumerate(order))


def _at_the_result(
    trials: Sequence[Trial], sampled: Sampled, again: Callable[[float, Point], Point | None]
) -> str:
    """Look for a derivative of one argument that confuses the argument x with the result o."""
    given_result = [again(trial.gradient, (trial.result,)) for trial in trials]
    if all(
        got is not None and is_close(got[0], trial.expected[0])
        for got, trial in zip(given_result, trials, strict=True)
    ):
        return (
            "This formula takes the result of the operation, and is given its argument: compute the result "
            "first, and put it in."
        )
    slopes = [sampled.slopes((trial.result,)) for trial in trials]
    known = [(slope[0], trial) for slope, trial in zip(slopes, trials, strict=True) if slope is not None]
    if known and all(is_close(trial.got[0], slope * trial.gradient) for slope, trial in known):
        return "It is the derivative at the result of the operation. Take it at the argument."
    return ""


def _mistake_in_one(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    """Return the mistake in the gradient of one argument; empty if none fits."""
    cases = [Case(t.result, t.gradient, t.expected[index] / t.gradient, t.got[index]) for t in trials]
    if not all(math.isfinite(case.got) for case in cases):
        return "It is not a finite number everywhere: something was divided by 0, or overflowed."
    if all(is_close(case.slope, 0.0) for case in cases):
        return f"The result does not depend on {names[index]}, so its gradient is 0."
    one_sided = _on_one_side(trials, names, index)
    if one_sided:
        return one_sided
    for words, prediction in _MISTAKES:
        if _holds(cases, prediction):
            return words.format(x=names[index])
    return next(_by_a_factor(trials, names, [index]), "") or _by_a_constant(cases)


def _holds(cases: Sequence[Case], prediction: Prediction) -> bool:
    return all(is_close(case.got, prediction(case)) for case in cases)


def _by_a_factor(trials: Sequence[Trial], names: Sequence[str], indices: Sequence[int]) -> Iterator[str]:
    """Yield what gradients have to be multiplied by, or were once too often, with `gradient` and without."""
    which = "It is" if len(indices) == 1 else "They are"
    for forgotten in (False, True):
        also = " And `gradient` is forgotten: multiply by it too." if forgotten else ""
        for name, at in (*((name, k) for k, name in enumerate(names)), ("result", None)):
            for words, factor in _FACTORS:
                written, too_few, too_many = words.format(x=name), True, True
                for trial in trials:
                    number = factor(trial.result if at is None else trial.arguments[at])
                    for index in indices:
                        got = trial.got[index] * (trial.gradient if forgotten else 1.0)
                        too_few = too_few and is_close(got * number, trial.expected[index])
                        too_many = too_many and is_close(got, trial.expected[index] * number)
                if too_few:
                    part = "the outermost function" if at is None else "the inside"
                    yield (
                        f"{which} right if multiplied by {written}: a factor is missing, such as the "
                        f"derivative of {part}.{also}"
                    )
                if too_many:
                    yield f"{which} multiplied by {written} once too often.{also}"


def _by_a_constant(cases: Sequence[Case]) -> str:
    """Look for the same factor, the same difference or the same number at all inputs."""
    if len(cases) < 2:
        return ""
    first, *others = cases
    if first.expected and _holds(others, lambda c: c.expected * first.got / first.expected):
        return f"It is {brief(first.got / first.expected)} times what it should be at every input."
    if _holds(others, lambda c: c.gradient * first.got / first.gradient):
        return "It is the same number at every input, but this derivative depends on where it is taken."
    if _holds(others, lambda c: c.expected + c.gradient * (first.got - first.expected) / first.gradient):
        term = brief((first.got - first.expected) / first.gradient)
        return f"The derivative is {term} more than it should be at every input: a term too many or too few."
    return ""


def _on_one_side(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    """Look for a derivative that is right for one sign of the argument, as that of abs may be."""
    right: set[bool] = set()
    wrong: set[bool] = set()
    for trial in trials:
        is_right = is_close(trial.got[index], trial.expected[index])
        (right if is_right else wrong).add(trial.arguments[index] > 0)
    if right == {True} and wrong == {False}:
        return f"It is right where {names[index]} is positive, and wrong where it is not."
    if right == {False} and wrong == {True}:
        return f"It is right where {names[index]} is negative, and wrong where it is positive."
    return ""


def _wrong_together(trials: Sequence[Trial], indices: Sequence[int]) -> str:
    """Look for a factor that gradients share at each input, but that differs from input to input."""
    ratios = []
    for trial in trials:
        pairs = [(trial.got[index], trial.expected[index]) for index in indices]
        known = [got / expected for got, expected in pairs if not is_close(expected, 0.0)]
        if len(known) < 2 or not all(is_close(ratio, known[0]) for ratio in known):
            return ""
        ratios.append(known[0])
    return (
        f"They are all wrong by the same factor at each input, {brief(ratios[0])} at the first. So what they "
        "share is wrong: the derivative of the outermost function."
    )
