"""A compiled graph gives what the graph gives."""

import math
import pickle
import random
import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.compile import CaptureError, capture, compile_graph
from nanograd.compile._interpreter import Interpreter
from nanograd.engine import (
    OPS,
    VALUES,
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    ShapeError,
    clamp,
    custom_op,
    dot,
    grad,
    logsumexp,
    prod,
    softmax,
    sum_,
)


def values(numbers):
    return [ScalarValue(float(number)) for number in numbers]


def numbers_of(leaves):
    return np.array([float(leaf.data) for leaf in leaves])


def assert_equal_to_eager(root, parameters, inputs=()):
    """Compile a graph and compare it, for its own numbers and for others, with the reference."""
    program = compile_graph(root, parameters, {"x": list(inputs)} if inputs else None)
    value, gradient = program.value_and_grad(
        numbers_of(parameters), *([numbers_of(inputs)] if inputs else [])
    )
    arrived = grad(root, parameters, allow_unused=True)
    expected = np.array([0.0 if each is None else each for each in arrived])
    assert_close(value, root.data)
    assert_close(gradient, expected)
    other_p = numbers_of(parameters) * 1.125 + 0.03125
    other_x = numbers_of(inputs) * 0.875 + 0.0625
    reference = Interpreter(capture(root, parameters=parameters, inputs=inputs))
    value, gradient = program.value_and_grad(other_p, *([other_x] if inputs else []))
    expected_value, expected_gradient = reference.value_and_grad(other_p, other_x)
    assert_close(value, expected_value)
    assert_close(gradient, expected_gradient)
    assert program.value(other_p, *([other_x] if inputs else [])) == pytest.approx(
        value, rel=1e-14, nan_ok=True
    )
    return program


def assert_close(found, expected):
    finite = np.abs(np.asarray(expected)[np.isfinite(expected)])
    scale = max(finite.max(initial=0.0), 1e-3)
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12 * scale, equal_nan=True), (found, expected)


# ---- every operation of the table


def arguments(operation, count):
    """Return arguments inside the domain for ``count`` uses of an operation."""
    arity = operation.arity or 4
    rng = random.Random(operation.symbol)
    rows = []
    for _ in range(count):
        row = [round(rng.uniform(0.2, 0.9), 3) for _ in range(arity)]
        if operation.symbol == "acosh":
            row = [1.0 + row[0]]
        if operation.symbol == "round":
            row[1] = 1.0
        rows.append(row)
    return rows


@pytest.mark.parametrize("operation", list(OPS.values()), ids=str)
@pytest.mark.parametrize("count", [1, 3])
def test_every_operation_alone_and_composed(operation, count):
    rows = arguments(operation, count)
    leaves = [values(row) for row in rows]
    results = [operation.run(VALUES, *row) for row in leaves]
    if not isinstance(results[0], ScalarValue):
        pytest.skip("a flat operation is a plain number there")
    flat = [leaf for row in leaves for leaf in row]
    assert_equal_to_eager(sum_([0.5 * result for result in results]), flat)
    if operation.symbol != "round":  # its digits are whole
        assert_equal_to_eager(sum_([result.tanh() * result for result in results]), flat)


# ---- graphs of all kinds


@st.composite
def graphs(draw):
    """Draw vectors made of vectors, regular and irregular, and a result."""
    rng = draw(st.randoms(use_true_random=False))
    parameters = values(rng.uniform(0.3, 2.0) for _ in range(rng.choice([1, 2, 4, 6, 12])))
    inputs = values(rng.uniform(0.3, 2.0) for _ in range(rng.choice([0, 1, 4, 6])))
    vectors = [parameters, *([inputs] if inputs else []), [ScalarValue(0.5, requires_grad=False)]]
    for _ in range(rng.randint(1, 7)):
        vectors.append(_vector(rng, rng.choice(vectors), rng.choice(vectors), parameters))
    root = 0.0
    for vector in vectors[-3:]:
        reduce = rng.choice([sum, lambda v: sum(x * x for x in v), lambda v: v[0], lambda v: sum(v) / len(v)])
        root = root + reduce(vector)
    return root + parameters[0] * 0.25, parameters, inputs


