"""Utilities: what is done to gradients and parameters between steps, as in `torch.nn.utils`_.

.. _torch.nn.utils: https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from nanograd.nn.utils._clip_grad import (
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from nanograd.nn.utils._vectors import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "parameters_to_vector",
    "vector_to_parameters",
]
