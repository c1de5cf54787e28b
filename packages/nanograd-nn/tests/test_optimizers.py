"""Optimizers equal PyTorch's, continue from a state dict bit for bit, and refuse what makes no sense."""

import copy
import inspect
import json
import math
import pickle

import pytest
from nanograd.engine import (
    FLOATS,
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    is_grad_enabled,
    no_grad,
)
from nanograd.nn import MLP, MissingMethodError, Parameter
from nanograd.nn.optim import SGD, Adam, Optimizer

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
    assert optimizer.param_groups[0]["params"] == model.parameters()


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


def test_a_rule_runs_on_whole_vectors():
    numpy = pytest.importorskip("numpy")

    class NUMPY:
        divide, sqrt, where, sign = numpy.divide, numpy.sqrt, numpy.where, numpy.sign

    parameters, gradients = numpy.array([1.0, -2.0, 3.0]), numpy.array([0.1, 0.0, -5.0])
    for kind, options in BOTH:
        hyperparameters = kind([Parameter(0.0)], **options).defaults
        vector, vector_state = parameters, {}
        scalars, scalar_states = list(parameters), [{}, {}, {}]
        for _ in range(3):
            vector, vector_state = kind.rule(NUMPY, vector, gradients, vector_state, **hyperparameters)
            results = [
                kind.rule(FLOATS, float(p), float(g), state, **hyperparameters)
                for p, g, state in zip(scalars, gradients, scalar_states, strict=True)
            ]
            scalars, scalar_states = map(list, zip(*results, strict=True))
        assert vector.tolist() == pytest.approx(scalars, rel=1e-15)


def test_a_rule_leaves_its_arguments_alone():
    for kind, options in BOTH:
        hyperparameters = kind([Parameter(0.0)], **options).defaults
        _, state = kind.rule(FLOATS, 1.0, 0.5, {}, **hyperparameters)
        before = dict(state)
        assert kind.rule(FLOATS, 1.0, 0.5, state, **hyperparameters) == kind.rule(
            FLOATS, 1.0, 0.5, state, **hyperparameters
        )
        assert state == before


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
NO_VALUE = "optimizer can only optimize ScalarValues, but one of the params is "
NO_LEAF = "can't optimize a non-leaf ScalarValue: ScalarValue(data=2.0) was computed"
DUPLICATE = "optimizer contains a parameter group with duplicate parameters"
TWO_GROUPS = [{"params": [w]}, {"params": [w]}]
REFUSED = [
    (SGD, [], {}, ArgumentError, "optimizer got an empty parameter list"),
    (SGD, [{"params": []}], {}, ArgumentError, "optimizer got an empty parameter list"),
    (SGD, [w], {"lr": -1}, ArgumentError, "Invalid learning rate: -1"),
    (SGD, [w], {"lr": math.nan}, ArgumentError, "Invalid learning rate: nan"),
    (SGD, [w], {"momentum": -1}, ArgumentError, "Invalid momentum value: -1"),
    (SGD, [w], {"weight_decay": -1}, ArgumentError, "Invalid weight_decay value: -1"),
    (SGD, [w], {"nesterov": True}, ArgumentError, NESTEROV),
    (SGD, [w], {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, ArgumentError, NESTEROV),
    (Adam, [w], {"lr": -0.5}, ArgumentError, "Invalid learning rate: -0.5"),
    (Adam, [w], {"eps": -1}, ArgumentError, "Invalid epsilon value: -1"),
    (Adam, [w], {"betas": (1.0, 0.9)}, ArgumentError, "Invalid beta parameter at index 0: 1.0"),
    (Adam, [w], {"betas": (0.9, -0.1)}, ArgumentError, "Invalid beta parameter at index 1: -0.1"),
    (Adam, [w], {"betas": 0.9}, ArgumentError, "betas are two numbers, (β1, β2), and got 0.9"),
    (Adam, [w], {"weight_decay": -1}, ArgumentError, "Invalid weight_decay value: -1"),
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
    ],
    ids=range(9),
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(change, message):
    parameters = started()
    optimizer = SGD(parameters, lr=0.01, momentum=0.9)
    trained(parameters, optimizer, 3)
    before = optimizer.state_dict()
    with pytest.raises(NanogradError, match=message):
        optimizer.load_state_dict(change(optimizer.state_dict()))
    assert optimizer.state_dict() == before


def test_repr_lists_the_groups_as_in_pytorch():
    assert repr(SGD([w])) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.001\n    maximize: False\n    momentum: 0\n"
        "    nesterov: False\n    weight_decay: 0\n)"
    )


def test_arguments_have_pytorch_s_order_and_defaults():
    sgd = {
        "lr": 0.001,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
        "maximize": False,
    }
    adam = {
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-08,
        "weight_decay": 0,
        "amsgrad": False,
        "maximize": False,
    }
    for kind, defaults in ((SGD, sgd), (Adam, adam)):
        given = list(inspect.signature(kind).parameters.values())[1:]
        assert {parameter.name: parameter.default for parameter in given} == defaults
        assert kind([ScalarValue(1.0)]).defaults == defaults
