"""The confusion matrix, and what is read off it: precision, recall and F1."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn.training.metrics._classes import ClassMetric, Scored, predicted
from nanograd.nn.training.metrics._metric import check_samples

Average = Literal["macro", "micro", "weighted", "binary"]


class ConfusionMatrix(ClassMetric):
    """How often each class was taken for each other one: rows are the right classes, columns the outputs.

    Like `sklearn.metrics.confusion_matrix`_.

    >>> matrix = ConfusionMatrix()
    >>> matrix.update([[2.0, 0.5], [0.1, 0.3], [0.0, 4.0]], [0, 0, 1])
    >>> matrix.compute()
    [[1, 1], [0, 1]]

    Args:
        threshold: of a model with a single output, what it has to lie above for class 1: 0.0 for logits and
            margins, 0.5 for probabilities.
        ignore_index: samples with this target are left out; none if left out.

    .. _sklearn.metrics.confusion_matrix:
       https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
    """

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {"counts": []}

    def _count(self, samples: Scored) -> None:
        counts = self.state["counts"] or [[0] * samples.classes for _ in range(samples.classes)]
        if len(counts) != samples.classes:
            raise ShapeError(
                f"{self.name}: batches before had {len(counts)} classes, and this one has {samples.classes}"
            )
        for label, output in zip(samples.labels, predicted(samples), strict=True):
            counts[label][output] += 1
        self.state["counts"] = counts

    def compute(self) -> Any:
        """Return the matrix, (C, C).

        Raises:
            ArgumentError: if there was no sample.
        """
        check_samples(sum(map(sum, self.state["counts"])), self)
        return [list(row) for row in self.state["counts"]]


class _Rates(NamedTuple):
    """Of one class: how many samples are of it, were taken for it, and both."""

    of_it: int
    taken: int
    both: int


class Precision(ConfusionMatrix):
    """Of the samples taken for a class, the part that are of it; like `sklearn.metrics.precision_score`_.

    >>> precision = Precision(average="binary")
    >>> precision.update([1.0, 1.0, -1.0, 1.0], [1, 0, 1, 1])
    >>> precision.compute()
    0.6666666666666666

    Args:
        average: ``"macro"`` for the mean over the classes that occur, ``"weighted"`` for the mean weighted by
            their samples, ``"micro"`` for all samples together, ``"binary"`` for class 1 of two.
        threshold: of a model with a single output, what it has to lie above for class 1.
        ignore_index: samples with this target are left out; none if left out.

    Raises:
        ArgumentError: if there is no such average.

    .. _sklearn.metrics.precision_score:
       https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_score.html
    """

    def __init__(
        self, average: Average = "macro", threshold: float = 0.0, ignore_index: int | None = None
    ) -> None:
        if average not in get_args(Average):
            raise ArgumentError(f"average is one of {', '.join(get_args(Average))} and got {average!r}")
        super().__init__(threshold, ignore_index)
        self.average = average

    def compute(self) -> float:
        """Return the average; a class that nothing is of, or nothing was taken for, counts as 0.

        Raises:
            ArgumentError: if there was no sample, or the average is ``"binary"`` and there are more classes.
        """
        counts = super().compute()
        columns = list(zip(*counts, strict=True))
        classes = [
            _Rates(sum(row), sum(column), row[index])
            for index, (row, column) in enumerate(zip(counts, columns, strict=True))
        ]
        if self.average == "binary":
            if len(classes) != 2:
                raise ArgumentError(
                    f"average='binary' is for 2 classes, and there are {len(classes)}: "
                    "choose 'macro' or 'micro'"
                )
            return self._rate(classes[1])
        if self.average == "micro":
            return self._rate(_Rates(*map(sum, zip(*classes, strict=True))))
        occurring = [rates for rates in classes if rates.of_it or rates.taken]
        if self.average == "macro":
            return sum(map(self._rate, occurring)) / len(occurring)
        return sum(self._rate(rates) * rates.of_it for rates in occurring) / sum(
            rates.of_it for rates in occurring
        )

    @staticmethod
    def _rate(rates: _Rates) -> float:
        return rates.both / rates.taken if rates.taken else 0.0


class Recall(Precision):
    """Of the samples of a class, the part that are taken for it; like `sklearn.metrics.recall_score`_.

    Arguments and errors are those of :class:`Precision`.

    >>> recall = Recall(average="binary")
    >>> recall.update([1.0, 1.0, -1.0, 1.0, -1.0], [1, 0, 1, 1, 1])
    >>> recall.compute()
    0.5

    .. _sklearn.metrics.recall_score:
       https://scikit-learn.org/stable/modules/generated/sklearn.metrics.recall_score.html
    """

    @staticmethod
    def _rate(rates: _Rates) -> float:
        return rates.both / rates.of_it if rates.of_it else 0.0


class F1Score(Precision):
    """The harmonic mean of precision and recall, 2 p r / (p + r); like `sklearn.metrics.f1_score`_.

    Arguments and errors are those of :class:`Precision`.

    >>> f1 = F1Score(average="binary")
    >>> f1.update([1.0, 1.0, -1.0, 1.0], [1, 0, 1, 1])
    >>> f1.compute()
    0.6666666666666666

    .. _sklearn.metrics.f1_score:
       https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html
    """

    @staticmethod
    def _rate(rates: _Rates) -> float:
        both_kinds = rates.of_it + rates.taken
        return 2.0 * rates.both / both_kinds if both_kinds else 0.0
