"""nanograd.nn.optim.lr_scheduler against torch.optim.lr_scheduler: 50 steps of two groups, also resumed."""

import inspect
import json
import math
import warnings

import pytest
import torch
from nanograd.engine import ScalarValue
from nanograd.nn import optim
from nanograd.nn.optim import lr_scheduler

STEPS = 50

# PyTorch warns of this itself where a ChainedScheduler is the first part of a SequentialLR.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of .* In PyTorch 1.1.0:UserWarning")
WORST: dict[str, float] = {}


class Sawtooth:
    """A function with a state of its own, as LambdaLR and CyclicLR take it."""

    def __init__(self, height):
        self.height = height

    def __call__(self, epoch):
        return self.height * (1 + epoch % 4)


def single(name, *given, **options):
    return lambda library, optimizer: getattr(library, name)(optimizer, *given, **options)


def sequential(milestones, *makers):
    def make(library, optimizer):
        return library.SequentialLR(optimizer, [maker(library, optimizer) for maker in makers], milestones)

    return make


def chained(*makers):
    return lambda library, optimizer: library.ChainedScheduler(
        [maker(library, optimizer) for maker in makers]
    )


def several(*makers):
    """Several schedulers that the user steps one after the other."""
    return lambda library, optimizer: [maker(library, optimizer) for maker in makers]


CASES = {
    "StepLR 1": single("StepLR", 7, 0.5),
    "StepLR 2": single("StepLR", step_size=1),
    "MultiStepLR 1": single("MultiStepLR", [3, 10, 10, 30], gamma=0.3),
    "MultiStepLR 2": single("MultiStepLR", (0, 40), gamma=2.0),
    "ConstantLR 1": single("ConstantLR"),
    "ConstantLR 2": single("ConstantLR", factor=0.2, total_iters=17),
    "ConstantLR 3": single("ConstantLR", factor=0.2, total_iters=0),
    "LinearLR 1": single("LinearLR"),
    "LinearLR 2": single("LinearLR", start_factor=0.9, end_factor=0.1, total_iters=30),
    "LinearLR 3": single("LinearLR", start_factor=0.5, end_factor=0.0, total_iters=60),
    "ExponentialLR 1": single("ExponentialLR", 0.9),
    "ExponentialLR 2": single("ExponentialLR", gamma=1.05),
    "PolynomialLR 1": single("PolynomialLR"),
    "PolynomialLR 2": single("PolynomialLR", total_iters=40, power=2.5),
    "CosineAnnealingLR 1": single("CosineAnnealingLR", 50),
    "CosineAnnealingLR 2": single("CosineAnnealingLR", T_max=7, eta_min=0.003),
    "CosineAnnealingLR 3": single("CosineAnnealingLR", T_max=1),
    "CosineAnnealingWarmRestarts 1": single("CosineAnnealingWarmRestarts", 6),
    "CosineAnnealingWarmRestarts 2": single("CosineAnnealingWarmRestarts", T_0=4, T_mult=2, eta_min=0.01),
    "CyclicLR 1": single("CyclicLR", 0.01, 0.2, step_size_up=7),
    "CyclicLR 2": single("CyclicLR", 0.01, [0.2, 0.3], 5, 3, mode="triangular2", max_momentum=0.99),
    "CyclicLR 3": single("CyclicLR", 0.01, 0.2, 8, mode="exp_range", gamma=0.95, cycle_momentum=False),
    "CyclicLR 4": single("CyclicLR", 0.01, 0.2, 6, scale_fn=Sawtooth(0.1), scale_mode="iterations"),
    "OneCycleLR 1": single("OneCycleLR", 0.5, total_steps=50),
    "OneCycleLR 2": single("OneCycleLR", [0.5, 0.2], epochs=5, steps_per_epoch=11, anneal_strategy="linear"),
    "OneCycleLR 3": single("OneCycleLR", 0.5, 60, three_phase=True, pct_start=0.25, div_factor=10.0),
    "OneCycleLR 4": single("OneCycleLR", 0.5, 50, cycle_momentum=False, final_div_factor=10.0),
    "LambdaLR 1": single("LambdaLR", lambda epoch: 0.95**epoch),
    "LambdaLR 2": single("LambdaLR", [Sawtooth(0.5), lambda epoch: 1 / (1 + epoch)]),
    "MultiplicativeLR 1": single("MultiplicativeLR", lambda epoch: 1 - 1 / (epoch + 10)),
    "SequentialLR 1": sequential([5], single("LinearLR", 0.1, total_iters=5), single("ExponentialLR", 0.9)),
    "SequentialLR 2": sequential(
        [4, 20, 21],
        single("ConstantLR", 0.1, total_iters=4),
        single("CosineAnnealingLR", 10, eta_min=0.001),
        single("StepLR", 3),
        single("MultiStepLR", [0, 4], gamma=0.5),
    ),
    "SequentialLR 3": sequential([6, 12], *[single("CosineAnnealingWarmRestarts", T) for T in (3, 4, 5)]),
    "SequentialLR 4": sequential([10, 30], *[single("PolynomialLR", 12)] * 2, single("LinearLR")),
    "SequentialLR 5": sequential([0, 8], single("ExponentialLR", 0.5), *[single("ConstantLR", 0.3)] * 2),
    "SequentialLR 6": sequential([9], chained(single("StepLR", 2), single("LinearLR")), single("LinearLR")),
    "SequentialLR 7": sequential([7], single("StepLR", 2), single("LambdaLR", lambda epoch: 0.8**epoch)),
    "ChainedScheduler 1": chained(single("ConstantLR", 0.1, 10), single("ExponentialLR", 0.9)),
    "ChainedScheduler 2": chained(single("LinearLR"), single("StepLR", 9), single("CosineAnnealingLR", 25)),
    "several 1": several(single("ExponentialLR", 0.97), single("MultiStepLR", [8, 16]), single("LinearLR")),
}


