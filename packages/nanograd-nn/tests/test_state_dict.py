"""State dicts: numbers by name, loaded all or not at all."""

import math

import pytest
from nanograd.engine import NumberTypeError, ScalarValue
from nanograd.nn import MLP, Linear, Module, Neuron, StateDictError


def test_a_state_dict_is_plain_names_and_numbers():
    neuron = Neuron(2)
    state = neuron.state_dict()
    assert state == {"w.0": neuron.w[0].data, "w.1": neuron.w[1].data, "b": neuron.b.data}
    assert {type(number) for number in state.values()} == {float}


def test_a_loaded_model_computes_the_same():
    first, second = MLP(3, [4, 2], activation="tanh"), MLP(3, [4, 2], activation="tanh")
    assert second.load_state_dict(first.state_dict()) == ([], [])
    assert [value.data for value in second([1.0, 2.0, 3.0])] == [
        value.data for value in first([1.0, 2.0, 3.0])
    ]


def test_a_state_dict_does_not_change_with_the_model():
    neuron = Neuron(1)
    state = neuron.state_dict()
    neuron.b.data = 7.0
    assert state["b"] != 7.0


def test_missing_and_unexpected_names_are_listed_and_nothing_is_loaded():
    linear = Linear(2, 1)
    before = linear.state_dict()
    with pytest.raises(StateDictError) as error:
        linear.load_state_dict({"weight.0.0": 1.0, "weight.0.1": 2.0, "bios.0": 3.0})
    assert str(error.value) == (
        "Error(s) in loading state_dict for Linear:"
        '\n\tMissing key(s) in state_dict: "bias.0".'
        '\n\tUnexpected key(s) in state_dict: "bios.0".'
        "\n\tThe module has 3 numbers and the dict 3: it must come from a module of the same sizes. "
        "strict=False loads the names that both have."
    )
    assert isinstance(error.value, RuntimeError)
    assert linear.state_dict() == before


def test_a_long_list_of_names_is_cut():
    with pytest.raises(StateDictError, match=r'"layers\.0\.neurons\.0\.w\.9" and 39 more\.'):
        MLP(10, [4, 1]).load_state_dict({})
    with pytest.raises(StateDictError) as error:
        MLP(10, [4, 1]).load_state_dict({})
    assert "Unexpected" not in str(error.value)


@pytest.mark.parametrize("strict", [True, False])
def test_other_sizes_are_refused_with_both_and_nothing_is_loaded(strict):
    linear = Linear(3, 2)
    before = linear.state_dict()
    with pytest.raises(StateDictError) as error:
        linear.load_state_dict(Linear(2, 2).state_dict(), strict)
    assert (
        "size mismatch for weight: copying a param with shape (2, 2) from the state dict, "
        "the shape in current model is (2, 3)."
    ) in str(error.value)
    assert "bias" not in str(error.value)
    assert linear.state_dict() == before
    with pytest.raises(
        StateDictError, match=r"shape \(1,\) from the state dict, the shape in current model is \(\)"
    ):
        Neuron(1).load_state_dict({"w.0": 1.0, "b.0": 1.0}, strict)


def test_a_part_of_a_vector_that_lacks_is_a_missing_key_and_no_size_mismatch():
    linear, state = Linear(2, 2), Linear(2, 2).state_dict()
    del state["weight.0.0"]
    with pytest.raises(StateDictError, match=r'Missing key\(s\) in state_dict: "weight\.0\.0"') as error:
        linear.load_state_dict(state)
    assert "size mismatch" not in str(error.value)
    assert linear.load_state_dict(state, strict=False) == (["weight.0.0"], [])
    assert linear.weight[1][1].data == state["weight.1.1"]


def test_what_both_have_is_loaded_when_not_strict():
    neuron = Neuron(1)
    keys = neuron.load_state_dict({"b": 2.0, "c": 3.0}, strict=False)
    assert keys.missing_keys == ["w.0"]
    assert keys.unexpected_keys == ["c"]
    assert neuron.b.data == 2.0


@pytest.mark.parametrize("number", ["2.0", None, [1.0], ScalarValue(1.0), True])
@pytest.mark.parametrize("strict", [True, False])
def test_what_is_not_a_number_is_refused_before_anything_changes(number, strict):
    neuron = Neuron(1)
    before = neuron.state_dict()
    with pytest.raises(NumberTypeError, match=r"load_state_dict: 'b' takes a real number and got"):
        neuron.load_state_dict({"w.0": 1.0, "b": number}, strict=strict)
    assert neuron.state_dict() == before


@pytest.mark.parametrize("state", [None, [("b", 1.0)], 3])
def test_what_is_not_a_dict_is_refused(state):
    with pytest.raises(NumberTypeError, match=r"Expected state_dict to be dict-like, got \w+\."):
        Neuron(1).load_state_dict(state)


def test_numbers_that_are_not_finite_load():
    neuron = Neuron(1)
    neuron.load_state_dict({"w.0": math.inf, "b": -math.inf})
    assert (neuron.w[0].data, neuron.b.data) == (math.inf, -math.inf)


def test_a_module_without_parameters_has_an_empty_state():
    assert Module().state_dict() == {}
    assert Module().load_state_dict({}) == ([], [])
