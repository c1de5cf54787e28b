"""Analysis: a program, its sums and its classes, which together say what can be computed at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from nanograd.compile._classes import LARGE, Classes, classify, sums_of_few_lengths
from nanograd.compile._depth import below_the_first_thin_height, is_deeper
from nanograd.compile._equal_sums import may_have_equal_sums, without_equal_sums
from nanograd.compile._program import Mask, ScalarProgram
from nanograd.compile._simplify import simplify, without_sums_of_one
from nanograd.compile._sum_parts import inside_sums, terms_of_sums, whole_sums
from nanograd.compile._sums import Sums, flatten_sums


class Analysis(NamedTuple):
    """A simplified program, its sums and its classes.

    Attributes:
        program: the program.
        sums: its sums.
        classes: its classes.
        deeper_than: how many classes there are at least, in a program so deep that only those of its lowest
            values were looked at; None if all were.
    """

    program: ScalarProgram
    sums: Sums
    classes: Classes
    deeper_than: int | None = None


def analyze(captured: ScalarProgram, deepest: int | None = None) -> Analysis:
    """Return what a captured program comes down to.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x = [ScalarValue(1.0), ScalarValue(2.0)]
    >>> [len(members) for members in analyze(capture(sum(x[:1]) * sum(x), inputs=x)).classes.members[3:]]
    [2, 1]

    Args:
        captured: as :func:`capture` returns it.
        deepest: the number of classes that is too many for arrays. Where a program that is deeper cannot have
            large classes, they are not looked for.
    """
    program = simplify(captured)
    while True:
        if deepest is not None:
            low = _low_part(program, deepest)
            if low is not None:
                sums = flatten_sums(program, low)
                return Analysis(program, sums, _classes(program, sums, low), deepest)
        sums = flatten_sums(program)
        changed = without_equal_sums(program, sums)
        if changed is None:
            classes = _classes(program, sums)
            changed = without_sums_of_one(program, sums.terms, classes.members)
            if changed is None:
                return Analysis(program, sums, classes)
        program = changed


def _low_part(program: ScalarProgram, deepest: int) -> Mask | None:
    """Return the values of a deep program that may be of large classes, None if it has to be looked at whole.

    That is also where sums may be equal, or of one term, and are worth less than a value.
    """
    inside = inside_sums(program)
    if not is_deeper(program, inside, deepest):
        return None
    terms = terms_of_sums(program, inside)
    counts = np.bincount(terms.of, minlength=len(program))
    if (counts[whole_sums(program, inside)] <= 1).any() or may_have_equal_sums(terms, len(program)):
        return None
    return below_the_first_thin_height(program, inside, terms, LARGE)


def _classes(program: ScalarProgram, sums: Sums, among: Mask | None = None) -> Classes:
    """Return the classes, with sums of different lengths apart where that is better."""
    by_length: set[int] = set()
    while True:
        classes = classify(program, sums, by_length, among)
        apart = sums_of_few_lengths(sums, classes)
        if apart <= by_length:
            return classes
        by_length |= apart