def _vector(rng, a, b, parameters):
    size = min(len(a), len(b))
    return rng.choice(
        [
            lambda: [x + y for x, y in zip(a, b, strict=False)],
            lambda: [x * y for x, y in zip(a, b, strict=False)],
            lambda: [x - y for x, y in zip(a, b, strict=False)],
            lambda: [x.tanh() for x in a],
            lambda: [sum(x * y for y in b) for x in a],
            lambda: [sum(a[: i + 1]) for i in range(len(a))],
            lambda: [x / (1.5 + y * y) for x in a for y in b][:30],
            lambda: [logsumexp(a[: i + 1]) for i in range(len(a))],
            lambda: [logsumexp([*a, b[0], 0.5]), a[0]],
            lambda: [dot(a[:size], b[:size]) * x for x in a],
            lambda: rng.sample(a, len(a)),
            lambda: [
                sum(rng.choice(parameters) * y for y in a[: rng.randint(1, len(a))]) + 0.5 * i
                for i in range(4)
            ],
            lambda: [sum(rng.choice(a) * rng.choice(b) for _ in range(3)) for _ in range(4)],
            lambda: softmax(a),
            lambda: [prod(a[:3]) - (-x) for x in b],
        ]
    )()


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_random_graphs(drawn):
    root, parameters, inputs = drawn
    if all(abs(float(node.data)) < 1e6 for node in [root]):
        assert_equal_to_eager(root, parameters, inputs)


def network(rng, sizes, samples, shuffled=False):
    """Return the loss of a network written in scalars, its parameters in the usual order, and its inputs."""
    layers = [
        [
            (values(rng.uniform(-1, 1) for _ in range(nin)), ScalarValue(rng.uniform(-1, 1)))
            for _ in range(nout)
        ]
        for nin, nout in pairwise(sizes)
    ]
    parameters = [leaf for layer in layers for weights, bias in layer for leaf in [*weights, bias]]
    xs = [values(rng.uniform(-1, 1) for _ in range(sizes[0])) for _ in range(samples)]
    losses = []
    for x in xs:
        for layer in layers:
            out = {}
            order = list(range(len(layer)))
            if shuffled:
                rng.shuffle(order)
            for unit in order:
                weights, bias = layer[unit]
                terms = [w * v for w, v in zip(weights, x, strict=True)]
                if shuffled:
                    rng.shuffle(terms)
                out[unit] = (sum(terms) + bias).tanh()
            x = [out[unit] for unit in range(len(layer))]
        losses.append(x[0] * x[0])
    if shuffled:
        rng.shuffle(losses)
    return sum(losses) / samples, parameters, [leaf for x in xs for leaf in x]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_network_becomes_matrix_products(shuffled):
    root, parameters, inputs = network(random.Random(0), [3, 5, 4, 2], 7, shuffled)
    program = assert_equal_to_eager(root, parameters, inputs)
    assert program.source.count(" @ ") >= 3
    assert "take" not in program.source


def test_the_program_does_not_grow_with_the_batch_or_the_width():
    lengths = {
        compile_graph(root, parameters, inputs).source.count("\n")
        for root, parameters, inputs in (
            network(random.Random(0), [3, width, width, 2], samples)
            for width, samples in ((4, 5), (9, 5), (4, 20))
        )
    }
    assert len(lengths) == 1


def test_source_is_the_same_every_time():
    sources = {
        compile_graph(root, parameters, inputs).source
        for root, parameters, inputs in (network(random.Random(0), [2, 3, 1], 4) for _ in range(3))
    }
    assert len(sources) == 1


def test_causal_sums_of_different_lengths_are_one_class():
    scores, weights = values(np.linspace(-1, 1, 10)), values(np.linspace(0.5, 2, 4))
    parts, at = [], 0
    for place in range(4):
        row = [score.exp() for score in scores[at : at + place + 1]]
        at += place + 1
        total = sum(row)
        parts.append(sum(value / total * weight for value, weight in zip(row, weights, strict=False)))
    program = assert_equal_to_eager(sum(part * part for part in parts), scores + weights)
    assert "sum_of_runs" in program.source


