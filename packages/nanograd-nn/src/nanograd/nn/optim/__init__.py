"""Optimizers: they change parameters against their gradients, as those of `torch.optim`_ do.

.. _torch.optim: https://docs.pytorch.org/docs/stable/optim.html
"""

from nanograd.nn.optim import lr_scheduler
from nanograd.nn.optim._adadelta import Adadelta
from nanograd.nn.optim._adagrad import Adagrad
from nanograd.nn.optim._adam import Adam, AdamW
from nanograd.nn.optim._adamax import Adamax
from nanograd.nn.optim._asgd import ASGD
from nanograd.nn.optim._lbfgs import LBFGS
from nanograd.nn.optim._nadam import NAdam
from nanograd.nn.optim._optimizer import Optimizer
from nanograd.nn.optim._radam import RAdam
from nanograd.nn.optim._rmsprop import RMSprop
from nanograd.nn.optim._rprop import Rprop
from nanograd.nn.optim._sgd import SGD

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
]
