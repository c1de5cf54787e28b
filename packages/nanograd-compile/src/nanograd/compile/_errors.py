"""The errors of this package."""

from __future__ import annotations

from nanograd.engine import NanogradError


class CaptureError(NanogradError, ValueError):
    """A graph cannot become a program as asked: a parameter or input is not a leaf, or is given twice."""


CaptureError.__module__ = "nanograd.compile"
