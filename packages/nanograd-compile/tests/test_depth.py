"""A deep program is seen before it is classified, and nothing is lost by not classifying it."""

import random

import numpy as np
import pytest
from nanograd.compile import capture, compile_graph
from nanograd.compile._analysis import analyze
from nanograd.compile._classes import LARGE
from nanograd.compile._cost_model import MOST_CLASSES, choose
from nanograd.compile._depth import below_the_first_thin_height, is_deeper
from nanograd.compile._simplify import simplify
from nanograd.compile._sum_parts import inside_sums, terms_of_sums
from nanograd.engine import ArgumentError, ScalarValue, sum_

DEEP = 100


def leaves(count):
    return [ScalarValue(number) for number in np.linspace(0.1, 0.9, count)]


def chain(steps):
    x = leaves(3)
    y = x[0]
    for _ in range(steps):
        y = y * x[1] + x[2]
    return y, x


def network(steps, first):
    """Return a recurrent network of three units whose inputs stand before or after what it remembers."""
    x = leaves(20)
    state = x[:3]
    for step in range(steps):
        given = x[3 + step % 10 :][:3]
        state = [
            sum(
                weight * value
                for weight, value in zip(x[-6:], [*given, *state] if first else [*state, *given], strict=True)
            ).tanh()
            for _ in range(3)
        ]
    return sum(state), x


def features_then_chain(width, steps, branches=1):
    rng = random.Random(0)
    w, x = leaves(8), leaves(2 * width)
    features = [
        sum(a * b for a, b in zip(w[i : i + 4], x[j : j + 4], strict=True)).tanh()
        for i in (0, 4)
        for j in range(width)
    ]
    results = []
    for _ in range(branches):
        y = w[0]
        for _ in range(steps):
            y = (y * rng.choice(features) + rng.choice(x) * rng.choice(w)).tanh()
        results.append(y)
    return sum(results) + sum(features), [*w, *x]


def deep(root, x, depth=DEEP):
    program = simplify(capture(root, inputs=x))
    return is_deeper(program, inside_sums(program), depth)


def long_sum(terms):
    x = leaves(10)
    return sum(x[k % 10] * x[(k // 10) % 10] for k in range(terms)), x


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (chain(DEEP + 1), True),
        (chain(DEEP), False),
        (network(DEEP + 1, first=True), True),
        (network(DEEP + 1, first=False), True),
        (network(10, first=True), False),
        (long_sum(5 * DEEP), False),
        (features_then_chain(30, DEEP), True),
        (features_then_chain(200, 5), False),
    ],
    ids=["chain", "shorter", "inputs first", "state first", "few steps", "sum", "after features", "wide"],
)
def test_a_path_is_found_in_what_is_deep(graph, expected):
    assert deep(*graph) is expected


def test_what_is_below_a_thin_height_is_all_that_may_be_in_a_large_class():
    root, x = features_then_chain(20, 30)
    program = simplify(capture(root, inputs=x))
    inside = inside_sums(program)
    below = below_the_first_thin_height(program, inside, terms_of_sums(program, inside), LARGE)
    whole = analyze(capture(root, inputs=x)).classes
    assert 0 < below.sum() < len(program)
    for members in whole.members[3:]:
        if len(members) >= LARGE:
            assert below[members].all()
    for members in whole.members:  # of every class all or none
        assert below[members].all() or not below[members].any()


def test_there_is_no_thin_height_in_many_chains():
    x = leaves(20)
    values = list(x)
    for _ in range(DEEP):
        values = [value.tanh() for value in values]
    program = simplify(capture(sum_(values), inputs=x))
    inside = inside_sums(program)
    assert below_the_first_thin_height(program, inside, terms_of_sums(program, inside), LARGE) is None
    assert analyze(program, deepest=DEEP).deeper_than is None


@pytest.mark.parametrize(
    "graph",
    [
        chain(2 * DEEP),
        network(DEEP, first=True),
        features_then_chain(20, 2 * DEEP),
        features_then_chain(60, DEEP, branches=3),
    ],
    ids=["chain", "network", "features", "branches"],
)
def test_the_parts_of_a_deep_program_are_those_of_one_that_is_looked_at_whole(graph):
    root, x = graph
    captured = capture(root, inputs=x)
    whole, low = analyze(captured), analyze(captured, deepest=DEEP)
    assert low.deeper_than == DEEP
    assert np.array_equal(low.program.arguments, whole.program.arguments)
    chosen = [choose(each, batched=False, how="machine code") for each in (whole, low)]
    assert low.classes.of.tolist().count(-1) > sum(whole.sums.inside)
    parts = []
    for analysis in (whole, low):
        try:
            found = choose(analysis, batched=False, how="machine code", executor="mixed").parts
        except ArgumentError:
            parts.append(None)
        else:
            parts.append((found.boundary, found.on_arrays, str(found.tape)))
    assert parts[0] == parts[1]
    assert (chosen[0].parts is None) == (chosen[1].parts is None) or chosen[0].executor == "arrays"


def test_a_deep_program_says_so_and_computes_the_same():
    root, x = chain(MOST_CLASSES + 1)
    program = compile_graph(root, x)
    first, second, *_, last = program.report().splitlines()
    assert first.endswith("after simplification, more than 5,000 classes")
    assert "values, one after the other in more than 5,000 classes, too many for a source of arrays" in second
    assert last == "more than 5,000 values are computed one from the other, and too few side by side"
    value, gradient = program.value_and_grad([0.1, 0.5, 0.9])
    assert value == pytest.approx(1.8, rel=1e-12)
    np.testing.assert_allclose(gradient, [0.0, 3.6, 2.0], rtol=1e-12)


def test_features_before_a_deep_chain_still_run_as_arrays():
    root, x = features_then_chain(3000, MOST_CLASSES)
    captured = capture(root, inputs=x)
    choice = choose(analyze(captured, MOST_CLASSES), batched=False, how="machine code")
    assert choice.executor == "mixed"
    assert choice.parts.on_arrays > 6000


@pytest.mark.parametrize("repeated", ["equal sums", "a sum of one term"])
def test_a_deep_program_saves_sums_first(repeated):
    root, x = chain(2 * DEEP)
    root = (root + x[0]) * (root + x[0]) if repeated == "equal sums" else root * (x[0].exp() + 0)
    captured = capture(root, inputs=x)
    whole, low = analyze(captured), analyze(captured, deepest=DEEP)
    assert low.deeper_than == DEEP
    assert str(low.program) == str(whole.program)
    assert len(low.program) < len(captured)
