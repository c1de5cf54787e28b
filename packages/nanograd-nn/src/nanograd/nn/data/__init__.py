"""Data: datasets, and loaders that make batches of them, as in `torch.utils.data`_.

A dataset is anything with a length whose samples are found by their index. A loader puts samples together
into batches: nested lists, which models take and losses compare.

>>> import random
>>> dataset = TensorDataset([[0.0], [1.0], [2.0], [3.0], [4.0]], [0, 1, 4, 9, 16])
>>> for inputs, targets in DataLoader(dataset, batch_size=2, shuffle=True, generator=random.Random(0)):
...     print(inputs, targets)
[[2.0], [0.0]] [4, 0]
[[1.0], [3.0]] [1, 9]
[[4.0]] [16]

.. _torch.utils.data: https://docs.pytorch.org/docs/stable/data.html
"""

from nanograd.nn.data._characters import CharacterVocabulary, UnknownCharacterError
from nanograd.nn.data._collate import default_collate
from nanograd.nn.data._data_loader import DataLoader
from nanograd.nn.data._datasets import ConcatDataset, Dataset, IterableDataset, Samples, Subset, TensorDataset
from nanograd.nn.data._labeled import LabeledDataset
from nanograd.nn.data._names import load_names
from nanograd.nn.data._random_split import random_split
from nanograd.nn.data._samplers import BatchSampler, RandomSampler, Sampler, SequentialSampler
from nanograd.nn.data._scikit_learn import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_moons,
)
from nanograd.nn.data._standardize import standardize

__all__ = [
    "BatchSampler",
    "CharacterVocabulary",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "LabeledDataset",
    "RandomSampler",
    "Sampler",
    "Samples",
    "SequentialSampler",
    "Subset",
    "TensorDataset",
    "UnknownCharacterError",
    "default_collate",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_names",
    "load_wine",
    "make_moons",
    "random_split",
    "standardize",
]
