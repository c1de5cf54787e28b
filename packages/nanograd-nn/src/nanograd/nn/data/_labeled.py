"""LabeledDataset: real data, with the names of what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine import ShapeError
from nanograd.nn.data._datasets import TensorDataset


class LabeledDataset(TensorDataset):
    """A :class:`TensorDataset` of inputs and targets that knows the names of features and classes.

    >>> dataset = LabeledDataset([[5.1, 3.5]], [0], "iris", ["length", "width"], ["setosa", "virginica"])
    >>> dataset
    LabeledDataset('iris', 1 samples, 2 features, 2 classes)
    >>> inputs, target = dataset[0]
    >>> dataset.target_names[target]
    'setosa'

    Args:
        inputs: the numbers of each sample, (N, features).
        targets: the class of each sample, an int, or the number that is to be found.
        name: what the data is called.
        feature_names: what the numbers of a sample are.
        target_names: the names of the classes by their index; none where a number is to be found.

    Raises:
        ShapeError: if there are more or fewer names than features.
    """

    def __init__(
        self,
        inputs: Sequence[Sequence[float]],
        targets: Sequence[Any],
        name: str,
        feature_names: Sequence[str],
        target_names: Sequence[str] = (),
    ) -> None:
        super().__init__(inputs, targets)
        if inputs and len(inputs[0]) != len(feature_names):
            raise ShapeError(
                f"{name}: samples have {len(inputs[0])} features, and there are {len(feature_names)} names"
            )
        self.name = name
        self.feature_names = tuple(feature_names)
        self.target_names = tuple(target_names)

    @property
    def inputs(self) -> Sequence[Sequence[float]]:
        """The numbers of all samples, (N, features)."""
        return self.tensors[0]

    @property
    def targets(self) -> Sequence[Any]:
        """The classes, or the numbers to be found, of all samples, (N)."""
        return self.tensors[1]

    def __repr__(self) -> str:
        classes = f", {len(self.target_names)} classes" if self.target_names else ""
        return (
            f"LabeledDataset({self.name!r}, {len(self)} samples, {len(self.feature_names)} features{classes})"
        )
