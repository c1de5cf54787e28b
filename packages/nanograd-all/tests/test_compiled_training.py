"""Training with nanograd.nn, compiled by nanograd.compile: every optimizer, schedulers, the Trainer."""

import random

import numpy as np
import pytest
from nanograd import nn
from nanograd.compile import TraceError, TrainingStep
from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn import optim
from nanograd.nn.data import DataLoader, TensorDataset
from nanograd.nn.training import Trainer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 2)).tolist()
Y = [float(np.sign(a * b)) for a, b in X]
LABELS = RNG.integers(0, 3, 12).tolist()

OPTIMIZERS = {
    "SGD": {},
    "SGD, momentum": {"momentum": 0.9, "weight_decay": 0.01, "nesterov": True},
    "Adam": {"amsgrad": True, "weight_decay": 0.01},
    "AdamW": {},
    "Adagrad": {"lr_decay": 0.1},
    "Adadelta": {},
    "Adamax": {"maximize": True},
    "ASGD": {"t0": 1},
    "NAdam": {},
    "RAdam": {},
    "RMSprop": {"centered": True, "momentum": 0.5},
    "Rprop": {},
}


def network():
    return nn.MLP(2, [5, 4, 1], generator=random.Random(0))


def classifier():
    generator = random.Random(1)
    return nn.Sequential(
        nn.Linear(2, 4, generator=generator), nn.Tanh(), nn.Linear(4, 3, generator=generator)
    )


def eager_losses(model, loss_of, optimizer, inputs, targets, steps, scheduler=None):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
        if scheduler is not None:
            scheduler.step()
    return losses


def assert_same_weights(one, two):
    for (name, a), b in zip(one.named_parameters(), two.parameters(), strict=True):
        assert b.data == pytest.approx(a.data, rel=1e-11, abs=1e-13), name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_compiled(name):
    models = [network(), network()]
    kind = getattr(optim, name.partition(",")[0])
    one, two = (kind(model.parameters(), lr=0.02, **OPTIMIZERS[name]) for model in models)
    expected = eager_losses(models[0], nn.MSELoss(), one, X, Y, 4)
    with TrainingStep(models[1], nn.MSELoss(), two) as step:
        np.testing.assert_allclose([step(X, Y) for _ in range(4)], expected, rtol=1e-11)
    assert_same_weights(*models)
    remembered, found = one.state_dict()["state"], two.state_dict()["state"]
    assert remembered.keys() == found.keys()
    for place, state in remembered.items():
        assert found[place] == pytest.approx(state, rel=1e-10, abs=1e-13)


def test_an_optimizer_that_calls_the_loss_itself_is_refused():
    model = network()
    with pytest.raises(ArgumentError, match="LBFGS cannot be compiled"):
        TrainingStep(model, nn.MSELoss(), optim.LBFGS(model.parameters()))


def test_schedulers_work():
    models = [network(), network()]
    one, two = (optim.SGD(model.parameters(), lr=0.5) for model in models)
    schedulers = [optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5) for optimizer in (one, two)]
    expected = eager_losses(models[0], nn.MSELoss(), one, X, Y, 4, schedulers[0])
    with TrainingStep(models[1], nn.MSELoss(), two) as step:
        for loss in expected:
            assert step(X, Y) == pytest.approx(loss, rel=1e-11)
            schedulers[1].step()
    assert_same_weights(*models)


@pytest.mark.parametrize("batch", [False, True])
def test_cross_entropy_of_class_labels(batch):
    models = [classifier(), classifier()]
    one, two = (optim.Adam(model.parameters()) for model in models)
    expected = eager_losses(models[0], nn.CrossEntropyLoss(), one, X, LABELS, 3)
    with TrainingStep(models[1], nn.CrossEntropyLoss(), two, batch=batch) as step:
        np.testing.assert_allclose([step(X, LABELS) for _ in range(3)], expected, rtol=1e-11)
    assert_same_weights(*models)


def test_the_trainer_takes_it_as_a_step():
    models = [network(), network()]
    losses = []
    for model, factory in zip(models, (None, TrainingStep), strict=True):
        trainer = Trainer(
            model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.05), step=factory, verbose=False
        )
        history = trainer.fit(DataLoader(TensorDataset(X, Y), batch_size=5), 3)
        losses.append([row["loss"] for row in history.rows])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-11)
    assert_same_weights(*models)


def test_the_trainer_clips_gradients_in_it():
    models = [network(), network()]
    for model, factory in zip(models, (None, TrainingStep), strict=True):
        optimizer = optim.SGD(model.parameters(), lr=0.5)
        trainer = Trainer(model, nn.MSELoss(), optimizer, step=factory, clip_grad_norm=0.1, verbose=False)
        trainer.fit(DataLoader(TensorDataset(X, Y), batch_size=5), 2)
    assert_same_weights(*models)


def test_names_come_from_the_modules():
    model = network()
    source = TrainingStep(model, nn.MSELoss(), optim.SGD(model.parameters())).program_for(X, Y).source
    assert "layers_0_pre = x @ p[:15].reshape(5, 3)[:, :2].T + p[2:15:3]" in source


def test_dropout_is_refused_in_training_and_compiled_in_evaluation():
    model = nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    step = TrainingStep(
        model,
        lambda outputs, targets: sum(o[0] * o[0] for o in outputs),
        optim.SGD(model.parameters(), lr=0.01),
    )
    with pytest.raises(TraceError, match="it draws random numbers, as dropout does"):
        step(X, Y)
    model.eval()
    assert step(X, Y) > 0.0


MODULES = {
    "LayerNorm": lambda: nn.LayerNorm(4),
    "RMSNorm": lambda: nn.RMSNorm(4),
    "Softmax": lambda: nn.Softmax(dim=-1),
    "LogSoftmax": lambda: nn.LogSoftmax(dim=-1),
    "GELU": nn.GELU,
    "SiLU": nn.SiLU,
    "ELU": nn.ELU,
    "Softplus": nn.Softplus,
    "LeakyReLU": nn.LeakyReLU,
    "Hardtanh": nn.Hardtanh,
    "PReLU": nn.PReLU,
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_compiled(name):
    models = []
    for _ in range(2):
        generator = random.Random(3)
        first, last = nn.Linear(2, 4, generator=generator), nn.Linear(4, 1, generator=generator)
        models.append(nn.Sequential(first, MODULES[name](), last))
    targets = [[y] for y in Y]
    one, two = (optim.SGD(model.parameters(), lr=0.05) for model in models)
    expected = eager_losses(models[0], nn.MSELoss(), one, X, targets, 2)
    with TrainingStep(models[1], nn.MSELoss(), two) as step:
        np.testing.assert_allclose([step(X, targets) for _ in range(2)], expected, rtol=1e-11)
    assert_same_weights(*models)


def test_a_sample_of_a_wrong_size_is_refused_as_without_the_compiler():
    model = nn.MLP(2, [3, 1])
    step = TrainingStep(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ShapeError, match=r"MLP takes 2 inputs and got a batch of shape \(1, 3\)"):
        step([[1.0, 2.0, 3.0]], [1.0])
    step([[1.0, 2.0]], [1.0])
