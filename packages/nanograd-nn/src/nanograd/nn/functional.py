"""The functions behind the modules, as in `torch.nn.functional`_: ``import nanograd.nn.functional as F``.

.. _torch.nn.functional: https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from nanograd.nn._cross_entropy import cross_entropy
from nanograd.nn._mean_squared_error import mse_loss

__all__ = ["cross_entropy", "mse_loss"]