def test_large_products_are_computed_where_they_are_stored():
    root, parameters, inputs = network(random.Random(0), [64, 64, 1], 2)
    program = compile_graph(root, parameters, inputs)
    assert ", out=gradient[:4160].reshape(64, 65)[:, :64])" in program.source
    value, gradient = program.value_and_grad(numbers_of(parameters), numbers_of(inputs))
    assert_close(value, root.data)
    assert_close(gradient, np.array(grad(root, parameters)))


@pytest.mark.parametrize("number", [0.5, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("rows", [31, 32, 50])
def test_many_rows_are_added_by_a_product_with_ones(rows, number):
    bias, x = values([0.25, -0.5, 1.0]), values(np.linspace(-1.0, 2.0, 3 * rows))
    x[4].data = number
    loss = sum_([(v * bias[i % 3] + bias[i % 3]).tanh() * v for i, v in enumerate(x)])
    program = assert_equal_to_eager(loss, bias, x)
    assert (f"ones_{rows} @ " in program.source) == (rows >= 32)
    assert (".sum(0)" in program.source) == (rows < 32)
    again = pickle.loads(pickle.dumps(program)).value(numbers_of(bias), numbers_of(x))
    assert_close(again, loss.data)


def test_a_part_that_is_read_again_is_not_changed_by_what_is_added_to_its_copy():
    w, x = values([0.5, -0.75]), values([1.0, 2.0, -1.5, 0.25, 3.0, -2.0])
    products = [w[0] * x[0], w[0] * x[1], w[1] * x[2]]
    first = products[0] + w[0] * x[3]
    second = products[1] + products[2] + w[1] * x[4] + w[1] * x[5]
    loss = first**2 + second**2 + products[0] ** 2 + (products[1] + products[2] + 1.0) ** 2
    assert_equal_to_eager(loss, w, x)


def test_rows_of_a_batch_are_added_by_a_product_with_ones():
    w, x = values([0.25, -0.5, 1.0]), values([1.0, 2.0, 3.0])
    program = compile_graph(sum_([(a * b + a).tanh() for a, b in zip(w, x, strict=True)]), w, x, batch=True)
    assert "np.ones(len(x)) @ " in program.source
    rows = np.linspace(-2.0, 2.0, 120).reshape(40, 3)
    slopes = (1.0 - np.tanh(rows * numbers_of(w) + numbers_of(w)) ** 2) * (rows + 1.0)
    assert_close(program.value_and_grad(numbers_of(w), rows)[1], slopes.mean(0))


def test_layers_of_different_widths_are_products_of_their_own():
    rng = random.Random(0)
    x, y = (values(rng.uniform(-1, 1) for _ in range(size)) for size in (3, 5))
    w, v = (values(rng.uniform(-1, 1) for _ in range(8 * size)) for size in (3, 5))
    outputs = [
        sum(a * b for a, b in zip(weights[i : i + len(given)], given, strict=True)).tanh()
        for weights, given in ((w, x), (v, y))
        for i in range(0, len(weights), len(given))
    ]
    program = assert_equal_to_eager(sum(outputs), w + v, x + y)
    assert "p[:24].reshape(8, 3) @ x[:3]" in program.source
    assert "p[24:64].reshape(8, 5) @ x[3:]" in program.source


def test_a_long_recurrence_and_a_shared_node():
    x, a = ScalarValue(0.5), ScalarValue(0.9)
    y = x
    for _ in range(50):
        y = y * a + 0.1
    assert_equal_to_eager(y * y + y, [x, a])


def test_differences_in_a_chain_are_one_sum():
    p, y = values(np.linspace(0.1, 0.9, 9)), values([0.0, 1.0, 1.0] * 3)
    loss = 0.0
    for probability, target in zip(p, y, strict=True):
        loss = loss - target * probability.log()
    program = assert_equal_to_eager(loss, p, y)
    assert program.source.count("np.log") == 2  # in value_and_grad and in value


@pytest.mark.parametrize("number", [0.0, -0.0, math.inf, -math.inf, math.nan, 1e300, 5e-324])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: (x * y).relu() + y,
        lambda x, y: x.log() + x.exp(),
        lambda x, y: 1 / x + y / x,
        lambda x, y: x.maximum(y) * x.minimum(1.0),
        lambda x, y: (x**2 + y**2).sqrt() + abs(x),
        lambda x, y: logsumexp([x, y, x - y]),
        lambda x, y: x.tanh() * x.sigmoid() + x**y,
        lambda x, y: 0 * x + y,
    ],
    ids=["relu", "logarithm", "quotient", "extrema", "root", "logsumexp", "power", "zero"],
)
def test_infinities_and_nan_come_out_as_in_the_graph(function, number):
    leaves = [ScalarValue(number), ScalarValue(2.0), ScalarValue(1.0), ScalarValue(number)]
    root = sum_([function(leaves[0], leaves[1]), function(leaves[2], leaves[3])])
    assert_equal_to_eager(root, leaves)


