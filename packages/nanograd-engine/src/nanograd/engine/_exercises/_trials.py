"""What a learner's rule returned, beside what is right."""

from __future__ import annotations

from typing import NamedTuple

from nanograd.engine._exercises._numeric import Point


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
