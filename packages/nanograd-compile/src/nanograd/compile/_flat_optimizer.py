"""FlatOptimizer: an optimizer's rule, run over whole vectors of parameters instead of one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from nanograd.compile import _numpy_numbers as NUMPY
from nanograd.engine import ArgumentError, NanogradError, ScalarValue

Vector = npt.NDArray[np.float64]


class UpdateRule(Protocol):
    """What an optimizer has: groups of parameters with hyperparameters, a memory, and a rule over numbers."""

    param_groups: list[dict[str, Any]]
    state: dict[ScalarValue, dict[str, Any]]

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The names of the hyperparameters."""

    rule: Any
    """A function of (m, parameter, gradient, state) and the hyperparameters; returns parameter and state."""


class _Segment:
    """Parameters of one group for which the rule does the same steps, with what it remembers of them."""

    def __init__(self, group: int, slots: Sequence[int], state: dict[str, Any]) -> None:
        self.group = group
        self.slots = tuple(slots)
        contiguous = slots[-1] - slots[0] + 1 == len(slots)
        self.index: Any = slice(slots[0], slots[-1] + 1) if contiguous else np.array(slots)
        self.state = state


class FlatOptimizer:
    """The update rule of an optimizer over a flat vector of weights.

    Args:
        optimizer: the optimizer.
        parameters: the parameters, in the order of the vector.

    Raises:
        ArgumentError: if it has no rule, or changes parameters that are not among these.
    """

    def __init__(self, optimizer: UpdateRule, parameters: Sequence[ScalarValue]) -> None:
        self.optimizer = optimizer
        self.parameters = parameters
        self._slots = {parameter: slot for slot, parameter in enumerate(parameters)}
        self._state = {
            self._slots[parameter]: dict(state)
            for parameter, state in optimizer.state.items()
            if parameter in self._slots
        }
        self._check()
        self._segments: list[_Segment] = []
        self._used: tuple[int, ...] | None = None
        self._sizes: list[int] = []

    def updated(self, weights: Vector, gradient: Vector, used: tuple[int, ...]) -> Vector:
        """Return new weights.

        Args:
            weights: one number a parameter.
            gradient: its derivatives.
            used: which parameters have a gradient; the others stay as they are.
        """
        sizes = [len(group["params"]) for group in self.optimizer.param_groups]
        if used != self._used or sizes != self._sizes:
            self._put_back()
            self._segments = self._divided(used)
            self._used, self._sizes = used, sizes
        new = None
        with np.errstate(all="ignore"):
            for segment in self._segments:
                group = self.optimizer.param_groups[segment.group]
                hyperparameters = {name: group[name] for name in self.optimizer.defaults}
                changed, state = self.optimizer.rule(
                    NUMPY, weights[segment.index], gradient[segment.index], segment.state, **hyperparameters
                )
                if len(segment.slots) == len(weights):
                    new = np.asarray(changed)
                else:
                    new = weights.copy() if new is None else new
                    new[segment.index] = changed
                segment.state = state
        if hasattr(self.optimizer, "has_stepped"):
            self.optimizer.has_stepped = True
        return weights if new is None else new

    def sync(self) -> None:
        """Give the optimizer what the rule remembers of each parameter."""
        self._put_back()
        for slot, state in self._state.items():
            if state:
                self.optimizer.state[self.parameters[slot]] = dict(state)

    def _check(self) -> None:
        for group in self.optimizer.param_groups:
            for parameter in group["params"]:
                if parameter not in self._slots:
                    raise ArgumentError(
                        f"the optimizer changes {parameter!r} ({parameter.label!r}), which is no parameter "
                        "of the model: a compiled step has the weights of the model alone"
                    )
            hyperparameters = {name: group[name] for name in self.optimizer.defaults}
            one = np.ones(1)
            try:
                with np.errstate(all="ignore"):
                    self.optimizer.rule(NUMPY, one, one, {}, **hyperparameters)
            except (AttributeError, NanogradError, NotImplementedError, TypeError) as error:
                raise ArgumentError(
                    f"{type(self.optimizer).__name__} cannot be compiled: it has no rule that changes each "
                    f"parameter by its own gradient ({error}). Train with it step by step."
                ) from error

    def _divided(self, used: tuple[int, ...]) -> list[_Segment]:
        """Return the parameters by group and by what is remembered of them, each part with its memory."""
        wanted = set(used)
        segments = []
        for number, group in enumerate(self.optimizer.param_groups):
            alike: dict[Any, list[int]] = {}
            for parameter in group["params"]:
                slot = self._slots[parameter]
                if slot in wanted:
                    state = self._state.get(slot, {})
                    steps = tuple([(name, value) for name, value in state.items() if isinstance(value, int)])
                    alike.setdefault((tuple(state), steps), []).append(slot)
            for (names, _), slots in alike.items():
                slots.sort()
                states = [self._state.get(slot, {}) for slot in slots]
                segments.append(
                    _Segment(
                        number, slots, {name: _joined([state[name] for state in states]) for name in names}
                    )
                )
        return segments

    def _put_back(self) -> None:
        for segment in self._segments:
            for place, slot in enumerate(segment.slots):
                self._state[slot] = {name: _one(value, place) for name, value in segment.state.items()}


def _joined(values: list[Any]) -> Any:
    """Return one number if all are equal, else a vector."""
    first = values[0]
    return first if all(value == first for value in values) else np.array(values, dtype=np.float64)


def _one(value: Any, place: int) -> Any:
    return float(value[place]) if isinstance(value, np.ndarray) and value.ndim else _plain(value)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic | np.ndarray) else value
