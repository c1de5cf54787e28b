"""What runs a program: arrays where classes are large, the tape where they are not."""

import pickle
import random
import re
from itertools import pairwise

import numpy as np
import pytest
from nanograd.compile import capture, compile_graph
from nanograd.compile._analysis import analyze
from nanograd.compile._cost_model import MOST_CLASSES, choose
from nanograd.engine import OPS, ArgumentError, ScalarValue, custom_op, sum_


def leaves(count):
    return [ScalarValue(number) for number in np.linspace(0.1, 0.9, count)]


def regular(count):
    x = leaves(count)
    return sum(value.exp() * value for value in x), x


def recurrence(steps):
    x = leaves(3)
    y = x[0]
    for _ in range(steps):
        y = (y * x[1] + x[2]).tanh()
    return y, x


def regular_then_recurrence(width, steps):
    rng = random.Random(0)
    w, x = leaves(8), leaves(2 * width)
    rows = [
        sum(a * b for a, b in zip(w[i : i + 4], x[j : j + 4], strict=True))
        for i in (0, 4)
        for j in range(width)
    ]
    features = [row.tanh() for row in rows]
    y = w[0]
    for _ in range(steps):
        y = (y * rng.choice(features) + rng.choice(x) * rng.choice(w)).tanh()
    return y + sum(features), [*w, *x]


def choice(graph, how, *, batched=False):
    root, x = graph
    return choose(analyze(capture(root, inputs=x)), batched=batched, how=how)


CHOICES = {
    "regular": (regular, (1000,), "machine code", "arrays"),
    "regular, in Python": (regular, (1000,), "Python", "arrays"),
    "long": (recurrence, (500,), "machine code", "tape"),
    "long, in Python": (recurrence, (500,), "Python", "arrays"),
    "short": (recurrence, (10,), "machine code", "arrays"),
    "too long": (recurrence, (MOST_CLASSES,), "Python", "tape"),
    "large, then long": (regular_then_recurrence, (3000, 1000), "machine code", "mixed"),
    "small, then long": (regular_then_recurrence, (20, 1000), "machine code", "tape"),
}


@pytest.mark.parametrize(("build", "sizes", "how", "executor"), CHOICES.values(), ids=CHOICES)
def test_the_fastest_one_is_chosen(build, sizes, how, executor):
    assert choice(build(*sizes), how).executor == executor


def test_a_batch_is_rather_run_as_arrays():
    assert choice(recurrence(100), "machine code", batched=True).executor == "arrays"


def test_the_reason_has_the_figures():
    reason = choice(recurrence(500), "machine code").reason
    assert reason.startswith(
        "1,503 values in 1,000 classes, 1.5 in each: about 403 µs as arrays and 10.5 µs on the tape, with"
    )
    long = choice(recurrence(MOST_CLASSES), "Python").reason
    assert "10,000 classes, 1.5 in each, more than the 5,000 that fit into a source of arrays: about" in long


@pytest.mark.parametrize("executor", ["arrays", "tape"])
@pytest.mark.parametrize("batch", [False, True])
def test_both_executors_give_the_same(executor, batch):
    root, x = recurrence(20)
    program = compile_graph(root * root, x[:2], x[2:], batch=batch, executor=executor)
    expected = compile_graph(root * root, x[:2], x[2:], batch=batch)
    inputs = [[0.1], [0.2], [0.3]] if batch else [0.25]
    value, gradient = program.value_and_grad([0.5, 0.75], inputs)
    other_value, other_gradient = expected.value_and_grad([0.5, 0.75], inputs)
    assert value == pytest.approx(other_value, rel=1e-13)
    assert program.value([0.5, 0.75], inputs) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(gradient, other_gradient, rtol=1e-12)
    assert ("tape" in program.source) == (executor == "tape")


def test_a_mixed_program_gives_the_same():
    root, x = regular_then_recurrence(30, 20)
    w, inputs = x[:8], x[8:]
    w[3].requires_grad_(False)
    program = compile_graph(root, w, inputs, executor="mixed")
    assert "tape.value_and_gradients(p, boundary)" in program.source
    assert "values as arrays, and the tape goes on from" in program.report()
    arrays = compile_graph(root, w, inputs, executor="arrays")
    point, given = np.linspace(-1, 1, 8), np.linspace(0, 2, len(inputs))
    value, gradient = pickle.loads(pickle.dumps(program)).value_and_grad(point, given)
    expected, expected_gradient = arrays.value_and_grad(point, given)
    assert value == pytest.approx(expected, rel=1e-12)
    assert program.value(point, given) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-11)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_mixed_program_may_have_few_parameters(count):
    root, x = regular_then_recurrence(30, 20)
    program = compile_graph(root, x[:count], x[count:], executor="mixed")
    root.backward()
    numbers = [leaf.data for leaf in x]
    value, gradient = program.value_and_grad(numbers[:count], numbers[count:])
    assert value == pytest.approx(root.data, rel=1e-14)
    np.testing.assert_allclose(gradient, [leaf.grad for leaf in x[:count]], rtol=1e-12)


def test_what_has_no_two_parts_is_not_mixed():
    with pytest.raises(
        ArgumentError, match='executor="mixed" needs a graph of one sample with a regular part'
    ):
        compile_graph(*recurrence(20), executor="mixed")
    root, x = regular_then_recurrence(30, 20)
    with pytest.raises(ArgumentError, match="needs a graph of one sample"):
        compile_graph(root, x[:8], x[8:], executor="mixed", batch=True)


def test_the_report_of_a_regular_program():
    w, x = leaves(6), leaves(4)
    root = sum(
        sum(a * b for a, b in zip(w[i : i + 2], x[j : j + 2], strict=True)).tanh()
        for i in (0, 2, 4)
        for j in (0, 2)
    )
    lines = compile_graph(root, w, x).report().splitlines()
    assert lines[0] == "53 nodes, 47 after simplification, 3 classes"  # sum() starts at a 0 of its own
    assert lines[1].startswith("runs as arrays: 47 values in 3 classes")
    assert lines[2:] == ["3 statements forward, 2 back", "2 matrix products", "all arrays are read as views"]


def test_the_report_names_what_is_taken_element_by_element():
    x = leaves(7)
    order = [4, 0, 5, 3, 1, 6, 2, 4]
    root = sum(x[i].exp() * x[j] for i, j in pairwise(order))
    report = compile_graph(root, x).report()
    assert re.search(
        r"arrays are read element by element, .*:\n  \w+: \d times, 7 elements at most of 7", report
    )


def test_the_report_of_an_irregular_program_says_why():
    root, x = recurrence(30)
    report = compile_graph(root, x, executor="tape").report()
    assert "runs as tape: as asked for; 93 values in 60 classes" in report
    assert report.endswith(
        "60 values are like no other, computed from others in a way of their own: 30 sum, 30 tanh"
    )


def test_an_operation_of_the_users_own_runs_on_the_tape_in_python():
    cube = custom_op("cube", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    x = leaves(2)
    try:
        root = sum_([cube(value) for value in x])
        program = compile_graph(root, x, executor="tape")
        np.testing.assert_allclose(program.value_and_grad([2.0, 3.0])[1], [12.0, 27.0])
    finally:
        del OPS["cube"]


def test_another_executor_is_refused():
    x = leaves(1)
    with pytest.raises(ArgumentError, match='"arrays", "tape" or "mixed" and got \'gpu\''):
        compile_graph(x[0] * 2, x, executor="gpu")