def optimizers(kind, options):
    """Return the same optimizer with two groups in both libraries; the groups' learning rates differ."""
    ours = [{"params": [ScalarValue(1.0)]}, {"params": [ScalarValue(2.0)], "lr": 0.04}]
    other = [{"params": [torch.tensor(1.0)]}, {"params": [torch.tensor(2.0)], "lr": 0.04}]
    return getattr(optim, kind)(ours, **options), getattr(torch.optim, kind)(other, **options)


OPTIMIZERS = {"SGD": {"lr": 0.1, "momentum": 0.9}, "Adam": {"lr": 0.1, "betas": (0.9, 0.99)}}


def stepped(optimizer, schedulers):
    optimizer.step()
    for scheduler in schedulers if isinstance(schedulers, list) else [schedulers]:
        scheduler.step()


def settings_of(optimizer):
    """Return what schedulers change: learning rates, and the momentum."""
    return [
        number
        for group in optimizer.param_groups
        for number in (group["lr"], group.get("momentum", 0.0), *group.get("betas", ()))
    ]


def last_lr(schedulers):
    return (schedulers[-1] if isinstance(schedulers, list) else schedulers).get_last_lr()


def compare(case, optimizer, other, schedulers, other_schedulers):
    pairs = [(settings_of(optimizer), settings_of(other)), (last_lr(schedulers), last_lr(other_schedulers))]
    for ours, expected in pairs:
        assert len(ours) == len(expected)
        for x, y in zip(ours, expected, strict=True):
            difference = 0.0 if x == y else abs(x - y) / abs(y) if y else math.inf
            name = case.split()[0]
            WORST[name] = max(WORST.get(name, 0.0), difference)
            assert difference < 1e-12, (x, y)


@pytest.fixture(autouse=True, scope="module")
def _summary():
    yield
    print("\nlargest relative difference over", STEPS, "steps:")
    for name, difference in sorted(WORST.items()):
        print(f"  {name:30} {difference:.1e}")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_fifty_steps_equal_pytorch(case, kind):
    optimizer, other = optimizers(kind, OPTIMIZERS[kind])
    schedulers, other_schedulers = (
        CASES[case](lr_scheduler, optimizer),
        CASES[case](torch.optim.lr_scheduler, other),
    )
    compare(case, optimizer, other, schedulers, other_schedulers)
    for _ in range(STEPS):
        stepped(optimizer, schedulers)
        stepped(other, other_schedulers)
        compare(case, optimizer, other, schedulers, other_schedulers)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("at", [1, 5, 20])
def test_a_resumed_schedule_equals_pytorch_s(case, at):
    optimizer, other = optimizers("SGD", OPTIMIZERS["SGD"])
    schedulers, other_schedulers = (
        CASES[case](lr_scheduler, optimizer),
        CASES[case](torch.optim.lr_scheduler, other),
    )
    for _ in range(at):
        stepped(optimizer, schedulers)
        stepped(other, other_schedulers)
    as_list = schedulers if isinstance(schedulers, list) else [schedulers]
    saved = json.loads(json.dumps([optimizer.state_dict(), [s.state_dict() for s in as_list]]))

    optimizer, _ = optimizers("SGD", OPTIMIZERS["SGD"])
    schedulers = CASES[case](lr_scheduler, optimizer)
    optimizer.load_state_dict(saved[0])
    as_list = schedulers if isinstance(schedulers, list) else [schedulers]
    for scheduler, state in zip(as_list, saved[1], strict=True):
        scheduler.load_state_dict(state)
    compare(case, optimizer, other, schedulers, other_schedulers)
    for _ in range(STEPS - at):
        stepped(optimizer, schedulers)
        stepped(other, other_schedulers)
        compare(case, optimizer, other, schedulers, other_schedulers)


WITH_LAST_EPOCH = [
    case for case in CASES if case.split()[0] not in {"SequentialLR", "ChainedScheduler", "several"}
]


