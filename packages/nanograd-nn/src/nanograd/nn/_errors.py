"""The errors that only networks have: each a NanogradError and the builtin error that PyTorch raises."""

from __future__ import annotations

from nanograd.engine import NanogradError


class MissingMethodError(NanogradError, NotImplementedError):
    """A class lacks the method that makes it complete: a module's ``forward``, an optimizer's ``rule``."""


class StateDictError(NanogradError, RuntimeError):
    """A state dict does not have the names of the module it was given to, which then stays as it was."""


class ClassIndexError(NanogradError, IndexError):
    """A label names a class that the scores do not have, such as class 3 of three classes, 0 to 2."""


class DimensionError(NanogradError, IndexError):
    """Nested lists do not have the dimension that was asked for."""


class MissingKeyError(NanogradError, KeyError):
    """A dict of modules or parameters has no item of the name that was asked for."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


class MissingPartError(NanogradError, AttributeError):
    """A module has no part of the name that was asked for."""


# A traceback shows where a reader can import an error from, not the private file it is written in.
for _error in (
    MissingMethodError,
    StateDictError,
    ClassIndexError,
    DimensionError,
    MissingKeyError,
    MissingPartError,
):
    _error.__module__ = "nanograd.nn"
