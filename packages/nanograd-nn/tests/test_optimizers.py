"""Optimizers equal PyTorch's, continue from a state dict bit for bit, and refuse what makes no sense."""

import copy
import inspect
import json
import math
import pickle

import pytest
from nanograd.engine import (
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    is_grad_enabled,
    no_grad,
)
from nanograd.nn import MLP, MissingMethodError, Parameter
from nanograd.nn.optim import (
    ASGD,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)

# Both parameters after 50 steps on the first two terms of Beale's function, from (1, -0.5).
# Computed by torch.optim of PyTorch 2.13.0 in float64.
PYTORCH = [
    (SGD, {"lr": 0.01}, [1.7209549501546968, 0.038892004547669154]),
    (SGD, {"lr": 0.01, "momentum": 0.9}, [3.125376289765519, 0.5264116686935769]),
    (SGD, {"lr": 0.01, "momentum": 0.9, "dampening": 0.5}, [2.636163966447492, 0.417968060740403]),
    (SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True}, [2.996437688795931, 0.4992573641741873]),
    (SGD, {"lr": 0.01, "weight_decay": 0.1}, [1.68496446319857, 0.028277159923097126]),
    (
        SGD,
        {"lr": 0.01, "momentum": 0.5, "weight_decay": 0.1, "nesterov": True},
        [1.9209323040867183, 0.14388570694379854],
    ),
    (SGD, {"lr": 0.0001, "momentum": 0.5, "maximize": True}, [0.978010014448817, -0.530321891796472]),
    (Adam, {}, [1.0498323703517616, -0.45058139349700715]),
    (Adam, {"lr": 0.1}, [2.9894453048141045, 0.5031577308315609]),
    (Adam, {"lr": 0.1, "betas": (0.5, 0.9)}, [2.7217578236453543, 0.4389181789080545]),
    (Adam, {"lr": 0.1, "eps": 0.1}, [2.925557340322613, 0.47756625474127506]),
    (Adam, {"lr": 0.1, "weight_decay": 0.1}, [2.2682327573119156, 0.29087753580569414]),
    (Adam, {"lr": 0.1, "amsgrad": True}, [2.9881854014839293, 0.5028477176148385]),
    (
        Adam,
        {"lr": 0.1, "betas": (0.5, 0.5), "amsgrad": True, "weight_decay": 0.01},
        [2.3222879832666097, 0.30947468767205777],
    ),
    (Adam, {"lr": 0.01, "maximize": True}, [0.5078542243693946, -1.0248918793968365]),
    (
        Adam,
        {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
        [2.3108350887991724, 0.31404716419481504],
    ),
    (AdamW, {}, [1.0493305024465533, -0.45035332842678394]),
    (AdamW, {"lr": 0.1, "weight_decay": 0.2, "amsgrad": True}, [2.023975622346225, 0.19655450534981248]),
    (RMSprop, {}, [1.9450441824625262, 0.15292290393518868]),
    (
        RMSprop,
        {"lr": 0.02, "alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.01},
        [2.5162112083833197, 0.37597049900222235],
    ),
    (Adagrad, {"lr": 0.1}, [1.9129462239378305, 0.1375826600791532]),
    (
        Adagrad,
        {"lr": 0.2, "lr_decay": 0.05, "initial_accumulator_value": 0.5},
        [2.0371761039589327, 0.19444925506768018],
    ),
    (Adadelta, {}, [1.177569811990921, -0.33658802665121196]),
    (Adadelta, {"lr": 0.5, "rho": 0.8, "eps": 0.001}, [2.2723789012260305, 0.2929411189661787]),
    (NAdam, {"lr": 0.05}, [2.2710268944045726, 0.290872336291663]),
    (
        NAdam,
        {"lr": 0.05, "momentum_decay": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
        [2.0649829159695403, 0.2115481476991763],
    ),
    (RAdam, {"lr": 0.05}, [1.726827150377257, 0.05931339369414516]),
    (RAdam, {"lr": 0.05, "betas": (0.5, 0.6), "weight_decay": 0.1}, [2.137634244772038, 0.2405489634574259]),
    (Adamax, {"lr": 0.05}, [2.1892694922209195, 0.2572015465574494]),
    (Adamax, {"lr": 0.05, "eps": 0.01, "maximize": True}, [-0.9797824361297504, -1.2436794116149332]),
    (ASGD, {}, [1.7209109964141855, 0.03887734870314383]),
    (ASGD, {"lr": 0.02, "lambd": 0.1, "t0": 10}, [1.906046211139732, 0.1368214506279437]),
    (Rprop, {}, [2.939662329194414, 0.48626192981603994]),
    (
        Rprop,
        {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.001, 0.2)},
        [3.126189816749573, 0.5261076943570611],
    ),
]
BOTH = [(SGD, {"lr": 0.01, "momentum": 0.9}), (Adam, {"lr": 0.1, "amsgrad": True})]
IDS = ["SGD", "Adam"]


def beale(x, y):
    return (1.5 - x + x * y) * (1.5 - x + x * y) + (2.25 - x + x * y * y) * (2.25 - x + x * y * y)


def started():
    return [Parameter(1.0), Parameter(-0.5)]


def trained(parameters, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        beale(*parameters).backward()
        optimizer.step()
    return [parameter.data for parameter in parameters]


@pytest.mark.parametrize(("kind", "options", "expected"), PYTORCH, ids=range(len(PYTORCH)))
def test_fifty_steps_equal_pytorch(kind, options, expected):
    parameters = started()
    assert trained(parameters, kind(parameters, **options), 50) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("kind", "options", "expected"), PYTORCH, ids=range(len(PYTORCH)))
def test_a_run_continued_from_a_state_dict_is_the_same_run(kind, options, expected):
    parameters = started()
    whole = trained(parameters, kind(parameters, **options), 50)

    parameters = started()
    optimizer = kind(parameters, **options)
    trained(parameters, optimizer, 20)
    saved = json.dumps([[parameter.data for parameter in parameters], optimizer.state_dict()])
    data, state = json.loads(saved)
    parameters = [Parameter(number) for number in data]
    optimizer = kind(parameters)
    optimizer.load_state_dict(state)
    assert trained(parameters, optimizer, 30) == whole


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))], ids=["copy", "pickle"]
)
def test_a_copy_of_parameters_and_optimizer_goes_on_alone(copied):
    parameters = started()
    both = (parameters, Adam(parameters, lr=0.1))
    trained(*both, 10)
    other = copied(both)
    after = trained(*both, 10)
    assert trained(*other, 10) == after


