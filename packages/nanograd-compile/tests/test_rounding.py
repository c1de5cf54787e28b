"""What rounding does to a result is measured: nothing much, or a lot where large terms cancel."""

import numpy as np
import pytest
from nanograd.compile import capture
from nanograd.compile._rounding import moved_by_rounding
from nanograd.engine import ScalarValue, dot, sum_

BUILDS = {
    "difference": lambda b, x, y: b + (x - y),
    "sum": lambda b, x, y: sum_([x, b, -y]),
    "products": lambda b, x, y: x * 1.0 + b - y * 1.0,
    "dot": lambda b, x, y: dot([x, y, b], [ScalarValue(1.0), ScalarValue(-1.0), ScalarValue(1.0)]),
}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
@pytest.mark.parametrize("size", [1e3, 1e6, 1e9])
def test_the_digits_that_cancel_are_lost(build, size):
    leaves = [ScalarValue(number) for number in (0.125, size + 1, size)]
    program = capture(build(*leaves), parameters=leaves)
    moved, slopes = moved_by_rounding(program, np.array([leaf.data for leaf in leaves]), np.zeros(0))
    assert 1e-16 * size < moved < 3e-14 * size
    assert slopes.max() < 1e-13


def test_derivatives_lose_digits_with_what_they_are_computed_from():
    leaves = [ScalarValue(number) for number in (0.125, 1e9, 1e9)]
    b, x, y = leaves
    program = capture((b + (x - y)) ** 2, parameters=leaves)
    _, slopes = moved_by_rounding(program, np.array([leaf.data for leaf in leaves]), np.zeros(0))
    assert (slopes > 1e-8).all()
    assert (slopes < 1e-4).all()


def test_it_is_measured_alike_every_time():
    leaves = [ScalarValue(number) for number in (0.125, 1e9, 1e9)]
    program = capture((leaves[0] + (leaves[1] - leaves[2])).tanh(), parameters=leaves)
    point = np.array([leaf.data for leaf in leaves])
    first, second = (moved_by_rounding(program, point, np.zeros(0)) for _ in range(2))
    assert first[0] == second[0]
    assert first[1].tolist() == second[1].tolist()


def test_infinity_is_not_moved():
    x = ScalarValue(2000.0)
    program = capture(x.exp() + (x - x), parameters=[x])
    moved, slopes = moved_by_rounding(program, np.array([2000.0]), np.zeros(0))
    assert moved == 0.0
    assert slopes.tolist() == [0.0]
