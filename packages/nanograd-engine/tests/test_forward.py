"""The forward pass: the same derivatives as the backward pass, over every row of the table."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    GraphError,
    ScalarValue,
    custom_op,
    dot,
    grad,
    logsumexp,
    prod,
    softmax,
    sum_,
    topological_order,
)
from nanograd.engine._apply import apply
from nanograd.engine._forward import push_forward


def points(op):
    """Draw arguments inside of the operation's domain, away from where it jumps."""

    def axis(interval):
        low, high = max(interval.low, -2.0), min(interval.high, 2.0)
        inner = st.floats(low + 0.05 * (high - low), high - 0.05 * (high - low))
        return inner.filter(lambda x: abs(x) > 0.01)

    arity = op.arity or 4
    return st.tuples(*[axis(op.domain[min(index, len(op.domain) - 1)]) for index in range(arity)])


@pytest.mark.parametrize("create_graph", [False, True], ids=["numbers", "recorded"])
@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_row_forward_is_the_row_backward(op, create_graph):
    @settings(max_examples=12)
    @given(points(op), st.lists(st.floats(-2, 2), min_size=4, max_size=4))
    def check(point, direction):
        inputs = [ScalarValue(number) for number in point]
        result = apply(op, *inputs)
        seeds = dict(zip(inputs, direction, strict=False))
        tangent = push_forward(topological_order(result), seeds, create_graph=create_graph)[result]
        gradients = grad(result, inputs)
        products = [slope * seeds[x] for slope, x in zip(gradients, inputs, strict=True)]
        error = 1e-14 * sum(map(abs, products))
        assert float(tangent) == pytest.approx(math.fsum(products), rel=1e-14, abs=error)

    check()


def test_only_what_depends_on_a_seed_has_a_tangent():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    left, right = x * 5, y * 7
    result = left + right
    order = topological_order(result)
    for create_graph in (False, True):
        tangents = push_forward(order, {x: 1.0}, create_graph=create_graph)
        assert set(tangents) == {x, left, result}
        assert float(tangents[result]) == 5.0


def test_what_a_seed_was_computed_from_is_not_looked_at():
    x = ScalarValue(2.0)
    y = x * x
    z = y * 3
    tangents = push_forward(topological_order(z), {y: 1.0, x: 100.0})
    assert (tangents[z], tangents[y]) == (3.0, 1.0)


def test_operations_of_many_arguments_and_of_the_user():
    cube = custom_op("forward cube", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    x = ScalarValue(2.0)
    results = [
        (sum_([x, 1.0, x]), 2.0),
        (prod([x, 3.0, x]), 12.0),
        (dot([x, 1.0], [3.0, x]), 4.0),
        (logsumexp([x, x]), 1.0),
        (sum_(softmax([x, 2 * x])), 0.0),
        (cube(x), 12.0),
    ]
    try:
        for create_graph in (False, True):
            for result, slope in results:
                tangents = push_forward(topological_order(result), {x: 1.0}, create_graph=create_graph)
                assert float(tangents[result]) == pytest.approx(slope, abs=1e-15)
    finally:
        del OPS["forward cube"]


def test_a_recorded_tangent_can_be_differentiated():
    x = ScalarValue(0.5)
    y = x.tanh()
    tangent = push_forward(topological_order(y), {x: 1.0}, create_graph=True)[y]
    slope = 1 - math.tanh(0.5) ** 2
    assert tangent.data == pytest.approx(slope, rel=1e-15)
    assert grad(tangent, x)[0] == pytest.approx(-2 * math.tanh(0.5) * slope, rel=1e-14)


def test_new_data_leaves_numbers_right_and_is_refused_where_the_pass_is_recorded():
    x = ScalarValue(3.0)
    y = x * x
    x.data = 5.0
    order = topological_order(y)
    assert push_forward(order, {x: 1.0})[y] == 6.0
    with pytest.raises(GraphError, match="was changed after it had been used"):
        push_forward(order, {x: 1.0}, create_graph=True)


def test_fractions_stay_exact():
    x = ScalarValue(Fraction(1, 3))
    y = x**3 / 7
    assert push_forward(topological_order(y), {x: 1})[y] == Fraction(3, 63)


def test_the_pass_leaves_gradients_alone():
    x = ScalarValue(3.0)
    y = x * x
    y.backward()
    push_forward(topological_order(y), {x: 1.0})
    assert (x.grad, y.grad) == (6.0, 1.0)
