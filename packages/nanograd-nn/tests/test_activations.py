"""Activations: what they compute, their corners, as modules and by name; and modules in a row."""

import copy
import inspect
import math
import pickle

import pytest
from nanograd import nn
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn import Identity, Linear, Neuron, ReLU, Sequential, Tanh, functional
from nanograd.nn._activation_names import ACTIVATIONS


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


def normal(x):
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


# The formulas of PyTorch's documentation.
FORMULAS = [
    ("Identity", {}, lambda x: x),
    ("ReLU", {}, lambda x: max(x, 0.0)),
    ("LeakyReLU", {}, lambda x: max(x, 0.0) + 0.01 * min(x, 0.0)),
    ("LeakyReLU", {"negative_slope": 0.2}, lambda x: max(x, 0.0) + 0.2 * min(x, 0.0)),
    ("ELU", {}, lambda x: x if x > 0 else math.exp(x) - 1),
    ("ELU", {"alpha": 0.5}, lambda x: x if x > 0 else 0.5 * (math.exp(x) - 1)),
    ("SELU", {}, lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1))),
    ("CELU", {"alpha": 2.0}, lambda x: x if x > 0 else 2.0 * (math.exp(x / 2.0) - 1)),
    ("GELU", {}, lambda x: x * normal(x)),
    (
        "GELU",
        {"approximate": "tanh"},
        lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    ("SiLU", {}, lambda x: x * sigmoid(x)),
    ("Mish", {}, lambda x: x * math.tanh(softplus(x))),
    ("Sigmoid", {}, sigmoid),
    ("Tanh", {}, math.tanh),
    ("Softplus", {}, softplus),
    ("Softplus", {"beta": 2.0, "threshold": 5.0}, lambda x: x if 2 * x > 5 else softplus(2 * x) / 2),
    ("Softsign", {}, lambda x: x / (1 + abs(x))),
    ("LogSigmoid", {}, lambda x: math.log(sigmoid(x))),
    ("Tanhshrink", {}, lambda x: x - math.tanh(x)),
    ("Hardtanh", {}, lambda x: min(max(x, -1.0), 1.0)),
    ("Hardtanh", {"min_val": -0.5, "max_val": 2.0}, lambda x: min(max(x, -0.5), 2.0)),
    ("ReLU6", {}, lambda x: min(max(x, 0.0), 6.0)),
    ("Hardsigmoid", {}, lambda x: min(max(x + 3.0, 0.0), 6.0) / 6.0),
    ("Hardswish", {}, lambda x: x * min(max(x + 3.0, 0.0), 6.0) / 6.0),
    ("Threshold", {"threshold": 0.5, "value": -7.0}, lambda x: x if x > 0.5 else -7.0),
    ("Softshrink", {}, lambda x: math.copysign(max(abs(x) - 0.5, 0.0), x)),
    ("Hardshrink", {"lambd": 1.0}, lambda x: x if abs(x) > 1.0 else 0.0),
]


def named(given):
    return "" if callable(given) else str(given)


POINTS = [-7.3, -3.5, -2.25, -1.1, -0.6, -0.4, 0.2, 0.7, 1.3, 2.6, 3.5, 6.5]
FUNCTIONS = {"Identity": None, "LogSigmoid": "logsigmoid", "LeakyReLU": "leaky_relu"}


