"""Schedulers follow their formulas, compose, continue exactly, and refuse what makes no sense."""

import json
import math
import re
import warnings
from itertools import pairwise

import pytest
from nanograd.engine import ArgumentError, NanogradError, NumberTypeError, ScalarValue
from nanograd.nn import MissingMethodError
from nanograd.nn.optim import SGD, Adagrad, Adam
from nanograd.nn.optim import lr_scheduler as schedulers
from nanograd.nn.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
    StepOrderWarning,
)

BASE = 0.8
STEPS = 30


def sgd(**options):
    return SGD([ScalarValue(1.0)], **{"lr": BASE, "momentum": 0.9, **options})


def two_groups():
    return SGD(
        [{"params": [ScalarValue(1.0)]}, {"params": [ScalarValue(1.0)], "lr": 0.1}], lr=BASE, momentum=0.9
    )


def rates_of(scheduler, steps=STEPS):
    rates = [scheduler.get_last_lr()]
    for _ in range(steps):
        scheduler.optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr())
    assert rates[-1] == [group["lr"] for group in scheduler.optimizer.param_groups]
    return rates


def cosine(t, T):
    return (1 + math.cos(math.pi * t / T)) / 2


# The learning rate in epoch t over the base rate, by formulas that do not look at the epoch before.
CLOSED_FORMS = [
    (lambda o: StepLR(o, 4, gamma=0.5), lambda t: 0.5 ** (t // 4)),
    (lambda o: MultiStepLR(o, [10, 3, 10], gamma=0.5), lambda t: 0.5 ** (2 * (t >= 10) + (t >= 3))),
    (lambda o: ConstantLR(o, 0.25, total_iters=6), lambda t: 0.25 if t < 6 else 1.0),
    (lambda o: LinearLR(o, 0.5, 0.1, total_iters=8), lambda t: 0.5 - 0.4 * min(t, 8) / 8),
    (lambda o: ExponentialLR(o, 0.9), lambda t: 0.9**t),
    (lambda o: PolynomialLR(o, total_iters=10, power=2.0), lambda t: (1 - min(t, 10) / 10) ** 2),
    (lambda o: CosineAnnealingLR(o, T_max=7), lambda t: cosine(t, 7)),
    (lambda o: CosineAnnealingWarmRestarts(o, T_0=5), lambda t: cosine(t % 5, 5)),
    (lambda o: LambdaLR(o, lambda t: 1 / (1 + t)), lambda t: 1 / (1 + t)),
    (lambda o: MultiplicativeLR(o, lambda t: t / (t + 1)), lambda t: 1 / (t + 1)),
    (
        lambda o: CyclicLR(o, BASE, 2 * BASE, step_size_up=3, step_size_down=1),
        lambda t: 1 + (t % 4 / 3 if t % 4 <= 3 else 0),
    ),
    (
        lambda o: OneCycleLR(o, BASE, 31, pct_start=11 / 31, anneal_strategy="linear", div_factor=4.0),
        lambda t: 0.25 + 0.75 * t / 10 if t <= 10 else 1 + (t - 10) / 20 * (0.25e-4 - 1),
    ),
]


@pytest.mark.parametrize(("make", "factor"), CLOSED_FORMS, ids=range(len(CLOSED_FORMS)))
def test_learning_rates_follow_the_closed_form(make, factor):
    rates = [rate for (rate,) in rates_of(make(sgd()))]
    assert rates == pytest.approx([BASE * factor(t) for t in range(STEPS + 1)], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("make", "factor"), CLOSED_FORMS[:10], ids=range(10))
def test_each_group_has_its_own_base(make, factor):
    assert rates_of(make(two_groups())) == [
        pytest.approx([BASE * factor(t), 0.1 * factor(t)], rel=1e-9, abs=1e-12) for t in range(STEPS + 1)
    ]


@pytest.mark.parametrize(("make", "factor"), CLOSED_FORMS, ids=range(len(CLOSED_FORMS)))
@pytest.mark.parametrize("at", [0, 1, 7, 13])
def test_a_schedule_continued_from_state_dicts_is_the_same_schedule(make, factor, at):
    whole = rates_of(make(two_groups()))
    scheduler = make(two_groups())
    rates_of(scheduler, at)
    saved = json.loads(json.dumps([scheduler.optimizer.state_dict(), scheduler.state_dict()]))
    optimizer = two_groups()
    scheduler = make(optimizer)
    optimizer.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    assert rates_of(scheduler, STEPS - at) == whole[at:]


def test_schedulers_of_one_optimizer_compose():
    optimizer = sgd()
    parts = [ExponentialLR(optimizer, 0.9), ConstantLR(optimizer, 0.5, total_iters=3), StepLR(optimizer, 2)]
    for t in range(8):
        expected = BASE * 0.9**t * (0.5 if t < 3 else 1.0) * 0.1 ** (t // 2)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(expected, rel=1e-12)
        optimizer.step()
        for scheduler in parts:
            scheduler.step()


def test_one_after_the_other_begins_at_its_milestone():
    optimizer = sgd()
    parts = [
        LinearLR(optimizer, 0.5, total_iters=4),
        CosineAnnealingLR(optimizer, 6),
        ExponentialLR(optimizer, 0.5),
    ]
    rates = [rate for (rate,) in rates_of(SequentialLR(optimizer, parts, milestones=[4, 10]), 13)]
    expected = (
        [0.5 + 0.125 * t for t in range(4)] + [cosine(t, 6) for t in range(6)] + [0.5**t for t in range(4)]
    )
    assert rates == pytest.approx([BASE * factor for factor in expected], rel=1e-9, abs=1e-12)


def test_chains_may_be_the_first_part_of_a_sequence():
    optimizer = sgd()
    chain = ChainedScheduler([ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.5, total_iters=2)])
    scheduler = SequentialLR(optimizer, [chain, StepLR(optimizer, 5)], milestones=[3])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates = [rate for (rate,) in rates_of(scheduler, 4)]
    assert rates == pytest.approx([BASE * factor for factor in (0.5, 0.25, 0.25, 1.0, 1.0)])


def test_one_cycle_moves_the_momentum_against_the_learning_rate():
    for optimizer, momentum in [
        (sgd(), lambda group: group["momentum"]),
        (Adam([ScalarValue(1.0)]), lambda group: group["betas"][0]),
    ]:
        scheduler = OneCycleLR(optimizer, 1.0, total_steps=20)
        pairs = []
        for _ in range(19):
            pairs.append((optimizer.param_groups[0]["lr"], momentum(optimizer.param_groups[0])))
            optimizer.step()
            scheduler.step()
        assert pairs[0] == pytest.approx((0.04, 0.95))
        assert pairs[5] == pytest.approx((1.0, 0.85))
        for (rate, inertia), (next_rate, next_inertia) in pairwise(pairs):
            assert (next_rate - rate) * (next_inertia - inertia) < 0
        assert optimizer.param_groups[0].get("betas", (0, 0.999))[1] == 0.999


def test_one_cycle_is_over_after_its_steps():
    scheduler = OneCycleLR(sgd(), 1.0, total_steps=3)
    rates_of(scheduler, 3)
    before = scheduler.state_dict()
    with pytest.raises(ArgumentError) as raised:
        scheduler.step()
    assert str(raised.value) == "Tried to step 4 times. The specified number of total steps is 3"
    assert scheduler.state_dict() == before


def test_one_cycle_of_one_step_per_phase_does_not_divide_by_zero():
    assert rates_of(OneCycleLR(sgd(), 1.0, total_steps=2, pct_start=0.5), 1)[0] == [1.0]


def test_a_plateau_lowers_the_rate_after_patience_and_waits_for_the_cooldown():
    scheduler = ReduceLROnPlateau(sgd(), factor=0.5, patience=1, cooldown=2, threshold=0.0)
    rates = []
    for loss in [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5]:
        scheduler.step(ScalarValue(loss))
        rates.append(scheduler.get_last_lr()[0] / BASE)
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]
    assert scheduler.best == 0.5


def test_a_plateau_takes_nan_for_no_better():
    scheduler = ReduceLROnPlateau(sgd(), factor=0.5, patience=0)
    for loss in (1.0, math.nan):
        scheduler.step(loss)
    assert scheduler.get_last_lr() == [BASE / 2]


class Fading:
    def __init__(self, speed):
        self.speed = speed

    def __call__(self, epoch):
        return self.speed**epoch


@pytest.mark.parametrize(
    "make",
    [lambda o, f: LambdaLR(o, f), lambda o, f: CyclicLR(o, 0.1, 1.0, 3, scale_fn=f)],
    ids=["LambdaLR", "CyclicLR"],
)
def test_a_state_dict_holds_what_callable_objects_hold(make):
    saved = json.loads(json.dumps(make(sgd(), Fading(0.5)).state_dict()))
    loaded = Fading(0.9)
    scheduler = make(sgd(), loaded)
    scheduler.load_state_dict(saved)
    assert loaded.speed == 0.5
    assert json.dumps(make(sgd(), lambda epoch: 1.0).state_dict()).count("null") >= 1
    assert json.dumps(make(sgd(), math.exp).state_dict()).count("null") >= 1


def test_the_state_has_pytorch_s_names():
    assert StepLR(sgd(), 3).state_dict() == {
        "step_size": 3,
        "gamma": 0.1,
        "base_lrs": [BASE],
        "last_epoch": 0,
        "_step_count": 1,
        "_last_lr": [BASE],
    }


def test_a_state_dict_does_not_change_with_the_scheduler():
    scheduler = MultiStepLR(sgd(), [2])
    saved = scheduler.state_dict()
    rates_of(scheduler, 5)
    assert (saved["last_epoch"], saved["_last_lr"]) == (0, [BASE])
    rates = scheduler.get_last_lr()
    rates[0] = 7.0
    assert scheduler.get_last_lr() != rates


# ---- the order of steps


def test_a_step_before_the_optimizer_s_is_warned_of_once_and_at_the_caller():
    optimizer = sgd()
    scheduler = StepLR(optimizer, 3)
    with pytest.warns(
        StepOrderWarning, match=r"`lr_scheduler\.step\(\)` before `optimizer\.step\(\)`"
    ) as caught:
        scheduler.step()
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()
        optimizer.step()
        scheduler.step()
    assert issubclass(StepOrderWarning, UserWarning)


def test_who_changes_parameters_without_step_says_so():
    optimizer = sgd()
    scheduler = StepLR(optimizer, 3)
    optimizer.has_stepped = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()


# ---- going on from a last epoch


def test_a_scheduler_goes_on_from_a_last_epoch():
    optimizer = sgd()
    whole = rates_of(StepLR(optimizer, 4), 12)
    optimizer = SGD([{"params": [ScalarValue(1.0)], "initial_lr": BASE}], lr=whole[5][0])
    assert rates_of(StepLR(optimizer, 4, last_epoch=4), 7) == whole[5:]


def test_going_on_needs_the_initial_learning_rates():
    with pytest.raises(ArgumentError) as raised:
        StepLR(sgd(), 4, last_epoch=3)
    assert str(raised.value) == (
        "param 'initial_lr' is not specified in param_groups[0] when resuming scheduler with last_epoch >= 0 "
        "(it is 3). Load the optimizer's state dict first, or begin with last_epoch=-1."
    )


# ---- a scheduler of one's own


def test_a_scheduler_of_one_s_own_needs_get_lr_only():
    class Halving(LRScheduler):
        def get_lr(self):
            return [base_lr / 2**self.last_epoch for base_lr in self.base_lrs]

    assert rates_of(Halving(sgd()), 3) == [[BASE], [BASE / 2], [BASE / 4], [BASE / 8]]
    with pytest.raises(MissingMethodError, match="LRScheduler needs a method `get_lr"):
        LRScheduler(sgd())


def test_rates_that_are_no_numbers_are_refused_and_nothing_changes():
    scheduler = LambdaLR(two_groups(), [lambda t: 1.0, lambda t: ScalarValue(1.0) if t else 1.0])
    scheduler.optimizer.step()
    with pytest.raises(
        NumberTypeError, match="the result of lr_lambda takes a real number and got ScalarValue"
    ):
        scheduler.step()
    assert (scheduler.last_epoch, scheduler.get_last_lr()) == (0, [BASE, 0.1])
    assert [group["lr"] for group in scheduler.optimizer.param_groups] == [BASE, 0.1]


def test_a_group_that_came_later_is_refused():
    optimizer = sgd()
    scheduler = LambdaLR(optimizer, lambda t: 1.0)
    optimizer.add_param_group({"params": [ScalarValue(2.0)]})
    optimizer.step()
    with pytest.raises(ArgumentError, match=r"learning rates for 1 parameter groups and the optimizer has 2"):
        scheduler.step()


# ---- what is refused

STEP = StepLR(sgd(), 3)
REFUSED = [
    (lambda o: StepLR("SGD", 3), NumberTypeError, "str is not an Optimizer"),
    (
        lambda o: StepLR(o, 0),
        ArgumentError,
        "step_size is a number of values, an int of at least 1, and got 0",
    ),
    (lambda o: StepLR(o, 2, gamma="x"), NumberTypeError, "gamma takes a real number and got str"),
    (lambda o: ExponentialLR(o, None), NumberTypeError, "gamma takes a real number and got NoneType"),
    (
        lambda o: MultiStepLR(o, [1.5]),
        NumberTypeError,
        "milestones are ints, the numbers of epochs, and got 1.5",
    ),
    (lambda o: MultiStepLR(o, [-1]), ArgumentError, "milestones are epochs from 0 on and got -1"),
    (lambda o: ConstantLR(o, 1.5), ArgumentError, "factor expected to be between 0 and 1. Got: 1.5"),
    (lambda o: ConstantLR(o, 0), ArgumentError, "factor expected to be between 0 and 1. Got: 0"),
    (
        lambda o: ConstantLR(o, 0.5, -1),
        ArgumentError,
        "total_iters is a number of epochs, an int of at least 0",
    ),
    (lambda o: LinearLR(o, 0), ArgumentError, "expected to be greater than 0 and less or equal to 1. Got: 0"),
    (
        lambda o: LinearLR(o, 0.5, 2),
        ArgumentError,
        "Ending multiplicative factor expected to be between 0 and 1",
    ),
    (lambda o: PolynomialLR(o, 2.5), ArgumentError, "total_iters is a number of epochs"),
    (lambda o: PolynomialLR(o, 2, "x"), NumberTypeError, "power takes a real number"),
    (lambda o: CosineAnnealingLR(o, 0), ArgumentError, "T_max is a number of epochs, above 0, and got 0"),
    (lambda o: CosineAnnealingWarmRestarts(o, 0), ArgumentError, "Expected positive integer T_0, but got 0"),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 2, 0.5),
        ArgumentError,
        "Expected integer T_mult >= 1, but got 0.5",
    ),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 2).step(-1),
        ArgumentError,
        "Expected non-negative epoch, but got -1",
    ),
    (lambda o: LambdaLR(o, [abs, abs]), ArgumentError, "Expected 1 lr_lambdas, but got 2"),
    (lambda o: LambdaLR(o, 0.5), NumberTypeError, "lr_lambda should be a function, but got float"),
    (lambda o: MultiplicativeLR(o, [0.5]), NumberTypeError, "lr_lambda should be a function, but got float"),
    (
        lambda o: CyclicLR(o, 0.1, 1.0, mode="zigzag"),
        ArgumentError,
        "mode is invalid and scale_fn is None: 'zigzag'",
    ),
    (lambda o: CyclicLR(o, 0.1, 1.0, scale_mode="x"), ArgumentError, "scale_mode is 'cycle' or 'iterations'"),
    (
        lambda o: CyclicLR(o, 0.1, 1.0, 0),
        ArgumentError,
        "step_size_up is a number of batches, above 0, and got 0",
    ),
    (lambda o: CyclicLR(o, 0.1, [1.0, 2.0]), ArgumentError, "max_lr has 2 values, param_groups has 1."),
    (lambda o: CyclicLR(o, 0.1, "x"), NumberTypeError, "max_lr takes a real number"),
    (
        lambda o: OneCycleLR(o, 1.0),
        ArgumentError,
        "must define either total_steps OR (epochs AND steps_per_epoch)",
    ),
    (lambda o: OneCycleLR(o, 1.0, 0), ArgumentError, "Expected positive integer total_steps, but got 0"),
    (
        lambda o: OneCycleLR(o, 1.0, epochs=2, steps_per_epoch=0.5),
        ArgumentError,
        "steps_per_epoch, but got 0.5",
    ),
    (lambda o: OneCycleLR(o, 1.0, 9, pct_start=2), ArgumentError, "between 0 and 1 pct_start, but got 2"),
    (
        lambda o: OneCycleLR(o, 1.0, 9, anneal_strategy="x"),
        ArgumentError,
        "one of 'cos' or 'linear', instead got x",
    ),
    (
        lambda o: OneCycleLR(o, 1.0, 9, div_factor=0),
        ArgumentError,
        "div_factor is a factor above 0 and got 0",
    ),
    (lambda o: ReduceLROnPlateau(o, factor=1.0), ArgumentError, "Factor should be < 1.0."),
    (lambda o: ReduceLROnPlateau(o, "low"), ArgumentError, "mode low is unknown!"),
    (lambda o: ReduceLROnPlateau(o, threshold_mode="x"), ArgumentError, "threshold mode x is unknown!"),
    (
        lambda o: ReduceLROnPlateau(o, min_lr=[1, 2]),
        ArgumentError,
        "min_lr has 2 values, param_groups has 1.",
    ),
    (lambda o: ReduceLROnPlateau(o, patience=-1), ArgumentError, "patience is a number of epochs"),
    (
        lambda o: SequentialLR(o, [], []),
        ArgumentError,
        "expects at least one scheduler, but got no scheduler.",
    ),
    (
        lambda o: SequentialLR(o, [StepLR(o, 2)], [1]),
        ArgumentError,
        "schedulers 1 and the number of milestones to be eq",
    ),
    (lambda o: SequentialLR(o, [STEP], []), ArgumentError, "got scheduler StepLR at index 0 of another one."),
    (lambda o: SequentialLR(o, [o], []), NumberTypeError, "at index 0 should have a scheduler and got SGD"),
    (lambda o: SequentialLR(o, [StepLR(o, 2)] * 3, [5, 2]), ArgumentError, "go from the first to the last"),
    (
        lambda o: SequentialLR(o, [StepLR(o, 2), ChainedScheduler([StepLR(o, 2)])], [2]),
        ArgumentError,
        "SequentialLR cannot begin a ChainedScheduler at a milestone (index 1)",
    ),
    (
        lambda o: MultiStepLR(o, 5),
        NumberTypeError,
        "milestones are a list of ints, the numbers of epochs, and got 5",
    ),
    (lambda o: SequentialLR(o, [StepLR(o, 2)], 5), NumberTypeError, "milestones are a list of ints"),
    (
        lambda o: SequentialLR(o, None, []),
        NumberTypeError,
        "SequentialLR takes a list of schedulers and got NoneT",
    ),
    (lambda o: ChainedScheduler(StepLR(o, 2)), NumberTypeError, "takes a list of schedulers and got StepLR"),
    (
        lambda o: CosineAnnealingWarmRestarts(o, True),
        ArgumentError,
        "Expected positive integer T_0, but got True",
    ),
    (lambda o: CosineAnnealingWarmRestarts(o, 2, True), ArgumentError, "integer T_mult >= 1, but got True"),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 2).step("x"),
        NumberTypeError,
        "epoch takes a real number and got str",
    ),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 2).step(math.inf),
        ArgumentError,
        "non-negative epoch, but got inf",
    ),
    (
        lambda o: LambdaLR(o, lambda t: None),
        NumberTypeError,
        "the result of lr_lambda takes a real number and got None",
    ),
    (
        lambda o: ReduceLROnPlateau(o).step(None),
        NumberTypeError,
        "step(metrics) takes the number that should fall or rise",
    ),
    (lambda o: ReduceLROnPlateau(o).step("x"), NumberTypeError, "such as the loss, and got str: 'x'"),
    (lambda o: ReduceLROnPlateau(o).step([1.0]), NumberTypeError, "such as the loss, and got list: [1.0]"),
    (
        lambda o: StepLR(o, 2, last_epoch=-2),
        ArgumentError,
        "last_epoch is -1 to begin, or the epoch that was reached",
    ),
    (lambda o: StepLR(o, 2, last_epoch="x"), ArgumentError, "an int, and got 'x'"),
    (
        lambda o: ChainedScheduler([]),
        ArgumentError,
        "at least one scheduler to be chained, but got no scheduler.",
    ),
    (lambda o: ChainedScheduler([StepLR(o, 2), STEP]), ArgumentError, "StepLR at index 1 of another one."),
    (
        lambda o: ChainedScheduler([ReduceLROnPlateau(o)]),
        ArgumentError,
        "ChainedScheduler does not support `ReduceLROnPlateau` scheduler",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_refused_in_pytorch_s_words(make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        make(sgd())


@pytest.mark.parametrize(
    "make", [lambda o: CyclicLR(o, 0.1, 1.0), lambda o: OneCycleLR(o, 1.0, 5)], ids=["C", "O"]
)
def test_cycling_the_momentum_needs_one_and_changes_nothing_without(make):
    optimizer = Adagrad([ScalarValue(1.0)])
    before = dict(optimizer.param_groups[0])
    with pytest.raises(ArgumentError) as raised:
        make(optimizer)
    assert str(raised.value) == (
        "optimizer must support momentum or beta1 with `cycle_momentum` option enabled. Adagrad does not: "
        "give cycle_momentum=False."
    )
    assert optimizer.param_groups[0] == before


BAD_STATES = [
    (lambda s: 3, "Expected state_dict to be dict-like, got int."),
    (lambda s: {}, "is not that of a StepLR: it lacks ['step_size', 'gamma', "),
    (lambda s: {**s, "T_max": 3}, "it lacks [] and has ['T_max'] besides"),
    (
        lambda s: {**s, "step_size": "x"},
        "StepLR.step_size in the loaded state dict is str: 'x', where a int",
    ),
    (lambda s: {**s, "last_epoch": True}, "StepLR.last_epoch in the loaded state dict is bool"),
    (
        lambda s: {**s, "base_lrs": 0.1},
        "StepLR.base_lrs in the loaded state dict is float: 0.1, where a list belongs",
    ),
    (
        lambda s: {**s, "base_lrs": ["x"]},
        "StepLR.base_lrs[0] in the loaded state dict is str: 'x', where a float",
    ),
    (lambda s: {**s, "base_lrs": [None]}, "StepLR.base_lrs[0] in the loaded state dict is NoneType: None"),
    (
        lambda s: {**s, "last_epoch": None},
        "StepLR.last_epoch in the loaded state dict is NoneType: None, where a int",
    ),
    (
        lambda s: {**s, "base_lrs": [0.1, 0.2]},
        "StepLR has base_lrs of 2 parameter groups, and the optimizer has 1",
    ),
]


@pytest.mark.parametrize(("change", "message"), BAD_STATES, ids=range(len(BAD_STATES)))
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(change, message):
    scheduler = StepLR(sgd(), 3)
    before = scheduler.state_dict()
    with pytest.raises(NanogradError, match=re.escape(message)):
        scheduler.load_state_dict(change(before))
    assert scheduler.state_dict() == before


@pytest.mark.parametrize(
    ("make", "name", "saved"),
    [
        (lambda o: LambdaLR(o, lambda t: 1.0), "lr_lambdas", [5]),
        (lambda o: LambdaLR(o, lambda t: 1.0), "lr_lambdas", [{"gamma": 1.0}]),
        (lambda o: CyclicLR(o, 0.1, 1.0), "_scale_fn_custom", {"gamma": 1.0}),
    ],
    ids=range(3),
)
def test_attributes_without_an_object_that_takes_them_are_refused_and_nothing_changes(make, name, saved):
    scheduler = make(sgd())
    before = scheduler.state_dict()
    with pytest.raises(NumberTypeError, match="where a NoneType belongs"):
        scheduler.load_state_dict({**before, "last_epoch": 7, name: saved})
    assert scheduler.state_dict() == before


def test_a_composed_state_is_checked_before_its_first_part_changes():
    optimizer = sgd()
    parts = [StepLR(optimizer, 3), ExponentialLR(optimizer, 0.5)]
    scheduler = SequentialLR(optimizer, parts, [2])
    before = scheduler.state_dict()
    rates_of(scheduler, 3)
    after = scheduler.state_dict()
    for states in (before["_schedulers"][:1], [before["_schedulers"][0], {"gamma": 2.0}]):
        with pytest.raises(ArgumentError, match="loaded state dict"):
            scheduler.load_state_dict({**before, "_schedulers": states})
        assert scheduler.state_dict() == after
    scheduler.load_state_dict(before)
    assert scheduler.state_dict() == before


def test_every_scheduler_is_tested_here():
    made = {type(make(sgd())).__name__ for make, _ in CLOSED_FORMS}
    others = {"LRScheduler", "StepOrderWarning", "SequentialLR", "ChainedScheduler", "ReduceLROnPlateau"}
    assert made | others == set(schedulers.__all__)
