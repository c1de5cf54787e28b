"""What every module can do: find its parts, name them, change them, and stamp what is computed inside it."""

import copy
import gc
import pickle
import threading
import weakref

import pytest
from nanograd.engine import (
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    no_grad,
    scope,
    topological_order,
)
from nanograd.nn import (
    MLP,
    Layer,
    Linear,
    MissingMethodError,
    Module,
    ModuleList,
    Neuron,
    Parameter,
    ReLU,
    Sequential,
)


class Held(Module):
    """A module with the attributes it is given."""

    def __init__(self, **attributes):
        vars(self).update(attributes)

    def forward(self, x):
        for child in self.children():
            x = child(x)
        return x


class Times(Module):
    def __init__(self, factor=2.0):
        self.factor = Parameter(factor)

    def forward(self, x):
        return self.factor * x


def p(number=0.0):
    return Parameter(number)


@pytest.mark.parametrize(
    ("attributes", "names"),
    [
        ({"w": p()}, ["w"]),
        ({"w": [p(), p()]}, ["w.0", "w.1"]),
        ({"w": (p(), [p(), p()])}, ["w.0", "w.1.0", "w.1.1"]),
        ({"w": {"b": p(), "a": p()}}, ["w.b", "w.a"]),
        ({"w": [{"a": [p()]}]}, ["w.0.a.0"]),
        ({"z": p(), "a": p()}, ["z", "a"]),
        ({"_hidden": p()}, ["_hidden"]),
        ({"inner": Times(), "own": p()}, ["own", "inner.factor"]),
        ({"inner": [Times(), {"x": Times()}]}, ["inner.0.factor", "inner.1.x.factor"]),
        ({"value": ScalarValue(1.0), "number": 1.0, "text": "w", "none": None}, []),
        ({"numbers": {3: 1.0}, "set": {1, 2}, "empty": []}, []),
    ],
)
def test_parameters_are_found_in_the_order_of_the_attributes(attributes, names):
    module = Held(**attributes)
    assert [name for name, _ in module.named_parameters()] == names
    assert [parameter for _, parameter in module.named_parameters()] == module.parameters()


def test_a_parameter_that_is_assigned_later_is_found():
    module = Times()
    module.more = [p()]
    module.more.append(p())
    assert [name for name, _ in module.named_parameters()] == ["factor", "more.0", "more.1"]
    del module.more
    assert len(module.parameters()) == 1


def test_a_shared_parameter_counts_once_under_its_first_name():
    shared = p()
    module = Held(a=shared, b=[shared, p()], c=Held(d=shared))
    assert [name for name, _ in module.named_parameters()] == ["a", "b.1"]
    assert len(module.parameters()) == 2
    assert list(module.state_dict()) == ["a", "b.1"]


def test_a_shared_module_counts_once():
    shared = Times()
    module = Held(first=shared, second=shared, third=[Held(again=shared)])
    assert [name for name, _ in module.named_modules()] == ["", "first", "third.0"]
    assert [name for name, _ in module.named_children()] == ["first", "third.0"]
    assert module.children() == [shared, module.third[0]]
    assert len(module.parameters()) == 1


def test_modules_that_hold_each_other_are_walked_once():
    a, b = Times(), Times()
    a.other, b.other = b, a
    assert a.modules() == [a, b]
    assert [name for name, _ in a.named_parameters()] == ["factor", "other.factor"]


def test_names_begin_with_the_prefix():
    module = Held(inner=Times())
    assert [name for name, _ in module.named_parameters("net")] == ["net.inner.factor"]
    assert [name for name, _ in module.named_modules("net")] == ["net", "net.inner"]
    assert list(module.state_dict(prefix="net.")) == ["net.inner.factor"]


def test_without_recursion_only_its_own_parameters_are_listed():
    module = Held(own=p(), inner=Times())
    assert [name for name, _ in module.named_parameters(recurse=False)] == ["own"]
    assert module.parameters(recurse=False) == [module.own]


