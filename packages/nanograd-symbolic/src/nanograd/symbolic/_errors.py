"""The errors of this package: each names the formula that was asked for and what to do instead."""

from __future__ import annotations

from nanograd.engine import NanogradError


class NoFormulaError(NanogradError, ValueError):
    """An operation or a number has no formula in SymPy, such as rounding to decimal digits."""


class FormulaSizeError(NanogradError, ValueError):
    """A formula would be too large to be of use, because what a graph shares a formula has to repeat."""


for _error in (NoFormulaError, FormulaSizeError):
    _error.__module__ = "nanograd.symbolic"
