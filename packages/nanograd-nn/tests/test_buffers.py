"""Buffers, and parts that are given and asked for by name."""

import copy
import pickle

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn import (
    MLP,
    BatchNorm1d,
    Linear,
    MissingPartError,
    Module,
    Parameter,
    ReLU,
    Sequential,
    StateDictError,
)


class Part(Module):
    def __init__(self):
        self.register_buffer("mean", [[1.0, 2.0], [3.0, 4.0]])
        self.weight = [Parameter(5.0)]
        self.register_buffer("steps", 0)
        self.register_buffer("cache", [7.0], persistent=False)


STATE = {"weight.0": 5.0, "mean.0.0": 1.0, "mean.0.1": 2.0, "mean.1.0": 3.0, "mean.1.1": 4.0, "steps": 0}


def test_persistent_buffers_are_in_the_state_after_the_parameters():
    assert list(Part().state_dict().items()) == list(STATE.items())
    whole = Sequential(Part(), Linear(1, 1, bias=False))
    assert list(whole.state_dict())[-2:] == ["0.steps", "1.weight.0.0"]


def test_buffers_are_listed_with_and_without_their_names():
    whole = Sequential(Part())
    assert whole.named_buffers() == [("0.mean", [[1.0, 2.0], [3.0, 4.0]]), ("0.steps", 0), ("0.cache", [7.0])]
    assert whole.named_buffers("net")[1] == ("net.0.steps", 0)
    assert whole.buffers(recurse=False) == []
    assert Part().buffers() == [[[1.0, 2.0], [3.0, 4.0]], 0, [7.0]]


def test_buffers_of_a_shared_module_are_listed_once_or_twice():
    part = Part()
    whole = Sequential(part, part)
    assert len(whole.named_buffers()) == 3
    assert len(whole.named_buffers(remove_duplicate=False)) == 6


def test_buffers_are_no_parameters():
    assert len(Part().parameters()) == 1


def test_a_buffer_may_be_assigned_anew():
    part = Part()
    part.steps += 3
    part.mean = [8.0]
    assert part.state_dict() == {"weight.0": 5.0, "mean.0": 8.0, "steps": 3}
    part.mean = None
    del part.steps
    assert part.state_dict() == {"weight.0": 5.0}
    part.register_buffer("cache", [9.0])
    assert part.state_dict()["cache.0"] == 9.0


def test_what_is_registered_is_copied():
    given = [1.0, 2.0]
    module = Module()
    module.register_buffer("numbers", given)
    given[0] = 5.0
    assert module.numbers == [1.0, 2.0]


def test_buffers_are_loaded():
    part, other = Part(), Part()
    before = part.mean
    other.mean[1][0], other.steps = -1.0, 12
    assert part.load_state_dict(other.state_dict()) == ([], [])
    assert (part.mean, part.steps, part.cache) == ([[1.0, 2.0], [-1.0, 4.0]], 12, [7.0])
    assert before == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            {name + ".0" * (name == "steps"): number for name, number in STATE.items()},
            r"size mismatch for steps: .* shape \(1,\) .* the shape in current model is \(\)",
        ),
        (
            {**STATE, "mean.2.0": 1},
            r"size mismatch for mean: .* \(3, 2\) .* the shape in current model is \(2, 2\)",
        ),
        (
            {name: STATE[name] for name in STATE if name != "steps"},
            r'Missing key\(s\) in state_dict: "steps"',
        ),
    ],
    ids=["number", "size", "missing"],
)
def test_a_wrong_state_changes_nothing(state, message):
    part = Part()
    with pytest.raises(StateDictError, match=message):
        part.load_state_dict(state)
    assert part.state_dict() == STATE


def test_a_buffer_that_is_no_number_is_refused_before_anything_changes():
    part = Part()
    with pytest.raises(NumberTypeError, match=r"load_state_dict: 'steps' takes a real number"):
        part.load_state_dict({**STATE, "weight.0": 9.0, "steps": "a"})
    assert part.state_dict() == STATE


