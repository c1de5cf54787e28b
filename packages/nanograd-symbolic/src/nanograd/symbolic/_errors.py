"""The errors of this package: each names the formula that was asked for and what to do instead."""

from __future__ import annotations

from typing import Any

from nanograd.engine import NanogradError


class NoFormulaError(NanogradError, ValueError):
    """An operation or a number has no real formula in SymPy, such as rounding to decimal digits."""


class NoOperationError(NanogradError, ValueError):
    """A SymPy expression uses what the table of operations does not have, such as ``gamma`` or ``I``."""


class FormulaSizeError(NanogradError, ValueError):
    """A formula would be too large to be of use, because what a graph shares a formula has to repeat."""


class SimplifyTimeoutError(NanogradError, TimeoutError):
    """A formula could not be simplified in the time that was allowed.

    Attributes:
        formula: the formula as it was given.
        seconds: the time that was allowed.
    """

    def __init__(self, message: str, formula: Any, seconds: float) -> None:
        super().__init__(message)
        self.formula = formula
        self.seconds = seconds


for _error in (NoFormulaError, NoOperationError, FormulaSizeError, SimplifyTimeoutError):
    _error.__module__ = "nanograd.symbolic"
