"""Activations as modules, and modules in a row."""

import math

import pytest
from nanograd.engine import NumberTypeError, ScalarValue
from nanograd.nn import Identity, Linear, ReLU, Sequential, Sigmoid, Tanh

FUNCTIONS = {
    Identity: lambda x: x,
    ReLU: lambda x: max(x, 0.0),
    Sigmoid: lambda x: 1.0 / (1.0 + math.exp(-x)),
    Tanh: math.tanh,
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_an_activation_applies_its_function_to_every_value(kind):
    function = FUNCTIONS[kind]
    assert kind()(ScalarValue(-0.5)).data == pytest.approx(function(-0.5), rel=1e-15)
    nested = kind()([[ScalarValue(1.0), 2.0], [-3.0, ScalarValue(0.0)]])
    assert [[float(x) for x in row] for row in nested] == [
        pytest.approx([function(1.0), function(2.0)]),
        pytest.approx([function(-3.0), function(0.0)]),
    ]
    assert repr(kind()) == f"{kind.__name__}()"
    assert kind().parameters() == []


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


def test_an_empty_row_returns_its_input():
    assert Sequential()([1.0]) == [1.0]


@pytest.mark.parametrize("wrong", [3, "ReLU", ReLU, None], ids=str)
def test_what_is_not_a_module_is_refused(wrong):
    with pytest.raises(NumberTypeError, match=r"\w+ is not a Module subclass: argument 1 of Sequential is "):
        Sequential(ReLU(), wrong)
