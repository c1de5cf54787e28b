"""Metrics: numbers that tell people how good a model is, collected batch after batch.

The names are those of `torchmetrics`_, the numbers those of scikit-learn.

>>> accuracy = Accuracy()
>>> accuracy.update([[2.0, 0.5], [0.1, 0.3]], [0, 0])
>>> accuracy.update([[0.0, 4.0], [1.0, 3.0]], [1, 1])
>>> accuracy.compute()
0.75

.. _torchmetrics: https://lightning.ai/docs/torchmetrics/stable/
"""

from nanograd.nn.training.metrics._accuracy import Accuracy, TopKAccuracy
from nanograd.nn.training.metrics._confusion import ConfusionMatrix, F1Score, Precision, Recall
from nanograd.nn.training.metrics._metric import BatchMean, Metric
from nanograd.nn.training.metrics._regression import MeanAbsoluteError, MeanSquaredError, R2Score

__all__ = [
    "Accuracy",
    "BatchMean",
    "ConfusionMatrix",
    "F1Score",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "R2Score",
    "Recall",
    "TopKAccuracy",
]
