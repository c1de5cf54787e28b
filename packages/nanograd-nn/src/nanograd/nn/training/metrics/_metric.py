"""Metric: what all metrics share, and the metric that a plain function makes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, as_number
from nanograd.nn._errors import MissingMethodError
from nanograd.nn._nested import Nested, is_list, mapped


class Metric:
    """A number that is collected from batches; a subclass says how.

    It keeps what it has collected in ``state``, plain numbers and lists, which a checkpoint holds.

    >>> class Largest(Metric):
    ...     def start(self):
    ...         return {"largest": float("-inf")}
    ...
    ...     def update(self, outputs, targets):
    ...         self.state["largest"] = max(self.state["largest"], *plain(outputs))
    ...
    ...     def compute(self):
    ...         return self.state["largest"]
    >>> largest = Largest()
    >>> largest.update([1.0, 3.0], [0.0, 0.0])
    >>> largest.name, largest.compute()
    ('largest', 3.0)

    Attributes:
        state: what was collected since :meth:`reset`.
    """

    state: dict[str, Any]

    def __init__(self) -> None:
        self.reset()

    @property
    def name(self) -> str:
        """What tables call it: the name of the class in lower case, with underscores."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])", "_", type(self).__name__).lower()

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {}

    def reset(self) -> None:
        """Forget all batches."""
        self.state = self.start()

    def update(self, outputs: Nested, targets: Nested) -> None:  # noqa: ARG002  # a subclass has use for them
        """Collect a batch.

        Args:
            outputs: what the model returned.
            targets: what it should have been.
        """
        raise MissingMethodError(f"{type(self).__name__} is a Metric without update(self, outputs, targets)")

    def compute(self) -> Any:
        """Return the number for all batches together."""
        raise MissingMethodError(f"{type(self).__name__} is a Metric without compute(self)")

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of what was collected."""
        return copy.deepcopy(self.state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what another metric of this kind has collected.

        Args:
            state_dict: what :meth:`state_dict` returned.

        Raises:
            ArgumentError: if it is of another kind.
        """
        if state_dict.keys() != self.start().keys():
            raise ArgumentError(
                f"the state of {type(self).__name__} has {list(self.start())}, "
                f"and this dict {list(state_dict)}"
            )
        self.state = copy.deepcopy(dict(state_dict))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class BatchMean(Metric):
    """The mean of a function of outputs and targets over all samples.

    >>> largest_error = BatchMean(
    ...     lambda outputs, targets: max(abs(o - t) for o, t in zip(outputs, targets)), "worst"
    ... )
    >>> largest_error.update([1.0, 2.0], [1.0, 4.0])
    >>> largest_error.name, largest_error.compute()
    ('worst', 2.0)

    Args:
        function: a function of a batch's outputs and targets that returns a number.
        name: what tables call it; the name of the function if left out.
    """

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        super().__init__()
        self.function = function
        self._name = getattr(function, "__name__", type(function).__name__) if name is None else name

    @property
    def name(self) -> str:
        """What tables call it."""
        return self._name

    def start(self) -> dict[str, Any]:
        """Return the state before the first batch."""
        return {"total": 0.0, "samples": 0}

    def update(self, outputs: Nested, targets: Nested) -> None:
        """Collect a batch.

        Args:
            outputs: what the model returned.
            targets: what it should have been.

        Raises:
            NumberTypeError: if the function does not return a number.
        """
        samples = count_samples(targets)
        number = plain(self.function(outputs, targets))
        self.state["total"] += float(as_number(number, f"the result of the metric {self.name!r}")) * samples
        self.state["samples"] += samples

    def compute(self) -> float:
        """Return the mean.

        Raises:
            ArgumentError: if there was no batch.
        """
        check_samples(self.state["samples"], self)
        return float(self.state["total"] / self.state["samples"])


def plain(values: Any) -> Any:
    """Return nested lists of values as nested lists of plain numbers."""
    return mapped(lambda value: value.data if isinstance(value, ScalarValue) else value, values)


def count_samples(targets: Any) -> int:
    """Return the number of samples of a batch; a target alone is one."""
    return len(targets) if is_list(targets) else 1


def check_samples(samples: int, metric: Metric) -> None:
    """Refuse the mean of nothing.

    Raises:
        ArgumentError: if there are no samples.
    """
    if not samples:
        raise ArgumentError(f"{metric!r} has seen no samples: call update(outputs, targets) first")
