"""verify() finds gradients right that are right, and wrong that are wrong."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, logsumexp
from nanograd.symbolic import verify


def example():
    x, w, b = ScalarValue(0.5, label="x"), ScalarValue(-1.25, label="w"), ScalarValue(0.1)
    return (x * w + b).tanh() * (x / w).exp() + logsumexp([x, w * w]), (x, w, b)


def test_right_gradients_are_found_right():
    root, leaves = example()
    found = verify(root)
    assert found
    assert [check.leaf for check in found] == list(leaves)
    assert found.worst.ulps < 8
    assert found.worst in found.checks


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.integers(0, 2))
def test_random_expressions_are_found_right(numbers, shape):
    x, y, z = map(ScalarValue, numbers)
    root = [
        lambda: (x * y + z).sigmoid() * x,
        lambda: (x * x + 2) ** (y / 3) - z.relu(),
        lambda: (x.sin() + y.cos()).tanh() / (z * z + 1),
    ][shape]()
    assert verify(root, tolerance=1e-9)


def test_a_wrong_gradient_is_found():
    root, (_x, w, _b) = example()
    hidden = root.children[0].children[0].children[0]  # x * w + b
    hidden._x_partial = 1.001
    found = verify(root)
    assert not found
    assert found.worst.leaf is w or found.worst.ulps > 1e9


def test_gradients_that_a_graph_holds_are_left_alone():
    root, leaves = example()
    root.backward()
    root.backward()
    before = [leaf.grad for leaf in leaves]
    verify(root)
    assert [leaf.grad for leaf in leaves] == before
    fresh, leaves = example()
    verify(fresh)
    assert not any(leaf.has_grad for leaf in leaves)


def test_exact_fractions_are_0_ulps_apart():
    x = ScalarValue(Fraction(1, 4), label="x")
    found = verify(x * x * 3)
    assert (found.worst.ulps, found.worst.symbolic, found.worst.computed) == (0.0, 1.5, 1.5)


def test_nan_and_infinity_agree_with_themselves_only():
    x = ScalarValue(0.0, label="x")
    assert verify(x.relu() + 1)
    y = ScalarValue(1.0, label="y")
    root = y * 2
    root._x_partial = math.nan
    found = verify(root)
    assert not found
    assert found.worst.ulps == math.inf


def test_floats_are_taken_as_the_binary_numbers_they_are():
    x = ScalarValue(0.1, label="x")
    found = verify(x * 0.1 * 0.1 * 3)
    assert found.worst.ulps <= 2
    assert found.worst.symbolic == pytest.approx(0.03)
