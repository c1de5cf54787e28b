"""Lists and dicts of modules and parameters."""

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import (
    DimensionError,
    Linear,
    MissingKeyError,
    Module,
    ModuleDict,
    ModuleList,
    Parameter,
    ParameterDict,
    ParameterList,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)

KINDS = [ModuleList, lambda modules=(): Sequential(*modules)]


@pytest.fixture
def parts():
    return [Linear(1, 1), ReLU(), Tanh()]


@pytest.fixture(params=KINDS, ids=["ModuleList", "Sequential"])
def make(request):
    return request.param


def test_modules_are_a_list(make, parts):
    modules = make(parts)
    assert (len(modules), list(modules), modules[0], modules[-1]) == (3, parts, parts[0], parts[2])
    assert parts[1] in modules
    assert [name for name, _ in modules.named_children()] == ["0", "1", "2"]
    assert list(modules.state_dict()) == ["0.weight.0.0", "0.bias.0"]
    part = modules[1:]
    assert (type(part), list(part)) == (type(modules), parts[1:])


def test_modules_are_put_in_and_taken_out(make, parts):
    modules, sigmoid = make(parts), Sigmoid()
    assert modules.append(sigmoid) is modules
    assert list(modules) == [*parts, sigmoid]
    assert modules.pop() is sigmoid
    modules.insert(0, sigmoid)
    assert list(modules) == [sigmoid, *parts]
    assert [name for name, _ in modules.named_children()] == ["0", "1", "2", "3"]
    del modules[0]
    modules[-1] = sigmoid
    assert list(modules) == [*parts[:2], sigmoid]
    modules += [parts[2]]
    assert list(modules + make(parts[:1]))[2:] == [sigmoid, parts[2], parts[0]]
    del modules[1:]
    assert list(modules) == parts[:1]
    assert modules.extend(iter(parts[1:])) is modules
    assert list(modules) == parts


def test_training_does_not_make_an_item(make, parts):
    modules = make(parts).eval()
    assert len(modules) == 3
    modules.insert(0, ReLU())
    assert modules.training is False


def test_a_part_of_a_list_is_numbered_anew_and_one_of_a_row_keeps_its_names_as_in_pytorch():
    parts = [ReLU(), Tanh(), Sigmoid()]
    assert [name for name, _ in ModuleList(parts)[1:].named_children()] == ["0", "1"]
    assert [name for name, _ in Sequential(*parts)[1:].named_children()] == ["1", "2"]
    assert ParameterList([1.0, 2.0, 3.0])[1:].state_dict() == {"0": 2.0, "1": 3.0}


@pytest.mark.parametrize(
    "modules",
    [
        ModuleList([ReLU(), Tanh(), Sigmoid()])[1:],
        Sequential(ReLU(), Tanh(), Sigmoid())[1:],
        Sequential({"2": ReLU(), "a": Tanh()}),
    ],
    ids=["list", "row", "named row"],
)
def test_what_is_added_takes_the_place_of_nothing(modules):
    before, added = list(modules), [ReLU(), Sigmoid()]
    modules.extend(added)
    assert list(modules) == before + added


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_that_is_not_there_is_refused(make, parts, index):
    modules = make(parts)
    kind = type(modules).__name__
    for call in (modules.__getitem__, modules.__delitem__, modules.pop):
        with pytest.raises(DimensionError, match=rf"index {index} is out of range: {kind} has 3 items"):
            call(index)
    with pytest.raises(DimensionError):
        modules[index] = ReLU()


def test_what_is_no_module_is_refused_and_nothing_is_added(make, parts):
    modules = make(parts)
    for call in (
        modules.append,
        lambda bad: modules.extend([ReLU(), bad]),
        lambda bad: modules.insert(0, bad),
    ):
        with pytest.raises(NumberTypeError, match="int is not a Module subclass: argument"):
            call(3)
    with pytest.raises(NumberTypeError, match="item 0 of"):
        modules[0] = "ReLU"
    with pytest.raises(NumberTypeError, match="extend should be called with an iterable, but got 3"):
        modules.extend(3)
    assert list(modules) == parts


def test_a_module_list_is_not_called():
    with pytest.raises(NotImplementedError, match='is missing the required "forward" function'):
        ModuleList([ReLU()])(1.0)


