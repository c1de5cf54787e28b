"""Steps: from a batch to changed weights, here with graphs; a compiler may give another way."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn._module import Module
from nanograd.nn.optim import Optimizer
from nanograd.nn.training._errors import NonFiniteGradientError, NonFiniteLossError
from nanograd.nn.utils import clip_grad_norm_, clip_grad_value_


@runtime_checkable
class Step(Protocol):
    """A training step made by a :class:`StepFactory`, such as a compiled one.

    It may keep weights and what the optimizer remembers to itself until :meth:`sync`. It reads the
    hyperparameters, such as the learning rate, from ``optimizer.param_groups`` in every call.
    """

    def __call__(self, input: Any, target: Any, /) -> ScalarValue | float:
        """Change the weights once, and return the loss of the batch.

        Args:
            input: the inputs of a batch.
            target: its targets.
        """

    def sync(self) -> None:
        """Give the weights to the model and what is remembered to the optimizer."""


class StepFactory(Protocol):
    """Makes a :class:`Step`; one that clips gradients takes ``clip_grad_norm`` and ``clip_grad_value``."""

    def __call__(self, model: Any, loss: Callable[[Any, Any], Any], optimizer: Any, /) -> Step:
        """Return a step for a model that has the weights that it has now.

        Args:
            model: the model.
            loss: a function of outputs and targets.
            optimizer: changes the parameters of the model.
        """


class EagerStep:
    """Forward, backward, clipping, and the optimizer's step, with the outputs kept for metrics.

    Args:
        model: the model.
        loss: a function of outputs and targets.
        optimizer: changes the parameters of the model.
        clip_grad_norm: the largest norm of all gradients together.
        clip_grad_value: the largest size of a gradient.

    Attributes:
        outputs: of the last batch.
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.clip_grad_norm = clip_grad_norm
        self.clip_grad_value = clip_grad_value
        self.outputs: Any = None
        self._parameters = model.parameters()  # looked up once: to find them takes a tenth of a small step

    def __call__(self, *batch: Any) -> float:
        """Change the weights once, and return the loss.

        Args:
            *batch: the inputs, and last the targets.

        Raises:
            NonFiniteLossError: if the loss is infinite or nan.
            NonFiniteGradientError: if a gradient is.
            NumberTypeError: if the loss is not a single value.
        """
        *inputs, targets = batch
        first: list[float] = []

        def closure() -> ScalarValue:
            self.optimizer.zero_grad()
            outputs = self.model(*inputs)
            loss = self.loss(outputs, targets)
            number = loss_number(loss)
            if not first:  # LBFGS may try others on its way, and knows what to do with them
                check_loss(number)
            loss.backward()
            if not first:
                self._check_gradients()
                first.append(number)
                self.outputs = outputs
            if self.clip_grad_norm is not None:
                clip_grad_norm_(self._parameters, self.clip_grad_norm)
            if self.clip_grad_value is not None:
                clip_grad_value_(self._parameters, self.clip_grad_value)
            return loss  # type: ignore[no-any-return]  # loss_number has seen what it is

        self.optimizer.step(closure)
        return first[0]

    def sync(self) -> None:
        """Do nothing: the model has the weights."""

    def _check_gradients(self) -> None:
        if all(math.isfinite(parameter.grad) for parameter in self._parameters):
            return
        for name, parameter in self.model.named_parameters():
            if not math.isfinite(parameter.grad):
                raise NonFiniteGradientError(
                    f"the gradient of {name!r} is {parameter.grad}, so its weight would be lost, too; it "
                    "stays as it was. `with nanograd.engine.detect_anomaly():` around the training shows the "
                    "operation it comes from."
                )


def made_step(
    factory: StepFactory,
    model: Module,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    clipping: dict[str, float],
) -> Step:
    """Return the step of a factory, which is told how to clip if it can.

    Raises:
        ArgumentError: if gradients are to be clipped and it cannot.
    """
    if clipping:
        known = inspect.signature(factory).parameters
        if unknown := [name for name in clipping if name not in known]:
            raise ArgumentError(
                f"{unknown[0]} cannot be used with step={getattr(factory, '__name__', factory)}, which "
                "takes no such argument and computes its gradients itself: leave one of the two out"
            )
    return factory(model, loss, optimizer, **clipping)


def loss_number(loss: Any) -> float:
    """Return the number of a loss.

    Raises:
        NumberTypeError: if it is not a single value.
    """
    if isinstance(loss, ScalarValue):
        return float(loss.data)
    raise NumberTypeError(
        f"a loss is a single ScalarValue and this one is {type(loss).__name__}: {loss!r:.80}. "
        "Use reduction='mean', and a loss that is computed from the outputs."
    )


def check_loss(loss: float) -> None:
    """Refuse to go on with a loss that is not finite.

    Raises:
        NonFiniteLossError: if it is infinite or nan.
    """
    if not math.isfinite(loss):
        raise NonFiniteLossError(
            f"the loss is {loss}. A learning rate that is too large, or inputs that are nan or not scaled, "
            "are the usual causes. `with nanograd.engine.detect_anomaly():` around the training shows the "
            "first operation that is not finite, and why_nonfinite(loss) does so for a loss that you compute "
            "yourself."
        )
