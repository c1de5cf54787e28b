"""The errors of generated code, exact evaluation and series: what there is none of, and why."""

from __future__ import annotations

from nanograd.engine import NanogradError


class NoSourceError(NanogradError, ValueError):
    """An operation cannot be written as source code, because its rules are not over a number system."""


class NoExactValueError(NanogradError, ValueError):
    """A graph has no exact value, because an operation is not rational, or its rule computes with floats."""


class NoTaylorSeriesError(NanogradError, ValueError):
    """A function has no Taylor series at a point, because it has a kink, a jump or a pole there."""


for _error in (NoSourceError, NoExactValueError, NoTaylorSeriesError):
    _error.__module__ = "nanograd.symbolic"
