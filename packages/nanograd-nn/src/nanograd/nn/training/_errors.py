"""The errors that only training has."""

from __future__ import annotations

from nanograd.engine import NanogradError


class NonFiniteLossError(NanogradError, ArithmeticError):
    """The loss is infinite or nan: the weights are as they were before this batch."""


class NonFiniteGradientError(NanogradError, ArithmeticError):
    """A gradient is infinite or nan while the loss is not: the weights are as they were before this batch."""


class CheckpointError(NanogradError, RuntimeError):
    """A checkpoint cannot be written now, or is not one of such a trainer, which then stays as it was."""


for _error in (NonFiniteLossError, NonFiniteGradientError, CheckpointError):
    _error.__module__ = "nanograd.nn.training"  # where a reader can import it from
