"""The epoch that is running."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RunningEpoch:
    """What an epoch that is not done yet has come to."""

    lr: float
    loss: float = 0.0  # of all samples together
    samples: int = 0
    batches: int = 0
    trained: bool = False  # all batches are done, and the validation is not