# ---- leaves


def test_unused_parameters_and_inputs_and_repeated_leaves():
    w, unused, x, spare = values([2.0, 5.0, 3.0, 7.0])
    program = assert_equal_to_eager(w * w * x + w, [unused, w], [spare, x])
    assert program.value_and_grad([5.0, 2.0], [7.0, 3.0])[1].tolist() == [0.0, 13.0]


def test_a_result_that_is_a_leaf():
    w = ScalarValue(2.0)
    program = compile_graph(w, [w])
    value, gradient = program.value_and_grad([3.0])
    assert (value, gradient.tolist()) == (3.0, [1.0])


def test_the_gradient_belongs_to_the_caller():
    w, x = values([1.0, 2.0]), values([3.0, 4.0])
    program = compile_graph(dot(w, x), w, {"x": x})
    given = np.array([3.0, 4.0])
    _, gradient = program.value_and_grad([1.0, 2.0], x=given)
    gradient[:] = 0.0
    assert given.tolist() == [3.0, 4.0]


def test_parameters_that_need_no_gradient_get_none():
    w, fixed = ScalarValue(2.0), ScalarValue(3.0, requires_grad=False)
    program = compile_graph(w * fixed, [w, fixed])
    assert program.value_and_grad([5.0, 7.0])[1].tolist() == [7.0, 0.0]


def test_a_graph_older_than_its_leaves_is_compiled_for_their_numbers():
    w = ScalarValue(2.0)
    root = w * w
    w.data = 5.0
    assert compile_graph(root, [w]).value_and_grad([5.0])[0] == 25.0


