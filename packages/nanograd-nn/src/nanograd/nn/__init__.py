"""Neural networks made of single numbers, with the names, the argument order and the formulas of PyTorch.

>>> from nanograd.nn import MLP, MSELoss, manual_seed
>>> from nanograd.nn.optim import SGD
>>> generator = manual_seed(0)
>>> model, loss_of = MLP(3, [4, 1], activation="tanh"), MSELoss()
>>> optimizer = SGD(model.parameters(), lr=0.1)
>>> for _ in range(20):
...     optimizer.zero_grad()
...     loss = loss_of(model([2.0, 3.0, -1.0]), 1.0)
...     loss.backward()
...     optimizer.step()
>>> loss < 1e-6
True
"""

from nanograd.nn import functional, init, optim
from nanograd.nn._activations import Identity, ReLU, Sigmoid, Tanh
from nanograd.nn._cross_entropy import CrossEntropyLoss
from nanograd.nn._errors import ClassIndexError, MissingMethodError, StateDictError
from nanograd.nn._layer import Layer
from nanograd.nn._linear import Linear
from nanograd.nn._mean_squared_error import MSELoss
from nanograd.nn._mlp import MLP
from nanograd.nn._module import Module
from nanograd.nn._neuron import Neuron
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import manual_seed
from nanograd.nn._sequential import Sequential
from nanograd.nn._state_dict import IncompatibleKeys

__all__ = [
    "MLP",
    "ClassIndexError",
    "CrossEntropyLoss",
    "Identity",
    "IncompatibleKeys",
    "Layer",
    "Linear",
    "MSELoss",
    "MissingMethodError",
    "Module",
    "Neuron",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "StateDictError",
    "Tanh",
    "functional",
    "init",
    "manual_seed",
    "optim",
]
