"""Schedulers: they change the learning rates of an optimizer, as those of `torch.optim.lr_scheduler`_ do.

.. _torch.optim.lr_scheduler: https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
"""

from nanograd.nn.optim.lr_scheduler._composed import ChainedScheduler, SequentialLR
from nanograd.nn.optim.lr_scheduler._cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from nanograd.nn.optim.lr_scheduler._cyclic import CyclicLR
from nanograd.nn.optim.lr_scheduler._functions import LambdaLR, MultiplicativeLR
from nanograd.nn.optim.lr_scheduler._one_cycle import OneCycleLR
from nanograd.nn.optim.lr_scheduler._plateau import ReduceLROnPlateau
from nanograd.nn.optim.lr_scheduler._scheduler import LRScheduler, StepOrderWarning
from nanograd.nn.optim.lr_scheduler._steps import ExponentialLR, MultiStepLR, StepLR
from nanograd.nn.optim.lr_scheduler._warmup import ConstantLR, LinearLR, PolynomialLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
    "StepOrderWarning",
]
