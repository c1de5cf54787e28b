"""The backward pass: the chain rule, summed over every path, accumulated as in PyTorch."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    ArgumentError,
    GraphError,
    NumberTypeError,
    ScalarValue,
    backward,
    exp,
    log,
    logsumexp,
    no_grad,
    sigmoid,
    sqrt,
    topological_order,
)

FUNCTIONS = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (y * y + 1),
    lambda x, y: (x * x + 1) ** (y / 4),
    lambda x, y: (x * y).tanh(),
    lambda x, y: sigmoid(x) - y,
    lambda x, y: exp(x / 4) * y,
    lambda x, y: log(x * x + 1) + y,
    lambda x, y: sqrt(x * x + y * y + 1),
    lambda x, y: x.sin() * y.cos(),
    lambda x, y: logsumexp([x, y, x * y]),
    lambda x, y: -x + 2 * y,
]


@st.composite
def programs(draw):
    """Draw a straight-line program: which function to apply to which earlier values."""
    size = draw(st.integers(1, 25))
    return [
        (
            draw(st.sampled_from(FUNCTIONS)),
            draw(st.integers(0, 2 + number)),
            draw(st.integers(0, 2 + number)),
        )
        for number in range(size)
    ]


def run(program, numbers):
    values = list(numbers)
    for function, i, j in program:
        values.append(function(values[i], values[j]).tanh() * 2)
    return values[-1]


@given(programs(), st.tuples(*[st.floats(-2, 2)] * 3))
def test_gradients_equal_finite_differences_on_random_graphs(program, point):
    leaves = [ScalarValue(number) for number in point]
    run(program, leaves).backward()

    def at(index, step):
        moved = [ScalarValue(number + step * (index == k)) for k, number in enumerate(point)]
        with no_grad():
            return run(program, moved).data

    for index, leaf in enumerate(leaves):
        # Richardson's extrapolation of central differences: the error is of fourth order.
        h = 1e-3
        slopes = [(at(index, step) - at(index, -step)) / (2 * step) for step in (h, h / 2, h / 4)]
        first, second = (4 * slopes[1] - slopes[0]) / 3, (4 * slopes[2] - slopes[1]) / 3
        numeric = (16 * second - first) / 15
        trust = abs(first - second) + 1e-6
        assert leaf.grad == pytest.approx(numeric, rel=1e-5, abs=10 * trust)


def test_a_value_used_many_times_adds_up_every_use():
    x = ScalarValue(3.0)
    sum([x] * 1000).backward()
    assert x.grad == 1000.0


def test_both_operands_may_be_the_same_value():
    for build, expected in ((lambda x: x * x, 6.0), (lambda x: x + x, 2.0), (lambda x: x - x, 0.0)):
        x = ScalarValue(3.0)
        build(x).backward()
        assert x.grad == expected


def test_leaf_gradients_accumulate_exactly_and_inner_ones_are_set_afresh():
    numbers = random.Random(1)
    leaves = [ScalarValue(numbers.uniform(-1, 1)) for _ in range(5)]
    inner = sum((a * b).tanh() for a in leaves for b in leaves)
    root = inner * inner
    root.backward()
    once, inner_once = [leaf.grad for leaf in leaves], inner.grad
    root.backward()
    assert [leaf.grad for leaf in leaves] == [2 * gradient for gradient in once]
    assert inner.grad == inner_once
    root.backward()
    assert [leaf.grad for leaf in leaves] == [3 * gradient for gradient in once]


def test_several_roots_share_one_pass():
    x, y = ScalarValue(2.0), ScalarValue(5.0)
    shared = x * y
    backward([shared * 3, shared + x], [1.0, 10.0])
    assert (x.grad, y.grad, shared.grad) == (3 * 5 + 10 * 6, 3 * 2 + 10 * 2, 13.0)


def test_a_root_may_be_part_of_another_root():
    x = ScalarValue(2.0)
    y = x * x
    backward([y * y, y])
    assert x.grad == 4 * 2.0**3 + 2 * 2.0


def test_one_root_given_twice_counts_twice():
    x = ScalarValue(2.0)
    y = x * 3
    backward([y, y])
    assert x.grad == 6.0


def test_a_leaf_is_its_own_derivative():
    x = ScalarValue(2.0)
    x.backward()
    x.backward(5)
    assert x.grad == 6.0


def test_gradient_scales_what_arrives():
    x = ScalarValue(3.0)
    (x * x).backward(0.5)
    assert x.grad == 3.0


def test_a_gradient_reads_0_until_one_arrives():
    x, unused = ScalarValue(3.0), ScalarValue(1.0)
    assert (x.grad, x.has_grad) == (0.0, False)
    (x * 0 + unused.detach()).backward()
    assert (x.grad, x.has_grad, unused.has_grad) == (0.0, True, False)
    x.zero_grad()
    assert not x.has_grad
    x.grad = 2
    assert (x.grad, x.has_grad) == (2, True)
    x.grad = None
    assert (x.grad, x.has_grad) == (0.0, False)


def test_constants_get_no_gradient():
    x = ScalarValue(3.0)
    y = x * 2
    y.backward()
    assert not y.children[1].has_grad


def test_new_data_leaves_the_gradients_of_earlier_results_right():
    x, y = ScalarValue(3.0), ScalarValue(4.0)
    product = x * y
    power = x**2
    x.data, y.data = 100.0, 200.0
    backward([product, power])
    assert (x.grad, y.grad) == (4.0 + 6.0, 3.0)


def test_infinities_and_nan_pass_through_without_exceptions():
    x = ScalarValue(0.0)
    (1 / x).backward()
    assert x.grad == -math.inf
    x = ScalarValue(-1.0)
    (log(x) + exp(1000 * x * x)).backward()
    assert math.isinf(x.grad)


def test_a_result_without_a_history_is_refused():
    with no_grad():
        y = ScalarValue(3.0) * 2
    with pytest.raises(GraphError, match=r"starts at ScalarValue\(data=6.0\), which needs no gradient"):
        y.backward()
    with pytest.raises(GraphError, match="made of constants alone"):
        (ScalarValue(3.0).detach() * 2).backward()


def test_gradients_must_match_roots():
    x = ScalarValue(3.0)
    y = x * x
    y.backward()
    with pytest.raises(ArgumentError, match="got 2 roots and 1 gradients: give one gradient for each root"):
        backward([y, y], [1.0])
    with pytest.raises(NumberTypeError, match=r"backward\(gradient\) takes a real number and got str: '1'"):
        y.backward("1")
    assert x.grad == 6.0


def test_an_interrupted_pass_leaves_the_gradients_of_leaves_as_they_were():
    class Stubborn(float):
        def __mul__(self, other):
            raise KeyboardInterrupt

        __rmul__ = __mul__

    x = ScalarValue(3.0)
    y = x * x
    y.backward()
    z = y * 2 + x
    y._x_partial = Stubborn(3.0)
    with pytest.raises(KeyboardInterrupt):
        z.backward()
    assert x.grad == 6.0


def test_backward_goes_a_million_operations_deep():
    x = ScalarValue(1.0)
    value = x
    for _ in range(500_000):
        value = (value * 1.000001).tanh()
    value.backward()
    assert 0 < x.grad < 1
    assert len(topological_order(value)) == 1_500_001


def test_sixty_doublings_differentiate_at_once():
    x = value = ScalarValue(1.0)
    for _ in range(60):
        value = value + value
    value.backward()
    assert x.grad == 2.0**60