@pytest.mark.parametrize("key", ["a.b", "", 0, ("a",), None])
def test_a_key_that_cannot_be_part_of_a_name_is_refused(key):
    with pytest.raises(
        ArgumentError, match=r'module name can\'t contain "\.", be empty or not be a string, got'
    ):
        Held(parts={key: p()}).parameters()


@pytest.mark.parametrize("held", [{p()}, frozenset([Times()])], ids=["set", "frozenset"])
def test_parts_in_a_set_are_refused(held):
    with pytest.raises(ArgumentError, match=r"'parts' holds a \w+ in a set, whose order changes.*Use a list"):
        Held(parts=held).parameters()


def test_a_module_that_is_unhashable_works():
    class Comparable(Times):
        __hash__ = None

        def __eq__(self, other):
            return isinstance(other, Comparable)

    module = Held(a=Comparable(), b=Comparable())
    assert len(module.parameters()) == 2
    assert module(1.0).scope.path == "b"


def test_a_module_without_forward_says_what_to_write():
    with pytest.raises(
        MissingMethodError, match=r'Module \[Held2\] is missing the required "forward" function'
    ):
        type("Held2", (Module,), {})()(1.0)
    assert issubclass(MissingMethodError, NotImplementedError)
    assert issubclass(MissingMethodError, NanogradError)


def test_forward_gets_all_arguments():
    class Affine(Module):
        def forward(self, x, *, by):
            return x + by

    assert Affine()(1.0, by=2.0) == 3.0


# ---- scopes


def test_what_is_computed_carries_the_path_and_the_kind_of_its_module():
    model = MLP(2, [2, 1])
    out = model([1.0, 2.0])
    assert out.scope.path == "layers.1.neurons.0"
    assert [part.kind for part in out.scope.ancestry] == ["MLP", "Layer", "Neuron"]
    assert [part.name for part in out.scope.ancestry] == ["", "layers.1", "neurons.0"]


def test_parts_called_from_outside_are_wholes():
    model = MLP(2, [2, 1])
    assert model.layers[1].neurons[0]([1.0, 2.0]).scope.path == ""
    assert model.layers[1]([1.0, 2.0]).scope.path == "neurons.0"


def test_a_module_that_is_not_held_has_no_name():
    class Free(Module):
        def forward(self, x):
            return Times()(x)

    out = Free()(1.0)
    assert [(part.name, part.kind) for part in out.scope.ancestry] == [("", "Free"), ("", "Times")]


def test_names_follow_when_parts_are_exchanged():
    first, second = Times(), Times()
    module = Held(a=first, b=[second])
    assert module(1.0).scope.path == "b.0"
    module.a, module.b = second, [first]
    assert module(1.0).scope.path == "b.0"
    assert module(1.0).children[1].scope.path == "a"
    module.b = [Times(), first]
    assert module(1.0).scope.path == "b.1"
    del module.a, module.b
    module.c = {"d": first}
    assert module(1.0).scope.path == "c.d"


def test_a_user_s_scope_is_around_the_module_s():
    with scope("encoder", kind="Part"):
        assert Times()(1.0).scope.path == "encoder"
        assert Held(inner=Times())(1.0).scope.path == "encoder.inner"


def test_the_scope_ends_with_an_error():
    class Fails(Module):
        def forward(self, x):
            raise ValueError(x)

    with pytest.raises(ValueError, match="7"):
        Fails()(7)
    assert (ScalarValue(1.0) + 1.0).scope is None
    assert Times()(1.0).scope.path == ""


def test_threads_do_not_see_each_other_s_scopes():
    model = MLP(3, [4, 4, 1], activation="tanh")
    expected = [node.scope and str(node.scope) for node in topological_order(model([1.0, 2.0, 3.0]))]
    failures = []

    def work():
        for _ in range(30):
            out = model([1.0, 2.0, 3.0])
            if [node.scope and str(node.scope) for node in topological_order(out)] != expected:
                failures.append(out)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_modules_compute_without_recording():
    with no_grad():
        assert MLP(2, [2, 1])([1.0, 2.0]).children == ()