def test_a_custom_operation_is_compiled():
    cube = custom_op("cube", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    x = values([1.0, 2.0, 3.0])
    try:
        assert_equal_to_eager(sum_([cube(each) for each in x]), x)
    finally:
        del OPS["cube"]


# ---- batches


def sample_loss(w, x, y):
    hidden = [(sum(a * b for a, b in zip(w[i * 3 : i * 3 + 3], x, strict=True))).tanh() for i in range(4)]
    return (sum(h * v for h, v in zip(hidden, w[12:16], strict=True)) - y) ** 2 + 0.01 * sum(v * v for v in w)


@pytest.mark.parametrize("samples", [1, 2, 64])
def test_a_batched_program_is_the_mean_over_samples(samples):
    rng = np.random.default_rng(0)
    w = values(rng.normal(size=16))
    x, y = values(rng.normal(size=3)), ScalarValue(0.5)
    program = compile_graph(sample_loss(w, x, y), w, {"x": x, "y": y}, batch=True)
    X, Y = rng.normal(size=(samples, 3)), rng.normal(size=samples)
    value, gradient = program.value_and_grad(numbers_of(w), x=X, y=Y)
    mean = sum_([sample_loss(w, values(a), ScalarValue(b)) for a, b in zip(X, Y, strict=True)]) / samples
    assert_close(value, mean.data)
    assert_close(gradient, np.array(grad(mean, w)))
    assert_close(program.value(numbers_of(w), x=X, y=Y), mean.data)


@given(graphs(), st.sampled_from([1, 3]))
@settings(max_examples=40, deadline=None)
def test_random_graphs_in_batches(drawn, samples):
    root, parameters, inputs = drawn
    if not inputs:
        return
    program = compile_graph(root, parameters, inputs, batch=True)
    rows = numbers_of(inputs) * np.linspace(0.9, 1.1, samples)[:, None]
    reference = Interpreter(capture(root, parameters=parameters, inputs=inputs))
    p = numbers_of(parameters)
    results = [reference.value_and_grad(p, row) for row in rows]
    value, gradient = program.value_and_grad(p, rows)
    assert_close(value, np.mean([each for each, _ in results]))
    assert_close(gradient, np.mean([each for _, each in results], axis=0))


# ---- using a program


def test_a_program_can_be_pickled():
    root, parameters, inputs = network(random.Random(0), [2, 3, 1], 4)
    program = compile_graph(root, parameters, inputs)
    copy = pickle.loads(pickle.dumps(program))
    p, x = numbers_of(parameters), numbers_of(inputs)
    assert copy.source == program.source
    assert copy.value_and_grad(p, x)[1].tolist() == program.value_and_grad(p, x)[1].tolist()


def test_a_program_runs_in_eight_threads_at_once():
    root, parameters, inputs = network(random.Random(0), [2, 8, 8, 1], 20)
    program = compile_graph(root, parameters, inputs)
    x = numbers_of(inputs)
    points = [numbers_of(parameters) * (1 + number / 100) for number in range(64)]
    expected = [program.value_and_grad(p, x)[1].tolist() for p in points]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda p: program.value_and_grad(p, x)[1].tolist(), points * 4))
    assert found == expected * 4


def refused():
    w, x, y = values([1.0, 2.0]), values([3.0, 4.0]), ScalarValue(1.0)
    return compile_graph(dot(w, x) * y, w, {"x": x, "y": y})


def test_numbers_of_another_size_are_refused_with_both_sizes():
    program = refused()
    with pytest.raises(ShapeError, match=r"a vector of 2 parameters and got an array of shape \(3,\)"):
        program.value_and_grad([1.0, 2.0, 3.0], x=[1.0, 2.0], y=1.0)
    with pytest.raises(
        ShapeError, match=r"input 'x' of shape \(2,\), 2 numbers, and got an array of shape \(5,\), 5 numbers"
    ):
        program.value([1.0, 2.0], x=np.zeros(5), y=1.0)
    with pytest.raises(
        ArgumentError,
        match=r"takes inputs 'x', 'y', all .* by name, and got 0 inputs by position and input 'x'",
    ):
        program.value([1.0, 2.0], x=[1.0, 2.0])
    with pytest.raises(
        ArgumentError,
        match=r"takes inputs 'x', 'y', all .* by name, and got 1 input by position and no inputs",
    ):
        program.value([1.0, 2.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ("ab", "parameters takes a real number and got str: 'ab'"),
        ([1.0, None], r"parameters\[1\] takes a real"),
    ],
)
def test_parameters_that_are_no_numbers_are_refused(parameters, text):
    with pytest.raises(NumberTypeError, match=f"^{text}"):
        refused().value(parameters, x=[1.0, 2.0], y=1.0)


def test_batches_of_another_size_are_refused():
    w, x, y = values([1.0, 2.0]), values([3.0, 4.0]), ScalarValue(1.0)
    program = compile_graph(dot(w, x) * y, w, {"x": x, "y": y}, batch=True)
    for name, x, y, sizes in (
        ("'x' of shape (samples, 2)", (3, 3), (3,), "(3, 3)"),
        ("'x' of shape (samples, 2)", (0, 2), (0,), "(0, 2)"),
        ("'y' of shape (samples)", (3, 2), (3, 2), "(3, 2)"),
    ):
        expected = f"input {name}, one sample at least, and got an array of shape {sizes}"
        with pytest.raises(ShapeError, match=re.escape(expected)):
            program.value([1.0, 2.0], x=np.zeros(x), y=np.zeros(y))
    with pytest.raises(ShapeError, match="one number of samples: 'y' has 2, and 'x' has 3"):
        program.value([1.0, 2.0], x=np.zeros((3, 2)), y=np.zeros(2))