def test_the_state_dict_has_pytorch_s_layout():
    parameters = started()
    sgd, adam = SGD(parameters, lr=0.01, momentum=0.9), Adam(parameters, amsgrad=True)
    trained(parameters, sgd, 1)
    trained(parameters, adam, 2)
    assert list(sgd.state_dict()) == ["state", "param_groups"]
    assert [list(state) for state in sgd.state_dict()["state"].values()] == [["momentum_buffer"]] * 2
    assert list(adam.state_dict()["state"]) == [0, 1]
    assert list(adam.state_dict()["state"][0]) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    assert adam.state_dict()["state"][0]["step"] == 2
    assert adam.state_dict()["param_groups"] == [
        {
            "params": [0, 1],
            "lr": 0.001,
            "betas": (0.9, 0.999),
            "eps": 1e-08,
            "weight_decay": 0,
            "amsgrad": True,
            "maximize": False,
            "decoupled_weight_decay": False,
        }
    ]


def test_a_state_dict_does_not_change_with_the_optimizer():
    parameters = started()
    optimizer = Adam(parameters)
    trained(parameters, optimizer, 1)
    state = optimizer.state_dict()
    before = copy.deepcopy(state)
    trained(parameters, optimizer, 1)
    optimizer.param_groups[0]["lr"] = 5.0
    assert state == before