@pytest.mark.parametrize(("name", "options", "formula"), FORMULAS, ids=named)
def test_an_activation_computes_its_formula_and_its_slope(name, options, formula):
    module = getattr(nn, name)(**options)
    assert module.parameters() == []
    for x in POINTS:
        value = ScalarValue(x)
        output = module(value)
        output.backward()
        assert output.data == pytest.approx(formula(x), rel=1e-12, abs=1e-15)
        step = 1e-6
        slope = (formula(x + step) - formula(x - step)) / (2 * step)
        assert value.grad == pytest.approx(slope, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize(("name", "options", "formula"), FORMULAS, ids=named)
def test_an_activation_takes_nested_lists_and_plain_numbers(name, options, formula):
    module = getattr(nn, name)(**options)
    nested = module([[ScalarValue(1.25), 2.75], [-3.25, ScalarValue(0.25)]])
    assert [[float(getattr(x, "data", x)) for x in row] for row in nested] == [
        pytest.approx([formula(1.25), formula(2.75)], rel=1e-12),
        pytest.approx([formula(-3.25), formula(0.25)], rel=1e-12, abs=1e-15),
    ]
    assert isinstance(module(2.0), float)
    assert module([]) == []
    function = FUNCTIONS.get(name, name.lower())
    if function:
        assert getattr(functional, function)([1.25, -3.25], **options) == module([1.25, -3.25])


# (activation, point, value, slope) at the corners and far out, from PyTorch 2.13.0.
INF, NAN = math.inf, math.nan
CORNERS = [
    ("relu", 0.0, 0.0, 0.0),
    ("relu", NAN, NAN, 1.0),
    ("leaky_relu", 0.0, 0.0, 0.01),
    ("elu", 0.0, 0.0, 1.0),
    ("elu", -INF, -1.0, 0.0),
    ("selu", 0.0, 0.0, 1.7580993408473766),
    ("celu", 0.0, 0.0, 1.0),
    ("softplus", 20.0, 20.000000002061153, 0.9999999979388464),
    ("softplus", 20.1, 20.1, 1.0),
    ("softplus", 800.0, 800.0, 1.0),
    ("softplus", -800.0, 0.0, 0.0),
    ("logsigmoid", -800.0, -800.0, 1.0),
    ("mish", 800.0, 800.0, 1.0),
    ("mish", -800.0, 0.0, 0.0),
    ("silu", -800.0, 0.0, 0.0),
    ("gelu", -40.0, 0.0, 0.0),
    ("softsign", 0.0, 0.0, 1.0),
    ("softsign", INF, NAN, NAN),
    ("tanhshrink", 0.0, 0.0, 0.0),
    ("hardtanh", -1.0, -1.0, 0.0),
    ("hardtanh", 1.0, 1.0, 0.0),
    ("hardtanh", INF, 1.0, 0.0),
    ("hardtanh", NAN, NAN, 1.0),
    ("relu6", 0.0, 0.0, 0.0),
    ("relu6", 6.0, 6.0, 0.0),
    ("hardsigmoid", -3.0, 0.0, 0.0),
    ("hardsigmoid", 3.0, 1.0, 0.0),
    ("hardswish", -3.0, 0.0, 0.0),
    ("hardswish", 3.0, 3.0, 1.0),
    ("hardswish", INF, INF, 1.0),
    ("hardswish", 1e200, 1e200, 1.0),
    ("softshrink", 0.5, 0.0, 0.0),
    ("softshrink", -0.5, 0.0, 0.0),
    ("softshrink", INF, INF, 1.0),
    ("hardshrink", 0.5, 0.0, 0.0),
    ("hardshrink", -0.5, 0.0, 0.0),
    ("hardshrink", NAN, NAN, 1.0),
]


@pytest.mark.parametrize(("name", "x", "expected", "slope"), CORNERS, ids=str)
def test_corners_equal_pytorch(name, x, expected, slope):
    value = ScalarValue(x)
    output = getattr(functional, name)(value)
    output.backward()
    assert value.grad == pytest.approx(slope, rel=1e-15, abs=1e-300, nan_ok=True)


def test_threshold_is_flat_at_its_corner():
    value = ScalarValue(1.0)
    output = functional.threshold(value, 1.0, -7.0)
    output.backward()
    assert (output.data, value.grad) == (-7.0, 0.0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_name_is_an_activation_of_a_neuron_and_a_function(name):
    neuron = Neuron(1, activation=name)
    neuron.load_state_dict({"w.0": 1.5, "b": 0.25})
    assert repr(neuron) == f"Neuron(nin=1, activation={name!r})"
    for x in (-2.0, 0.5, 3.0):
        expected = 1.5 * x + 0.25
        if name != "identity":
            expected = getattr(functional, name)(expected)
        assert neuron([x]).data == expected
    assert copy.deepcopy(neuron)([2.0]).data == neuron([2.0]).data
    assert pickle.loads(pickle.dumps(neuron))([2.0]).data == neuron([2.0]).data


REPRS = [
    ("LeakyReLU", (), "LeakyReLU(negative_slope=0.01)"),
    ("ELU", (), "ELU(alpha=1.0)"),
    ("CELU", (2.0,), "CELU(alpha=2.0)"),
    ("GELU", (), "GELU(approximate='none')"),
    ("Softplus", (), "Softplus(beta=1.0, threshold=20.0)"),
    ("Hardtanh", (), "Hardtanh(min_val=-1.0, max_val=1.0)"),
    ("Threshold", (1, 2), "Threshold(threshold=1, value=2)"),
    ("Softshrink", (), "Softshrink(0.5)"),
    ("Hardshrink", (), "Hardshrink(0.5)"),
    ("PReLU", (3,), "PReLU(num_parameters=3)"),
    ("Softmax", (1,), "Softmax(dim=1)"),
    ("LogSoftmax", (), "LogSoftmax(dim=None)"),
    ("GLU", (), "GLU(dim=-1)"),
    ("Mish", (), "Mish()"),
]


@pytest.mark.parametrize(("name", "arguments", "text"), REPRS, ids=lambda given: str(given))
def test_an_activation_is_printed_as_in_pytorch(name, arguments, text):
    module = getattr(nn, name)(*arguments)
    assert repr(module) == text
    assert repr(copy.deepcopy(module)) == text


def test_options_have_pytorch_s_names_and_defaults():
    assert str(inspect.signature(nn.Softplus)) == "(beta: 'float' = 1.0, threshold: 'float' = 20.0) -> 'None'"
    assert list(inspect.signature(nn.Hardtanh).parameters) == ["min_val", "max_val"]
    assert list(inspect.signature(nn.Threshold).parameters) == ["threshold", "value"]
    assert inspect.signature(nn.GELU).parameters["approximate"].default == "none"
    with pytest.raises(TypeError, match="unexpected keyword argument 'slope'"):
        ReLU(slope=1)


def test_an_option_may_be_changed_later():
    module = nn.ELU()
    module.alpha = 2.0
    assert module(-1000.0) == -2.0
    assert repr(module) == "ELU(alpha=2.0)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.GELU("exact"), "approximate argument must be either none or tanh, and is 'exact'"),
        (lambda: nn.CELU(0.0), "alpha cannot be 0 for CELU"),
        (lambda: nn.Hardtanh(2.0, 1.0), r"min_val cannot be greater than max_val: 2\.0 > 1\.0"),
        (lambda: nn.Softshrink(-1.0), r"lambda must be greater or equal to 0, but found to be -1\.0"),
        (lambda: nn.Softshrink(math.nan), r"but found to be nan"),
    ],
    ids=range(5),
)
def test_options_that_make_no_sense_are_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_activations_are_scopes():
    assert Sequential(Linear(1, 1), Tanh())([1.0])[0].scope.path == "1"
    assert Tanh()(ScalarValue(1.0)).scope.kind == "Tanh"