@pytest.mark.parametrize("given", ["a", [1.0, None], ScalarValue(1.0), [True]], ids=repr)
def test_a_buffer_holds_plain_numbers(given):
    with pytest.raises(NumberTypeError, match=r"buffer 'x' takes a real number and got"):
        Module().register_buffer("x", given)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda part: pickle.loads(pickle.dumps(part))], ids=["copy", "pickle"]
)
def test_a_copy_has_its_own_buffers(copied):
    part = BatchNorm1d(2)
    other = copied(part)
    other([[1.0, 2.0], [3.0, 4.0]])
    assert part.running_mean == [0.0, 0.0]
    assert other.state_dict()["num_batches_tracked"] == 1


# ---- by name


def test_parts_are_given_by_name():
    module = Module()
    module.register_parameter("weight", [Parameter(1.0)])
    module.register_parameter("nothing", None)
    module.add_module("0", ReLU())
    module.register_module("1", None)
    module.add_module("0", Linear(1, 1))
    assert list(module.state_dict()) == ["weight.0", "0.weight.0.0", "0.bias.0"]
    assert repr(module) == "Module(\n  (0): Linear(in_features=1, out_features=1, bias=True)\n)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda m: m.register_buffer("a.b", 1),
            ArgumentError,
            r'buffer name can\'t contain "\.", .* got: \'a\.b\'',
        ),
        (lambda m: m.register_buffer("", 1), ArgumentError, "buffer name can't contain"),
        (lambda m: m.register_buffer(3, 1), ArgumentError, "got: 3"),
        (
            lambda m: m.register_buffer("weight", 1),
            ArgumentError,
            "attribute 'weight' already exists: give the buffer",
        ),
        (lambda m: m.register_buffer("forward", 1), ArgumentError, "attribute 'forward' already exists"),
        (
            lambda m: m.register_parameter("mean", Parameter(1.0)),
            ArgumentError,
            "attribute 'mean' already exists",
        ),
        (
            lambda m: m.register_parameter("x", 1.0),
            NumberTypeError,
            "cannot assign 'float' object to parameter 'x'",
        ),
        (
            lambda m: m.register_parameter("x", []),
            NumberTypeError,
            "cannot assign 'list' object to parameter 'x'",
        ),
        (lambda m: m.add_module("x", ReLU), NumberTypeError, r"ReLU is a class .*: 'x'\. .* ReLU\(\)"),
        (lambda m: m.add_module("a.b", ReLU()), ArgumentError, "module name can't contain"),
        (
            lambda m: m.add_module("mean", ReLU()),
            ArgumentError,
            "attribute 'mean' already exists: give the module",
        ),
    ],
    ids=range(11),
)
def test_what_cannot_be_a_part_is_refused(call, error, message):
    part = Part()
    before = dict(vars(part))
    with pytest.raises(error, match=message):
        call(part)
    assert vars(part) == before


def test_parts_are_found_by_name():
    model = Sequential(MLP(2, [3, 1]), Part())
    assert model.get_submodule("") is model
    assert model.get_submodule("0.layers.1.neurons.0") is model[0].layers[1].neurons[0]
    assert model.get_parameter("0.layers.0.neurons.2.b") is model[0].layers[0].neurons[2].b
    assert model.get_parameter("1.weight") is model[1].weight
    assert model.get_buffer("1.mean") is model[1].mean
    for name, module in model.named_modules():
        assert model.get_submodule(name) is module
    for name, parameter in model.named_parameters():
        assert model.get_parameter(name) is parameter


@pytest.mark.parametrize(
    ("method", "target", "message"),
    [
        ("get_submodule", "0.layers.7", "Sequential has no module '0.layers.7': nothing is there"),
        ("get_submodule", "0.layers", "Sequential has no module '0.layers': list is there"),
        ("get_submodule", "x", "Sequential has no module 'x': nothing is there"),
        ("get_parameter", "0", "Sequential has no parameter '0': MLP is there"),
        ("get_parameter", "1.mean", "Sequential has no parameter '1.mean': list is there"),
        ("get_buffer", "1.weight", "Sequential has no buffer '1.weight': list is there"),
        ("get_buffer", "1.mean.0.1.2", "Sequential has no buffer '1.mean.0.1.2': nothing is there"),
    ],
)
def test_what_is_not_there_is_said(method, target, message):
    with pytest.raises(MissingPartError) as error:
        getattr(Sequential(MLP(2, [3, 1]), Part()), method)(target)
    kind = method.removeprefix("get_").removeprefix("sub")
    assert str(error.value) == f"{message}. named_{kind}s() lists those there are."
    assert isinstance(error.value, AttributeError)
