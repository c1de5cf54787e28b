"""Metrics of numbers that are to be found: mean errors and the coefficient of determination."""

from __future__ import annotations

import math
from typing import Any

from nanograd.engine import ArgumentError, ShapeError, as_number
from nanograd.nn._nested import Nested, is_list, shape_of
from nanograd.nn.training.metrics._metric import Metric, check_samples, plain


class MeanSquaredError(Metric):
    """The mean of (output - target)**2 over all numbers.

    >>> error = MeanSquaredError()
    >>> error.update([1.0, 2.0], [1.0, 4.0])
    >>> error.compute()
    2.0
    """

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {"total": 0.0, "samples": 0}

    def update(self, outputs: Nested, targets: Nested) -> None:
        """Collect a batch.

        Args:
            outputs: numbers of any shape.
            targets: what they should be, of the same shape.

        Raises:
            ShapeError: if the shapes differ.
            ArgumentError: if there are no numbers.
            NumberTypeError: if something is not a real number.
        """
        for row, wanted in _rows(outputs, targets):
            self.state["total"] += math.fsum(map(self._error, row, wanted))
            self.state["samples"] += len(row)

    @staticmethod
    def _error(output: float, target: float) -> float:
        return (output - target) ** 2

    def compute(self) -> float:
        """Return the mean.

        Raises:
            ArgumentError: if there was no number.
        """
        check_samples(self.state["samples"], self)
        return float(self.state["total"] / self.state["samples"])


class MeanAbsoluteError(MeanSquaredError):
    """The mean of abs(output - target) over all numbers.

    >>> error = MeanAbsoluteError()
    >>> error.update([1.0, 2.0], [1.0, 4.0])
    >>> error.compute()
    1.0
    """

    @staticmethod
    def _error(output: float, target: float) -> float:
        return abs(output - target)


class R2Score(Metric):
    """The coefficient of determination: 1 - squared errors / squared distances of targets to their mean.

    It is 1 where all is right and 0 where the mean would do as well; of several outputs the mean. Like
    `sklearn.metrics.r2_score`_.

    >>> score = R2Score()
    >>> score.update([2.5, 0.0, 2.0, 8.0], [3.0, -0.5, 2.0, 7.0])
    >>> round(score.compute(), 6)
    0.948608

    .. _sklearn.metrics.r2_score:
       https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html
    """

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {"samples": 0, "mean": [], "spread": [], "error": []}

    def update(self, outputs: Nested, targets: Nested) -> None:
        """Collect a batch.

        Args:
            outputs: numbers, () or (N), or (N, outputs).
            targets: what they should be, of the same shape.

        Raises:
            ShapeError: if the shapes differ, or the number of outputs changes.
            ArgumentError: if there are no numbers.
            NumberTypeError: if something is not a real number.
        """
        state = self.state
        for row, wanted in _rows(outputs, targets):
            if not state["samples"]:
                state.update({name: [0.0] * len(row) for name in ("mean", "spread", "error")})
            if len(row) != len(state["mean"]):
                raise ShapeError(
                    f"r2_score: batches before had {len(state['mean'])} outputs, and this one has {len(row)}"
                )
            state["samples"] += 1
            for index, (output, target) in enumerate(zip(row, wanted, strict=True)):
                # Welford's method: a sum of squares minus a square of sums would lose the digits that matter.
                distance = target - state["mean"][index]
                state["mean"][index] += distance / state["samples"]
                state["spread"][index] += distance * (target - state["mean"][index])
                state["error"][index] += (output - target) ** 2

    def compute(self) -> float:
        """Return the score; where all targets are the same, 1 if all outputs are right and 0 if not.

        Raises:
            ArgumentError: if there were fewer than two samples, of which it is not defined.
        """
        if self.state["samples"] < 2:
            raise ArgumentError(f"R2Score needs two samples at least, and has seen {self.state['samples']}")
        pairs = list(zip(self.state["error"], self.state["spread"], strict=True))
        return math.fsum(map(_determined, *zip(*pairs, strict=True))) / len(pairs)


def _determined(error: float, spread: float) -> float:
    if spread == 0.0:
        return 1.0 if error == 0.0 else 0.0
    return 1.0 - error / spread


def _rows(outputs: Nested, targets: Nested) -> list[tuple[list[float], list[float]]]:
    """Return outputs and targets sample by sample."""
    values, wanted = plain(outputs), plain(targets)
    shape, target_shape = shape_of(values, "outputs"), shape_of(wanted, "targets")
    if shape != target_shape:
        raise ShapeError(
            f"a metric takes outputs and targets of one shape, and got {shape} and {target_shape}"
        )
    if 0 in shape:
        raise ArgumentError(f"a metric needs samples, and outputs have the shape {shape}")
    if not shape:
        return [(_flat(values), _flat(wanted))]
    return [(_flat(row), _flat(target)) for row, target in zip(values, wanted, strict=True)]


def _flat(row: Any) -> list[float]:
    return [number for item in row for number in _flat(item)] if is_list(row) else [_float(row)]


def _float(number: Any) -> float:
    return float(as_number(number, "a metric"))
