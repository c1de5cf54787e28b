"""The errors of this package."""

from __future__ import annotations

from nanograd.engine import NanogradError


class CaptureError(NanogradError, ValueError):
    """A graph cannot become a program as asked: a parameter or input is not a leaf, or is given twice."""


class CompileError(NanogradError, RuntimeError):
    """A compiled program does not compute what its graph does; a program that is wrong is never returned."""


class TraceError(NanogradError, RuntimeError):
    """A traced function looked at a number: what it does next may depend on it, and a program cannot.

    The steps of a compiled function are recorded once and run for all inputs. ``if x > 0``, ``float(x)`` or
    ``x.data`` would freeze what they gave for the numbers of the trace. Use ``where(condition, a, b)``,
    ``maximum`` or ``relu`` for a choice between numbers, or make the choice outside of the function.
    """


class RecompileWarning(RuntimeWarning):
    """What is called is compiled again and again: its arguments differ in more than their numbers.

    Lengths, nesting, and integers that are used as indices, such as class labels, are a part of what is
    compiled. Each new combination of them is traced and compiled, which takes longer than many calls do.
    """


for _error in (CaptureError, CompileError, RecompileWarning, TraceError):
    _error.__module__ = "nanograd.compile"
