"""Accuracy: how many samples are classified rightly."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._sizes import as_size
from nanograd.nn.training.metrics._classes import ClassMetric, Scored, predicted
from nanograd.nn.training.metrics._metric import check_samples


class Accuracy(ClassMetric):
    """The part of the samples whose right class has the largest score.

    >>> accuracy = Accuracy()
    >>> accuracy.update([0.3, -2.0, 1.0, 0.1], [1, -1, 1, -1])
    >>> accuracy.compute()
    0.75

    Args:
        threshold: of a model with a single output, what it has to lie above for class 1: 0.0 for logits and
            margins, 0.5 for probabilities.
        ignore_index: samples with this target are left out; none if left out.
    """

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {"right": 0, "samples": 0}

    def _count(self, samples: Scored) -> None:
        self.state["right"] += self._right(samples)
        self.state["samples"] += len(samples.labels)

    def _right(self, samples: Scored) -> int:
        return sum(map(int.__eq__, predicted(samples), samples.labels))

    def compute(self) -> float:
        """Return the part.

        Raises:
            ArgumentError: if there was no sample.
        """
        check_samples(self.state["samples"], self)
        return float(self.state["right"] / self.state["samples"])


class TopKAccuracy(Accuracy):
    """The part of the samples whose right class is among the k classes with the largest scores.

    >>> accuracy = TopKAccuracy(2)
    >>> accuracy.update([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]], [1, 2])
    >>> accuracy.compute()
    0.5

    Args:
        k: how many classes.
        ignore_index: samples with this target are left out; none if left out.

    Raises:
        ArgumentError: if ``k`` is not an int of at least 1.
    """

    def __init__(self, k: int = 5, ignore_index: int | None = None) -> None:
        super().__init__(ignore_index=ignore_index)
        self.k = as_size(k, "k of TopKAccuracy(k)")

    @property
    def name(self) -> str:
        """What tables call it, such as ``top_5_accuracy``."""
        return f"top_{self.k}_accuracy"

    def _right(self, samples: Scored) -> int:
        if self.k >= samples.classes:
            raise ArgumentError(
                f"top-{self.k} accuracy of {samples.classes} classes is always 1: take a smaller k"
            )
        right = 0
        for row, label in zip(samples.scores, samples.labels, strict=True):
            ahead = sum(score > row[label] for score in row) + row[:label].count(row[label])
            right += ahead < self.k
        return right