@pytest.mark.parametrize(("kind", "options"), BOTH, ids=IDS)
def test_parameters_without_a_gradient_are_passed_over(kind, options):
    used, unused = started()
    optimizer = kind([used, unused], weight_decay=0.5, **options)
    (used * used).backward()
    optimizer.step()
    assert used.data != 1.0
    assert unused.data == -0.5
    assert list(optimizer.state) == [used]
    optimizer.zero_grad()
    before = used.data
    optimizer.step()
    assert used.data == before


def test_a_gradient_of_zero_is_a_gradient():
    w = Parameter(1.0)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    (w * 2.0).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    assert (w.has_grad, w.grad) == (True, 0.0)
    optimizer.step()  # its momentum carries it on
    assert w.data == pytest.approx(1.0 - 0.2 - 0.18)


def test_zero_grad_without_none_leaves_parameters_without_gradients_alone():
    w = Parameter(1.0)
    SGD([w]).zero_grad(set_to_none=False)
    assert not w.has_grad


def test_groups_have_hyperparameters_of_their_own():
    a, b, c = Parameter(1.0), Parameter(1.0), Parameter(1.0)
    optimizer = SGD([{"params": [a], "lr": 0.5, "name": "first"}, {"params": b}], lr=0.25)
    optimizer.add_param_group({"params": iter([c]), "momentum": 0.9})
    (a + b + c).backward()
    optimizer.step()
    assert [a.data, b.data, c.data] == [0.5, 0.75, 0.75]
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.25, 0.25]
    assert list(optimizer.state) == [c]


def test_hyperparameters_may_change_between_steps():
    w = Parameter(1.0)
    optimizer = SGD([w], lr=0.5)
    w.backward()
    optimizer.param_groups[0]["lr"] = 0.125
    optimizer.step()
    assert w.data == 0.875


def test_a_closure_computes_the_loss_again():
    parameters = started()
    optimizer = SGD(parameters, lr=0.01)

    def closure():
        assert is_grad_enabled()
        optimizer.zero_grad()
        loss = beale(*parameters)
        loss.backward()
        return loss

    with no_grad():
        first = optimizer.step(closure)
    assert first.data == beale(1.0, -0.5)
    assert optimizer.step(closure) < first
    assert optimizer.step() is None


def test_a_generator_of_parameters_is_read_once():
    model = MLP(2, [2, 1])
    optimizer = Adam(parameter for parameter in model.parameters())
    assert list(map(id, optimizer.param_groups[0]["params"])) == list(map(id, model.parameters()))


def test_a_step_with_eps_0_and_no_gradient_follows_ieee():
    w = Parameter(1.0)
    optimizer = Adam([w], eps=0.0)
    w.grad = 0.0
    optimizer.step()
    assert math.isnan(w.data)  # 0 / 0, as in PyTorch


def test_training_lowers_the_loss():
    model = MLP(2, [4, 1], activation="tanh")
    optimizer = Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in range(50):
        optimizer.zero_grad()
        loss = (model([0.5, -1.0]) - 2.0) ** 2
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert losses[-1] < 0.01 * losses[0]


# ---- the rule


def test_an_optimizer_without_a_rule_says_what_to_write():
    w = Parameter(1.0)
    optimizer = Optimizer([w], {})
    w.backward()
    with pytest.raises(
        MissingMethodError, match=r"an Optimizer needs a static method `rule\(m, parameter, gradient"
    ):
        optimizer.step()


def test_nothing_changes_when_a_step_fails():
    parameters = started()
    optimizer = SGD([{"params": [parameters[0]]}, {"params": [parameters[1]]}], lr=0.1, momentum=0.9)
    beale(*parameters).backward()
    optimizer.param_groups[1]["lr"] = "fast"
    with pytest.raises(TypeError):
        optimizer.step()
    assert [parameter.data for parameter in parameters] == [1.0, -0.5]
    assert optimizer.state == {}


# ---- what is refused