def test_inputs_that_are_no_values_are_refused():
    w = ScalarValue(1.0)
    with pytest.raises(CaptureError, match=r"input 'x' has a float in place of a ScalarValue: 2\.0"):
        compile_graph(w * 2.0, [w], {"x": [2.0]})
    with pytest.raises(CaptureError, match="input 'x' has lists of different sizes"):
        compile_graph(w * 2.0, [w], {"x": [values([1.0]), values([1.0, 2.0])]})
    with pytest.raises(CaptureError, match="an input's name is a Python name, and 'the x' is none"):
        compile_graph(w * 2.0, [w], {"the x": []})


def test_names_come_from_scopes_and_labels():
    from nanograd.engine import scope

    w, x = values([1.0, 2.0, 3.0, 4.0]), values([0.5, 0.25])
    outputs = []
    for unit in range(2):
        with scope("layers.0", "Layer"), scope(f"neurons.{unit}", "Neuron"):
            outputs.append(dot(w[2 * unit : 2 * unit + 2], x).tanh())
    loss = sum_(outputs)
    loss.label = "loss"
    source = compile_graph(loss, w, x).source
    assert "layers_0_pre = p.reshape(2, 2) @ x" in source
    assert "layers_0_tanh = np.tanh(layers_0_pre)" in source
    assert "loss = layers_0_tanh.sum()" in source


@pytest.mark.parametrize("executor", ["arrays", "tape"])
def test_frozen_parameters_have_no_gradient_even_where_it_is_not_a_number(executor):
    base, exponent = ScalarValue(-2.0), ScalarValue(3.0, requires_grad=False)
    program = compile_graph(base**exponent, [base, exponent], executor=executor)
    assert program.value_and_grad([-2.0, 3.0])[1].tolist() == [12.0, 0.0]


def test_conditions_of_constants_are_folded():
    x = values([0.5, 2.0, -3.0])
    bounds = [(-math.inf, 1.0), (0.0, math.inf), (1.0, -1.0)]
    for low, high in bounds:
        assert_equal_to_eager(sum_([clamp(each, low, high) * each for each in x]), x)
        assert_equal_to_eager(sum_([clamp(0.25, low, each) * each for each in x]), x)
        assert_equal_to_eager(sum_([clamp(0.25, each, high) * each for each in x]), x)
        assert_equal_to_eager(sum_([clamp(each, each, high) for each in x]), x)


def test_terms_are_added_in_the_order_in_which_they_are_written():
    w, x = values([0.1, 0.2]), values([1.7e9, 1.7e9 - 2.0])
    for root in (
        (x[0] - x[1]) + w[0],
        sum_([-x[0], x[1], w[0]]),
    ):
        program = compile_graph(root, w, {"x": x})
        assert program.value([0.1, 0.2], [1.7e9, 1.7e9 - 2.0]) == root.data


@pytest.mark.parametrize("executor", ["arrays", "tape", None])
def test_sums_of_a_thousand_kinds_of_terms(executor):
    w, x = ScalarValue(0.5), ScalarValue(0.25)
    value, total = w, ScalarValue(0.0, requires_grad=False)
    for _ in range(1200):
        value = (value * w).sin() + x
        total = total + value
    program = compile_graph(total, [w, x], executor=executor)
    found, gradient = program.value_and_grad([0.5, 0.25])
    assert found == pytest.approx(total.data, rel=1e-12)
    assert_close(gradient, np.array(grad(total, [w, x])))


@pytest.mark.parametrize("number", [10**400, -(10**400), Fraction(10**400, 3), 2**70, Fraction(1, 3)])
def test_constants_may_be_numbers_of_any_size(number):
    x, constant = ScalarValue(2.0), ScalarValue(number, requires_grad=False)
    root = x * (constant / (2 * constant)) + (constant - constant)
    assert compile_graph(root, [x]).value_and_grad([4.0])[1].tolist() == [0.5]


