"""Numbers to begin with: every function gives the values of a list new data and returns the list.

The names and formulas are those of `torch.nn.init`_. Where PyTorch has a tensor there is a list here, nested
as deeply: the weights of a :class:`~nanograd.nn.Linear` are ``linear.weight``, those of a
:class:`~nanograd.nn.Layer` are ``[neuron.w for neuron in layer.neurons]``, one row an output.

.. _torch.nn.init: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from nanograd.nn.init._distributions import constant_, normal_, ones_, trunc_normal_, uniform_, zeros_
from nanograd.nn.init._fans import (
    calculate_gain,
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)
from nanograd.nn.init._matrices import dirac_, eye_, orthogonal_, sparse_

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