@pytest.mark.parametrize("case", WITH_LAST_EPOCH)
def test_going_on_from_a_last_epoch_equals_pytorch(case):
    """Both go on in epoch 12 with a new scheduler, from what the optimizer's groups hold."""
    optimizer, other = optimizers("SGD", OPTIMIZERS["SGD"])
    made = [CASES[case](lr_scheduler, optimizer), CASES[case](torch.optim.lr_scheduler, other)]
    for _ in range(12):
        stepped(optimizer, made[0])
        stepped(other, made[1])

    def again(library, optimizer):
        def at(name, *given, **options):
            signature = inspect.signature(getattr(library, name))
            bound = signature.bind(optimizer, *given, **options).arguments
            return getattr(library, name)(**{**bound, "last_epoch": 12})

        return at

    maker = CASES[case].__closure__
    cells = dict(zip(CASES[case].__code__.co_freevars, (cell.cell_contents for cell in maker), strict=True))
    schedulers = [
        again(library, its)(cells["name"], *cells["given"], **cells["options"])
        for library, its in ((lr_scheduler, optimizer), (torch.optim.lr_scheduler, other))
    ]
    compare(case, optimizer, other, *schedulers)
    for _ in range(STEPS):
        if case.startswith("OneCycleLR") and schedulers[0].last_epoch == schedulers[0].total_steps:
            break
        stepped(optimizer, schedulers[0])
        stepped(other, schedulers[1])
        compare(case, optimizer, other, *schedulers)


PLATEAU = [
    {},
    {"factor": 0.5, "patience": 2},
    {"factor": 0.5, "patience": 0, "cooldown": 3, "threshold": 0.01},
    {"mode": "max", "patience": 1, "threshold_mode": "abs", "threshold": 0.05},
    {"mode": "max", "patience": 1, "min_lr": [0.01, 0.02]},
    {"patience": 1, "threshold_mode": "abs", "min_lr": 1e-3, "eps": 1e-2},
]


@pytest.mark.parametrize("options", PLATEAU, ids=str)
@pytest.mark.parametrize("resume", [None, 3, 25])
def test_reduce_on_plateau_equals_pytorch(options, resume):
    optimizer, other = optimizers("SGD", OPTIMIZERS["SGD"])
    ours, theirs = (
        lr_scheduler.ReduceLROnPlateau(optimizer, **options),
        torch.optim.lr_scheduler.ReduceLROnPlateau(other, **options),
    )
    for epoch in range(STEPS):
        metric = math.nan if epoch == 30 else math.cos(epoch) / (1 + epoch // 4)
        ours.step(ScalarValue(metric))
        theirs.step(metric)
        compare("ReduceLROnPlateau", optimizer, other, ours, theirs)
        assert (ours.best, ours.num_bad_epochs, ours.in_cooldown, ours.last_epoch) == (
            theirs.best,
            theirs.num_bad_epochs,
            theirs.in_cooldown,
            theirs.last_epoch,
        )
        if epoch == resume:
            saved = json.loads(json.dumps([optimizer.state_dict(), ours.state_dict()]))
            optimizer, _ = optimizers("SGD", OPTIMIZERS["SGD"])
            ours = lr_scheduler.ReduceLROnPlateau(optimizer)
            optimizer.load_state_dict(saved[0])
            ours.load_state_dict(saved[1])


@pytest.mark.parametrize("options", [{}, {"T_mult": 3, "eta_min": 0.01}], ids=str)
def test_warm_restarts_go_to_any_epoch_as_in_pytorch(options):
    optimizer, other = optimizers("SGD", OPTIMIZERS["SGD"])
    ours = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, **options)
    theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(other, 3, **options)
    for epoch in [0.0, 0.25, 1, 2.9, 3, 3.5, 11.75, 12, 38.5, 39, 40, 5.5, None, None, 0.5]:
        ours.step(epoch)
        theirs.step(epoch)
        compare("CosineAnnealingWarmRestarts", optimizer, other, ours, theirs)


NAMES = [name for name in lr_scheduler.__all__ if name not in {"LRScheduler", "StepOrderWarning"}]


@pytest.mark.parametrize("name", NAMES)
def test_arguments_have_pytorch_s_names_order_and_defaults(name):
    ours = inspect.signature(getattr(lr_scheduler, name)).parameters
    other = inspect.signature(getattr(torch.optim.lr_scheduler, name)).parameters
    assert [(n, p.default, p.kind) for n, p in ours.items()] == [
        (n, p.default, p.kind) for n, p in other.items()
    ]
    assert name == "ReduceLROnPlateau" or any(case.split()[0] == name for case in CASES)


def test_the_order_of_steps_is_checked_as_in_pytorch():
    optimizer, other = optimizers("SGD", OPTIMIZERS["SGD"])
    ours, theirs = lr_scheduler.StepLR(optimizer, 3), torch.optim.lr_scheduler.StepLR(other, 3)
    with pytest.warns(lr_scheduler.StepOrderWarning):
        ours.step()
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        theirs.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours.step()
        theirs.step()
