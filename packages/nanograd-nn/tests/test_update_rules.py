"""Each optimizer's rule is one pure function, which updates a number and a whole array alike."""

import numpy as np
import pytest
from nanograd.engine import FLOATS
from nanograd.nn import Parameter, optim

RULES = [
    (optim.SGD, {"lr": 0.1}),
    (optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.2, "maximize": True}),
    (optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (optim.Adam, {"lr": 0.1}),
    (optim.Adam, {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1}),
    (optim.AdamW, {"lr": 0.1, "amsgrad": True, "maximize": True}),
    (optim.NAdam, {"lr": 0.1, "weight_decay": 0.1}),
    (optim.RAdam, {"lr": 0.1, "betas": (0.5, 0.6), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    (optim.Adamax, {"lr": 0.1}),
    (optim.RMSprop, {"lr": 0.1}),
    (optim.RMSprop, {"lr": 0.1, "momentum": 0.5, "centered": True, "weight_decay": 0.1}),
    (optim.Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    (optim.Adadelta, {"eps": 1e-3, "weight_decay": 0.1}),
    (optim.ASGD, {"lr": 0.1, "lambd": 0.1, "t0": 2}),
    (optim.Rprop, {"lr": 0.1}),
    (optim.Rprop, {"lr": 0.1, "step_sizes": (0.05, 0.11), "maximize": True}),
]
IDS = [f"{index} {kind.__name__}" for index, (kind, _) in enumerate(RULES)]
STEPS = 8


class NUMPY:
    """A number system of arrays: what a rule may use of ``m``, and nothing else."""

    divide = staticmethod(np.divide)
    maximum = staticmethod(np.maximum)
    minimum = staticmethod(np.minimum)
    sign = staticmethod(np.sign)
    sqrt = staticmethod(np.sqrt)
    where = staticmethod(np.where)


def hyperparameters_of(kind, options):
    return kind([Parameter(0.0)], **options).defaults


@pytest.mark.parametrize(("kind", "options"), RULES, ids=IDS)
def test_a_rule_updates_arrays_as_it_updates_their_numbers(kind, options):
    hyperparameters = hyperparameters_of(kind, options)
    chance = np.random.default_rng(0)
    vector, vector_state = chance.normal(size=(2, 3)), {}
    numbers, states = vector.ravel().tolist(), [{} for _ in range(6)]
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(STEPS):
            gradient = chance.normal(size=(2, 3))
            gradient[0, 0] = 0.0
            vector, vector_state = kind.rule(NUMPY, vector, gradient, vector_state, **hyperparameters)
            for index, slope in enumerate(gradient.ravel().tolist()):
                numbers[index], states[index] = kind.rule(
                    FLOATS, numbers[index], slope, states[index], **hyperparameters
                )
    assert vector.shape == (2, 3)
    assert vector.ravel().tolist() == pytest.approx(numbers, rel=1e-13, abs=1e-15)
    for name, remembered in vector_state.items():
        expected = [state[name] for state in states]
        assert np.broadcast_to(remembered, (2, 3)).ravel().tolist() == pytest.approx(
            expected, rel=1e-13, abs=1e-15
        )


@pytest.mark.parametrize(("kind", "options"), RULES, ids=IDS)
def test_a_rule_leaves_its_arguments_alone_and_repeats_its_results(kind, options):
    hyperparameters = hyperparameters_of(kind, options)
    parameter, gradient = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    _, state = kind.rule(NUMPY, parameter, gradient, {}, **hyperparameters)
    before = {name: np.copy(remembered) for name, remembered in state.items()}
    first, second = (kind.rule(NUMPY, parameter, gradient, state, **hyperparameters) for _ in range(2))
    assert (parameter.tolist(), gradient.tolist()) == ([1.0, -2.0], [0.5, 3.0])
    assert {name: np.copy(remembered).tolist() for name, remembered in state.items()} == {
        name: remembered.tolist() for name, remembered in before.items()
    }
    assert first[0].tolist() == second[0].tolist()


@pytest.mark.parametrize(("kind", "options"), RULES, ids=IDS)
def test_a_gradient_that_is_nan_gives_nan(kind, options):
    hyperparameters = hyperparameters_of(kind, options)
    new, _ = kind.rule(FLOATS, 1.0, float("nan"), {}, **hyperparameters)
    assert new != new


@pytest.mark.parametrize(
    "kind",
    [optim.Adam, optim.AdamW, optim.NAdam, optim.RAdam, optim.Adamax, optim.RMSprop, optim.Adagrad],
    ids=lambda kind: kind.__name__,
)
def test_zero_over_zero_is_nan_and_no_exception(kind):
    """A gradient of 0 without eps; RAdam does not divide yet in its first step."""
    hyperparameters = hyperparameters_of(kind, {"eps": 0.0})
    new, state = kind.rule(FLOATS, 1.0, 0.0, {}, **hyperparameters)
    for _ in range(6):
        new, state = kind.rule(FLOATS, new, 0.0, state, **hyperparameters)
    assert new != new
