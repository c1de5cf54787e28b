"""Analysis: a program, its sums and its classes, which together say what can be computed at once."""

from __future__ import annotations

from typing import NamedTuple

from nanograd.compile._classes import Classes, classify, sums_of_few_lengths
from nanograd.compile._program import ScalarProgram
from nanograd.compile._simplify import simplify, without_equal_sums, without_sums_of_one
from nanograd.compile._sums import Sums, flatten_sums


class Analysis(NamedTuple):
    """A simplified program, its sums and its classes."""

    program: ScalarProgram
    sums: Sums
    classes: Classes


def analyze(captured: ScalarProgram) -> Analysis:
    """Return what a captured program comes down to.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x = [ScalarValue(1.0), ScalarValue(2.0)]
    >>> [len(members) for members in analyze(capture(sum(x[:1]) * sum(x), inputs=x)).classes.members[3:]]
    [2, 1]

    Args:
        captured: as :func:`capture` returns it.
    """
    program = simplify(captured)
    while True:
        sums = flatten_sums(program)
        changed = without_equal_sums(program, sums.terms)
        if changed is None:
            classes = _classes(program, sums)
            changed = without_sums_of_one(program, sums.terms, classes.members)
            if changed is None:
                return Analysis(program, sums, classes)
        program = changed


def _classes(program: ScalarProgram, sums: Sums) -> Classes:
    """Return the classes, with sums of different lengths apart where that is better."""
    by_length: set[int] = set()
    while True:
        classes = classify(program, sums, by_length)
        apart = sums_of_few_lengths(sums, classes)
        if apart <= by_length:
            return classes
        by_length |= apart