def test_modules_run_in_a_row():
    model = Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    assert list(model.state_dict())[:2] == ["0.weight.0.0", "0.weight.0.1"]
    assert [parameter.label for parameter in model[2].parameters()][-1] == "bias.0"
    by_hand = model[2](model[1](model[0]([1.0, 2.0])))
    assert [value.data for value in model([1.0, 2.0])] == [value.data for value in by_hand]
    assert (len(model), list(model)) == (3, [model[0], model[1], model[2]])
    assert model[-1] is model[2]


def test_a_module_may_run_twice():
    relu = ReLU()
    model = Sequential(relu, relu, relu)
    assert len(model) == 3
    assert model.children() == [relu]
    assert model([-1.0, 2.0]) == [0.0, 2.0]


def test_an_identity_takes_any_arguments_as_in_pytorch():
    assert repr(Identity(54, unused=0.1)) == "Identity()"
    assert Identity(54, unused=0.1)([1.0]) == [1.0]


def test_an_empty_row_returns_its_input():
    assert Sequential()([1.0]) == [1.0]


@pytest.mark.parametrize("wrong", [3, "ReLU", None], ids=str)
def test_what_is_not_a_module_is_refused(wrong):
    with pytest.raises(NumberTypeError, match=r"\w+ is not a Module subclass: argument 1 of Sequential is "):
        Sequential(ReLU(), wrong)


def test_a_class_in_place_of_a_module_is_refused_with_advice():
    with pytest.raises(
        NumberTypeError, match=r"^ReLU is a class .*: argument 0 of Sequential\. Write ReLU\(\)"
    ):
        Sequential(ReLU)
