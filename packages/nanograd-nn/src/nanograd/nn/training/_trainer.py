"""Trainer: the loop that trains a model, with all that people want to know and to keep on the way."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, Literal

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn._module import Module
from nanograd.nn._nested import is_list
from nanograd.nn._save import load, save
from nanograd.nn._sizes import as_size
from nanograd.nn.data import DataLoader
from nanograd.nn.optim import Optimizer
from nanograd.nn.training import _checkpoint
from nanograd.nn.training._arguments import check_parts, clipping_bounds, named_metrics, ordered_callbacks
from nanograd.nn.training._batches import (
    batches_of,
    check_loader,
    inputs_and_targets,
    number_of_batches,
    used_not_trained,
)
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._errors import CheckpointError
from nanograd.nn.training._generators import generators_of, put_back, states_of
from nanograd.nn.training._history import History
from nanograd.nn.training._interruption import Interruption
from nanograd.nn.training._measuring import measured
from nanograd.nn.training._monitor import monitored
from nanograd.nn.training._running import RunningEpoch
from nanograd.nn.training._schedule import Schedule
from nanograd.nn.training._steps import EagerStep, Step, StepFactory, check_loss, made_step
from nanograd.nn.training.metrics import Metric
from nanograd.nn.training.metrics._metric import count_samples, plain


class Trainer:
    """Trains a model: batches, validation, metrics, schedules, checkpoints, and a display of the progress.

    >>> from nanograd.nn import Linear, MSELoss, Sequential, Tanh, manual_seed
    >>> from nanograd.nn.data import DataLoader, TensorDataset, random_split
    >>> from nanograd.nn.optim import Adam
    >>> from nanograd.nn.training.metrics import MeanAbsoluteError
    >>> generator = manual_seed(0)
    >>> inputs = [[x / 10.0] for x in range(40)]
    >>> points = TensorDataset(inputs, [[2.0 * x + 1.0] for (x,) in inputs])
    >>> training, validation = random_split(points, [0.8, 0.2])
    >>> model = Sequential(Linear(1, 4), Tanh(), Linear(4, 1))
    >>> trainer = Trainer(model, MSELoss(), Adam(model.parameters(), lr=0.1), metrics=[MeanAbsoluteError()])
    >>> history = trainer.fit(DataLoader(training, batch_size=8, shuffle=True), 20, DataLoader(validation, 8))
    >>> history
    History(20 epochs: epoch, loss, mean_absolute_error, val_loss, val_mean_absolute_error, lr)
    >>> history["val_loss"][-1] < 0.1 < history["val_loss"][0]
    True
    >>> print(f"{trainer.predict([[2.0]])[0][0]:.0f}")
    5

    Ctrl-C lets the batch that is being computed end and is raised then; pressed again it interrupts at once.
    With a :class:`ModelCheckpoint` nothing is lost: a new trainer with the same parts,
    :meth:`load_checkpoint` and the same call of :meth:`fit` come to the same weights, bit for bit, as without
    the interruption.

    Args:
        model: the model.
        loss: a function of the outputs and targets of a batch that returns one ScalarValue, their mean.
        optimizer: changes the parameters of the model.
        scheduler: changes the learning rate.
        scheduler_interval: whether it does so after every ``"epoch"`` or every ``"batch"``.
        monitor: the column of the history that a ``ReduceLROnPlateau`` watches; ``val_loss`` if left out, and
            without validation ``loss``.
        metrics: what is measured beside the loss: metrics, or functions of outputs and targets; a dict gives
            them other names.
        callbacks: what is done on the way.
        clip_grad_norm: the largest norm of all gradients together, see ``nanograd.nn.utils.clip_grad_norm_``.
        clip_grad_value: the largest size of a gradient, see ``nanograd.nn.utils.clip_grad_value_``.
        step: makes another way to compute a step, such as a compiled one. It gives no outputs, so that
            metrics are measured in validation only; and a loss that is not finite is seen after its step.
        verbose: None shows the progress in a terminal and nothing elsewhere; True prints a line for each
            epoch elsewhere; False shows nothing.

    Attributes:
        epoch: how many epochs are done.
        epochs: how many there are to be.
        history: a table with a row for each of them.
        stopped: whether :meth:`stop` was called, as :class:`EarlyStopping` does. A training that comes from a
            checkpoint stays stopped; another call of :meth:`fit` goes on.
        running: what the epoch that is running has come to, such as ``running.batches``; None between two.

    Raises:
        ArgumentError: if arguments make no sense together.
        NumberTypeError: if one is not of the right type.
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        *,
        scheduler: Any = None,
        scheduler_interval: Literal["epoch", "batch"] = "epoch",
        monitor: str | None = None,
        metrics: Sequence[Metric | Callable[[Any, Any], Any]]
        | Mapping[str, Metric | Callable[[Any, Any], Any]] = (),
        callbacks: Iterable[Callback] = (),
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
        step: StepFactory | None = None,
        verbose: bool | None = None,
    ) -> None:
        check_parts(model, loss, optimizer)
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = Schedule(scheduler, scheduler_interval, optimizer)
        self.monitor = monitor
        self.metrics = named_metrics(metrics)
        self.callbacks = ordered_callbacks(callbacks, verbose)
        self._clipping = clipping_bounds(clip_grad_norm=clip_grad_norm, clip_grad_value=clip_grad_value)
        self._factory = step
        self.epoch = 0
        self.epochs = 0
        self.history = History()
        self.stopped = False
        self.batches_per_epoch: int | None = None
        self.running: RunningEpoch | None = None
        self.loaders: dict[str, Any] = {}
        self.loader_states: dict[str, Any] = {}  # for the loaders of the next call of fit
        self.resumed = False
        self._step: Step | EagerStep | None = None
        self._is_changing = False
        self._interruption = Interruption()

    # ---- training

    def fit(
        self, train_loader: Iterable[Any], epochs: int, validation: Iterable[Any] | None = None
    ) -> History:
        """Train until so many epochs are done, and return the history.

        A training that was interrupted, or that comes from a checkpoint, goes on where it was.

        Args:
            train_loader: batches (inputs, targets), such as a ``DataLoader``, anew for every epoch.
            epochs: how many epochs there are to be altogether, those before included.
            validation: batches that the model is measured with after every epoch.

        Raises:
            ArgumentError: if there is nothing to train, batches are missing or none, or a metric or callback
                cannot do its work.
            NonFiniteLossError: if a loss is infinite or nan.
            NonFiniteGradientError: if a gradient is.
            KeyboardInterrupt: after Ctrl-C, when callbacks have saved what there is.
        """
        epochs = as_size(epochs, "epochs of fit")
        check_loader(train_loader, "train_loader", read_again=epochs > self.epoch + 1)
        if validation is not None:
            check_loader(validation, "validation", read_again=epochs > self.epoch + 1)
        if epochs <= self.epoch and not self.resumed:
            raise ArgumentError(
                f"{self.epoch} epochs are done already, and fit trains until {epochs} are: "
                f"fit(..., epochs={self.epoch + epochs}) trains {epochs} more"
            )
        self.loaders = {"train": train_loader, "validation": validation}
        self._load_loaders()
        self.stopped = self.stopped and self.resumed
        self.resumed = False
        self.epochs = epochs
        self.batches_per_epoch = number_of_batches(train_loader)
        step: Step | EagerStep
        if self._factory is None:
            step = EagerStep(self.model, self.loss, self.optimizer, **self._clipping)
        else:
            step = made_step(self._factory, self.model, self.loss, self.optimizer, self._clipping)
        self._step = step
        with self._interruption:
            try:
                self._tell("on_fit_start")
                while self.epoch < epochs and not self.stopped:
                    self._finish_epoch(self._train(step, train_loader), validation)
                    self._interruption.check()
                self._tell("on_fit_end")
                self._interruption.check()  # pressed meanwhile, it must not be lost
            except BaseException as error:
                self._break_off(error)
                raise
            finally:
                self._step = None
        return self.history

    def stop(self) -> None:
        """Make the epoch that is running, or has just ended, the last one."""
        self.stopped = True

    def _train(self, step: Step | EagerStep, loader: Iterable[Any]) -> RunningEpoch:
        """Go through the batches of an epoch, or through the rest of one that was interrupted."""
        running = self.running
        if running is None:
            self.running = running = RunningEpoch(lr=float(self.optimizer.param_groups[0]["lr"]))
            for metric in self.metrics.values():
                metric.reset()
            self._tell("on_epoch_start")
        if running.trained:
            return running
        self.model.train()
        done = 0 if hasattr(loader, "load_state_dict") else running.batches  # others begin at the beginning
        for batch in itertools.islice(loader, done, None):
            self._is_changing = True
            loss = self._change_weights(step, inputs_and_targets(batch), running)
            self._is_changing = False
            self._tell("on_batch_end", loss)
            self._interruption.check()
        if not running.samples:
            raise ArgumentError("train_loader is empty: there are no batches in it")
        running.trained = True
        return running

    def _change_weights(self, step: Step | EagerStep, batch: list[Any], running: RunningEpoch) -> float:
        targets = batch[-1]
        if isinstance(step, EagerStep):
            loss = step(*batch)
            for metric in self.metrics.values():
                metric.update(step.outputs, targets)
        else:
            result = step(*batch)
            loss = float(result.data if isinstance(result, ScalarValue) else result)
            check_loss(loss)
        samples = count_samples(targets)
        running.loss += loss * samples
        running.samples += samples
        running.batches += 1
        self.schedule.after_batch()
        return loss

    def _finish_epoch(self, running: RunningEpoch, validation: Iterable[Any] | None) -> None:
        """Measure, add a row to the history, and change the learning rate."""
        row = {"epoch": self.epoch + 1, **self.measured_so_far()}
        self.sync()
        if validation is not None:
            row |= {f"val_{name}": number for name, number in self._validated(validation).items()}
        row["lr"] = running.lr
        self._is_changing = True
        default = "loss" if validation is None else "val_loss"
        self.schedule.after_epoch(lambda: monitored(row, self.monitor or default))
        self.epoch += 1
        numbers = {name: plain(number) for name, number in row.items()}
        self.history.rows.append(
            {name: number for name, number in numbers.items() if isinstance(number, Real)}
        )
        self.running = None
        self._is_changing = False
        self._tell("on_epoch_end", self.history.rows[-1])

    def _validated(self, validation: Iterable[Any]) -> dict[str, Any]:
        """Measure with other batches; if that is interrupted, it begins anew when the training goes on."""
        generators = generators_of(model=self.model, loss=self.loss)
        states, loaders = states_of(generators), self.states_of_loaders()
        try:
            return measured(self.model, self.loss, self.metrics, validation, self._interruption.check)
        except KeyboardInterrupt:
            put_back(generators, states)
            self.loader_states = loaders
            raise

    def _break_off(self, error: BaseException) -> None:
        """Leave all so that the next call of fit goes on with the next batch, or begins the epoch anew."""
        if self.can_be_saved:
            self.sync()
            self.loader_states = self.states_of_loaders() | self.loader_states
            self.resumed = True  # the next call of fit is a continuation of this one
        try:
            self._tell("on_exception", error)
        finally:
            if not self.can_be_saved:
                self.running, self.loader_states, self._is_changing = None, {}, False

    def _load_loaders(self) -> None:
        """Let the loaders go on where those were that an interrupted training had."""
        for name, state in self.loader_states.items():
            if hasattr(self.loaders.get(name), "load_state_dict"):
                self.loaders[name].load_state_dict(state)
        self.loader_states = {}

    def _tell(self, method: str, *arguments: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, method)(self, *arguments)

    # ---- measuring

    def evaluate(self, loader: Iterable[Any]) -> dict[str, Any]:
        """Return the loss and the metrics of a model that is used, not trained, by their names.

        Args:
            loader: batches (inputs, targets).

        Raises:
            ArgumentError: if there are no batches.
        """
        check_loader(loader, "loader", read_again=False)
        self.sync()
        return measured(self.model, self.loss, self.metrics, loader)

    def predict(self, inputs: Any) -> list[Any]:
        """Return the outputs of the model, used and not trained, for all samples as plain numbers.

        Args:
            inputs: a list of samples, or a loader; of tuples as batches, the last part is taken for the
                targets and left out.

        Raises:
            NumberTypeError: if it is neither.
        """
        if not isinstance(inputs, Iterable):
            raise NumberTypeError(
                f"predict takes a list of samples or a loader and got {type(inputs).__name__}"
            )
        self.sync()
        alone = isinstance(inputs, DataLoader) and inputs.batch_sampler is None  # what comes are samples
        outputs: list[Any] = []
        with used_not_trained(self.model):
            for batch in batches_of(inputs):
                found = plain(self.model(*batch))
                outputs.extend([found] if alone or not is_list(found) else found)
        return outputs

    def measured_so_far(self) -> dict[str, Any]:
        """Return the mean loss and the metrics of the epoch so far, by their names."""
        running = self.running
        if running is None or not running.samples:
            return {}
        found: dict[str, Any] = {"loss": running.loss / running.samples}
        if self._factory is None:
            found |= {name: metric.compute() for name, metric in self.metrics.items()}
        return found

    # ---- checkpoints

    @property
    def can_be_saved(self) -> bool:
        """Whether a checkpoint can be written: not while the weights are being changed for a batch."""
        return not self._is_changing

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Write all that is needed to go on: weights, optimizer, schedule, chance, order of data, history.

        Args:
            path: the file, which ends in ``.json`` or ``.safetensors``.

        Raises:
            CheckpointError: if the weights are being changed for a batch, or were when an error came.
            ArgumentError: if the name has another ending.
            OSError: if the file cannot be written.
        """
        if not self.can_be_saved:
            raise CheckpointError(
                "a checkpoint cannot be saved while the weights are being changed for a batch"
            )
        self.sync()
        save(_checkpoint.state_of(self), path)

    def load_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Go on from a checkpoint; after an error everything is as it was before.

        The trainer needs the same parts as the one that has saved it. Then call :meth:`fit` with the same
        data, and the number of epochs that there are to be altogether.

        Args:
            path: what :meth:`save_checkpoint` wrote.

        Raises:
            SavedFileError: if the file cannot be loaded.
            CheckpointError: if it is not the checkpoint of such a trainer.
            OSError: if the file cannot be read.
        """
        _checkpoint.restore(self, load(path), Path(path))
        self.resumed = True

    def sync(self) -> None:
        """Let the model have the weights, if a compiled step keeps them."""
        if self._step is not None:
            self._step.sync()

    def states_of_loaders(self) -> dict[str, Any]:
        """Return where the loaders are, of those that can tell."""
        return {
            name: loader.state_dict()
            for name, loader in self.loaders.items()
            if hasattr(loader, "state_dict") and hasattr(loader, "load_state_dict")
        }
