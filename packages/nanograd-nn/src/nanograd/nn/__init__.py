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

from nanograd.nn import data, functional, init, optim, training, utils
from nanograd.nn._activations import (
    CELU,
    ELU,
    GELU,
    SELU,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softplus,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
    Threshold,
)
from nanograd.nn._batch_norm import BatchNorm1d
from nanograd.nn._bilinear import Bilinear
from nanograd.nn._binary_cross_entropy import BCELoss, BCEWithLogitsLoss
from nanograd.nn._containers import ModuleDict, ModuleList
from nanograd.nn._conv2d import Conv2d
from nanograd.nn._cross_entropy import CrossEntropyLoss
from nanograd.nn._dropout import Dropout
from nanograd.nn._embedding import Embedding
from nanograd.nn._errors import (
    ClassIndexError,
    DimensionError,
    MissingKeyError,
    MissingMethodError,
    MissingPartError,
    StateDictError,
)
from nanograd.nn._extras import MissingExtraError
from nanograd.nn._flatten import Flatten, Unflatten
from nanograd.nn._forward_hooks import RemovableHandle
from nanograd.nn._kullback_leibler import KLDivLoss
from nanograd.nn._layer import Layer
from nanograd.nn._layer_norm import LayerNorm
from nanograd.nn._likelihood_losses import GaussianNLLLoss, PoissonNLLLoss
from nanograd.nn._linear import Linear
from nanograd.nn._margin_losses import HingeEmbeddingLoss, MarginRankingLoss, MultiMarginLoss
from nanograd.nn._mlp import MLP
from nanograd.nn._module import Module
from nanograd.nn._multihead_attention import MultiheadAttention
from nanograd.nn._negative_log_likelihood import NLLLoss
from nanograd.nn._neuron import Neuron
from nanograd.nn._parameter import Parameter
from nanograd.nn._parameter_containers import ParameterDict, ParameterList
from nanograd.nn._pooling import AvgPool2d, MaxPool2d
from nanograd.nn._prelu import PReLU
from nanograd.nn._random import get_rng_state, manual_seed, set_rng_state
from nanograd.nn._recurrent_cells import GRUCell, LSTMCell, RNNCell
from nanograd.nn._regression_losses import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from nanograd.nn._rms_norm import RMSNorm
from nanograd.nn._save import load, load_model, save, save_model
from nanograd.nn._saved_file import NotSavableError, SavedFileError
from nanograd.nn._sequential import Sequential
from nanograd.nn._similarity_losses import CosineEmbeddingLoss, TripletMarginLoss
from nanograd.nn._soft_margin_losses import MultiLabelSoftMarginLoss, SoftMarginLoss
from nanograd.nn._softmax import GLU, LogSoftmax, Softmax
from nanograd.nn._state_dict import IncompatibleKeys
from nanograd.nn._summary import Summary, SummaryRow, summary

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "MLP",
    "SELU",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Bilinear",
    "ClassIndexError",
    "Conv2d",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "DimensionError",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianNLLLoss",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "Identity",
    "IncompatibleKeys",
    "KLDivLoss",
    "L1Loss",
    "LSTMCell",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "MaxPool2d",
    "Mish",
    "MissingExtraError",
    "MissingKeyError",
    "MissingMethodError",
    "MissingPartError",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "MultiheadAttention",
    "NLLLoss",
    "Neuron",
    "NotSavableError",
    "PReLU",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PoissonNLLLoss",
    "RMSNorm",
    "RNNCell",
    "ReLU",
    "ReLU6",
    "RemovableHandle",
    "SavedFileError",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softplus",
    "Softshrink",
    "Softsign",
    "StateDictError",
    "Summary",
    "SummaryRow",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "TripletMarginLoss",
    "Unflatten",
    "data",
    "functional",
    "get_rng_state",
    "init",
    "load",
    "load_model",
    "manual_seed",
    "optim",
    "save",
    "save_model",
    "set_rng_state",
    "summary",
    "training",
    "utils",
]
