"""Neuron, Layer, MLP and Linear: what they compute, from what, their labels, and their first numbers."""

import inspect
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError, leaves, topological_order
from nanograd.nn import MLP, Layer, Linear, Module, Neuron, Parameter, Tanh, manual_seed

FUNCTIONS = {
    "identity": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": math.tanh,
}


def computed(model, x):
    """Return the outputs of an MLP with tanh by plain floats."""
    for layer in model.layers:
        sums = [sum(w.data * v for w, v in zip(n.w, x, strict=True)) + n.b.data for n in layer.neurons]
        x = sums if layer is model.layers[-1] else [math.tanh(value) for value in sums]
    return x


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_neuron_applies_its_activation_to_the_weighted_sum(name):
    neuron = Neuron(2, activation=name)
    neuron.load_state_dict({"w.0": -3.0, "w.1": 1.0, "b": 6.0})
    for x in ([2.0, 1.0], [2.0, -1.0]):
        assert neuron(x).data == pytest.approx(FUNCTIONS[name](-3.0 * x[0] + x[1] + 6.0), rel=1e-15)


def test_a_neuron_is_written_in_readable_scalars():
    neuron = Neuron(3, activation="tanh")
    out = neuron([1.0, 2.0, 3.0])
    assert [str(node.op) for node in topological_order(out) if node.op] == [
        "*",
        "*",
        "+",
        "*",
        "+",
        "+",
        "tanh",
    ]
    assert [leaf.label for leaf in leaves(out) if leaf.label] == ["w.0", "w.1", "w.2", "b"]


def test_without_nonlin_a_neuron_is_linear():
    neuron = Neuron(1, nonlin=False, activation="tanh")
    neuron.load_state_dict({"w.0": 2.0, "b": 1.0})
    assert neuron([10.0]).data == 21.0
    assert repr(neuron) == "Neuron(nin=1, activation='identity')"


def test_the_seed_s_neuron():
    neuron = Neuron(2, activation="tanh")
    neuron.load_state_dict({"w.0": -3.0, "w.1": 1.0, "b": 6.875})
    x = [ScalarValue(2.0), ScalarValue(-4.0)]
    out = neuron(x)
    out.backward()
    gradients = [x[0].grad, neuron.w[0].grad, x[1].grad, neuron.w[1].grad]
    assert [round(number, 4) for number in (out.data, *gradients)] == [
        -0.9961,
        -0.0231,
        0.0154,
        0.0077,
        -0.0308,
    ]


def test_an_activation_may_be_a_function_or_a_module():
    assert repr(Neuron(1, activation=abs)) == "Neuron(nin=1, activation=abs)"
    neuron = Neuron(1, activation=lambda x: x * x)
    neuron.load_state_dict({"w.0": 3.0, "b": 0.0})
    assert neuron([1.0]).data == 9.0

    class Scaled(Module):
        def __init__(self):
            self.scale = Parameter(2.0)

        def forward(self, x):
            return self.scale * x

    layer = Layer(1, 2, activation=Scaled())
    assert len(layer.parameters()) == 5  # all neurons share the activation's parameter
    assert layer([1.0])[1].scope.path == "neurons.1.activation"


@pytest.mark.parametrize("option", ["activation", "output_activation"])
def test_an_unknown_activation_is_refused_with_those_that_are_known(option):
    with pytest.raises(ArgumentError) as error:
        MLP(1, [1, 1], **{option: "rilu"})
    assert str(error.value) == (
        "unknown activation 'rilu'. Known are 'identity', 'relu', 'sigmoid', 'tanh', 'leaky_relu', 'elu', "
        "'gelu', 'silu', 'selu', 'celu', 'mish', 'softplus', 'softsign', 'logsigmoid', 'tanhshrink', "
        "'softshrink', 'hardshrink', 'hardtanh', 'relu6', 'hardsigmoid', 'hardswish'; "
        "or give a function of one value."
    )


def test_an_activation_that_is_no_function_is_refused():
    with pytest.raises(NumberTypeError, match=r"activation takes a name or a function and got int: 3"):
        Layer(1, 1, activation=3)
    with pytest.raises(NumberTypeError, match=r"got the class Tanh\. Give it an object of it: Tanh\(\)"):
        MLP(1, [1, 1], activation=Tanh)


def test_an_activation_is_looked_at_also_without_hidden_layers():
    with pytest.raises(ArgumentError, match="unknown activation 'rilu'"):
        MLP(1, [1], activation="rilu")


