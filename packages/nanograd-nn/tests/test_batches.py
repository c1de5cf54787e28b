"""Batches: samples in lists of any depth, through neurons, layers and networks, fused or not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import NumberTypeError, ScalarValue, ShapeError, leaves, topological_order
from nanograd.nn import MLP, Layer, Linear, Neuron, PReLU, Sequential, Tanh, summary
from nanograd.nn.functional import linear
from nanograd.nn.init import ones_

BATCH = [[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [0.0, 0.0, 1.0], [4.0, -2.0, 1.0]]
DEEP = [[BATCH[0], BATCH[1]], [BATCH[2], BATCH[3]]]
MODELS = {
    "Neuron": lambda **options: Neuron(3, activation="tanh", **options),
    "Layer": lambda **options: Layer(3, 2, activation="gelu", **options),
    "Layer of one": lambda **options: Layer(3, 1, **options),
    "MLP": lambda **options: MLP(3, [4, 2], activation="tanh", **options),
    "MLP to one": lambda **options: MLP(3, [1, 2, 1], activation="tanh", **options),
    "MLP over ones": lambda **options: MLP(3, [1, 1, 1], activation="tanh", **options),
    "Linear": lambda **options: Linear(3, 2, **options),
    "Linear to one": lambda **options: Linear(3, 1, bias=False, **options),
}


def numbers(nested):
    return [numbers(item) for item in nested] if isinstance(nested, list) else nested.data


@pytest.fixture(params=MODELS)
def make(request):
    return MODELS[request.param]


@pytest.mark.parametrize("fused", [False, True])
def test_a_batch_gives_what_its_samples_give(make, fused):
    model = make(fused=fused)
    each = [numbers(model(sample)) for sample in BATCH]
    assert numbers(model(BATCH)) == each
    assert numbers(model(DEEP)) == [each[:2], each[2:]]
    assert numbers(model([DEEP])) == [[each[:2], each[2:]]]
    assert numbers(model(tuple(map(tuple, BATCH)))) == each


def test_a_batch_has_the_gradients_of_its_samples(make):
    model = make()
    for sample in BATCH:
        outputs = model(sample)
        for output in outputs if isinstance(outputs, list) else [outputs]:
            output.backward()
    expected = [parameter.grad for parameter in model.parameters()]
    model.zero_grad()
    outputs = model(BATCH)
    for output in outputs:
        for value in output if isinstance(output, list) else [output]:
            value.backward()
    assert [parameter.grad for parameter in model.parameters()] == expected


def test_one_output_is_a_value_for_each_sample_so_that_targets_match():
    assert [type(value) for value in MLP(3, [4, 1])(BATCH)] == [ScalarValue] * 4
    assert [len(row) for row in MLP(3, [4, 2])(BATCH)] == [2] * 4
    assert [len(row) for row in Linear(3, 1)(BATCH)] == [1] * 4


def test_an_input_of_a_batch_is_one_constant_for_all_neurons():
    inputs = [leaf for leaf in leaves(*MLP(3, [3, 2, 1])(BATCH)) if leaf.label is None]
    assert [leaf.data for leaf in inputs] == [number for sample in BATCH for number in sample]
    assert not any(leaf.requires_grad for leaf in inputs)


def test_gradients_reach_the_inputs_of_a_batch():
    x = [[ScalarValue(1.0), 2.0, 3.0], [ScalarValue(-1.0), 2.0, 3.0]]
    neuron = Neuron(3, nonlin=False)
    for output in neuron(x):
        output.backward()
    assert [row[0].grad for row in x] == [neuron.w[0].data] * 2


def test_a_batch_is_one_call_of_each_part():
    calls = []
    model = MLP(3, [2, 1])
    for module in model.modules():
        module.register_forward_hook(lambda module, inputs, output: calls.append(type(module).__name__))
    outputs = model(BATCH)
    assert calls == ["Neuron", "Neuron", "Layer", "Neuron", "Layer", "MLP"]
    assert {output.scope.path for output in outputs} == {"layers.1.neurons.0"}


def test_modules_in_a_row_take_batches():
    model = Sequential(Linear(3, 2), Tanh(), Linear(2, 1))
    assert numbers(model(BATCH)) == [numbers(model(sample)) for sample in BATCH]


RAGGED = "item 0 has the shape (3,) and item 1 the shape (2,). All of them need the same one."
WIDTH = "takes 3 inputs and got a batch of shape (2, 2): [[1.0, 2.0], [3.0, 4.0]]. Give it as many values as "


def test_wrong_sizes_are_refused_with_both(make):
    kind = type(make()).__name__
    for batch, message in (
        ([[1.0, 2.0, 3.0], [1.0, 2.0]], f"the batch that {kind} got is ragged: {RAGGED}"),
        ([[1.0, 2.0], [3.0, 4.0]], f"{kind} {WIDTH}{kind}(3, ...) was built for."),
        ([[]], f"{kind} takes 3 inputs and got a batch of shape (1, 0): [[]]."),
    ):
        with pytest.raises(ShapeError) as error:
            make()(batch)
        assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "batch", [[[1.0, 2.0, 3.0], 4.0], [4.0, [1.0, 2.0, 3.0]], [[1.0, [2.0], 3.0]]], ids=repr
)
def test_numbers_beside_lists_are_refused(make, batch):
    with pytest.raises(ShapeError, match="is ragged"):
        make()(batch)


def test_what_is_not_a_number_in_a_batch_is_refused(make):
    with pytest.raises(NumberTypeError, match=r"an input of \w+ takes a real number and got str: 'a'"):
        make()([[1.0, 2.0, 3.0], [1.0, "a", 3.0]])


def test_the_message_shows_numbers_and_not_what_holds_them():
    with pytest.raises(ShapeError, match=r"Linear '1' takes 4 inputs and got 1: \[0\.25\]\. Give it"):
        Sequential(Linear(1, 1).apply(lambda module: ones_([*module.weight, module.bias])), Linear(4, 1))(
            [-0.75]
        )


def test_the_message_of_a_large_batch_is_short():
    with pytest.raises(ShapeError, match=r"takes 3 inputs and got a batch of shape \(50, 20\)\. ") as error:
        Linear(3, 2)([[ScalarValue(0.123456789)] * 20] * 50)
    assert len(str(error.value)) < 150


# ---- fused


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 4), min_size=2, max_size=4), st.booleans())
def test_fused_numbers_are_the_same_to_the_last_bit(seed, sizes, batch):
    import random

    draw = random.Random(seed)
    plain = MLP(sizes[0], sizes[1:], activation="tanh", generator=draw)
    fused = MLP(sizes[0], sizes[1:], activation="tanh", fused=True)
    fused.load_state_dict(plain.state_dict())
    samples = [[ScalarValue(draw.uniform(-2, 2)) for _ in range(sizes[0])] for _ in range(3)]
    copies = [[ScalarValue(value.data) for value in sample] for sample in samples]
    results = []
    for model, inputs in ((plain, samples), (fused, copies)):
        outputs = model(inputs) if batch else [model(sample) for sample in inputs]
        flat = [value for row in outputs for value in (row if isinstance(row, list) else [row])]
        sum(flat[1:], flat[0]).backward()
        leaves_of = [*model.parameters(), *(value for sample in inputs for value in sample)]
        results.append(([value.data for value in flat], [leaf.grad for leaf in leaves_of]))
    assert results[0] == results[1]


def test_a_fused_sum_is_one_node():
    model = MLP(4, [3, 1], activation="tanh", fused=True)
    nodes = topological_order(model([1.0, 2.0, 3.0, 4.0]))
    assert [str(node.op) for node in nodes if node.op] == ["dot", "tanh"] * 3 + ["dot"]
    nodes = topological_order(*Linear(4, 2, bias=False, fused=True)([1.0, 2.0, 3.0, 4.0]))
    assert [str(node.op) for node in nodes if node.op] == ["dot"] * 2


def test_a_fused_layer_computes_for_its_neurons_unless_they_are_watched():
    layer = Layer(3, 2, activation="tanh", fused=True)
    expected = [numbers(layer(BATCH[0])), numbers(layer(BATCH))]
    assert {value.scope.kind for value in layer(BATCH[0])} == {"Layer"}
    seen = []
    layer.neurons[1].register_forward_hook(lambda module, inputs, output: seen.append(numbers(output)))
    assert [numbers(layer(BATCH[0])), numbers(layer(BATCH))] == expected
    assert seen == [expected[0][1], [row[1] for row in expected[1]]]
    assert [value.scope.path for value in layer(BATCH[0])] == ["neurons.0", "neurons.1"]


def test_a_fused_layer_computes_for_its_neurons_again_when_nobody_watches_any_more():
    layer = Layer(3, 2, activation="tanh", fused=True)
    handles = [neuron.register_forward_hook(lambda *given: None) for neuron in layer.neurons]
    assert layer([1.0, 2.0, 3.0])[0].scope.path == "neurons.0"
    for handle in handles:
        handle.remove()
    assert layer([1.0, 2.0, 3.0])[0].scope.path == ""
    summary(layer, [1.0, 2.0, 3.0])
    assert layer([1.0, 2.0, 3.0])[0].scope.path == ""


def test_a_fused_layer_has_room_for_an_activation_that_is_a_module():
    layer = Layer(3, 2, activation=PReLU(), fused=True)
    assert layer(BATCH[0])[1].scope.path == "neurons.1.activation"


def test_fused_is_shown():
    assert repr(Neuron(2, fused=True)) == "Neuron(nin=2, activation='relu', fused=True)"
    assert repr(Linear(2, 1, fused=True)) == "Linear(in_features=2, out_features=1, bias=True, fused=True)"


def test_exact_numbers_stay_exact():
    from fractions import Fraction

    for fused in (False, True):
        neuron = Neuron(2, nonlin=False, fused=fused)
        neuron.load_state_dict({"w.0": Fraction(1, 3), "w.1": 2, "b": Fraction(1, 6)})
        assert neuron([1, Fraction(1, 2)]).data == Fraction(3, 2)


# ---- functional.linear


def test_linear_of_functional_takes_plain_numbers_and_batches():
    weight, bias = [[2.0, 3.0], [4.0, 5.0]], [0.5, 1.0]
    assert numbers(linear([10.0, 1.0], weight, bias)) == [23.5, 46.0]
    assert numbers(linear([[10.0, 1.0], [0.0, 1.0]], weight)) == [[23.0, 45.0], [3.0, 5.0]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0], [[1.0, 2.0]]), r"linear takes 2 inputs and got 1: \[1\.0\]"),
        (([1.0], [1.0]), r"linear takes a weight of shape \(out_features, in_features\) and got \(1,\)"),
        (
            ([1.0], [[1.0]], [1.0, 2.0]),
            r"takes a bias for each of the 1 rows of weight and got one of shape \(2,\)",
        ),
        (([1.0], [[1.0], [1.0, 2.0]]), r"weight is ragged"),
    ],
    ids=["input", "weight", "bias", "ragged"],
)
def test_linear_of_functional_refuses_wrong_sizes(arguments, message):
    with pytest.raises(ShapeError, match=message):
        linear(*arguments)
