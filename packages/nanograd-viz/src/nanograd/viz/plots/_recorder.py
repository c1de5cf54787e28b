"""HistogramRecorder: what the weights and gradients of a model were, epoch by epoch."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.viz._epoch_callback import EpochCallback
from nanograd.viz._models import Model, as_model
from nanograd.viz._thinning import Moments

_MOST_MOMENTS = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """What was recorded at one time.

    Attributes:
        epoch: when that was.
        weights: the numbers of each part of the model, by the part's name.
        gradients: the gradients of each, of those parameters that had one.
    """

    epoch: float
    weights: Mapping[str, array[float]]
    gradients: Mapping[str, array[float]]


Moment.__module__ = "nanograd.viz.plots"  # where a reader can import it from


class HistogramRecorder(EpochCallback):
    """A callback that remembers all weights and gradients after every epoch, for :func:`plot_histograms`.

    Give it to a ``nanograd.nn.training.Trainer``, or call :meth:`record` in a loop of your own, after
    ``backward()``. Of a long training, moments spread evenly over all of it are kept.

    >>> from nanograd.nn import MLP
    >>> recorder = HistogramRecorder()
    >>> recorder.record(MLP(2, [3, 1]))
    >>> recorder
    <HistogramRecorder: 1 moment of layers.0, layers.1>

    Args:
        most: how many moments are kept at most.

    Attributes:
        runs_last: whether it comes after other callbacks, which it need not.

    Raises:
        ArgumentError: if ``most`` is less than 2.
    """

    def __init__(self, most: int = _MOST_MOMENTS) -> None:
        if type(most) is not int or most < 2:
            raise ArgumentError(f"HistogramRecorder(most={most!r:.80}) takes a number of moments from 2 on")
        self._moments: Moments[Moment] = Moments(most)
        self._recorded = 0

    @property
    def moments(self) -> list[Moment]:
        """What was recorded, the oldest first."""
        return list(self._moments)

    def record(self, model: Model, epoch: float | None = None) -> None:
        """Remember the weights and gradients that a model has now.

        Args:
            model: the model; each of its parts is drawn by itself.
            epoch: the time; if left out, the number of the record.

        Raises:
            NotAModelError: if ``model`` is none.
            ArgumentError: if it has no parameters.
        """
        model = as_model(model, "HistogramRecorder.record(model)")
        groups: dict[str, list[Any]] = {}
        taken: set[Any] = set()
        for name, part in (*model.named_children(), ("", model)):
            parameters = [parameter for parameter in part.parameters() if parameter not in taken]
            taken.update(parameters)
            if parameters:
                groups[name or type(model).__name__] = parameters
        if not groups:
            raise ArgumentError(
                f"HistogramRecorder.record(model) got a {type(model).__name__} without parameters"
            )
        self._recorded += 1
        weights = {name: _floats(parameter.data for parameter in group) for name, group in groups.items()}
        gradients = {
            name: _floats(parameter.grad for parameter in group if parameter.has_grad)
            for name, group in groups.items()
        }
        self._moments.add(Moment(self._recorded if epoch is None else epoch, weights, gradients))

    def on_epoch_end(self, trainer: Any, row: Mapping[str, Any]) -> None:
        """Remember the weights, and the gradients of the last batch.

        Args:
            trainer: the one that trains.
            row: the last row of the history.
        """
        self.record(trainer.model, row.get("epoch"))

    def __repr__(self) -> str:
        count = len(self._moments)
        parts = ", ".join(dict.fromkeys(name for moment in self._moments for name in moment.weights))
        return f"<HistogramRecorder: {count} moment{'s' * (count != 1)}{f' of {parts}' if parts else ''}>"


def _floats(numbers: Iterable[Any]) -> array[float]:
    """Return numbers as floats; integers and fractions beyond them are infinite."""
    floats = array("d")
    for number in numbers:
        given = getattr(number, "data", number)  # recorded itself, with create_graph=True
        try:
            floats.append(float(given))
        except OverflowError:
            floats.append(inf if given > 0 else -inf)
    return floats


def finite(numbers: array[float]) -> list[float]:
    """Return those numbers that a histogram can show."""
    return [number for number in numbers if isfinite(number)]
