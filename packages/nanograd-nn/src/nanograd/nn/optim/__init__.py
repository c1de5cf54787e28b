"""Optimizers: they change parameters against their gradients, as those of `torch.optim`_ do.

.. _torch.optim: https://docs.pytorch.org/docs/stable/optim.html
"""

from nanograd.nn.optim._adam import Adam
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim._sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