def test_a_sequential_may_have_names():
    model = Sequential({"first": Linear(1, 1), "then": ReLU()})
    assert list(model.state_dict()) == ["first.weight.0.0", "first.bias.0"]
    assert model.then is model[1]
    assert model([1.0])[0].scope.path == "then"
    with pytest.raises(ArgumentError, match="module name can't contain"):
        Sequential({"a.b": ReLU()})
    with pytest.raises(NumberTypeError, match="int is not a Module subclass: 'a' of Sequential is 3"):
        Sequential({"a": 3})


# ---- dicts


def test_modules_are_a_dict():
    relu, tanh = ReLU(), Tanh()
    modules = ModuleDict({"relu": relu})
    modules["tanh"] = tanh
    assert (list(modules), len(modules), "tanh" in modules, "x" in modules) == (
        ["relu", "tanh"],
        2,
        True,
        False,
    )
    assert (list(modules.keys()), list(modules.values())) == (["relu", "tanh"], [relu, tanh])
    assert list(modules.items()) == [("relu", relu), ("tanh", tanh)]
    assert modules.tanh is modules["tanh"]
    modules.update([("tanh", relu)])
    assert modules["tanh"] is relu
    assert modules.pop("tanh") is relu
    del modules["relu"]
    assert len(modules) == 0
    modules.update({"a": relu})
    modules.clear()
    assert list(modules) == []
    assert repr(ModuleDict({"a": relu})) == "ModuleDict(\n  (a): ReLU()\n)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: m["x"], MissingKeyError, r"^ModuleDict has no 'x': it has \['a'\]$"),
        (lambda m: m.pop("x"), MissingKeyError, "has no 'x'"),
        (lambda m: m.__delitem__("training"), MissingKeyError, "has no 'training'"),
        (
            lambda m: m.update({"b": ReLU(), "c": 3}),
            NumberTypeError,
            "int is not a Module subclass: 'c' is 3",
        ),
        (
            lambda m: m.update(3),
            NumberTypeError,
            "should be called with an iterable of key/value pairs, but got int",
        ),
        (lambda m: m.update({"a.b": ReLU()}), ArgumentError, "name can't contain"),
        (lambda m: m.update({3: ReLU()}), ArgumentError, "name can't contain"),
        (lambda m: m.update({"forward": ReLU()}), ArgumentError, "attribute 'forward' already exists"),
    ],
    ids=range(8),
)
def test_what_makes_no_sense_in_a_dict_is_refused(call, error, message):
    modules = ModuleDict({"a": ReLU()})
    with pytest.raises(error, match=message):
        call(modules)
    assert list(modules) == ["a"]


# ---- parameters


def test_parameters_are_a_list():
    weight = Parameter(1.0)
    parameters = ParameterList([weight, [2.0, [Parameter(3.0)][0]]])
    assert parameters[0] is weight
    assert [type(p) for p in parameters.parameters()] == [Parameter] * 3
    assert list(parameters.state_dict()) == ["0", "1.0", "1.1"]
    parameters.append([[4.0, 5.0]])
    assert repr(parameters) == (
        "ParameterList(\n  (0): Parameter of size ()\n  (1): Parameter of size (2,)\n"
        "  (2): Parameter of size (1, 2)\n)"
    )
    parameters.eval()
    assert len(parameters) == 3


def test_parameters_are_a_dict():
    class Model(Module):
        def __init__(self):
            self.parts = ParameterDict({"scale": 2.0})

        def forward(self, x):
            return self.parts["scale"] * x

    model = Model()
    model.parts["shift"] = [1.0, 2.0]
    model.eval()
    assert list(model.state_dict()) == ["parts.scale", "parts.shift.0", "parts.shift.1"]
    assert model(3.0).data == 6.0
    assert list(model.parts) == ["scale", "shift"]
    assert repr(model.parts) == (
        "ParameterDict(\n  (scale): Parameter of size ()\n  (shift): Parameter of size (2,)\n)"
    )


@pytest.mark.parametrize(
    "kind", [lambda item: ParameterList([item]), lambda item: ParameterDict({"a": item})], ids="ld"
)
@pytest.mark.parametrize("item", ["a", None, ScalarValue(1.0), [1.0, "a"]], ids=repr)
def test_what_is_no_parameter_is_refused(kind, item):
    with pytest.raises(NumberTypeError, match=r"takes a real number and got"):
        kind(item)


def test_ragged_parameters_are_refused():
    with pytest.raises(ShapeError, match="is ragged"):
        ParameterList([[[1.0], [1.0, 2.0]]])
