"""The mistakes that are made in writing a derivative, each as the wrong numbers it leads to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

from nanograd.engine._exercises._missing_factors import (
    FORGOTTEN_TOO,
    added_factor,
    by_a_constant,
    by_a_factor,
    by_an_exponent,
)
from nanograd.engine._exercises._numeric import Point, Sampled, is_close
from nanograd.engine._exercises._trials import Case, Trial
from nanograd.engine._exercises._verdict import brief

Prediction = Callable[[Case], float]

NOT_FINITE = "It is not a finite number everywhere: something was divided by 0, or overflowed."
NO_USUAL_MISTAKE = (
    "It fits none of the usual mistakes. Compare it with (f(x+h) - f(x-h)) / (2*h) for a small h."
)


def _rounded_down(x: float, got: float) -> float:
    """Return a number rounded down; on either side, where a numeric derivative of 1 may be 0.9999999999."""
    below, above = math.floor(x - 1e-6), math.floor(x + 1e-6)
    return below if is_close(got, below) else above


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
    (
        "It is a whole number everywhere: `//` rounds down, `/` divides.",
        lambda c: _rounded_down(c.expected, c.got),
    ),
    (
        "It is rounded down to a whole number: `//` rounds down, `/` divides.",
        lambda c: c.gradient * _rounded_down(c.slope, c.got / c.gradient),
    ),
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
    together = _gradient_not_first(trials, names, again) or _swapped(trials, names)
    if len(names) == 1 and not together:
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
        return found[0].format(x=names[wrong[0]] if len(wrong) == 1 else "its argument")
    shared = next(by_a_factor(trials, names, wrong), "") or _wrong_together(trials, wrong)
    if shared or not any(found):
        return shared or NO_USUAL_MISTAKE
    return " ".join(
        f"{names[index]}: {(words or NO_USUAL_MISTAKE).format(x=names[index])}"
        for index, words in zip(wrong, found, strict=True)
    )


def _gradient_not_first(
    trials: Sequence[Trial], names: Sequence[str], again: Callable[[float, Point], Point | None]
) -> str:
    """Look for a rule that is right, but takes the arriving gradient in another place than the first."""
    for place in range(1, len(names) + 1):
        for trial in trials:
            arguments = (*trial.arguments[:place], trial.gradient, *trial.arguments[place:])
            got = again(arguments[0], arguments[1:])
            if got is None or not all(map(is_close, got, trial.expected)):
                break
        else:
            order = ", ".join(names)
            return (
                f"Your function expects its arguments in another order: `gradient` comes first, then {order}."
            )
    return ""


def _swapped(trials: Sequence[Trial], names: Sequence[str]) -> str:
    indices = list(range(len(names)))
    for forgotten in (False, True):
        also = FORGOTTEN_TOO if forgotten else ""
        for i, j in combinations(indices, 2):
            order = indices.copy()
            order[i], order[j] = j, i
            if _is_in_order(trials, order, forgotten):
                x, y = names[i], names[j]
                return (
                    f"The gradients of {x} and {y} are swapped: what belongs to {x} is returned for {y}."
                    f"{also}"
                )
        if len(names) > 1 and _is_in_order(trials, indices[::-1], forgotten):
            return f"The gradients come in reverse order: the first one belongs to the first argument.{also}"
    return ""


def _is_in_order(trials: Sequence[Trial], order: Sequence[int], forgotten: bool) -> bool:
    return all(
        is_close(trial.got[k] * (trial.gradient if forgotten else 1.0), trial.expected[at])
        for trial in trials
        for k, at in enumerate(order)
    )


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
    """Return the mistake in the gradient of one argument, which is {x} in it; empty if none fits."""
    cases = [Case(t.result, t.gradient, t.expected[index] / t.gradient, t.got[index]) for t in trials]
    if not all(math.isfinite(case.got) for case in cases):
        return NOT_FINITE
    if all(is_close(case.slope, 0.0) for case in cases):
        return f"The result does not depend on {names[index]}, so its gradient is 0."
    one_sided = _on_one_side(trials, names, index)
    if one_sided:
        return one_sided
    for words, prediction in _MISTAKES:
        if _holds(cases, prediction):
            return words
    return (
        _that_of_another(trials, names, index)
        or next(by_a_factor(trials, names, [index]), "")
        or added_factor(trials, names, index)
        or by_an_exponent(trials, names, index)
        or by_a_constant(cases)
    )


def _holds(cases: Sequence[Case], prediction: Prediction) -> bool:
    return all(is_close(case.got, prediction(case)) for case in cases)


def _that_of_another(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    for other, name in enumerate(names):
        if all(is_close(trial.got[index], trial.expected[other]) for trial in trials):
            return f"It is the gradient of {name}, returned for {{x}}."
    return ""


def _on_one_side(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    """Look for a derivative that is right for one sign of the argument, as that of abs may be."""
    sides: dict[bool, list[bool]] = {True: [], False: []}
    for trial in trials:
        is_right = is_close(trial.got[index], trial.expected[index])
        sides[trial.arguments[index] > 0].append(is_right)
    positive, negative = sides[True], sides[False]
    # At a single input, a number is right by chance too easily.
    if len(positive) > 1 and all(positive) and negative and not any(negative):
        return f"It is right where {names[index]} is positive, and wrong where it is not."
    if len(negative) > 1 and all(negative) and positive and not any(positive):
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
