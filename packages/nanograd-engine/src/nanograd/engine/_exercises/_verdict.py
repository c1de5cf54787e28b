"""What a check says: what passed, or where it failed, with both numbers and a hint."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nanograd.engine._errors import ArgumentError, NanogradError
from nanograd.engine._numbers import described

_WIDTH = 90  # of a message; longer lines are read in two


@dataclass(frozen=True, repr=False)
class CheckPassed:
    """What a check returns if everything is right; it prints as one line.

    >>> from nanograd.engine.testing import check_backward
    >>> check_backward(lambda x: x * x, lambda gradient, x: 2 * x * gradient)
    check_backward: 1 derivative is right at 5 inputs

    Attributes:
        check: the name of the check.
        found: what was checked, in words.
    """

    check: str
    found: str

    def __repr__(self) -> str:
        return f"{self.check}: {self.found}"


class CheckFailedError(NanogradError, AssertionError):
    """An answer is wrong; the message says where, what was expected, what came, and what it looks like.

    >>> from nanograd.engine.testing import check_backward
    >>> check_backward(lambda x: x * x, lambda gradient, x: x * gradient)
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.CheckFailedError: check_backward: the gradient of x is wrong
    at:       x = 2, gradient = 1
    expected: 4
    got:      2
    hint:     It is half of what it should be at every input: a factor 2 is missing.

    Attributes:
        check: the name of the check.
        problem: what is wrong, in words.
        at: the input.
        expected: what would be right.
        got: what came instead.
        hint: the mistake that it looks like.
    """

    def __init__(self, check: str, problem: str, at: str, expected: str, got: str, hint: str) -> None:
        super().__init__(check, problem, at, expected, got, hint)
        self.check = check
        self.problem = problem
        self.at = at
        self.expected = expected
        self.got = got
        self.hint = hint

    def __str__(self) -> str:
        fields = {"at": self.at, "expected": self.expected, "got": self.got, "hint": self.hint}
        lines = [
            textwrap.fill(
                text,
                _WIDTH,
                initial_indent=f"{name + ':':<10}",
                subsequent_indent=" " * 10,
                break_long_words=False,
                break_on_hyphens=False,
            )
            for name, text in fields.items()
            if text
        ]
        return "\n".join([f"{self.check}: {self.problem}", *lines])


# A reader finds them where they are public.
for _public in (CheckPassed, CheckFailedError):
    _public.__module__ = "nanograd.engine.testing"


def check_functions(check: str, **functions: object) -> None:
    """Look whether a check was given functions.

    Raises:
        ArgumentError: if one of them is something else, such as what a function has returned.
    """
    for name, given in functions.items():
        if not callable(given):
            raise ArgumentError(
                f"{check}({name}) takes a function and got {shown(given)}. Give the function itself, not "
                "what it returns."
            )


@contextmanager
def calling(check: str, at: str) -> Iterator[None]:
    """Say of an error of the learner's own code at which input it came."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, CheckFailedError):
            error.add_note(f"{check} called your function with {at}")
        raise


NO_RETURN = "A function without a return statement gives None."


def shown(given: object) -> str:
    """Return what a learner's function gave instead of what was asked for."""
    return "None" if given is None else described(given)


def ordered(given: object) -> list[Any] | None:
    """Return the numbers of a list, tuple, array or generator; None of what has no order, or is one thing."""
    if not hasattr(given, "__iter__") or isinstance(given, str | AbstractSet | Mapping):
        return None
    return list(given)


def brief(number: float) -> str:
    return f"{number + 0.0:.6g}"  # -0.0 is written as 0


def listed(numbers: object) -> str:
    """Return a list of numbers as it is written in Python, shortened."""
    if not isinstance(numbers, list | tuple):
        return brief(numbers) if isinstance(numbers, int | float) else repr(numbers)
    return f"[{', '.join(map(listed, numbers))}]"


def counted(count: int, one: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {one}s"
