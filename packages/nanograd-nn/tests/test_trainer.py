"""Trainers do what the plain loop does, stop before anything is lost, and go on as if it had not been."""

import math
import os
import random
import signal
import sys
import threading

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, is_grad_enabled
from nanograd.nn import (
    MLP,
    CrossEntropyLoss,
    Dropout,
    Linear,
    MissingExtraError,
    Module,
    MSELoss,
    Parameter,
    Sequential,
    Tanh,
    load,
    load_model,
    manual_seed,
    save,
)
from nanograd.nn.data import DataLoader, IterableDataset, TensorDataset
from nanograd.nn.optim import LBFGS, SGD, Adam
from nanograd.nn.optim.lr_scheduler import (
    CosineAnnealingLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from nanograd.nn.training import (
    Callback,
    CheckpointError,
    EarlyStopping,
    ModelCheckpoint,
    NonFiniteGradientError,
    NonFiniteLossError,
    Trainer,
)
from nanograd.nn.training.metrics import Accuracy, ConfusionMatrix, MeanAbsoluteError, R2Score
from nanograd.nn.utils import clip_grad_norm_, clip_grad_value_

INPUTS = [[x / 6.0, math.sin(3.0 * x)] for x in range(12)]
TARGETS = [[x * 0.5 + y] for x, y in INPUTS]
DATA = TensorDataset(INPUTS, TARGETS)


def line(**options):
    """Return a trainer of a straight line, which begins the same every time."""
    manual_seed(1)
    model = Linear(2, 1)
    options = {"optimizer": SGD(model.parameters(), lr=0.1, momentum=0.9), "verbose": False} | options
    return Trainer(model, options.pop("loss", MSELoss()), **options)


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    """Let Ctrl-C interrupt also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupt(Callback):
    """Presses Ctrl-C after so many batches."""

    def __init__(self, after):
        self.left = after

    def on_batch_end(self, trainer, loss):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)


# ---- the loop


def test_training_is_the_plain_loop():
    trainer = line()
    history = trainer.fit(DataLoader(DATA, 5), 3)
    manual_seed(1)
    model = Linear(2, 1)
    optimizer, loss_of, losses = SGD(model.parameters(), lr=0.1, momentum=0.9), MSELoss(), []
    for _ in range(3):
        total = 0.0
        for inputs, targets in DataLoader(DATA, 5):
            optimizer.zero_grad()
            loss = loss_of(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.data * len(targets)
        losses.append(total / 12)
    assert trainer.model.state_dict() == model.state_dict()
    assert history["loss"] == losses
    assert history["epoch"] == [1, 2, 3]
    assert history["lr"] == [0.1, 0.1, 0.1]
    assert trainer.model.training


@pytest.mark.parametrize(
    ("option", "clip"),
    [
        ({"clip_grad_norm": 0.1}, lambda parameters: clip_grad_norm_(parameters, 0.1)),
        ({"clip_grad_value": 0.05}, lambda parameters: clip_grad_value_(parameters, 0.05)),
    ],
    ids=["norm", "value"],
)
def test_gradients_are_clipped_as_in_the_plain_loop(option, clip):
    trainer = line(**option)
    trainer.fit(DataLoader(DATA, 12), 2)
    plain = line()
    for _ in range(2):
        plain.optimizer.zero_grad()
        MSELoss()(plain.model(INPUTS), TARGETS).backward()
        clip(plain.model.parameters())
        plain.optimizer.step()
    assert trainer.model.state_dict() == plain.model.state_dict()


def test_lbfgs_computes_the_loss_again():
    trainer = line()
    trainer.optimizer = LBFGS(trainer.model.parameters(), line_search_fn="strong_wolfe")
    assert trainer.fit(DataLoader(DATA, 12), 3)["loss"][-1] < 1e-10


def test_a_list_of_batches_is_a_loader():
    batches = [(INPUTS[:6], TARGETS[:6]), (INPUTS[6:], TARGETS[6:])]
    first, second = line(), line()
    first.fit(batches, 2)
    second.fit(DataLoader(DATA, 6), 2)
    assert first.model.state_dict() == second.model.state_dict()


class Sum(Module):
    def __init__(self):
        self.w = Parameter(1.0)

    def forward(self, x, y):
        return [self.w * (a + b) for a, b in zip(x, y, strict=True)]


def test_a_model_may_have_several_inputs():
    model = Sum()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.02), verbose=False)
    loader = DataLoader(TensorDataset([1.0, 2.0], [3.0, 4.0], [8.0, 12.0]), 2)
    assert trainer.fit(loader, 40)["loss"][-1] < 1e-6
    assert trainer.predict(loader) == pytest.approx([8.0, 12.0], abs=1e-2)


def test_samples_count_alike_also_in_a_last_batch_that_is_not_full():
    trainer = line()
    measured = trainer.evaluate(DataLoader(DATA, 5))
    assert measured["loss"] == pytest.approx(trainer.evaluate(DataLoader(DATA, 12))["loss"], rel=1e-15)


# ---- schedules


def test_a_schedule_steps_after_every_epoch_or_batch():
    model = Linear(2, 1)
    for interval, expected in (("epoch", [0.5, 0.25, 0.125]), ("batch", [0.5, 0.125, 0.03125])):
        optimizer = SGD(model.parameters(), lr=0.5)
        scheduler = StepLR(optimizer, 1, gamma=0.5)
        trainer = Trainer(
            model, MSELoss(), optimizer, scheduler=scheduler, scheduler_interval=interval, verbose=False
        )
        assert trainer.fit(DataLoader(DATA, 6), 3)["lr"] == expected


@pytest.mark.parametrize(
    ("monitor", "validation"),
    [(None, False), (None, True), ("mae", True)],
    ids=["loss", "val_loss", "column"],
)
def test_a_plateau_is_told_the_monitored_value(monitor, validation):
    class Told(ReduceLROnPlateau):
        def step(self, metrics):
            told.append(metrics)
            super().step(metrics)

    told = []
    model = Linear(2, 1)
    optimizer = SGD(model.parameters(), lr=0.1)
    options = {"scheduler": Told(optimizer), "monitor": monitor, "metrics": {"mae": MeanAbsoluteError()}}
    trainer = Trainer(model, MSELoss(), optimizer, verbose=False, **options)
    loader = DataLoader(DATA, 6)
    history = trainer.fit(loader, 2, loader if validation else None)
    assert told == history[monitor or ("val_loss" if validation else "loss")]


# ---- measuring


def test_metrics_are_measured_in_training_and_validation():
    manual_seed(2)
    model = Linear(1, 2)
    trainer = Trainer(
        model,
        CrossEntropyLoss(),
        Adam(model.parameters(), lr=0.3),
        metrics=[Accuracy(), ConfusionMatrix(), lambda outputs, targets: len(targets)],
        verbose=False,
    )
    loader = DataLoader(TensorDataset([[-1.0], [-0.5], [0.5], [1.0]], [0, 0, 1, 1]), 2)
    history = trainer.fit(loader, 20, loader)
    assert history.columns == [
        "epoch",
        "loss",
        "accuracy",
        "<lambda>",
        "val_loss",
        "val_accuracy",
        "val_<lambda>",
        "lr",
    ]
    assert history["val_accuracy"][-1] == 1.0
    assert history["<lambda>"] == [2.0] * 20
    measured = trainer.evaluate(loader)
    assert measured["confusion_matrix"] == [[2, 0], [0, 2]]  # a table is not a cell of the history
    assert measured["loss"] == history["val_loss"][-1]


def test_measuring_uses_the_model_and_leaves_it_as_it_was():
    class Modes(Linear):
        def forward(self, x):
            seen.append((self.training, is_grad_enabled()))
            return super().forward(x)

    seen = []
    frozen = Modes(2, 1).eval()
    model = Sequential(frozen)
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), verbose=False)
    trainer.evaluate(DataLoader(DATA, 12))
    trainer.predict(INPUTS)
    assert seen == [(False, False)] * 2
    assert (model.training, frozen.training) == (True, False)


def test_predictions_are_plain_numbers():
    trainer = line()
    expected = [[value.data for value in row] for row in trainer.model(INPUTS)]
    for given in (INPUTS, DataLoader(DATA, 5), DataLoader(INPUTS, 5), DataLoader(TensorDataset(INPUTS), 12)):
        assert trainer.predict(given) == expected
    with pytest.raises(NumberTypeError, match="predict takes a list of samples or a loader and got float"):
        trainer.predict(1.0)


@pytest.mark.parametrize("model", [Linear(2, 1), Linear(2, 3), MLP(2, [1])], ids=["1", "3", "value"])
def test_a_loader_of_samples_gives_an_output_for_each(model):
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), verbose=False)
    assert trainer.predict(DataLoader(TensorDataset(INPUTS), None)) == trainer.predict(INPUTS)
    assert len(trainer.predict(INPUTS)) == 12


def test_measuring_in_the_middle_of_an_epoch_disturbs_nothing():
    class Measure(Callback):
        def on_fit_start(self, trainer):
            whole = trainer.evaluate([(INPUTS, TARGETS)])  # also where the loader is to go on with its rest
            assert trainer.evaluate(loader)["loss"] == pytest.approx(whole["loss"])

        def on_batch_end(self, trainer, loss):
            trainer.evaluate(loader)
            trainer.predict(loader)

    first, second = line(metrics=[R2Score()]), line(metrics=[R2Score()], callbacks=[Measure(), Interrupt(5)])
    first.fit(DataLoader(DATA, 4), 3)
    loader = DataLoader(DATA, 4)  # trained and measured with, and taken up again in the middle
    with pytest.raises(KeyboardInterrupt):
        second.fit(loader, 3)
    second.fit(loader, 3)
    assert second.history.rows == first.history.rows


# ---- callbacks


def test_an_object_with_the_methods_of_a_callback_is_one():
    class Film:
        runs_last = True
        seen = 0

        def __getattr__(self, name):
            if not name.startswith("on_"):
                raise AttributeError(name)
            return lambda trainer, *rest: None

        def on_epoch_end(self, trainer, row):
            self.seen = row["epoch"]

        def state_dict(self):
            return {"seen": self.seen}

        def load_state_dict(self, state):
            self.seen = state["seen"]

    film = Film()
    line(callbacks=[film]).fit(DataLoader(DATA, 6), 3)
    assert film.seen == 3


def test_callbacks_are_told_in_order():
    told = []

    class Log(Callback):
        def on_fit_start(self, trainer):
            told.append("fit")

        def on_epoch_start(self, trainer):
            told.append(f"epoch after {trainer.epoch}")

        def on_batch_end(self, trainer, loss):
            told.append(f"batch {trainer.running.batches}")

        def on_epoch_end(self, trainer, row):
            told.append(f"done {row['epoch']}")
            trainer.stop()

        def on_fit_end(self, trainer):
            told.append("end")

        def on_exception(self, trainer, error):
            told.append(repr(error))

    trainer = line(callbacks=[Log()])
    trainer.fit(DataLoader(DATA, 6), 5)
    assert told == ["fit", "epoch after 0", "batch 1", "batch 2", "done 1", "end"]
    assert trainer.stopped
    told.clear()
    trainer.fit(DataLoader(DATA, 6), 2)
    assert told == ["fit", "epoch after 1", "batch 1", "batch 2", "done 2", "end"]
    told.clear()
    with pytest.raises(ArgumentError):
        trainer.fit([(INPUTS,)], 3)
    assert told[:2] == ["fit", "epoch after 2"]
    assert told[2].startswith("ArgumentError('a batch to train or evaluate with is a tuple")


def rows_of(callback, values, trainer):
    for epoch, value in enumerate(values, start=1):
        trainer.epoch = epoch
        callback.on_epoch_end(trainer, {"epoch": epoch, "val_loss": value})
        if trainer.stopped:
            return epoch
    return None


@pytest.mark.parametrize(
    ("options", "values", "stopped", "best"),
    [
        ({"patience": 2}, [3.0, 2.0, 2.0, 2.0, 1.0], 4, 2.0),
        ({"patience": 2}, [3.0, 3.1, 2.9, 3.0, 2.8], None, 2.8),
        ({"patience": 1, "mode": "max"}, [1.0, 2.0, 1.5], 3, 2.0),
        ({"patience": 1, "min_delta": 0.5}, [3.0, 2.6], 2, 3.0),
        ({"patience": 1, "min_delta": 0.5}, [3.0, 2.5], 2, 3.0),
        ({"patience": 1, "min_delta": 0.5}, [3.0, 2.4], None, 2.4),
        ({"patience": 2}, [math.nan, 3.0, math.nan, math.nan], 4, 3.0),
        ({"patience": 1}, [math.inf, 2.0, math.inf], 3, 2.0),
    ],
    ids=str,
)
def test_early_stopping_waits_for_a_better_epoch(options, values, stopped, best):
    stopping, trainer = EarlyStopping(**options), line()
    assert rows_of(stopping, values, trainer) == stopped
    assert stopping.best == best
    assert stopping.best_epoch == values.index(best) + 1
    assert stopping.stopped_epoch == (stopped or 0)


@pytest.mark.parametrize("epochs", [3, 9])
def test_the_best_weights_are_restored(epochs):
    class Worse(Callback):
        """Changes the weight so that the second epoch is the best."""

        def on_epoch_end(self, trainer, row):
            states.append(trainer.model.state_dict())
            row["val_loss"] = abs(row["epoch"] - 2.0)

    states = []
    stopping = EarlyStopping(patience=3, restore_best_weights=True)
    trainer = line(callbacks=[Worse(), stopping])
    trainer.fit(DataLoader(DATA, 6), epochs)
    assert trainer.epoch == min(epochs, 5)
    assert trainer.model.state_dict() == states[1] != states[-1]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: EarlyStopping(patience=0), ArgumentError, "patience is a number of values"),
        (lambda: EarlyStopping(mode="auto"), ArgumentError, "mode is 'min' if less is better or 'max'"),
        (
            lambda: EarlyStopping(min_delta=-1.0),
            ArgumentError,
            "min_delta is a distance of at least 0 and got -1",
        ),
        (lambda: ModelCheckpoint("a.pt"), ArgumentError, r"filepath ends in \.json or \.safetensors"),
        (
            lambda: ModelCheckpoint("{loss}.json"),
            ArgumentError,
            r"may have \{epoch\} in it, and '\{loss\}\.json'",
        ),
        (lambda: ModelCheckpoint("a.json", 0), ArgumentError, "every_n_epochs is a number of values"),
    ],
    ids=["patience", "mode", "min_delta", "ending", "field", "every"],
)
def test_callbacks_refuse_what_makes_no_sense(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    trainer = line(callbacks=[EarlyStopping()])
    with pytest.raises(
        ArgumentError, match=r"there is no 'val_loss' to monitor, only epoch, loss, lr\. fit\(\.\.\., valid"
    ):
        trainer.fit(DataLoader(DATA, 6), 2)


def test_checkpoints_are_written_every_so_many_epochs(tmp_path):
    line(callbacks=[ModelCheckpoint(tmp_path / "{epoch:02}.json", 2)]).fit(DataLoader(DATA, 6), 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["02.json", "04.json"]
    assert load(tmp_path / "04.json")["epoch"] == 4


def test_only_better_epochs_are_written(tmp_path):
    callback, trainer = ModelCheckpoint(tmp_path / "{epoch}.json", save_best_only=True), line()
    rows_of(callback, [3.0, 4.0, 2.0, math.nan], trainer)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.json", "3.json"]
    callback.on_exception(trainer, KeyboardInterrupt())
    assert len(list(tmp_path.iterdir())) == 2


def test_only_epochs_that_could_be_written_are_compared(tmp_path):
    callback = ModelCheckpoint(tmp_path / "{epoch}.json", every_n_epochs=2, save_best_only=True)
    rows_of(callback, [1.0, 3.0, 0.5, 2.0, 0.1, 4.0], line())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.json", "4.json"]


def test_a_missing_package_is_named_before_the_training(monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingExtraError, match=r'pip install "nanograd-nn\[safetensors\]"'):
        ModelCheckpoint("a.safetensors")


def test_what_is_monitored_has_a_name():
    for watch in (EarlyStopping, lambda monitor: ModelCheckpoint("a.json", monitor=monitor)):
        with pytest.raises(NumberTypeError, match=r"monitor is the name of a column .* and not None"):
            watch(None)


@pytest.mark.parametrize(
    "wrong", [{"best": "x"}, {"best": {}}, {"best_epoch": None}, {"best_epoch": 0.5}], ids=str
)
def test_a_wrong_state_of_what_is_monitored_is_refused(wrong):
    for callback in (EarlyStopping(), ModelCheckpoint("a.json")):
        before = callback.state_dict()
        with pytest.raises(ArgumentError, match="the state of what is monitored has"):
            callback.load_state_dict(before | wrong)
        assert callback.state_dict() == before


# ---- what goes wrong


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_before_the_weights_change(number):
    targets = [[0.0]] * 9 + [[number]] + [[0.0]] * 2
    trainer = line()
    states = []

    class Keep(Callback):
        def on_batch_end(self, trainer, loss):
            states.append(trainer.model.state_dict())

    trainer.callbacks.append(Keep())
    with pytest.raises(
        NonFiniteLossError,
        match=r"the loss is (nan|inf)\. A learning rate .* .with nanograd\.engine\.detect_anomaly",
    ):
        trainer.fit(DataLoader(TensorDataset(INPUTS, targets), 3), 1)
    assert len(states) == 3
    assert trainer.model.state_dict() == states[-1]
    assert trainer.optimizer.state_dict()["state"][0]
    trainer.fit(DataLoader(DATA, 3), 1)  # good data is trained with as ever
    assert trainer.epoch == 1


def test_a_gradient_that_is_not_finite_stops_before_the_weights_change():
    class Root(Module):
        def __init__(self):
            self.w, self.v = Parameter(0.0), Parameter(1.0)

        def forward(self, xs):
            return [self.w.sqrt() + self.v * x for x in xs]

    model = Root()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), verbose=False)
    with pytest.raises(
        NonFiniteGradientError, match=r"the gradient of 'w' is -?inf, so its weight would be lost"
    ):
        trainer.fit([([1.0], [0.0])], 1)
    assert model.state_dict() == {"w": 0.0, "v": 1.0}


def test_losses_that_are_not_one_value_are_refused():
    trainer = line(loss=MSELoss(reduction="none"))
    with pytest.raises(
        NumberTypeError, match=r"is a single ScalarValue and this one is list: .*reduction='mean'"
    ):
        trainer.fit(DataLoader(DATA, 6), 1)


class Nothing(IterableDataset):
    def __iter__(self):
        return iter(())


@pytest.mark.parametrize(
    ("loader", "epochs", "error", "words"),
    [
        (DataLoader([]), 1, ArgumentError, "train_loader is empty: there are no batches in it$"),
        (
            DataLoader(DATA, 32, drop_last=True),
            1,
            ArgumentError,
            "are no batches in it; drop_last leaves out what does not fill a batch of 32$",
        ),
        ([], 1, ArgumentError, "train_loader is empty: there are no batches in it"),
        (DataLoader(Nothing()), 1, ArgumentError, "train_loader is empty: there are no batches in it"),
        (iter([(INPUTS, TARGETS)]), 2, ArgumentError, "train_loader can be read only once"),
        (5, 1, NumberTypeError, "train_loader gives batches, as a DataLoader does, and got int"),
        (
            DATA,
            1,
            NumberTypeError,
            r"and got TensorDataset\. Of a dataset DataLoader\(dataset, batch_size=32\)",
        ),
        (DataLoader(INPUTS, 2), 1, ArgumentError, r"is a tuple \(inputs, targets\), and this one is \[\["),
        (
            DataLoader(DATA),
            0,
            ArgumentError,
            "epochs of fit is a number of values, an int of at least 1, and got 0",
        ),
    ],
    ids=["loader", "dropped", "list", "stream", "iterator", "int", "dataset", "batch", "epochs"],
)
def test_loaders_that_cannot_be_trained_with_are_refused(loader, epochs, error, words):
    trainer = line()
    before = trainer.model.state_dict()
    with pytest.raises(error, match=words):
        trainer.fit(loader, epochs)
    assert trainer.model.state_dict() == before


def test_empty_validations_are_refused_before_training():
    trainer = line()
    before = trainer.model.state_dict()
    with pytest.raises(ArgumentError, match="validation is empty"):
        trainer.fit(DataLoader(DATA), 1, [])
    assert trainer.model.state_dict() == before
    with pytest.raises(ArgumentError, match="a loader to measure with is empty"):
        trainer.evaluate(DataLoader(Nothing()))


def test_epochs_that_are_done_are_not_trained_again():
    trainer = line()
    trainer.fit(DataLoader(DATA, 6), 2)
    with pytest.raises(
        ArgumentError, match=r"2 epochs are done already, .* fit\(\.\.\., epochs=4\) trains 2 more"
    ):
        trainer.fit(DataLoader(DATA, 6), 2)
    trainer.fit(DataLoader(DATA, 6), 4)
    assert len(trainer.history) == 4


MODEL = Linear(2, 1)
OTHER = SGD(Linear(2, 1).parameters(), lr=0.1)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"model": 1}, NumberTypeError, "model is a Module and this one is int"),
        ({"loss": 1}, NumberTypeError, "loss is a function of outputs and targets and not int"),
        (
            {"loss": MSELoss},
            NumberTypeError,
            r"loss is the class MSELoss, not one of its objects: write MSELoss\(\)",
        ),
        ({"optimizer": 1}, NumberTypeError, "optimizer is an Optimizer and this one is int"),
        (
            {"optimizer": OTHER},
            ArgumentError,
            r"changes none of the parameters of the model: make it with model\.par",
        ),
        ({"scheduler": StepLR(OTHER, 1)}, ArgumentError, "the scheduler changes another optimizer"),
        ({"scheduler": 1}, NumberTypeError, r"scheduler has a method step\(\) and int has not"),
        (
            {"scheduler_interval": "step"},
            ArgumentError,
            "scheduler_interval is 'epoch' or 'batch' and got 'step'",
        ),
        ({"clip_grad_norm": 0.0}, ArgumentError, "clip_grad_norm is a bound above 0 and got 0.0"),
        ({"clip_grad_value": math.nan}, ArgumentError, "clip_grad_value is a bound above 0 and got nan"),
        (
            {"metrics": [Accuracy]},
            NumberTypeError,
            r"a metric is an object such as Accuracy\(\), or a function",
        ),
        ({"metrics": [Accuracy(), Accuracy()]}, ArgumentError, "there would be two columns 'accuracy'"),
        ({"metrics": {"loss": Accuracy()}}, ArgumentError, "there would be two columns 'loss'"),
        (
            {"metrics": {"val_loss": Accuracy()}},
            ArgumentError,
            "val_ are of the validation, .*give 'val_loss'",
        ),
        ({"metrics": {1: Accuracy()}}, NumberTypeError, "the name of a metric is a string and not 1"),
        (
            {"metrics": Accuracy()},
            NumberTypeError,
            r"metrics takes several, such as metrics=\[Accuracy\(\)\]",
        ),
        ({"metrics": None}, NumberTypeError, r"metrics takes several, .* and got None"),
        ({"metrics": "accuracy"}, NumberTypeError, "metrics takes several, .* and got 'accuracy'"),
        (
            {"callbacks": EarlyStopping()},
            NumberTypeError,
            r"callbacks takes several, such as callbacks=\[EarlyStopping\(\)\], and got EarlyStopping",
        ),
        (
            {"scheduler": StepLR},
            NumberTypeError,
            r"scheduler is the class StepLR, not one of its objects: write StepLR\(optimizer, \.\.\.\)",
        ),
        (
            {"callbacks": [EarlyStopping]},
            NumberTypeError,
            "a callback is an object of a subclass of Callback",
        ),
    ],
    ids=lambda given: repr(given)[:40] if isinstance(given, dict) else "",
)
def test_parts_that_do_not_fit_are_refused(options, error, words):
    parts = {"model": MODEL, "loss": MSELoss(), "optimizer": SGD(MODEL.parameters(), lr=0.1)} | options
    with pytest.raises(error, match=words):
        Trainer(parts.pop("model"), parts.pop("loss"), parts.pop("optimizer"), **parts)


def test_a_plateau_cannot_watch_batches():
    optimizer = SGD(MODEL.parameters(), lr=0.1)
    with pytest.raises(ArgumentError, match="ReduceLROnPlateau watches a column of the history"):
        Trainer(
            MODEL, MSELoss(), optimizer, scheduler=ReduceLROnPlateau(optimizer), scheduler_interval="batch"
        )


# ---- a step of another kind


class VectorStep:
    """Keeps the weights until sync, as a compiled step does: SGD on the mean squared error of a line."""

    def __init__(self, model, loss, optimizer, **clipping):
        self.model, self.optimizer, self.clipping = model, optimizer, clipping
        self.weights = [parameter.data for parameter in model.parameters()]
        self.syncs = 0

    def __call__(self, input, target):
        *weights, bias = self.weights
        errors = [
            sum(map(float.__mul__, weights, x)) + bias - y for x, (y,) in zip(input, target, strict=True)
        ]
        lr = self.optimizer.param_groups[0]["lr"]
        for index in range(len(weights)):
            slope = sum(2.0 * error * x[index] for error, x in zip(errors, input, strict=True)) / len(input)
            self.weights[index] -= lr * slope
        self.weights[-1] -= lr * sum(2.0 * error for error in errors) / len(input)
        return sum(error * error for error in errors) / len(input)

    def sync(self):
        self.syncs += 1
        for parameter, weight in zip(self.model.parameters(), self.weights, strict=True):
            parameter.data = weight


def test_a_foreign_step_trains_and_is_synced(tmp_path):
    made, histories = [], []

    def factory(model, loss, optimizer):
        made.append(VectorStep(model, loss, optimizer))
        return made[-1]

    for step in (None, factory):
        manual_seed(1)
        model = Linear(2, 1)
        optimizer = SGD(model.parameters(), lr=0.1)
        trainer = Trainer(
            model,
            MSELoss(),
            optimizer,
            scheduler=StepLR(optimizer, 1, 0.5),
            metrics=[MeanAbsoluteError()],
            callbacks=[ModelCheckpoint(tmp_path / "a.json")],
            step=step,
            verbose=False,
        )
        histories.append(trainer.fit(DataLoader(DATA, 4), 3, DataLoader(DATA, 12)))
    assert histories[1].columns == ["epoch", "loss", "val_loss", "val_mean_absolute_error", "lr"]
    for column in histories[1].columns:
        assert histories[1][column] == pytest.approx(histories[0][column], rel=1e-12)
    assert load(tmp_path / "a.json")["model"] == model.state_dict()
    assert [parameter.data for parameter in model.parameters()] == made[0].weights
    trainer.fit(DataLoader(DATA, 4), 4)
    assert len(made) == 2  # made anew, because the weights may have been changed meanwhile


def test_a_foreign_step_that_cannot_clip_is_refused():
    def cannot(model, loss, optimizer):
        return VectorStep(model, loss, optimizer)

    def can(model, loss, optimizer, clip_grad_norm=None):
        return VectorStep(model, loss, optimizer, clip_grad_norm=clip_grad_norm)

    trainer = line(step=cannot, clip_grad_norm=1.0)
    with pytest.raises(
        ArgumentError, match="clip_grad_norm cannot be used with step=cannot, which takes no such arg"
    ):
        trainer.fit(DataLoader(DATA, 4), 1)
    line(step=can, clip_grad_norm=1.0).fit(DataLoader(DATA, 4), 1)


def test_a_foreign_loss_that_is_not_finite_stops_too():
    class Broken(VectorStep):
        def __call__(self, input, target):
            return ScalarValue(math.nan)

    with pytest.raises(NonFiniteLossError):
        line(step=Broken).fit(DataLoader(DATA, 4), 1)


# ---- going on, bit for bit


def made(folder, seed, kind="steps", ending=".json", after=0):
    """Return a training with all that draws by chance and remembers."""
    manual_seed(seed)
    model = Sequential(Linear(2, 3), Tanh(), Dropout(0.4), Linear(3, 1))
    if kind == "one cycle":
        optimizer = Adam(model.parameters(), lr=0.05)
    else:
        optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9)
    scheduler, interval = {
        "steps": lambda: (MultiStepLR(optimizer, [1, 3], gamma=0.5), "epoch"),
        "one cycle": lambda: (OneCycleLR(optimizer, max_lr=0.1, total_steps=12), "batch"),
        "plateau": lambda: (ReduceLROnPlateau(optimizer, patience=0), "epoch"),
        "sequence": lambda: (
            SequentialLR(optimizer, [StepLR(optimizer, 1), CosineAnnealingLR(optimizer, 3)], [2]),
            "epoch",
        ),
    }[kind]()
    trainer = Trainer(
        model,
        MSELoss(),
        optimizer,
        scheduler=scheduler,
        scheduler_interval=interval,
        metrics=[MeanAbsoluteError(), R2Score()],
        callbacks=[
            EarlyStopping(patience=2, restore_best_weights=True),
            ModelCheckpoint(folder / f"checkpoint{ending}"),
            Interrupt(after),
        ],
        verbose=False,
    )
    generator = random.Random(seed) if kind != "plateau" else None
    training = DataLoader(DATA, 5, shuffle=True, generator=generator)  # batches of 5, 5 and 2
    return trainer, (training, 4, DataLoader(DATA, 6, shuffle=True))


def state(trainer):
    return {
        "model": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "scheduler": trainer.schedule.scheduler.state_dict(),
        "history": trainer.history.rows,
        "chance": manual_seed.__globals__["_generator"].getstate(),
        "stopping": trainer.callbacks[0].state_dict(),
        "epoch": trainer.epoch,
    }


@pytest.mark.parametrize("kind", ["steps", "one cycle", "plateau", "sequence"])
def test_an_interrupted_training_ends_as_one_that_was_not(tmp_path, kind):
    trainer, arguments = made(tmp_path, seed=7, kind=kind)
    trainer.fit(*arguments)
    expected = state(trainer)
    for after in range(1, 3 * trainer.epoch + 1):
        ending = (".json", ".safetensors")[after % 2]
        trainer, arguments = made(tmp_path, 7, kind, ending, after)
        with pytest.raises(KeyboardInterrupt):
            trainer.fit(*arguments)
        trainer, arguments = made(
            tmp_path, seed=99, kind=kind
        )  # other weights, another order, another chance
        trainer.load_checkpoint(tmp_path / f"checkpoint{ending}")
        trainer.fit(*arguments)
        assert state(trainer) == expected, after


def test_a_training_goes_on_in_the_same_trainer(tmp_path):
    trainer, arguments = made(tmp_path, seed=7)
    trainer.fit(*arguments)
    expected = state(trainer)
    for after in range(1, 3 * trainer.epoch + 1):
        trainer, arguments = made(tmp_path, seed=7, after=after)
        with pytest.raises(KeyboardInterrupt):
            trainer.fit(*arguments)
        trainer.fit(*arguments)
        assert state(trainer) == expected


def test_a_validation_that_is_interrupted_is_done_again(tmp_path):
    class InValidation(Callback):
        def on_batch_end(self, trainer, loss):
            trainer.loss.left = 2 if trainer.running.batches == 3 and trainer.epoch == 1 else 0

    class Loss(MSELoss):
        left = 0

        def forward(self, input, target):
            if not self.left or is_grad_enabled():
                return super().forward(input, target)
            self.left -= 1
            if not self.left:
                signal.raise_signal(signal.SIGINT)
            return super().forward(input, target)

    trainer, arguments = made(tmp_path, seed=7)
    trainer.fit(*arguments)
    expected = state(trainer)
    trainer, arguments = made(tmp_path, seed=7)
    trainer.loss = Loss()
    trainer.callbacks.append(InValidation())
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*arguments)
    assert trainer.epoch == 1
    trainer, arguments = made(tmp_path, seed=99)
    trainer.load_checkpoint(tmp_path / "checkpoint.json")
    trainer.fit(*arguments)
    assert state(trainer) == expected


def test_a_list_of_batches_goes_on_where_it_was(tmp_path):
    batches = list(DataLoader(DATA, 4))
    whole = line()
    whole.fit(batches, 3)
    trainer = line(callbacks=[Interrupt(5), ModelCheckpoint(tmp_path / "a.json")])
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(batches, 3)
    trainer = line()
    trainer.load_checkpoint(tmp_path / "a.json")
    trainer.fit(batches, 3)
    assert trainer.model.state_dict() == whole.model.state_dict()
    assert trainer.history.rows == whole.history.rows


def test_a_checkpoint_after_an_epoch_goes_on_with_other_data(tmp_path):
    trainer = line(callbacks=[ModelCheckpoint(tmp_path / "a.json")])
    trainer.fit(DataLoader(DATA, 4), 1)
    resumed = line()
    resumed.load_checkpoint(tmp_path / "a.json")
    assert len(resumed.fit(DataLoader(TensorDataset(INPUTS[:5], TARGETS[:5]), 2), 2)) == 2
    interrupted = line(callbacks=[ModelCheckpoint(tmp_path / "a.json"), Interrupt(2)])
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(DataLoader(DATA, 4), 1)
    resumed = line()
    resumed.load_checkpoint(tmp_path / "a.json")
    with pytest.raises(
        ArgumentError, match="a loader of 12 samples, and this one has 5: an epoch can only be"
    ):
        resumed.fit(DataLoader(TensorDataset(INPUTS[:5], TARGETS[:5]), 2), 2)


def test_a_training_that_is_done_stays_done(tmp_path):
    trainer = line()
    trainer.fit(DataLoader(DATA, 4), 2)
    trainer.save_checkpoint(tmp_path / "a.json")
    resumed = line()
    resumed.load_checkpoint(tmp_path / "a.json")
    assert resumed.fit(DataLoader(DATA, 4), 2).rows == trainer.history.rows
    assert resumed.model.state_dict() == trainer.model.state_dict()
    other = Linear(2, 1)
    load_model(other, tmp_path / "a.json")
    assert other.state_dict() == trainer.model.state_dict()


def test_the_generator_of_a_module_goes_on(tmp_path):
    def one(seed, after=0):
        model = Sequential(Linear(2, 1), Dropout(0.5, generator=random.Random(seed)))
        for parameter in model.parameters():
            parameter.data = 0.5
        callbacks = [Interrupt(after), ModelCheckpoint(tmp_path / "a.json")]
        return Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=callbacks, verbose=False)

    whole = one(3)
    whole.fit(DataLoader(DATA, 3), 2)
    with pytest.raises(KeyboardInterrupt):
        one(3, after=5).fit(DataLoader(DATA, 3), 2)
    resumed = one(4)
    resumed.load_checkpoint(tmp_path / "a.json")
    resumed.fit(DataLoader(DATA, 3), 2)
    assert resumed.model.state_dict() == whole.model.state_dict()
    assert resumed.model[1].generator.getstate() == whole.model[1].generator.getstate()


@pytest.mark.parametrize(
    "stateful",
    [
        "model",
        "optimizer",
        "scheduler",
        "metrics",
        "history",
        "running",
        "samples",
        "callbacks",
        "generators",
    ],
)
def test_a_checkpoint_of_another_training_changes_nothing(tmp_path, stateful):
    trainer, _ = made(tmp_path, seed=7)
    trainer.save_checkpoint(tmp_path / "a.json")
    whole = load(tmp_path / "a.json")
    wrong = {
        "model": {"w": 1.0},
        "optimizer": {"state": {}, "param_groups": []},
        "scheduler": None,
        "metrics": {},
        "history": 5,
        "running": {"lr": 1.0},
        "samples": {"lr": 1.0, "loss": 2.0, "samples": "3", "batches": 1, "trained": False},
        "callbacks": {"EarlyStopping": {"best": "x"}},
        "generators": {"default": [1]},
    }
    part = "running" if stateful == "samples" else stateful
    save(whole | {part: wrong[stateful]}, tmp_path / "a.json")
    trainer, _ = made(tmp_path, seed=8)
    before = state(trainer)
    with pytest.raises(CheckpointError, match=r"a\.json is the checkpoint of another training: "):
        trainer.load_checkpoint(tmp_path / "a.json")
    assert state(trainer) == before


def test_what_is_no_checkpoint_is_refused(tmp_path):
    trainer = line()
    save({"model": trainer.model.state_dict()}, tmp_path / "a.json")
    with pytest.raises(CheckpointError, match=r"a\.json is not the checkpoint of a trainer"):
        trainer.load_checkpoint(tmp_path / "a.json")
    save({"kind": "nanograd.nn.training checkpoint"}, tmp_path / "a.json")
    with pytest.raises(
        CheckpointError, match=r"a\.json lacks 'epoch', which the checkpoint of a trainer has"
    ):
        trainer.load_checkpoint(tmp_path / "a.json")


def test_no_checkpoint_is_written_while_weights_are_changed(tmp_path):
    class Second(MSELoss):
        """Is interrupted twice, as by someone who cannot wait."""

        def forward(self, input, target):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("the second one interrupts at once")

    trainer = line(loss=Second(), callbacks=[ModelCheckpoint(tmp_path / "a.json")])
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(DataLoader(DATA, 4), 1)
    assert list(tmp_path.iterdir()) == []

    class Save(MSELoss):
        def forward(self, input, target):
            trainer.save_checkpoint(tmp_path / "a.json")

    trainer = line(loss=Save())
    with pytest.raises(CheckpointError, match="cannot be saved while the weights are being changed"):
        trainer.fit(DataLoader(DATA, 4), 1)


def test_ctrl_c_after_the_last_batch_is_not_lost(tmp_path):
    class Late(Callback):
        def on_fit_end(self, trainer):
            signal.raise_signal(signal.SIGINT)

    trainer = line(callbacks=[Late(), ModelCheckpoint(tmp_path / "a.json")])
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(DataLoader(DATA, 4), 1)
    assert trainer.epoch == load(tmp_path / "a.json")["epoch"] == 1


def test_ctrl_c_does_again_what_it_did_before():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        line(callbacks=[Interrupt(1)]).fit(DataLoader(DATA, 4), 1)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminals")
def test_ctrl_c_is_answered_at_once_in_a_terminal():
    import pty

    master, terminal = pty.openpty()
    before = os.dup(2)
    os.dup2(terminal, 2)
    try:
        with pytest.raises(KeyboardInterrupt):
            line(callbacks=[Interrupt(1)]).fit(DataLoader(DATA, 4), 1)
    finally:
        os.dup2(before, 2)
        os.close(terminal)
        os.close(before)
    assert b"stopping after this batch; Ctrl-C once more stops at once" in os.read(master, 200)
    os.close(master)


def test_training_works_in_other_threads():
    trainer = line()
    thread = threading.Thread(target=trainer.fit, args=(DataLoader(DATA, 4), 2))
    thread.start()
    thread.join()
    assert trainer.epoch == 2
