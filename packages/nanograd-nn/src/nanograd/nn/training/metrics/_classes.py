"""From the outputs of a classifier to classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn._classes import class_indices
from nanograd.nn._nested import Nested, is_list, shape_of
from nanograd.nn.training.metrics._metric import Metric, plain


class Scored(NamedTuple):
    """Samples as scores of all classes and the right class of each."""

    scores: list[Sequence[float]]
    labels: list[int]
    classes: int


def scored(
    outputs: Nested, targets: Nested, threshold: float = 0.0, ignore_index: int | None = None
) -> Scored:
    """Return the scores of all classes, and the right class, of every sample.

    A single output stands for two classes: class 1 where it lies above the threshold.

    Args:
        outputs: scores of C classes: (..., C); or single ones: (N), (N, 1) or ().
        targets: the right classes: (...), or probabilities of all classes: (..., C); of single outputs 0 or
            -1 for one class and 1 for the other.
        threshold: what a single output has to lie above.
        ignore_index: samples with this target are left out.

    Raises:
        ShapeError: if the sizes do not match.
        ClassIndexError: if a target is not a class.
        NumberTypeError: if a target is not an int.
        ArgumentError: if there are no samples.
    """
    values, wanted = plain(outputs), plain(targets)
    shape, target_shape = shape_of(values, "outputs"), shape_of(wanted, "targets")
    if 0 in shape or 0 in target_shape:
        raise ArgumentError(f"a metric needs samples: outputs have the shape {shape}, targets {target_shape}")
    if shape[-1:] == (1,) and target_shape in {shape, shape[:-1]}:
        shape = shape[:-1]
        target_shape = shape
    many = len(shape) > 1 or target_shape == ()
    if shape and many and target_shape in {shape, shape[:-1]}:
        rows, labels = _leaves(values, len(shape) - 1), _leaves(wanted, len(shape) - 1)
        if target_shape == shape:
            labels = [_largest(row) for row in labels]
        classes = shape[-1]
    elif shape == target_shape:
        rows = [[threshold, value] for value in _numbers(values)]
        labels = [_side(label, ignore_index) for label in _numbers(wanted)]
        classes = 2
    else:
        raise ShapeError(
            "a metric of classes takes outputs (..., C) with targets (...), "
            f"and got {shape} and {target_shape}"
        )
    indices = class_indices(labels, classes, ignore_index)
    kept = [(row, label) for row, label in zip(rows, indices, strict=True) if label != ignore_index]
    return Scored([row for row, _ in kept], [label for _, label in kept], classes)


class ClassMetric(Metric):
    """A metric of classes: what it takes, and how a single output decides; a subclass counts.

    Args:
        threshold: of a model with a single output, what it has to lie above for class 1.
        ignore_index: samples with this target are left out; none if left out.
    """

    def __init__(self, threshold: float = 0.0, ignore_index: int | None = None) -> None:
        super().__init__()
        self.threshold = threshold
        self.ignore_index = ignore_index

    def update(self, outputs: Nested, targets: Nested) -> None:
        """Collect a batch.

        Args:
            outputs: scores of C classes, (..., C), or single ones, (N).
            targets: the right classes, (...), or probabilities of all classes; 0 or -1, and 1, of single
                outputs.

        Raises:
            ShapeError: if the sizes do not match, or the number of classes changes.
            ClassIndexError: if a target is not a class.
            NumberTypeError: if a target is not an int.
            ArgumentError: if there are no samples.
        """
        self._count(scored(outputs, targets, self.threshold, self.ignore_index))

    def _count(self, samples: Scored) -> None:
        raise NotImplementedError


def predicted(samples: Scored) -> list[int]:
    """Return the class with the largest score of each sample, of several the first."""
    return [_largest(row) for row in samples.scores]


def _largest(row: Sequence[float]) -> int:
    return max(range(len(row)), key=row.__getitem__)


def _side(label: Any, ignore_index: int | None) -> Any:
    """Return 1 for the class 1, and 0 for the other, which is 0 or -1 according to the loss."""
    if label == ignore_index or label not in {-1, 0, 1}:
        return label
    return int(label > 0)


def _leaves(values: Any, depth: int) -> list[Any]:
    """Return what nested lists hold at a depth, in a row."""
    level = [values]
    for _ in range(depth):
        level = [item for items in level for item in items]
    return level


def _numbers(values: Any) -> list[Any]:
    level = [values]
    while is_list(level[0]):
        level = [item for items in level for item in items]
    return level
