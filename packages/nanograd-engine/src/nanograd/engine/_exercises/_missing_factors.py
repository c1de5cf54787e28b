"""Derivatives with a factor too many or too few: that of the inside, an exponent, a constant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from nanograd.engine._exercises._numeric import is_close
from nanograd.engine._exercises._trials import Case, Trial
from nanograd.engine._exercises._verdict import brief

FORGOTTEN_TOO = " And `gradient` is forgotten: multiply by it too."

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
_EXPONENTS = (2, 3, 4, 5)


def by_a_factor(trials: Sequence[Trial], names: Sequence[str], indices: Sequence[int]) -> Iterator[str]:
    """Yield what gradients have to be multiplied by, or were once too often, with `gradient` and without."""
    which = "It is" if len(indices) == 1 else "They are"
    for forgotten in (False, True):
        also = FORGOTTEN_TOO if forgotten else ""
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


def added_factor(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    """Look for the derivative of the inside as a summand: its place is in a product."""
    for at, name in enumerate(names):
        for words, factor in _FACTORS:
            numbers = [factor(trial.arguments[at]) for trial in trials]
            if not all(numbers):
                continue
            for multiplied in (False, True):
                if all(
                    is_close(
                        trial.got[index],
                        trial.expected[index] / number + number * (trial.gradient if multiplied else 1.0),
                    )
                    for trial, number in zip(trials, numbers, strict=True)
                ):
                    return (
                        f"{words.format(x=name)} is added; the chain rule multiplies by the derivative of "
                        "the inside."
                    )
    return ""


def by_an_exponent(trials: Sequence[Trial], names: Sequence[str], index: int) -> str:
    """Look for a power u**n whose derivative has another exponent than n - 1, or is not taken at u."""
    if any(trial.result <= 0 for trial in trials):
        return ""
    for n in _EXPONENTS:
        # the number in the power, the argument, what came and what is right
        known = [
            (trial.result ** (1 / n), trial.arguments[index], trial.got[index], trial.expected[index])
            for trial in trials
        ]
        right = f"the derivative of u**{n} is {n} * u{'' if n == 2 else f'**{n - 1}'}."
        if all(is_close(got, expected * u) for u, _, got, expected in known):
            return f"An exponent is one too high: {right}"
        if all(is_close(got * u, expected) for u, _, got, expected in known):
            return f"An exponent is one too low: {right}"
        # prod and not **, which raises where a float overflows
        if all(is_close(got, expected * math.prod([x / u] * (n - 1))) for u, x, got, expected in known):
            return f"The derivative of u**{n} is taken at {names[index]}: take it at the inside, u."
    return ""


def by_a_constant(cases: Sequence[Case]) -> str:
    """Look for the same factor, the same difference or the same number at all inputs."""
    if len(cases) < 2:
        return ""
    first, *others = cases
    if first.expected and all(is_close(c.got, c.expected * first.got / first.expected) for c in others):
        return times(first.got / first.expected)
    if all(is_close(c.got, c.gradient * first.got / first.gradient) for c in others):
        return "It is the same number at every input, but this derivative depends on where it is taken."
    off = (first.got - first.expected) / first.gradient
    if all(is_close(c.got, c.expected + c.gradient * off) for c in others):
        return (
            f"The derivative is {brief(off)} more than it should be at every input: a term too many or "
            "too few."
        )
    return ""


def times(ratio: float) -> str:
    """Say that numbers are wrong by a constant factor."""
    if _is_whole(ratio):
        whole = brief(ratio)
        return f"It is {whole} times what it should be at every input: a factor {whole} too many."
    if _is_whole(1 / ratio):
        whole = brief(1 / ratio)
        return f"It is 1/{whole} of what it should be at every input: a factor {whole} is missing."
    return f"It is {brief(ratio)} times what it should be at every input."


def _is_whole(number: float) -> bool:
    return number > 1.5 and is_close(number, round(number))
