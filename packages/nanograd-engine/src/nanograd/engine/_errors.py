"""The errors of the engine: each names what was asked, what is wrong and what to do instead.

Every error of every nanograd package derives from :class:`NanogradError` and from the nearest builtin, so
that ``except ValueError`` keeps working and ``except NanogradError`` catches all of them.
"""

from __future__ import annotations


class NanogradError(Exception):
    """The common ancestor of every error that nanograd raises on purpose."""


class ArgumentError(NanogradError, ValueError):
    """An argument has the right type and a value that makes no sense, such as a negative learning rate."""


class NumberTypeError(NanogradError, TypeError):
    """Something that is not a real number was given where a number belongs.

    >>> from nanograd.engine import ScalarValue
    >>> ScalarValue(None)
    Traceback (most recent call last):
    ...
    nanograd.engine.NumberTypeError: ScalarValue(data) takes a real number and got NoneType: None. ...
    """


class ShapeError(NanogradError, ValueError):
    """Two sizes that have to match do not; the message gives both."""


class GraphError(NanogradError, RuntimeError):
    """A graph cannot do what was asked of it, such as a backward pass where nothing was recorded."""


class DomainError(NanogradError, ArithmeticError):
    """A value or a gradient is infinite or nan, and :func:`detect_anomaly` is on."""


# A traceback shows where a reader can import an error from, not the private file it is written in.
for _error in (NanogradError, ArgumentError, NumberTypeError, ShapeError, GraphError, DomainError):
    _error.__module__ = "nanograd.engine"
