"""Standardizing: every feature gets the mean 0 and the standard deviation 1, measured on what is trained."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._extras import imported
from nanograd.nn._nested import shape_of
from nanograd.nn.data._datasets import Samples, TensorDataset


def standardize(training: Samples, *others: Samples, scaler: Any = None) -> list[TensorDataset]:
    """Return datasets whose inputs scikit-learn's `StandardScaler`_ has scaled; targets stay as they are.

    The scaler is fitted to the part that is trained on, and to nothing else: what is known about the test
    data must not get into the training.

    >>> training = TensorDataset([[0.0, 10.0], [2.0, 30.0]], [0, 1])
    >>> test = TensorDataset([[3.0, 20.0]], [0])
    >>> training, test = standardize(training, test)
    >>> training[0], test[0]
    (([-1.0, -1.0], 0), ([2.0, 0.0], 0))

    Args:
        training: the samples to train with, (inputs, targets) each, at least one.
        *others: other samples of the same data.
        scaler: an estimator of scikit-learn that is fitted and used; a new ``StandardScaler()`` if left out.
            Give one to use it for new inputs, too: ``scaler.transform([x])``.

    Returns:
        As many datasets as were given.

    Raises:
        ArgumentError: if there is nothing to train with.
        ShapeError: if a sample's input is not a list of numbers, or they differ in length.
        MissingExtraError: if scikit-learn is not installed.

    .. _StandardScaler:
       https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html
    """
    if scaler is None:
        scaler = imported("sklearn.preprocessing", "datasets", "standardize()").StandardScaler()
    if not len(training):
        raise ArgumentError("standardize(training) needs samples to measure, and the dataset is empty")
    parts = [_columns(part, index) for index, part in enumerate((training, *others))]
    width = len(parts[0][0][0])
    for index, (inputs, *_) in enumerate(parts):
        if inputs and len(inputs[0]) != width:
            raise ShapeError(
                f"standardize: the samples of argument 0 have {width} features, "
                f"and those of argument {index} {len(inputs[0])}"
            )
    scaler.fit(parts[0][0])
    return [
        TensorDataset(scaler.transform(inputs).tolist() if inputs else [], *rest) for inputs, *rest in parts
    ]


def _columns(dataset: Samples, which: int) -> list[list[Any]]:
    """Return the inputs of all samples, and the lists of what else they have."""
    samples = [dataset[index] for index in range(len(dataset))]
    if not all(isinstance(sample, tuple) for sample in samples):
        raise ShapeError(
            f"standardize takes datasets of tuples (input, target), and argument {which} is not one"
        )
    columns = [list(column) for column in zip(*samples, strict=True)] or [[], []]
    shape = shape_of(columns[0], f"the inputs of argument {which} of standardize")
    if columns[0] and len(shape) != 2:
        raise ShapeError(f"standardize takes lists of numbers as inputs, (N, features), and got {shape}")
    return columns
