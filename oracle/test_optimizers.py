"""nanograd.nn.optim against torch.optim: every optimizer over 50 steps, in groups, and after a resume."""

import json
import random

import pytest
import torch
from nanograd.engine import ScalarValue
from nanograd.nn import Parameter, optim

STEPS = 50
SIZE = 6  # parameters; the first half of them is one group, the rest another
WORST: dict[str, float] = {}

CASES = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.001, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Adam", {"lr": 0.01, "maximize": True}),
    ("Adam", {"lr": 0.01, "betas": (0.0, 0.0)}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True}),
    ("AdamW", {"lr": 0.01, "betas": (0.8, 0.99), "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.8, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.5, "centered": True, "eps": 1e-2, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adadelta", {"lr": 0.1, "rho": 0.99, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.02, "betas": (0.8, 0.95), "weight_decay": 0.1, "momentum_decay": 0.1}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": (0.5, 0.6), "eps": 1e-2, "weight_decay": 0.1}),
    ("Adamax", {"lr": 0.01, "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.05, "lambd": 0.1, "alpha": 0.5, "t0": 10, "weight_decay": 0.1}),
    ("ASGD", {"lr": 0.01, "t0": 0, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (1e-3, 0.2)}),
    ("Rprop", {"lr": 0.001, "maximize": True}),
    ("LBFGS", {"lr": 0.1, "max_iter": 1}),
    ("LBFGS", {"lr": 0.1, "max_iter": 3, "history_size": 2}),
    ("LBFGS", {"max_iter": 1, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"max_iter": 4, "max_eval": 9, "history_size": 3, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"lr": 0.01, "tolerance_grad": 1e-2, "tolerance_change": 1e-3}),
]
IDS = [
    f"{name} {' '.join(f'{key}={value}' for key, value in options.items())}".strip()
    for name, options in CASES
]


@pytest.fixture(autouse=True)
def _float64(monkeypatch):
    """PyTorch keeps some states, such as NAdam's product of momenta, in the default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(autouse=True, scope="module")
def _summary():
    yield
    print("\nlargest relative difference over", STEPS, "steps:")
    for name, difference in sorted(WORST.items()):
        print(f"  {name:10} {difference:.1e}")


class Problem:
    """A random smooth function of six numbers, the same one for both libraries: cos, products and squares."""

    def __init__(self, seed):
        chance = random.Random(seed)

        def draw():
            return chance.uniform(-1.0, 1.0)

        self.start = [2.0 * draw() for _ in range(SIZE)]
        self.targets = [draw() for _ in range(SIZE)]
        self.scales = [0.5 + abs(draw()) for _ in range(SIZE)]
        self.couplings = [draw() for _ in range(SIZE)]

    def loss(self, x, cos):
        total = 0.0
        for i in range(SIZE):
            off = x[i] - self.targets[i]
            total = total + self.scales[i] * off * off + 0.3 * cos(self.couplings[i] * x[i] * x[i - 1])
        return total


class Both:
    """The same problem, parameters and optimizer in both libraries."""

    def __init__(self, name, options, problem, groups=None, start=None):
        self.problem = problem
        start = problem.start if start is None else start
        self.ours = [Parameter(number) for number in start]
        self.others = [torch.tensor(number, requires_grad=True) for number in start]
        self.optimizer = getattr(optim, name)(self._grouped(self.ours, groups), **options)
        self.other = getattr(torch.optim, name)(self._grouped(self.others, groups), **options)

    def _grouped(self, parameters, groups):
        if groups is None:
            return parameters
        half = SIZE // 2
        return [{"params": parameters[:half], **groups[0]}, {"params": parameters[half:], **groups[1]}]

    def step(self):
        self.optimizer.step(self._closure)
        self.other.step(self._other_closure)

    def _closure(self):
        self.optimizer.zero_grad()
        loss = self.problem.loss(self.ours, ScalarValue.cos)
        loss.backward()
        return loss

    def _other_closure(self):
        self.other.zero_grad()
        loss = self.problem.loss(self.others, torch.cos)
        loss.backward()
        return loss

    def difference(self):
        """The relative difference of the two vectors of parameters, in the norm of the largest number."""
        off = max(abs(x.data - y.item()) for x, y in zip(self.ours, self.others, strict=True))
        return off / max(abs(y.item()) for y in self.others)


def compared(both, name, steps):
    worst = 0.0
    for _ in range(steps):
        both.step()
        worst = max(worst, both.difference())
    WORST[name] = max(WORST.get(name, 0.0), worst)
    assert worst < 1e-12


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_fifty_steps_equal_pytorch(name, options, seed):
    compared(Both(name, options, Problem(seed)), name, STEPS)


GROUPS = {
    "SGD": ({"lr": 0.01, "momentum": 0.5}, {"weight_decay": 0.1}),
    "Adam": ({"lr": 0.1}, {"betas": (0.8, 0.9), "amsgrad": True}),
    "AdamW": ({"weight_decay": 0.0}, {"lr": 0.05}),
    "RMSprop": ({"momentum": 0.5}, {"centered": True}),
    "Adagrad": ({"lr_decay": 0.1}, {"lr": 0.2}),
    "Adadelta": ({"rho": 0.5}, {"eps": 1e-2}),
    "NAdam": ({"momentum_decay": 0.1}, {"lr": 0.1}),
    "RAdam": ({"betas": (0.5, 0.6)}, {"lr": 0.1}),
    "Adamax": ({"betas": (0.5, 0.6)}, {"lr": 0.1}),
    "ASGD": ({"t0": 5, "lambd": 0.1}, {"lr": 0.1}),
    "Rprop": ({"etas": (0.4, 1.1)}, {"step_sizes": (1e-4, 0.05)}),
}


@pytest.mark.parametrize("name", GROUPS)
def test_groups_with_hyperparameters_of_their_own_equal_pytorch(name):
    compared(Both(name, {}, Problem(2), GROUPS[name]), name, STEPS)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_a_resumed_run_equals_pytorch_s_resumed_run(name, options):
    problem = Problem(3)
    first = Both(name, options, problem)
    compared(first, name, 20)
    resumed = Both(name, options, problem, start=[x.data for x in first.ours])
    resumed.optimizer.load_state_dict(json.loads(json.dumps(first.optimizer.state_dict())))
    with torch.no_grad():
        for parameter, reached in zip(resumed.others, first.others, strict=True):
            parameter.copy_(reached)
    resumed.other.load_state_dict(first.other.state_dict())
    compared(resumed, name, STEPS - 20)


@pytest.mark.parametrize(
    "name", [name for name in optim.__all__ if name not in {"Optimizer", "lr_scheduler"}]
)
def test_every_optimizer_is_compared(name):
    assert name in {name for name, _ in CASES}
    assert name == "LBFGS" or name in GROUPS


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_the_state_has_pytorch_s_names(name, options):
    both = Both(name, options, Problem(4))
    both.step()
    ours, other = both.optimizer.state_dict(), both.other.state_dict()
    expected = {entry for entry, value in other["state"].get(0, {}).items() if value is not None}
    assert set(ours["state"].get(0, {})) == expected - {"al"}  # a buffer that LBFGS fills anew in each step
    assert set(ours["param_groups"][0]) <= set(other["param_groups"][0])