def test_a_model_and_its_graph_are_freed_at_once():
    class Watched(Neuron):
        """A neuron that a weak reference may point to: it has one already."""

    gc.collect()
    gc.disable()
    try:
        model = Sequential(Linear(3, 4), ReLU(), Watched(4))
        out = model([1.0, 2.0, 3.0])
        out.backward()
        nodes = [weakref.ref(node) for node in topological_order(out)]
        parts = [weakref.ref(module) for module in model.modules()]
        del out
        assert not [node() for node in nodes if node() is not None and node().op is not None]
        del model
        assert not [part() for part in parts + nodes if part() is not None]
    finally:
        gc.enable()


# ---- changing all parts


def test_apply_reaches_the_parts_before_the_whole():
    model = Held(a=Held(b=Times()), c=Times())
    seen = []
    assert model.apply(seen.append) is model
    assert seen == [model.a.b, model.a, model.c, model]


def test_apply_reaches_each_module_once_however_deep_they_lie():
    shared = Times()
    model = Held(a=shared, b=Held(c=shared))
    model.b.whole = model
    seen = []
    model.apply(seen.append)
    assert seen == [shared, model.b, model]
    for _ in range(3000):
        model = Held(inner=model)
    assert len(model.apply(lambda module: None).modules()) == 3003


def test_duplicates_are_listed_on_request():
    shared = p()
    module = Held(a=shared, b=Held(c=shared), d=[Times()])
    module.e = module.d[0]
    names = [name for name, _ in module.named_parameters(remove_duplicate=False)]
    assert names == ["a", "b.c", "d.0.factor", "e.factor"]
    assert [name for name, _ in module.named_modules(remove_duplicate=False)] == ["", "b", "d.0", "e"]
    module.b.whole = module  # in a circle, which ends
    assert [name for name, _ in module.named_modules(remove_duplicate=False)] == ["", "b", "d.0", "e"]


@pytest.mark.parametrize(("inputs", "named"), [((3,), {}), ((), {"size": 3})], ids=["by place", "by name"])
def test_arguments_that_no_init_takes_are_refused(inputs, named):
    class Net(Module):
        def forward(self, x):
            return x

    with pytest.raises(TypeError, match=r"__init__\(\) .*argument"):
        Net(*inputs, **named)
    assert Net()(3) == 3


def test_init_reaches_the_classes_after_module():
    class Named:
        def __init__(self):
            self.name = "a"

    class Net(Module, Named):
        def __init__(self):
            super().__init__()
            self.w = p()

    assert Net().name == "a"


class KeepsStatistics(Held):
    """A module that never trains a part of it, as PyTorch's users freeze a BatchNorm."""

    def train(self, mode=True):
        super().train(mode)
        self.frozen.eval()
        return self


def test_train_calls_the_train_of_parts_that_have_their_own():
    model = Sequential(Held(inner=KeepsStatistics(frozen=Sequential(ReLU()), free=ReLU())), ReLU())
    model.eval()
    assert model.train() is model
    states = {name: module.training for name, module in model.named_modules()}
    assert states == {
        "": True,
        "0": True,
        "0.inner": True,
        "0.inner.frozen": False,
        "0.inner.frozen.0": False,
        "0.inner.free": True,
        "1": True,
    }


def test_train_and_eval_reach_all_modules():
    model = MLP(2, [2, 1])
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert model.train() is model
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize("mode", [1, None, "yes"])
def test_a_mode_that_is_not_a_bool_is_refused(mode):
    with pytest.raises(ArgumentError, match="training mode is expected to be boolean, got"):
        MLP(2, [1]).train(mode)


def test_frozen_parameters_get_no_gradient():
    model = MLP(2, [2, 1], activation="tanh")
    assert model.layers[0].requires_grad_(False) is model.layers[0]
    model([1.0, 2.0]).backward()
    assert not any(parameter.has_grad for parameter in model.layers[0].parameters())
    assert all(parameter.has_grad for parameter in model.layers[1].parameters())


