"""The functions behind the modules, as in `torch.nn.functional`_: ``import nanograd.nn.functional as F``.

Losses compare what a model returned with what it should be. They return a ScalarValue, the mean or the sum,
and with ``reduction="none"`` the losses of all numbers or samples, in nested lists. Plain numbers and
ScalarValues may be mixed. Where sizes do not match they raise a ShapeError, for empty batches and options
without sense an ArgumentError, and for what is not a real number a NumberTypeError; what they raise besides
is said with each.

.. _torch.nn.functional: https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from nanograd.nn._activation_functions import (
    celu,
    elu,
    gelu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    softshrink,
    softsign,
    tanh,
    tanhshrink,
    threshold,
)
from nanograd.nn._batch_norm import batch_norm
from nanograd.nn._bilinear import bilinear
from nanograd.nn._binary_cross_entropy import binary_cross_entropy, binary_cross_entropy_with_logits
from nanograd.nn._conv2d import conv2d
from nanograd.nn._cross_entropy import cross_entropy
from nanograd.nn._dropout import dropout
from nanograd.nn._embedding import embedding, one_hot
from nanograd.nn._kullback_leibler import kl_div
from nanograd.nn._layer_norm import layer_norm
from nanograd.nn._likelihood_losses import gaussian_nll_loss, poisson_nll_loss
from nanograd.nn._linear import linear
from nanograd.nn._margin_losses import hinge_embedding_loss, margin_ranking_loss, multi_margin_loss
from nanograd.nn._negative_log_likelihood import nll_loss
from nanograd.nn._pooling import avg_pool2d, max_pool2d
from nanograd.nn._prelu import prelu
from nanograd.nn._regression_losses import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from nanograd.nn._rms_norm import rms_norm
from nanograd.nn._scaled_dot_product import scaled_dot_product_attention
from nanograd.nn._similarity_losses import cosine_embedding_loss, triplet_margin_loss
from nanograd.nn._soft_margin_losses import multilabel_soft_margin_loss, soft_margin_loss
from nanograd.nn._softmax import glu, log_softmax, softmax

__all__ = [
    "avg_pool2d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "conv2d",
    "cosine_embedding_loss",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "margin_ranking_loss",
    "max_pool2d",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "one_hot",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "relu6",
    "rms_norm",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "triplet_margin_loss",
]
