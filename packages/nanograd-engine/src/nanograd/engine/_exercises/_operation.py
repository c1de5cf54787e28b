"""check_backward: the derivative of one operation, as a learner writes it by hand."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

from nanograd.engine._errors import ArgumentError, NumberTypeError
from nanograd.engine._exercises._derivative_mistakes import likely_mistake
from nanograd.engine._exercises._numeric import Point, Sampled, is_close, plain
from nanograd.engine._exercises._trials import Trial
from nanograd.engine._exercises._verdict import (
    NO_RETURN,
    CheckFailedError,
    CheckPassed,
    brief,
    calling,
    check_functions,
    counted,
    ordered,
    shown,
)
from nanograd.engine._numbers import as_number

_NAME = "check_backward"

# Arguments that leave few coincidences: no 0, no 1, and of either sign, inside and outside of (-1, 1).
_POINTS = (
    (2.0, 3.0, 0.5, 1.5, 4.0, 0.75),
    (0.5, 1.25, 2.5, 0.25, 0.75, 1.5),
    (-1.75, 2.5, -0.5, 1.25, -2.5, 0.5),
    (-0.3, -0.6, 0.8, -0.2, 0.4, -0.7),
    (3.5, 0.7, -1.2, -0.4, 1.1, 2.2),
)
_GRADIENTS = (1.0, 2.0, -0.5, 3.0, 0.7)


def check_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Sequence[float] | float] | None = None,
) -> CheckPassed:
    """Check the backward rule of one operation: gradient * d result / d argument, for each argument.

    >>> check_backward(lambda x, y: x * y, lambda gradient, x, y: (gradient * y, gradient * x))
    check_backward: 2 derivatives are right at 5 inputs

    >>> check_backward(lambda x, y: x * y, lambda gradient, x, y: (gradient * x, gradient * y))
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_backward: the gradient of x is wrong
    at:       x = 2, y = 3, gradient = 1
    expected: 3
    got:      2
    hint:     The gradients of x and y are swapped: what belongs to x is returned for y.

    It tells apart, among others: a wrong sign, the arriving gradient forgotten, arguments swapped, the
    derivative of the inside forgotten, a derivative taken at the result instead of at the argument, a factor
    too many or too few, and ``//`` where ``/`` is meant. The derivatives of ``forward`` are taken
    numerically, so any function will do.

    Args:
        forward: computes the result from the arguments; with functions of :mod:`nanograd.engine`, methods of
            ScalarValue or :mod:`math`.
        backward: called as ``backward(gradient, *arguments)`` with plain numbers, where ``gradient`` is the
            gradient that has arrived at the result. It returns the gradient of each argument; of a single
            one, a number will do.
        inputs: where to check, arguments of ``forward``; if left out, at five points. Points where
            ``forward`` has no derivative are left out.

    Raises:
        CheckFailedError: if a gradient is wrong.
        ArgumentError: if it is not given two functions, or ``forward`` takes no arguments or has a derivative
            at none of the inputs.
    """
    check_functions(_NAME, forward=forward, backward=backward)
    names = _argument_names(forward, inputs)
    sampled = Sampled(_NAME, "forward", forward, takes_list=False)
    points = _points(len(names), inputs)
    found = [(point, slopes) for point in points if (slopes := sampled.slopes(point)) is not None]
    if not found:
        raise sampled.refuse(points)
    places = counted(len(found), "input")
    if len(found) == 1:
        found *= 2  # with the gradient 1 alone, nobody could forget to multiply by it
    trials = []
    for (point, slopes), gradient in zip(found, cycle(_GRADIENTS), strict=False):
        expected = tuple([gradient * slope for slope in slopes])
        got = _gradients(backward, names, point, gradient)
        trials.append(Trial(point, sampled.at(point), gradient, expected, got))
    for trial in trials:
        for index, name in enumerate(names):
            if not is_close(trial.got[index], trial.expected[index]):
                raise CheckFailedError(
                    check=_NAME,
                    problem=f"the gradient of {name} is wrong",
                    at=_written(names, trial.arguments, trial.gradient),
                    expected=brief(trial.expected[index]),
                    got=brief(trial.got[index]),
                    hint=likely_mistake(trials, names, sampled, _again(backward, names)),
                )
    verb = "is" if len(names) == 1 else "are"
    return CheckPassed(_NAME, f"{counted(len(names), 'derivative')} {verb} right at {places}")


def _argument_names(forward: Any, inputs: Any) -> list[str]:
    try:
        parameters = list(inspect.signature(forward).parameters.values())
    except ValueError:  # math.log, for one, does not tell
        names, open_ended = [], True
    else:
        kinds = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
        names = [p.name for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]
        open_ended = inspect.Parameter.VAR_POSITIONAL in {p.kind for p in parameters}
    if open_ended and inputs:
        count = len(inputs[0]) if isinstance(inputs[0], Sequence) else 1
        names += [f"x{index}" for index in range(len(names), count)]
    if not names:
        raise ArgumentError(
            f"{_NAME}(forward) takes a function of one number or several, such as lambda x, y: x * y; this "
            "one does not tell how many. Wrap it in a lambda, or give inputs=[[...]] too."
        )
    return names


def _points(arity: int, inputs: Any) -> list[Point]:
    if inputs is None:
        return [tuple([row[k % len(row)] + 0.125 * (k // len(row)) for k in range(arity)]) for row in _POINTS]
    points = []
    for index, given in enumerate(inputs):
        point = list(given) if isinstance(given, Sequence) else [given]
        if len(point) != arity:
            raise ArgumentError(
                f"{_NAME}(inputs[{index}]) has {len(point)} numbers, and forward takes {arity}"
            )
        points.append(tuple([float(as_number(number, f"{_NAME}(inputs[{index}])")) for number in point]))
    if not points:
        raise ArgumentError(f"{_NAME}(inputs=[]) has no inputs: give at least one, or leave it out")
    return points


def _gradients(backward: Callable[..., Any], names: Sequence[str], point: Point, gradient: float) -> Point:
    """Return what the learner's function returns, as plain numbers.

    Raises:
        CheckFailedError: if it is not one number for each argument.
    """
    at = _written(names, point, gradient)
    with calling(_NAME, at):
        given = backward(gradient, *point)
    numbers = ordered(given)
    if numbers is None:
        numbers = [given]
    expected = f"{counted(len(names), 'number')}: the gradient of {', '.join(names)}"
    if len(numbers) == len(names):
        try:
            return tuple([plain(number, _NAME) for number in numbers])
        except NumberTypeError:
            hint = NO_RETURN if given is None else "Each of them has to be a number."
            raise _no_numbers(at, expected, shown(given), hint) from None
    hint = (
        f"Return one number: the gradient of {names[0]}."
        if len(names) == 1
        else "Return the gradient of each argument, in the order of the arguments: return a, b"
    )
    raise _no_numbers(at, expected, shown(given), NO_RETURN if given is None else hint)


def _no_numbers(at: str, expected: str, got: str, hint: str) -> CheckFailedError:
    return CheckFailedError(_NAME, "it does not return a gradient for each argument", at, expected, got, hint)


def _again(backward: Callable[..., Any], names: Sequence[str]) -> Callable[[float, Point], Point | None]:
    """Return what calls the learner's function with other arguments; None where it fails."""

    def again(gradient: float, point: Point) -> Point | None:
        try:
            got = _gradients(backward, names, point, gradient)
        except Exception:  # noqa: BLE001 - only a guess is tried, outside of what was promised to the learner
            return None
        return got if all(map(math.isfinite, got)) else None

    return again


def _written(names: Sequence[str], point: Point, gradient: float) -> str:
    numbers = [f"{name} = {brief(number)}" for name, number in zip(names, point, strict=True)]
    return ", ".join([*numbers, f"gradient = {brief(gradient)}"])