def test_zero_grad_forgets_gradients_or_sets_them_to_zero():
    model = MLP(2, [2, 1], activation="tanh")
    model.layers[0].requires_grad_(False)
    model([1.0, 2.0]).backward()
    model.zero_grad(set_to_none=False)
    assert [parameter.has_grad for parameter in model.parameters()] == [False] * 6 + [True] * 3
    assert {parameter.grad for parameter in model.parameters()} == {0.0}
    model.zero_grad()
    assert not any(parameter.has_grad for parameter in model.parameters())


def test_labels_are_names_and_can_be_given_again_for_the_whole():
    model = Held(encoder=Layer(1, 1))
    assert [parameter.label for parameter in model.parameters()] == ["neurons.0.w.0", "neurons.0.b"]
    assert model.label_parameters() is model
    assert [parameter.label for parameter in model.parameters()] == [
        "encoder.neurons.0.w.0",
        "encoder.neurons.0.b",
    ]
    model.label_parameters("net")
    assert model.parameters()[1].label == "net.encoder.neurons.0.b"


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
def test_a_copy_is_whole_and_apart(copied):
    model = MLP(2, [3, 1], activation="tanh")
    expected = model([1.0, 2.0]).data
    other = copied(model)
    assert other.state_dict() == model.state_dict()
    assert repr(other) == repr(model)
    other.parameters()[0].data = 5.0
    assert model([1.0, 2.0]).data == expected
    assert other([1.0, 2.0]).scope.path == "layers.1.neurons.0"


@pytest.mark.parametrize("requires_grad", ["no", None, 0], ids=repr)
def test_requires_grad_takes_a_bool_alone(requires_grad):
    model = MLP(2, [1])
    with pytest.raises(NumberTypeError, match=r"requires_grad_\(\) takes True or False and got"):
        model.requires_grad_(requires_grad)
    assert all(parameter.requires_grad is True for parameter in model.parameters())


def test_parameters_are_frozen_one_by_one_as_in_pytorch():
    model = MLP(2, [2, 1])
    for parameter in model.layers[0].parameters():
        parameter.requires_grad = False
    model([1.0, 2.0]).backward()
    assert [parameter.has_grad for parameter in model.parameters()] == [False] * 6 + [True] * 3


# ---- how it is shown


class Extra(Module):
    def extra_repr(self):
        return "size=3"


MLP_TEXT = """\
MLP(
  (layers.0): Layer(
    (neurons.0-1): 2 x Neuron(nin=3, activation='tanh')
  )
  (layers.1): Layer(
    (neurons.0): Neuron(nin=2, activation='identity')
  )
)"""
SEQUENTIAL_TEXT = """\
Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): ReLU()
)"""


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (Module(), "Module()"),
        (Extra(), "Extra(size=3)"),
        (Held(a=Extra()), "Held(\n  (a): Extra(size=3)\n)"),
        (Held(a=[Extra(), Extra(), Module()]), "Held(\n  (a.0-1): 2 x Extra(size=3)\n  (a.2): Module()\n)"),
        (Held(a=Extra(), b=Extra()), "Held(\n  (a): Extra(size=3)\n  (b): Extra(size=3)\n)"),
        (MLP(3, [2, 1], activation="tanh"), MLP_TEXT),
        (Sequential(Linear(2, 3), ReLU()), SEQUENTIAL_TEXT),
        (Sequential(ReLU(), ReLU()), "Sequential(\n  (0): ReLU()\n  (1): ReLU()\n)"),
        (ModuleList([ReLU(), ReLU()]), "ModuleList(\n  (0-1): 2 x ReLU()\n)"),
    ],
    ids=["empty", "extra", "part", "run", "names", "MLP", "Sequential", "alike", "ModuleList"],
)
def test_repr_is_nested_like_the_module(module, text):
    assert repr(module) == text


def test_extra_lines_stand_before_the_parts():
    class Both(Held):
        def extra_repr(self):
            return "size=3"

    assert repr(Both(a=Module())) == "Both(\n  size=3\n  (a): Module()\n)"
