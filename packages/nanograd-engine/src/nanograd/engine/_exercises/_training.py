"""check_training_step: a learner's own step of gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._exercises._numeric import is_close
from nanograd.engine._exercises._verdict import CheckFailedError, CheckPassed, brief, calling, check_functions
from nanograd.engine._value import ScalarValue

_NAME = "check_training_step"
_STEPS = 3
_RATE = 0.1

_Loss = Callable[[], ScalarValue]
_Step = Callable[[list[ScalarValue], _Loss, float], Any]
_Numbers = list[float]


def check_training_step(step: _Step) -> CheckPassed:
    """Check a step of gradient descent, called as ``step(parameters, loss_of, lr)``.

    >>> def step(parameters, loss_of, lr):
    ...     for p in parameters:
    ...         p.zero_grad()
    ...     loss = loss_of()
    ...     loss.backward()
    ...     for p in parameters:
    ...         p.data -= lr * p.grad
    >>> check_training_step(step)
    check_training_step: 2 parameters are right after 3 steps

    >>> def forgetful(parameters, loss_of, lr):
    ...     loss_of().backward()
    ...     for p in parameters:
    ...         p.data -= lr * p.grad
    >>> check_training_step(forgetful)
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_training_step: the parameters are wrong after step 2
    at:       w = 2.4, b = -1.8, lr = 0.1
    expected: w = 2.2, b = -2.32
    got:      w = 1.6, b = -3.12
    hint:     Gradients of the step before were added to: call zero_grad() of every parameter
              in each step.

    It tells apart: a wrong sign, ``zero_grad`` forgotten or called too late, ``backward`` forgotten, a
    learning rate forgotten, an update before the gradients are there, and updates that do not reach ``data``.

    Args:
        step: takes a list of parameters, a function that computes the loss from them, and the learning rate.
            It changes each parameter's ``data`` by -lr times its gradient.

    Raises:
        CheckFailedError: if a parameter is wrong after one of three steps.
        ArgumentError: if it is not given a function.
    """
    check_functions(_NAME, step=step)
    parameters, loss_of = _problem()
    before = [_data(parameters)]
    for count in range(1, _STEPS + 1):
        at = f"{_written(before[-1])}, lr = {_RATE}"
        expected = _after(_right, count)[-1]
        with calling(_NAME, at):
            step(list(parameters), loss_of, _RATE)
        before.append(_data(parameters))
        if not all(map(is_close, before[-1], expected)):
            raise CheckFailedError(
                check=_NAME,
                problem=f"the parameters are wrong after step {count}",
                at=at,
                expected=_written(expected),
                got=_written(before[-1]),
                hint=_likely_mistake(step, parameters),
            )
    return CheckPassed(_NAME, f"{len(parameters)} parameters are right after {_STEPS} steps")


def _problem() -> tuple[list[ScalarValue], _Loss]:
    """Return parameters and a loss whose gradient differs from its parameters and changes on the way."""
    w, b = ScalarValue(3.0, "w"), ScalarValue(-1.0, "b")
    return [w, b], lambda: (w + b - 1.0) ** 2 + (w - 1.0) ** 2 + 6.0 * b


def _likely_mistake(step: _Step, parameters: Sequence[ScalarValue]) -> str:
    got = _after(step, _STEPS)
    for words, mistake in _MISTAKES:
        if _same(got, _after(mistake, _STEPS)):
            return words
    still = [p.label for k, p in enumerate(parameters) if all(numbers[k] == got[0][k] for numbers in got)]
    if len(still) == len(parameters):
        if any(p.grad for p in parameters):
            return (
                "No parameter has moved, though gradients are there. `p = p - lr * p.grad` gives the name p "
                "to another number; change the parameter itself: p.data -= lr * p.grad."
            )
        return (
            "No parameter has moved, and there are no gradients. The order is: zero_grad, then the loss and "
            "its backward(), then the update."
        )
    if still:
        return f"{', '.join(map(str, still))} has not moved: change every parameter."
    return "The rule is p.data -= lr * p.grad, with the gradient of a loss that was computed in this step."


def _after(step: _Step, count: int) -> list[_Numbers]:
    """Return the parameters of a fresh problem before and after each step."""
    parameters, loss_of = _problem()
    found = [_data(parameters)]
    for _ in range(count):
        step(list(parameters), loss_of, _RATE)
        found.append(_data(parameters))
    return found


def _same(numbers: Sequence[_Numbers], others: Sequence[_Numbers]) -> bool:
    return all(
        is_close(a, b) for x, y in zip(numbers, others, strict=True) for a, b in zip(x, y, strict=True)
    )


def _data(parameters: Sequence[ScalarValue]) -> _Numbers:
    return [float(p.data) for p in parameters]


def _written(numbers: Sequence[float]) -> str:
    return ", ".join(f"{name} = {brief(number)}" for name, number in zip("wb", numbers, strict=True))


# ---- steps: the right one, and those with a mistake


def _right(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    _zero(parameters)
    loss_of().backward()
    _update(parameters, lr)


def _zero(parameters: list[ScalarValue]) -> None:
    for p in parameters:
        p.zero_grad()


def _update(parameters: list[ScalarValue], lr: float) -> None:
    for p in parameters:
        p.data -= lr * p.grad


def _uphill(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    _right(parameters, loss_of, -lr)


def _forgetful(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    loss_of().backward()
    _update(parameters, lr)


def _twice(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    _right(parameters, loss_of, 2 * lr)


def _whole(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:  # noqa: ARG001 - that is the mistake
    _right(parameters, loss_of, 1.0)


def _early(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    _update(parameters, lr)
    _zero(parameters)
    loss_of().backward()


def _replaced(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:
    _zero(parameters)
    loss_of().backward()
    for p in parameters:
        p.data = -lr * p.grad


def _shrunk(parameters: list[ScalarValue], loss_of: _Loss, lr: float) -> None:  # noqa: ARG001 - that is the mistake
    for p in parameters:
        p.data -= lr * p.data


_MISTAKES: tuple[tuple[str, _Step], ...] = (
    ("The step goes uphill: the gradient points to where the loss grows. Subtract lr * p.grad.", _uphill),
    (
        "Gradients of the step before were added to: call zero_grad() of every parameter in each step.",
        _forgetful,
    ),
    ("The step is twice as long: was backward() called twice, or the update done twice?", _twice),
    ("The learning rate is forgotten: subtract lr * p.grad, not all of p.grad.", _whole),
    (
        "The update comes before the gradients of this step are there: first backward(), then the update.",
        _early,
    ),
    (
        "The parameter is replaced by -lr * p.grad: subtract from what it was, p.data -= lr * p.grad.",
        _replaced,
    ),
    ("It subtracts a part of the parameter itself: p.grad is meant, not p.data.", _shrunk),
)