w = Parameter(1.0)
NESTEROV = "Nesterov momentum requires a momentum and zero dampening"
NOT_ITERABLE = (
    "params argument given to the optimizer should be an iterable of ScalarValues or dicts, but got Parameter"
)
SET = (
    "optimizer parameters should be organized in ordered collections, "
    "but the ordering of ScalarValues in sets will change between runs. Please use a list instead."
)
UNKNOWN = (
    'a parameter group has "params" and hyperparameters '
    "(lr, momentum, dampening, weight_decay, nesterov, maximize), "
    "and this one has ['params', 'learning_rate']"
)
TEXT = "learning rate takes a real number and got str: 'fast'. Convert it first: float('fast')."
BETA = "betas[0] takes a real number and got str: 'x'. Convert it first: float('x')."
ACCUMULATOR = "Invalid initial_accumulator_value value: -1"
T0 = "t0 takes a real number and got NoneType: None. A function without a return statement gives None."
NO_VALUE = "optimizer can only optimize ScalarValues, but one of the params is "
NO_LEAF = (
    "can't optimize a non-leaf ScalarValue: ScalarValue(data=2.0) was computed. Give the leaves it was "
    "computed from, or parameter.detach().requires_grad_() for a new one."
)
DUPLICATE = "optimizer contains a parameter group with duplicate parameters"
SOME_NAMES = "all optimizer params should be with/without names. Some param names are missing"
TWO_GROUPS = [{"params": [w]}, {"params": [w]}]
EMPTY = (
    "optimizer got an empty parameter list: give it the parameters() of a model that has some, "
    "or a list of ScalarValues"
)
REFUSED = [
    (SGD, [], {}, ArgumentError, EMPTY),
    (SGD, [{"params": []}], {}, ArgumentError, EMPTY),
    (SGD, [{"params": 5}], {}, NumberTypeError, "params of a parameter group are ScalarValues, and got int"),
    (SGD, [("w", w), Parameter(1.0)], {}, ArgumentError, SOME_NAMES),
    (SGD, [("w", 1.0)], {}, NumberTypeError, NO_VALUE + "float"),
    (SGD, [w], {"lr": -1}, ArgumentError, "Invalid learning rate: -1"),
    (SGD, [w], {"lr": math.nan}, ArgumentError, "Invalid learning rate: nan"),
    (SGD, [w], {"momentum": -1}, ArgumentError, "Invalid momentum value: -1"),
    (SGD, [w], {"weight_decay": -1}, ArgumentError, "Invalid weight_decay value: -1"),
    (SGD, [w], {"dampening": "fast"}, NumberTypeError, TEXT.replace("learning rate", "dampening value")),
    (SGD, [w], {"nesterov": True}, ArgumentError, NESTEROV),
    (SGD, [w], {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, ArgumentError, NESTEROV),
    (Adam, [w], {"lr": -0.5}, ArgumentError, "Invalid learning rate: -0.5"),
    (Adam, [w], {"eps": -1}, ArgumentError, "Invalid epsilon value: -1"),
    (Adam, [w], {"betas": (1.0, 0.9)}, ArgumentError, "Invalid beta parameter at index 0: 1.0"),
    (Adam, [w], {"betas": (0.9, -0.1)}, ArgumentError, "Invalid beta parameter at index 1: -0.1"),
    (Adam, [w], {"betas": 0.9}, ArgumentError, "betas are two numbers, (β1, β2), and got 0.9"),
    (Adam, [w], {"weight_decay": -1}, ArgumentError, "Invalid weight_decay value: -1"),
    (Adam, [w], {"betas": ("x", 0.9)}, NumberTypeError, BETA),
    (AdamW, [w], {"lr": -1}, ArgumentError, "Invalid learning rate: -1"),
    (AdamW, [w], {"betas": (0.9, 1.0)}, ArgumentError, "Invalid beta parameter at index 1: 1.0"),
    (NAdam, [w], {"momentum_decay": -1}, ArgumentError, "Invalid momentum_decay value: -1"),
    (NAdam, [w], {"betas": (-0.1, 0.9)}, ArgumentError, "Invalid beta parameter at index 0: -0.1"),
    (RAdam, [w], {"eps": -1}, ArgumentError, "Invalid epsilon value: -1"),
    (RAdam, [w], {"betas": (0.9, 1)}, ArgumentError, "Invalid beta parameter at index 1: 1"),
    (Adamax, [w], {"weight_decay": -1}, ArgumentError, "Invalid weight_decay value: -1"),
    (Adamax, [w], {"betas": (2, 0.9)}, ArgumentError, "Invalid beta parameter at index 0: 2"),
    (RMSprop, [w], {"alpha": -1}, ArgumentError, "Invalid alpha value: -1"),
    (RMSprop, [w], {"momentum": math.nan}, ArgumentError, "Invalid momentum value: nan"),
    (Adagrad, [w], {"lr_decay": -1}, ArgumentError, "Invalid lr_decay value: -1"),
    (Adagrad, [w], {"initial_accumulator_value": -1}, ArgumentError, ACCUMULATOR),
    (Adadelta, [w], {"rho": 1.1}, ArgumentError, "Invalid rho value: 1.1"),
    (Adadelta, [w], {"eps": -1}, ArgumentError, "Invalid epsilon value: -1"),
    (ASGD, [w], {"lr": -1}, ArgumentError, "Invalid learning rate: -1"),
    (ASGD, [w], {"t0": None}, NumberTypeError, T0),
    (Rprop, [w], {"etas": (1.0, 1.2)}, ArgumentError, "Invalid eta values: 1.0, 1.2"),
    (Rprop, [w], {"etas": 0.5}, ArgumentError, "etas are two numbers, (η-, η+), and got 0.5"),
    (
        Rprop,
        [w],
        {"step_sizes": [1]},
        ArgumentError,
        "step_sizes are two numbers, (smallest, largest), and got [1]",
    ),
    (SGD, [w], {"lr": "fast"}, NumberTypeError, TEXT),
    (SGD, w, {}, NumberTypeError, NOT_ITERABLE),
    (SGD, [[w]], {}, NumberTypeError, f"{NO_VALUE}list"),
    (SGD, [w, 1.0], {}, NumberTypeError, f"{NO_VALUE}float"),
    (SGD, [w * 2], {}, ArgumentError, NO_LEAF),
    (SGD, [w, w], {}, ArgumentError, DUPLICATE),
    (SGD, TWO_GROUPS, {}, ArgumentError, "some parameters appear in more than one parameter group"),
    (SGD, {w}, {}, NumberTypeError, SET),
    (SGD, [{"params": {w}}], {}, NumberTypeError, SET),
    (SGD, [{"params": [w], "learning_rate": 0.1}], {}, ArgumentError, UNKNOWN),
    (SGD, [{"params": [w], "lr": -2}], {}, ArgumentError, "Invalid learning rate: -2"),
]


@pytest.mark.parametrize(("kind", "params", "options", "error", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_refused_in_pytorch_s_words(kind, params, options, error, message):
    with pytest.raises(error) as raised:
        kind(params, **options)
    assert str(raised.value) == message
    assert isinstance(raised.value, NanogradError)


def changed(state, **changes):
    return {**state, "param_groups": [{**state["param_groups"][0], **changes}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: {**s, "param_groups": []},
            "different number of parameter groups: 0, and the optimizer has 1",
        ),
        (
            lambda s: {**s, "param_groups": s["param_groups"] * 2},
            "different number of parameter groups: 2, and",
        ),
        (lambda s: changed(s, params=[0]), "group 0 has 1 parameters there and 2 here"),
        (lambda s: changed(s, lr=-1), "Invalid learning rate: -1"),
        (
            lambda s: Adam(started()).state_dict(),
            r"is of another optimizer: group 0 has no \['momentum', 'da",
        ),
        (
            lambda s: {**s, "state": {0: {"momentum_buffer": "x"}}},
            r"state\[0\]\['momentum_buffer'\] takes a real num",
        ),
        (
            lambda s: {**s, "state": {5: {"momentum_buffer": 1.0}}},
            "state of parameter 5, which is in none of its groups",
        ),
        (lambda s: {"state": {}}, "no 'param_groups'"),
        (lambda s: 3, "Expected state_dict to be dict-like, got int"),
        (lambda s: {**s, "param_groups": 5}, 'is a list of dicts with "params", and here it is 5'),
        (lambda s: {**s, "param_groups": [5]}, r"and here it is \[5\]"),
        (lambda s: changed(s, params=5), 'is a list of dicts with "params", and here it is'),
        (lambda s: {**s, "state": 5}, "state of the loaded state dict is a dict of dicts, and here it is 5"),
        (lambda s: {**s, "state": {0: 5}}, r"is a dict of dicts, and here it is \{0: 5\}"),
        (lambda s: changed(s, amsgrad=True), r"is of another optimizer: group 0 has \['amsgrad'\] besides"),
    ],
    ids=range(15),
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(change, message):
    parameters = started()
    optimizer = SGD(parameters, lr=0.01, momentum=0.9)
    trained(parameters, optimizer, 3)
    before = optimizer.state_dict()
    with pytest.raises(NanogradError, match=message):
        optimizer.load_state_dict(change(optimizer.state_dict()))
    assert optimizer.state_dict() == before


def test_parameters_may_come_with_their_names():
    model = MLP(2, [1])
    optimizer = SGD(model.named_parameters(), lr=0.1)
    names = [name for name, _ in model.named_parameters()]
    assert optimizer.param_groups[0]["param_names"] == names
    assert list(map(id, optimizer.param_groups[0]["params"])) == list(map(id, model.parameters()))
    state = json.loads(json.dumps(optimizer.state_dict()))
    assert state["param_groups"][0]["param_names"] == names
    with pytest.raises(NumberTypeError, match="param_group must be a dict, but got list"):
        optimizer.add_param_group(model.parameters())
    unnamed = SGD(model.parameters(), lr=0.5)
    unnamed.load_state_dict(state)
    assert unnamed.param_groups[0]["lr"] == 0.1
    optimizer.load_state_dict(SGD(model.parameters(), lr=0.5).state_dict())
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["param_names"]) == (0.5, names)


def test_adamax_does_not_go_on_from_the_state_of_adam():
    """All hyperparameters of Adamax are Adam's too, but what they remember is not the same."""
    state = Adam(started()).state_dict()
    with pytest.raises(ArgumentError, match=r"group 0 has \['amsgrad', 'decoupled_weight_decay'\] besides"):
        Adamax(started()).load_state_dict(state)


def test_a_loss_is_no_closure():
    parameters = started()
    optimizer = SGD(parameters, lr=0.1)
    with pytest.raises(
        NumberTypeError, match=r"and got ScalarValue\. Of a loss call backward\(\), and then step"
    ):
        optimizer.step(parameters[0] * 2)


def test_repr_lists_the_groups_as_in_pytorch():
    assert repr(SGD([w])) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.001\n    maximize: False\n    momentum: 0\n"
        "    nesterov: False\n    weight_decay: 0\n)"
    )


ADAM = {"betas": (0.9, 0.999), "eps": 1e-08, "weight_decay": 0}
DECOUPLED = {"decoupled_weight_decay": False, "maximize": False}
DEFAULTS = {
    SGD: {
        "lr": 0.001,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
        "maximize": False,
    },
    Adam: {"lr": 0.001, **ADAM, "amsgrad": False, "maximize": False, "decoupled_weight_decay": False},
    AdamW: {"lr": 0.001, **ADAM, "weight_decay": 0.01, "amsgrad": False, "maximize": False},
    NAdam: {"lr": 0.002, **ADAM, "momentum_decay": 0.004, **DECOUPLED},
    RAdam: {"lr": 0.001, **ADAM, **DECOUPLED},
    Adamax: {"lr": 0.002, **ADAM, "maximize": False},
    RMSprop: {
        "lr": 0.01,
        "alpha": 0.99,
        "eps": 1e-08,
        "weight_decay": 0,
        "momentum": 0,
        "centered": False,
        "maximize": False,
    },
    Adagrad: {
        "lr": 0.01,
        "lr_decay": 0,
        "weight_decay": 0,
        "initial_accumulator_value": 0,
        "eps": 1e-10,
        "maximize": False,
    },
    Adadelta: {"lr": 1.0, "rho": 0.9, "eps": 1e-06, "weight_decay": 0, "maximize": False},
    ASGD: {"lr": 0.01, "lambd": 0.0001, "alpha": 0.75, "t0": 1e6, "weight_decay": 0, "maximize": False},
    Rprop: {"lr": 0.01, "etas": (0.5, 1.2), "step_sizes": (1e-06, 50), "maximize": False},
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_arguments_have_pytorch_s_order_and_defaults(kind):
    given = list(inspect.signature(kind).parameters.values())[1:]
    assert [(parameter.name, parameter.default) for parameter in given] == list(DEFAULTS[kind].items())
    fixed = {"decoupled_weight_decay": True} if kind is AdamW else {}
    assert kind([ScalarValue(1.0)]).defaults == {**DEFAULTS[kind], **fixed}


def test_adamw_stays_adamw_after_loading_the_state_of_adam():
    parameters = started()
    adam = Adam(parameters, weight_decay=0.1)
    trained(parameters, adam, 2)
    adamw = AdamW(started())
    adamw.load_state_dict(adam.state_dict())
    assert adamw.param_groups[0]["decoupled_weight_decay"] is True
    assert adamw.param_groups[0]["weight_decay"] == 0.1


def test_asgd_keeps_the_mean_of_the_parameters():
    parameter = Parameter(1.0)
    optimizer, seen = ASGD([parameter], lr=0.1, lambd=0.0, alpha=0.0, t0=0), []
    for _ in range(5):
        optimizer.zero_grad()
        (parameter * parameter).backward()
        optimizer.step()
        seen.append(parameter.data)
    assert optimizer.state[parameter]["ax"] == pytest.approx(sum(seen[1:]) / 4, rel=1e-12)


def test_an_optimizer_knows_whether_it_has_stepped():
    optimizer = SGD(started())
    assert optimizer.has_stepped is False
    optimizer.step()
    assert optimizer.has_stepped is True


def test_groups_may_hold_what_schedulers_left():
    optimizer = SGD([{"params": started(), "initial_lr": 0.5, "max_lr": 1.0, "min_lr": 0.1}], lr=0.25)
    assert optimizer.param_groups[0]["initial_lr"] == 0.5
    assert "    initial_lr: 0.5\n    lr: 0.25\n" in repr(optimizer)
    other = SGD(started())
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["initial_lr"] == 0.5


def test_states_may_be_lists_and_are_copied():
    class Remembering(Optimizer):
        @staticmethod
        def rule(m, parameter, gradient, state, *, lr):
            return parameter - lr * gradient, {"gradients": [*state.get("gradients", []), gradient]}

    parameter = Parameter(1.0)
    optimizer = Remembering([parameter], {"lr": 0.5})

    def train_once():
        optimizer.zero_grad()
        (parameter * 3).backward()
        optimizer.step()

    train_once()
    saved = optimizer.state_dict()
    train_once()
    assert (saved["state"][0], optimizer.state[parameter]) == ({"gradients": [3]}, {"gradients": [3, 3]})
    optimizer.load_state_dict(json.loads(json.dumps(saved)))
    assert optimizer.state[parameter] == {"gradients": [3]}
    with pytest.raises(
        NumberTypeError, match=r"state\[0\]\['gradients'\]\[0\] takes a real number and got str"
    ):
        optimizer.load_state_dict({**saved, "state": {0: {"gradients": ["x"]}}})