def test_numbers_are_checked_as_those_of_the_engine_are():
    w, x = values([1.0, 2.0]), [values([1.0, 2.0, 3.0]), values([4.0, 5.0, 6.0])]
    root = sum((a * sum(row)).tanh() for a, row in zip(w, x, strict=True))
    program = compile_graph(root, w, {"x": x})
    data = np.arange(1.0, 7.0).reshape(2, 3)
    expected = program.value([1.0, 2.0], data)
    assert program.value([Fraction(1), 2], data.tolist()) == expected
    assert program.value([1.0, 2.0], data.ravel()) == expected
    assert program.value([10**400, 2.0], data) == math.tanh(math.inf) + math.tanh(2.0 * 15.0)
    for wrong in (data.T, data.reshape(1, 6), data.reshape(2, 3, 1)):
        with pytest.raises(ShapeError, match=r"input 'x' of shape \(2, 3\), 6 numbers, and got an array"):
            program.value([1.0, 2.0], wrong)
    for numbers, words in (
        (["1", "2"], r"parameters\[0\] takes a real number and got str"),
        ([1.0, None], r"parameters\[1\] takes a real number and got NoneType"),
        ([1j, 2.0], r"parameters\[0\] takes a real number and got complex"),
        (np.array([1j, 2.0]), r"parameters\[0\] takes a real number and got complex"),
    ):
        with pytest.raises(NumberTypeError, match=words):
            program.value(numbers, data)
    with pytest.raises(NumberTypeError, match=r"input 'x'\[0, 0\] takes a real number and got str"):
        program.value([1.0, 2.0], [["1", 2.0, 3.0]] * 2)
    with pytest.raises(ShapeError, match="input 'x' has lists of different sizes"):
        program.value([1.0, 2.0], [[1.0, 2.0], [3.0]])
    batched = compile_graph(root, w, {"x": x}, batch=True)
    assert batched.value([1.0, 2.0], data[None]) == batched.value([1.0, 2.0], data.reshape(1, 6)) == expected
    with pytest.raises(ShapeError, match=r"of shape \(samples, 2, 3\), .* array of shape \(1, 3, 2\)"):
        batched.value([1.0, 2.0], data.T[None])


def test_any_name_suits_an_input():
    a, x = values([2.0, 3.0])
    for name in ("parameters", "self", "p", "x", "np", "inputs", "named"):
        assert compile_graph(a * x, [a], {name: x}).value_and_grad([2.0], **{name: 5.0})[0] == 10.0
    with pytest.raises(CaptureError, match="an input's name is a Python name, and 3 is none"):
        compile_graph(a * x, [a], {3: x})


def test_parameters_that_are_no_values_are_refused():
    x = ScalarValue(2.0)
    with pytest.raises(CaptureError, match=r"parameter 0 is float: 3\.0, which is no ScalarValue"):
        compile_graph(x * 2, [3.0])
    with pytest.raises(CaptureError, match="parameters are a list of ScalarValues, and got ScalarValue"):
        compile_graph(x * 2, x)


@pytest.mark.parametrize("number", [-1.0, -0.0, 0.0, 1e-320, 2.0, math.inf, -math.inf, math.nan])
def test_the_slope_of_relu_is_read_off_its_result(number):
    weights = [ScalarValue(1.0, label=f"w{i}") for i in range(6)]
    loss = sum((w * x).relu() for w, x in zip(weights, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), strict=True))
    program = compile_graph(loss, parameters=weights, executor="arrays")
    assert "relu != 0.0" in program.source
    assert "~" not in program.source
    given = [number, *(w.data for w in weights[1:])]
    for w, data in zip(weights, given, strict=True):
        w.data, w.grad = data, None
    again = sum((w * x).relu() for w, x in zip(weights, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), strict=True))
    again.backward()
    value, gradient = program.value_and_grad(given)
    assert value == again.data or (math.isnan(value) and math.isnan(again.data))
    np.testing.assert_array_equal(gradient, [w.grad for w in weights])