def test_micrograd_s_calls_work():
    assert isinstance(Neuron(3, False)([1, 2, 3]), ScalarValue)
    assert isinstance(Layer(3, 1)([1, 2, 3]), ScalarValue)
    assert [type(value) for value in Layer(3, 2, nonlin=False)([1, 2, 3])] == [ScalarValue] * 2
    assert isinstance(MLP(3, [4, 4, 1])([1, 2, 3]), ScalarValue)
    assert len(MLP(3, [4, 4, 2])([1, 2, 3])) == 2
    assert len(MLP(3, [4, 4, 1]).parameters()) == 41


def test_hidden_layers_may_have_one_neuron():
    model = MLP(2, [1, 1, 2, 1], activation="tanh")
    assert model([1.0, 2.0]).data == pytest.approx(computed(model, [1.0, 2.0])[0], rel=1e-14)


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
def test_an_mlp_computes_its_formula(sizes, seed, data):
    model = MLP(sizes[0], sizes[1:], activation="tanh", generator=random.Random(seed))
    x = data.draw(st.lists(st.floats(-10, 10), min_size=sizes[0], max_size=sizes[0]))
    outputs = model(x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    assert [value.data for value in outputs] == pytest.approx(computed(model, x), rel=1e-12, abs=1e-14)


def test_the_output_activation_is_applied_to_the_last_layer_only():
    model = MLP(1, [1, 1], activation="identity", output_activation="tanh")
    model.load_state_dict(dict.fromkeys(model.state_dict(), 1.0))
    assert model([1.0]).data == math.tanh(3.0)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_gradients_equal_finite_differences(activation):
    model = MLP(3, [4, 3, 1], activation=activation, generator=random.Random(5))
    x = [ScalarValue(0.5), ScalarValue(-1.0), ScalarValue(2.0)]
    model(x).backward()
    for value in [*model.parameters(), *x]:
        at, step = value.data, 1e-6
        value.data = at + step
        above = model(x).data
        value.data = at - step
        below = model(x).data
        value.data = at
        assert value.grad == pytest.approx((above - below) / (2.0 * step), rel=1e-7, abs=1e-9)


# ---- labels


def test_parameters_carry_their_path_as_label():
    model = MLP(3, [2, 3, 2, 1])
    labels = [parameter.label for parameter in model.parameters()]
    assert labels == [name for name, _ in model.named_parameters()]
    assert labels[2:5] == ["layers.0.neurons.0.w.2", "layers.0.neurons.0.b", "layers.0.neurons.1.w.0"]
    assert [parameter.label for parameter in Layer(1, 2).parameters()][2] == "neurons.1.w.0"
    assert [parameter.label for parameter in Linear(2, 1).parameters()] == [
        "weight.0.0",
        "weight.0.1",
        "bias.0",
    ]


# ---- inputs


@pytest.mark.parametrize(
    "x", [[1, 2.5], (1, 2.5), [Fraction(1), 2.5], [ScalarValue(1), 2.5], [True + 0, 2.5]]
)
def test_plain_numbers_become_constants(x):
    neuron = Neuron(2, nonlin=False)
    neuron.load_state_dict({"w.0": 10.0, "w.1": 2.0, "b": 1.0})
    out = neuron(x)
    assert out.data == 16.0
    assert len([leaf for leaf in leaves(out) if leaf.requires_grad and leaf.label]) == 3


def test_an_input_is_one_node_for_all_neurons():
    inputs = [leaf for leaf in leaves(*MLP(2, [3, 2])([1.0, 2.0])) if leaf.label is None]
    assert [(leaf.data, leaf.requires_grad) for leaf in inputs] == [(1.0, False), (2.0, False)]


def test_arrays_are_inputs():
    numpy = pytest.importorskip("numpy")
    model = MLP(2, [2, 1], activation="tanh")
    expected = model([1.0, 2.0]).data
    assert model(numpy.array([1.0, 2.0])).data == expected
    assert model(numpy.array([1, 2])).data == expected
    assert model([numpy.float64(1.0), numpy.int32(2)]).data == expected
    assert model(numpy.array([ScalarValue(1.0), ScalarValue(2.0)])).data == expected
    assert [value.data for value in model(numpy.array([[1.0, 2.0], [1.0, 2.0]]))] == [expected, expected]
    with pytest.raises(ShapeError, match=r"Put a single number into a list"):
        model(numpy.float64(1.0))


@pytest.mark.parametrize("x", [[], [1.0], (1.0, 2.0), range(4)], ids=str)
@pytest.mark.parametrize(
    "model", [Neuron(3), Layer(3, 2), MLP(3, [1]), Linear(3, 1)], ids=lambda m: type(m).__name__
)
def test_a_wrong_number_of_inputs_is_refused_with_both_sizes(model, x):
    kind = type(model).__name__
    with pytest.raises(ShapeError) as error:
        model(x)
    assert str(error.value) == (
        f"{kind} takes 3 inputs and got {len(x)}: {list(x)}. "
        f"Give it as many values as {kind}(3, ...) was built for."
    )


NUMBER = "MLP takes a list of 2 numbers and got float: 2.0. Put a single number into a list: [number]."
OTHER = "MLP takes a list of 2 numbers and got {}. Give it a list, a tuple or an array."
TEXT = "an input of MLP takes a real number and got str: '2'. Convert it first: float('2')."


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (2.0, ShapeError, NUMBER),
        (None, NumberTypeError, OTHER.format("NoneType: None")),
        ({1.0}, NumberTypeError, OTHER.format("set: {1.0}")),
        ("12", NumberTypeError, OTHER.format("str: '12'")),
        ([1.0, "2"], NumberTypeError, TEXT),
    ],
    ids=repr,
)
def test_what_is_not_a_list_of_numbers_is_refused(x, error, message):
    with pytest.raises(error) as raised:
        MLP(2, [1])(x)
    assert str(raised.value) == message


