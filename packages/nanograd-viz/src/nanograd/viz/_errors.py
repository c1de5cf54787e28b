"""The errors of viz: each says what could not be drawn and what to do about it."""

from __future__ import annotations

from nanograd.engine import NanogradError


class NotAGraphError(NanogradError, TypeError):
    """Something that is not a ScalarValue, nor a list of them, was given to be drawn or printed."""


class TooLargeError(NanogradError, ValueError):
    """The graph has more values than anyone could read in one picture."""


class EngineError(NanogradError, RuntimeError):
    """No picture came out: the common ancestor of what can go wrong with the program that lays graphs out."""


class NoEngineError(EngineError):
    """No program that lays graphs out was found, or the one that ``NANOGRAD_DOT`` names cannot be run."""


class RenderError(EngineError):
    """The program that lays graphs out failed, took too long, or wrote something that is no picture."""


class GraphFileError(NanogradError, ValueError):
    """A file does not hold a graph that :func:`save_graph_json` wrote, or was cut off or changed since."""


# A traceback shows where a reader can import an error from, not the private file it is written in.
for _error in (NotAGraphError, TooLargeError, EngineError, NoEngineError, RenderError, GraphFileError):
    _error.__module__ = "nanograd.viz"
