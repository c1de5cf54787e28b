"""Training: the loop over epochs and batches, with metrics, schedules, checkpoints and a display.

A :class:`Trainer` is to a model what ``fit`` is in Keras and the ``Trainer`` in Lightning. What happens in
its loop can be read in any introduction to PyTorch::

    optimizer.zero_grad()
    loss = loss_of(model(inputs), targets)
    loss.backward()
    optimizer.step()
"""

from nanograd.nn.training import metrics
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._early_stopping import EarlyStopping
from nanograd.nn.training._errors import CheckpointError, NonFiniteGradientError, NonFiniteLossError
from nanograd.nn.training._history import History
from nanograd.nn.training._model_checkpoint import ModelCheckpoint
from nanograd.nn.training._progress import ProgressDisplay
from nanograd.nn.training._steps import Step, StepFactory
from nanograd.nn.training._trainer import Trainer

__all__ = [
    "Callback",
    "CheckpointError",
    "EarlyStopping",
    "History",
    "ModelCheckpoint",
    "NonFiniteGradientError",
    "NonFiniteLossError",
    "ProgressDisplay",
    "Step",
    "StepFactory",
    "Trainer",
    "metrics",
]