def test_the_message_names_the_place_in_the_model():
    model = MLP(2, [3, 1])
    model.layers[1] = Layer(2, 1)
    with pytest.raises(
        ShapeError, match=r"^Layer 'layers\.1' takes 2 inputs and got 3: .* Layer\(2, \.\.\.\) was"
    ):
        model([1.0, 2.0])


# ---- sizes


@pytest.mark.parametrize("size", [0, -1, 1.5, "3", None, True, [3]], ids=repr)
@pytest.mark.parametrize(
    ("what", "make"),
    {
        "nin of Neuron(nin)": Neuron,
        "nin of Layer(nin, nout)": lambda size: Layer(size, 1),
        "nout of Layer(nin, nout)": lambda size: Layer(1, size),
        "nin of MLP(nin, nouts)": lambda size: MLP(size, [1]),
        "nouts[1] of MLP(nin, nouts)": lambda size: MLP(1, [1, size]),
        "in_features of Linear": lambda size: Linear(size, 1),
        "out_features of Linear": lambda size: Linear(1, size),
    }.items(),
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_size_that_is_not_a_positive_int_is_refused(what, make, size):
    with pytest.raises(ArgumentError) as error:
        make(size)
    assert str(error.value) == f"{what} is a number of values, an int of at least 1, and got {size!r}"


@pytest.mark.parametrize("nouts", [[], (), 3, None, "12"], ids=repr)
def test_an_mlp_without_a_list_of_layers_is_refused(nouts):
    with pytest.raises(
        ArgumentError, match=r"nouts of MLP\(nin, nouts\) lists the neurons of each layer, as \[4, 1\]"
    ):
        MLP(3, nouts)


# ---- the numbers at first


def test_one_seed_gives_one_model():
    manual_seed(1337)
    first = MLP(3, [4, 1]).state_dict()
    manual_seed(1337)
    assert MLP(3, [4, 1]).state_dict() == first
    assert MLP(3, [4, 1]).state_dict() != first
    assert MLP(3, [4, 1], generator=random.Random(1337)).state_dict() == first


def test_the_first_numbers_of_a_seed_are_pinned():
    neuron = Neuron(4, generator=random.Random(0))
    # Half of 2 random() - 1, for the first five numbers of Python's generator with seed 0.
    draws = [
        0.8444218515250481,
        0.7579544029403025,
        0.420571580830845,
        0.25891675029296335,
        0.5112747213686085,
    ]
    assert [parameter.data for parameter in neuron.parameters()] == [-0.5 + draw for draw in draws]


@pytest.mark.parametrize("make", [Neuron, lambda n: Linear(n, 1)], ids=["Neuron", "Linear"])
def test_weights_and_biases_begin_within_pytorch_s_bound(make):
    numbers = [number for _ in range(40) for number in make(25).state_dict().values()]
    assert max(map(abs, numbers)) <= 0.2
    assert min(numbers) < -0.19 < 0.19 < max(numbers)


def test_a_linear_layer_may_have_no_bias():
    linear = Linear(2, 2, bias=False)
    assert repr(linear) == "Linear(in_features=2, out_features=2, bias=False)"
    linear.load_state_dict({"weight.0.0": 1.0, "weight.0.1": 2.0, "weight.1.0": 3.0, "weight.1.1": 4.0})
    assert [value.data for value in linear([10.0, 1.0])] == [12.0, 34.0]


def test_argument_names_are_micrograd_s_and_pytorch_s():
    assert list(inspect.signature(Neuron.__init__).parameters)[1:3] == ["nin", "nonlin"]
    assert list(inspect.signature(Layer.__init__).parameters)[1:3] == ["nin", "nout"]
    assert list(inspect.signature(MLP.__init__).parameters)[1:3] == ["nin", "nouts"]
    assert list(inspect.signature(Linear.__init__).parameters)[1:4] == ["in_features", "out_features", "bias"]
