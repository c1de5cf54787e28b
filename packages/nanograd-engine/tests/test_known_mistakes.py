"""The famous mistakes of home-made autograd engines, each a test that ours does not have it."""

import copy
import math
import pickle

import numpy as np
import pytest
from nanograd.engine import ScalarValue, logsumexp, sigmoid, tanh, topological_order


def gradient(function, at):
    x = ScalarValue(at)
    function(x).backward()
    return x.grad


def test_the_slope_of_a_power():
    assert gradient(lambda x: x**3, 2.0) == 12.0
    assert gradient(lambda x: 2**x, 3.0) == pytest.approx(8 * math.log(2))


def test_reflected_subtraction_and_division():
    assert ((5 - ScalarValue(2.0)).data, (5 / ScalarValue(2.0)).data) == (3.0, 2.5)
    assert gradient(lambda x: 5 - x, 2.0) == -1.0
    assert gradient(lambda x: 5 / x, 2.0) == -1.25


def test_powers_at_zero_do_not_raise():
    assert gradient(lambda x: x**0, 0.0) == 0.0
    assert gradient(lambda x: x**0.5, 0.0) == math.inf


def test_a_negative_base_with_a_fractional_exponent_is_not_complex():
    assert math.isnan((ScalarValue(-8.0) ** (1 / 3)).data)


def test_a_second_backward_does_not_add_stale_inner_gradients():
    x = ScalarValue(3.0)
    y = x * x * x
    y.backward()
    assert x.grad == 27.0
    x.zero_grad()
    y.backward()
    assert x.grad == 27.0


def test_depth_is_not_bounded_by_the_stack():
    x = y = ScalarValue(1.0)
    for _ in range(10_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1.0


def test_a_copied_graph_has_gradients():
    copied = copy.deepcopy(ScalarValue(3.0) * 2)
    copied.backward()
    assert copied.children[0].grad == 2.0
    assert pickle.loads(pickle.dumps(copied)).children[0].grad == 2.0


def test_argument_order_and_repeats_are_kept():
    x = ScalarValue(3.0)
    assert (x * x).children == (x, x)
    assert [child.data for child in (x - 2).children] == [3.0, 2]


def test_equal_values_do_not_hide_each_other_in_a_graph():
    a, b = ScalarValue(1.0), ScalarValue(1.0)
    (a * 2 + b * 3).backward()
    assert (a.grad, b.grad) == (2.0, 3.0)
    assert len(topological_order(a * b)) == 3


def test_an_array_is_not_a_scalar():
    result = ScalarValue(2.0) * np.array([1.0, 2.0])
    assert [type(element) for element in result] == [ScalarValue, ScalarValue]


def test_nothing_overflows():
    assert tanh(1000.0) == 1.0
    assert sigmoid(-1000.0) == 0.0
    assert sigmoid(1000.0) == 1.0
    assert gradient(sigmoid, -1000.0) == 0.0
    assert logsumexp([1000.0, 999.0]) == pytest.approx(1000.3132616875182)


def test_changing_data_after_the_forward_pass_does_not_change_its_gradient():
    x, y = ScalarValue(3.0), ScalarValue(4.0)
    product = x * y
    y.data = 1000.0
    product.backward()
    assert x.grad == 4.0


def test_the_readme_of_micrograd_computes_what_it_says():
    a, b = ScalarValue(-4.0), ScalarValue(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_the_sanity_check_of_micrograd_holds():
    x = ScalarValue(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_notebooks_of_micrograd_run():
    a, b = ScalarValue(2.0, label="a"), ScalarValue(-3.0, label="b")
    c = a * b
    d = c.tanh()
    assert (d._op, a._op, set(c._prev)) == ("tanh", "", {a, b})
    assert f"{d.label} | data {d.data:.4f} | grad {d.grad:.4f}" == "None | data -1.0000 | grad 0.0000"
    d.grad = 1.0
    d._backward()
    c._backward()
    a._backward()
    assert (a.grad, b.grad) == (
        pytest.approx(-3 * (1 - math.tanh(6) ** 2)),
        pytest.approx(2 * (1 - math.tanh(6) ** 2)),
    )
